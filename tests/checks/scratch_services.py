# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes at the database server and the message broker."""

from __future__ import annotations

from tests.checks.scratch import NAME, NEW, OLD, VAULT, WORD, Act, Death, Params, Scene, lines, vault

SQL = "mariadb --batch --skip-column-names --force"
READER = f"{WORD}_reader"
PATTERN = WORD.replace("_", "\\_")  # as grants name a database
MANY = 40  # databases, so that a module that makes them all is killed before the last one
ALL = 18  # privileges that there are at least


def database(password: str, privileges: list[str], **defaults: str) -> Params:
    """Return the options of a database with its user, and of another user who may do a part of that."""
    return {
        "databases": [{"name": WORD, "user": WORD, "password": password, "hosts": ["localhost", "%"], **defaults}],
        "users": [{"name": READER, "password": password, "privileges": {f"{WORD}.*": privileges}}],
    }


def has(collation: str, signs_in: str, privileges: str) -> str:
    """Return what the server says of them."""
    return lines(
        f"database\t{WORD}\t{collation}",
        f"user\t{WORD}\t%\n" f"user\t{WORD}\tlocalhost",
        f"user\t{READER}\t%",
        f"grant\t'{WORD}'@'%'\tall of 1",
        f"grant\t'{WORD}'@'localhost'\tall of 1",
        f"grant\t'{READER}'@'%'\t{privileges}",
        signs_in,
    )


ABSENT_USERS = [
    {"name": name, "host": host, "state": "absent"} for name, host in ((WORD, "localhost"), (WORD, "%"), (READER, "%"))
]
DATABASES = Scene(
    "databases",
    prepare=vault("sql", f"[client]\nuser={WORD}\npassword={{}}"),
    acts=(
        Act("make", "databases", database(OLD, ["SELECT"]), has("utf8mb3_general_ci", "old", "SELECT")),
        Act(
            "change",
            "databases",
            database(NEW, ["SELECT", "INSERT"], character_set="utf8mb4", collation="utf8mb4_bin"),
            has("utf8mb4_bin", "new", "INSERT,SELECT"),
        ),
        Act(
            "put right what others changed",
            "databases",
            database(NEW, ["SELECT", "INSERT"]),
            has("utf8mb4_bin", "new", "INSERT,SELECT"),
            plant=f"mariadb -e 'REVOKE INSERT ON `{PATTERN}`.* FROM {READER}; DROP USER {WORD}@localhost'",
        ),
        Act(
            "absent",
            "databases",
            {"databases": [{"name": WORD, "state": "absent"}], "users": ABSENT_USERS},
            "nobody",
        ),
    ),
    look=f"""
        {SQL} <<'END'
        SELECT 'database', SCHEMA_NAME, DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA
            WHERE SCHEMA_NAME LIKE '{WORD}%' AND SCHEMA_NAME NOT LIKE '%schema' ORDER BY 2;
        SELECT 'user', User, Host FROM mysql.user WHERE User LIKE '{WORD}%' ORDER BY 2, 3;
        SELECT 'grant', GRANTEE, IF(COUNT(*) < {ALL} * COUNT(DISTINCT TABLE_SCHEMA),
            GROUP_CONCAT(PRIVILEGE_TYPE ORDER BY 1), CONCAT('all of ', COUNT(DISTINCT TABLE_SCHEMA)))
            FROM information_schema.SCHEMA_PRIVILEGES WHERE TABLE_SCHEMA LIKE '{WORD.replace("_", "%")}%'
            GROUP BY GRANTEE ORDER BY 2;
        SELECT '~', MD5(GROUP_CONCAT(Priv)) FROM mysql.global_priv WHERE User LIKE '{WORD}%';
END
        for age in old new; do
            mariadb --defaults-file={VAULT}/sql-$age -e 'SELECT 1' >/dev/null 2>&1 && echo $age && exit 0
        done
        echo nobody
    """.replace("\n        SELECT", "\nSELECT"),
    clear=f"""
        for name in $(find /var/lib/mysql -maxdepth 1 -name '{WORD}*' ! -name '*schema' -printf '%f '); do
            mariadb -e "DROP DATABASE IF EXISTS $name"
        done
        {SQL} -e "SELECT CONCAT('DROP USER ', QUOTE(User), '@', QUOTE(Host), ';') FROM mysql.user
            WHERE User LIKE '{WORD}%'" | mariadb
        rm -f {VAULT}/sql-*
    """,
    death=Death(
        f"test -d /var/lib/mysql/{WORD}_3",
        {"databases": [{"name": f"{WORD}_{number}", "user": WORD, "password": OLD} for number in range(MANY)]},
        lines(
            *(f"database\t{name}\tutf8mb3_general_ci" for name in sorted(f"{WORD}_{number}" for number in range(MANY))),
            f"user\t{WORD}\t%",
            f"grant\t'{WORD}'@'%'\tall of {MANY}",
            "old",
        ),
    ),
)

