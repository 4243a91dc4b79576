# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes at Keystone, the switch of the node, and what OVN, Cinder and Nova know of a host that never was."""

from __future__ import annotations

from tests.checks.scratch import NAME, NEW, OLD, VAULT, Act, Death, Params, Scene, lines, vault
from tests.checks.scratch_services import SQL

BRIDGE, PORT = "br-laws", "laws0"


def switch(value: str, **bridge: object) -> Params:
    """Return the options of a key of the switch and a bridge."""
    return {"external_ids": {NAME: value}, "bridges": [{"name": BRIDGE, "datapath_type": "netdev", **bridge}]}


SWITCH = Scene(
    "the switch",
    prepare=f"ip link add {PORT} type veth peer name {PORT}-far",
    acts=(
        Act("make", "ovs_settings", switch("one"), lines('"one"', "netdev")),
        Act("change", "ovs_settings", switch("two", ports=[PORT]), lines('"two"', "netdev", PORT)),
        Act(
            "put right what others changed",
            "ovs_settings",
            switch("two", ports=[PORT]),
            lines('"two"', "netdev", PORT),
            plant=f"ovs-vsctl del-port {PORT} -- remove open . external_ids {NAME}",
        ),
    ),
    look=f"""
        ovs-vsctl --if-exists get open . external_ids:{NAME} | sed 's/^[^"].*/"&"/; /^$/d'
        if ovs-vsctl br-exists {BRIDGE}; then
            ovs-vsctl get bridge {BRIDGE} datapath_type
            ovs-vsctl list-ports {BRIDGE}
            echo "~" $(ovs-vsctl get bridge {BRIDGE} _uuid ports)
        fi
    """,
    clear=f"""
        ovs-vsctl --if-exists del-br {BRIDGE} -- remove open . external_ids {NAME}
        ip link delete {PORT} 2>/dev/null || true
    """,
    death=Death(
        f"ovs-vsctl --if-exists get open . external_ids:{NAME} | grep --quiet one",
        switch("one", ports=[PORT]),
        lines('"one"', "netdev", PORT),
    ),
)

AUTH = {"url": "{{ cloud_auth_url }}", "password": "{{ cloud_secrets.keystone_admin }}"}
LOGIN = f"""{{"auth": {{"identity": {{"methods": ["password"], "password": {{"user": {{"name": "{NAME}",
"domain": {{"name": "Default"}}, "password": "{{}}"}}}}}}}}}}"""
ENDPOINTS = ("internal", "public")


def catalog(password: str, about: str, port: int) -> Params:
    """Return the options of a role, a project, a user and a service."""
    user = {"name": NAME, "password": password, "description": about, "project": NAME, "roles": [NAME]}
    urls = {face: f"https://192.0.2.9:{port}" for face in ENDPOINTS}
    return {
        "auth": AUTH,
        "roles": [NAME],
        "projects": [{"name": NAME, "description": about}],
        "users": [user],
        "services": [{"name": NAME, "type": NAME, "description": about, "endpoints": urls}],
    }


def registered(about: str, port: int, signs_in: str) -> str:
    """Return what Keystone's database says of them, and who may sign in."""
    return lines(
        f"role {NAME}",
        f"project {NAME} {about} 1",
        f'user {NAME} "{about}" 1',
        f"may {NAME} {NAME}",
        f'service {NAME} "{NAME}" "{about}" 1',
        *(f"endpoint {face} https://192.0.2.9:{port}" for face in ENDPOINTS),
        signs_in,
    )


ABSENT = {
    "auth": AUTH,
    "projects": [{"name": NAME, "state": "absent"}],
    "users": [{"name": NAME, "state": "absent"}],
    "services": [{"name": NAME, "type": NAME, "state": "absent"}],
}
CATALOG = Scene(
    "the catalog",
    prepare=vault("login", LOGIN),
    acts=(
        Act("make", "keystone_catalog", catalog(OLD, "first", 1), registered("first", 1, "old 201, new 401")),
        Act("change", "keystone_catalog", catalog(NEW, "second", 2), registered("second", 2, "old 401, new 201")),
        Act("absent", "keystone_catalog", ABSENT, lines(f"role {NAME}", "old 401, new 401")),
    ),
    look=f"""
        {SQL} keystone <<'END' | tr '\\t' ' '
SELECT 'role', name FROM role WHERE name = '{NAME}';
SELECT 'project', name, description, enabled FROM project WHERE name = '{NAME}';
SELECT 'user', l.name, JSON_EXTRACT(u.extra, '$.description'), u.enabled FROM user u, local_user l
    WHERE l.user_id = u.id AND l.name = '{NAME}';
SELECT 'may', l.name, r.name FROM assignment a, local_user l, role r
    WHERE a.actor_id = l.user_id AND a.role_id = r.id AND l.name = '{NAME}';
SELECT 'service', type, JSON_EXTRACT(extra, '$.name'), JSON_EXTRACT(extra, '$.description'), enabled FROM service
    WHERE type = '{NAME}';
SELECT 'endpoint', e.interface, e.url FROM endpoint e, service s WHERE e.service_id = s.id AND s.type = '{NAME}'
    ORDER BY 2;
SELECT '~', MAX(p.created_at_int), COUNT(*) FROM password p, local_user l
    WHERE p.local_user_id = l.id AND l.name = '{NAME}';
END
        for age in old new; do
            echo "$age" $(curl --silent --output /dev/null --write-out '%{{http_code}}' --data @{VAULT}/login-$age \\
                --header 'Content-Type: application/json' {{{{ cloud_auth_url }}}}/auth/tokens)
        done | paste --serial --delimiters=, | sed 's/,/, /'
    """,
    clear=f"rm -f {VAULT}/login-*",
    away=f"""
        for kind in user project role service; do
            openstack $kind delete {NAME} 2>/dev/null || true
        done
    """,
    death=Death(f"{SQL} -e \"SELECT name FROM keystone.project WHERE name = '{NAME}'\" | grep --quiet ."),
    facts=True,
)

CHASSIS = "ovn-sbctl --no-leader-only --timeout=30"
FORGOTTEN_BY_OVN = Scene(
    "a host that OVN forgets",
    prepare=f"""
        {CHASSIS} chassis-add {NAME} geneve 192.0.2.9
        {CHASSIS} create Chassis_Private name={NAME} >/dev/null
    """,
    acts=(Act("forget", "ovn_host", {"chassis": NAME, "address": "192.0.2.9"}, ""),),
    look=f"for table in Chassis Chassis_Private; do {CHASSIS} --bare --columns=name find $table name={NAME}; done",
    clear=f"""
        {CHASSIS} --if-exists chassis-del {NAME}
        for row in $({CHASSIS} --bare --columns=_uuid find Chassis_Private name={NAME}); do
            {CHASSIS} destroy Chassis_Private $row
        done
    """,
)

FORGOTTEN_BY_CINDER = Scene(
    "a host that Cinder forgets",
    prepare=f"""
        {SQL} cinder -e "INSERT INTO services (created_at, deleted, host, \\`binary\\`, topic, report_count, disabled)
            VALUES (NOW(), 0, '{NAME}', 'cinder-scheduler', 'cinder-scheduler', 1, 0),
            (NOW(), 0, '{NAME}@ceph', 'cinder-volume', 'cinder-volume', 1, 0)"
    """,
    acts=(Act("forget", "volume_hosts", {"absent": [NAME]}, ""),),
    look=f"""
        {SQL} cinder -e "SELECT host, \\`binary\\` FROM services WHERE host LIKE '{NAME}%' AND deleted = 0 ORDER BY 1"
    """,
    clear=f"""{SQL} cinder -e "DELETE FROM services WHERE host LIKE '{NAME}%'" """,
    death=Death("pgrep --full 'cinder-manage service remove' >/dev/null"),
)

# It works on the controller, as in the playbook that removes a node.
HERE = {
    "delegate_to": "localhost",
    "connection": "local",
    "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
}


def of_host(state: str) -> Params:
    """Return the options for the services of the host."""
    return {"cloud": "admin", "host": NAME, "state": state}


OF_NOVA = "created_at, updated_at, deleted, host, \\`binary\\`, topic, report_count, disabled, forced_down, version"
FORGOTTEN_BY_NOVA = Scene(
    "a host that Nova forgets",
    prepare=f"""
        {SQL} nova -e "INSERT INTO services ({OF_NOVA}, uuid)
            SELECT '2026-01-01', '2026-01-01', 0, '{NAME}', 'nova-compute', 'compute', 1, 0, 0, MAX(version), UUID()
            FROM services"
        {SQL} placement -e "INSERT INTO resource_providers (created_at, uuid, name, generation)
            VALUES (NOW(), UUID(), '{NAME}', 0);
            UPDATE resource_providers SET root_provider_id = id WHERE name = '{NAME}'"
    """,
    acts=(
        Act("drain", "host_services", of_host("drained"), lines("nova-compute 1", "provider"), keywords=HERE),
        Act("make ready", "host_services", of_host("ready"), lines("nova-compute 0", "provider"), keywords=HERE),
        Act("disable", "host_services", of_host("disabled"), lines("nova-compute 1", "provider"), keywords=HERE),
        Act("forget", "host_services", of_host("absent"), "", keywords=HERE),
    ),
    look=f"""
        {SQL} -e "SELECT \\`binary\\`, disabled FROM nova.services WHERE host = '{NAME}' AND deleted = 0;
            SELECT 'provider' FROM placement.resource_providers WHERE name = '{NAME}'" | tr '\\t' ' '
    """,
    clear=f"""
        {SQL} -e "DELETE FROM nova.services WHERE host = '{NAME}';
            UPDATE placement.resource_providers SET root_provider_id = NULL WHERE name = '{NAME}';
            DELETE FROM placement.resource_providers WHERE name = '{NAME}'"
    """,
)

CLOUD_SCENES = (SWITCH, CATALOG, FORGOTTEN_BY_OVN, FORGOTTEN_BY_CINDER, FORGOTTEN_BY_NOVA)