SCHEMA = f"{WORD}_schema"
STAMP = f"/var/lib/conductor-cloud/schemas/{NAME}.json"
FIRST = f"""mariadb {SCHEMA} -e 'CREATE TABLE IF NOT EXISTS alembic_version (version_num INT PRIMARY KEY);
    CREATE TABLE IF NOT EXISTS runs (id INT); REPLACE INTO alembic_version VALUES (7); INSERT INTO runs VALUES (1)'"""
SECOND = f"""test -n "$LAWS_PASSWORD" && sleep 1 && mariadb {SCHEMA} -e 'CREATE TABLE guests (id INT PRIMARY KEY);
    INSERT INTO guests VALUES (1)'"""


def schema(*packages: str) -> Params:
    """Return the options of a schema that two commands make, the second one only once."""
    commands = [
        {"argv": ["sh", "-c", FIRST]},
        {
            "argv": ["sh", "-c", SECOND],
            "environment": {"LAWS_PASSWORD": OLD},
            "unless": f"SELECT 1 FROM {SCHEMA}.guests",
        },
    ]
    wanted = {"name": NAME, "database": SCHEMA, "user": "root", "packages": list(packages), "commands": commands}
    return {"schemas": [wanted]}


TABLES = lines("alembic_version", "conductor_schema", "guests", "runs", "7")
SCHEMAS = Scene(
    "a schema",
    prepare=f"mariadb -e 'CREATE DATABASE {SCHEMA}'",
    acts=(
        Act("make", "database_schemas", schema("bash"), lines(TABLES, "1 runs", STAMP)),
        Act("its packages changed", "database_schemas", schema("bash", "coreutils"), lines(TABLES, "2 runs", STAMP)),
    ),
    look=f"""
        {SQL} -e "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = '{SCHEMA}' ORDER BY 1;
            SELECT version_num FROM {SCHEMA}.alembic_version; SELECT COUNT(*), 'runs' FROM {SCHEMA}.runs" 2>/dev/null |
            tr '\\t' ' '
        ls -d {STAMP} 2>/dev/null || true
        echo "~ $(stat --format='%Y %i' {STAMP} 2>/dev/null)"
    """,
    clear=f"mariadb -e 'DROP DATABASE IF EXISTS {SCHEMA}'; rm -f {STAMP}",
    death=Death(f"test -f /var/lib/mysql/{SCHEMA}/runs.frm && sleep 0.2"),
)

CONTROL = "cd /; runuser -u rabbitmq -- /usr/lib/rabbitmq/bin/rabbitmqctl --quiet"
ASKED = f"""
V = <<"{NAME}">>,
May = fun(Do) -> try Do() catch _:_ -> none end end,
Get = fun(Keys, List) -> [proplists:get_value(Key, List) || Key <- Keys] end,
Signs = fun(Age) ->
    {{ok, Text}} = file:read_file("{VAULT}/broker-" ++ Age),
    element(1, rabbit_access_control:check_user_pass_login(V, string:trim(Text)))
end,
Say = fun(Form, Values) -> lists:flatten(io_lib:format(Form, Values)) end,
Types = [vhost:get_default_queue_type(rabbit_vhost:lookup(V)) || rabbit_vhost:exists(V)],
Tags = [Get([tags], User) || User <- rabbit_auth_backend_internal:list_users(), Get([user], User) =:= [V]],
Permissions = May(fun() -> rabbit_auth_backend_internal:list_user_permissions(V) end),
Policies = May(fun() -> lists:sort([Get([name, pattern, definition], P) || P <- rabbit_policy:list(V)]) end),
Hash = May(fun() -> {{ok, U}} = rabbit_auth_backend_internal:lookup_user(V), erlang:phash2(U) end),
Say("~0p~n~0p~n~0p~n~0p~n~0p ~0p~n~~ ~0p", [Types, Tags, Permissions, Policies, Signs("old"), Signs("new"), Hash]).
"""


EXPIRE = '[[<<"expire">>,<<"^reply_">>,[{<<"expires">>,%d}]]]'


def broker(password: str, tags: list[str], expires: int, **options: str) -> Params:
    """Return the options of a virtual host, a user and a policy."""
    policy = {"name": "expire", "vhost": NAME, "pattern": "^reply_", "apply_to": "queues"}
    return {
        "vhosts": [{"name": NAME, **options}],
        "users": [{"name": NAME, "password": password, "tags": tags, "permissions": [{"vhost": NAME, "read": "^$"}]}],
        "policies": [{**policy, "definition": {"expires": expires}}],
    }


def brokered(queues: str, tags: str, expires: int, signs_in: str) -> str:
    """Return what the broker says of them."""
    return lines(
        f'[<<"{queues}">>]',
        f"[[[{tags}]]]",
        f'[[{{vhost,<<"{NAME}">>}},{{configure,<<".*">>}},{{write,<<".*">>}},{{read,<<"^$">>}}]]',
        EXPIRE % expires,
        signs_in,
    )


BROKER = Scene(
    "the message broker",
    prepare=vault("broker", owner="rabbitmq"),
    acts=(
        Act("make", "message_broker", broker(OLD, [], 7000), brokered("quorum", "", 7000, "ok refused")),
        Act(
            "change",
            "message_broker",
            broker(NEW, ["monitoring"], 9000, default_queue_type="classic", other_policies="absent"),
            brokered("classic", "monitoring", 9000, "refused ok"),
            plant=f"""{CONTROL} set_policy --vhost {NAME} strange strange '{{"max-length": 1}}'""",
        ),
        Act(
            "a user absent",
            "message_broker",
            {"absent_users": [NAME]},
            lines('[<<"classic">>]', "[]", "none", EXPIRE % 9000, "refused refused"),
        ),
    ),
    look=f"{CONTROL} eval '{ASKED}' | python3 -c 'import ast, sys; print(ast.literal_eval(sys.stdin.read()))'",
    clear=f"""
        {CONTROL} delete_vhost {NAME} 2>/dev/null || true
        {CONTROL} delete_user {NAME} 2>/dev/null || true
        rm -f {VAULT}/broker-*
    """,
    death=Death("pgrep --full 'rabbitmqctl.*set_permissions' >/dev/null"),
)

BACKUPS = f"/var/lib/{NAME}-backups"


def backed_up(*backups: str, prepared: bool = False) -> str:
    """Return what is seen of backups, each with its kind."""
    there = [backup.split()[0] for backup in backups] + ["two.prepared"] * prepared
    kinds = [f"{backup}" for backup in backups] + ["two.prepared log-applied"] * prepared
    return lines(*(f"{name} 700" for name in sorted(there)), *sorted(kinds))


BACKUP_SCENE = Scene(
    "backups of the databases",
    acts=(
        Act("full", "database_backup", {"name": "one", "directory": BACKUPS}, backed_up("one full-backuped")),
        Act(
            "incremental",
            "database_backup",
            {"name": "two", "kind": "incremental", "directory": BACKUPS},
            backed_up("one full-backuped", "two incremental"),
        ),
        Act(
            "prepared",
            "database_restore",
            {"name": "two", "directory": BACKUPS},
            backed_up("one full-backuped", "two incremental", prepared=True),
        ),
        Act(
            "the next full one replaces them",
            "database_backup",
            {"name": "three", "directory": BACKUPS, "keep": 1},
            backed_up("three full-backuped", prepared=True),
        ),
    ),
    look=f"""
        cd {BACKUPS} 2>/dev/null || exit 0
        find . -mindepth 1 -maxdepth 1 -printf '%f %m\\n' | sort
        for name in *; do
            echo $name $(sed --quiet 's/^backup_type = //p' $name/*_checkpoints)
        done
        echo "~" $(find . -printf '%p %i %s %T@ ' | sha256sum)
    """,
    clear=f"""
        for turn in $(seq 60); do pgrep --full {BACKUPS} >/dev/null || break; sleep 0.5; done
        rm -rf {BACKUPS}
    """,
    death=Death(f"test -d {BACKUPS}/.unfinished-one"),
)

SERVICE_SCENES = (DATABASES, SCHEMAS, BROKER, BACKUP_SCENE)
