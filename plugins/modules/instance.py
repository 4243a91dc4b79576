#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: instance
short_description: Make, change, start, stop and remove instances that boot from a volume
version_added: 0.1.0
description:
  - Makes an instance with a root volume from an image and empty data volumes, networks, security groups and a floating
    IP, and brings one that exists to what is asked for.
  - Volumes, server and floating IP are marked in the requests that create them. A run that was stopped at any moment
    is finished by the next one; nothing is made twice.
  - Unknown names, sizes that do not fit and quotas that would be exceeded are errors before the first write.
  - An option that is left out is left alone on an instance that exists.
  - A difference that cannot be changed is an error.
author: conductor.cloud contributors (@conductor-cloud)
extends_documentation_fragment:
  - conductor.cloud.openstack
  - conductor.cloud.openstack.project
  - conductor.cloud.engine
  - conductor.cloud.journal
options:
  name:
    description:
      - Name of the instance. The id of one that exists will do, too. What a stopped run left of an instance whose
        server is gone is found by its name, and what is left of a removal also by what was given for that.
      - A name that several instances have is an error that lists their ids.
    type: str
  state:
    description:
      - V(present) makes the instance where there is none, and leaves its power alone where there is one.
      - V(started) and V(stopped) also bring it to that power state.
      - V(restarted) restarts a running instance each time it is asked; a stopped one is started.
        The guest is asked first;
        Nova cuts the power where it does not answer in time.
      - V(absent) releases its floating IP if this module made it, deletes the server, and deletes the volumes that were
        made for the instance. Volumes that were attached by other ways are kept. Where snapshots would be lost with the
        volumes, it fails before the first write and names them. Where another run is at work on the instance,
        O(when_busy) and O(takeover) count; what a run that died had begun is given up with the server.
    type: str
    choices: [present, started, stopped, restarted, absent]
    default: present
  flavor: &flavor
    description:
      - Name or id of the flavor. Needed to make an instance.
      - Another flavor on a stopped instance is a resize that is confirmed, and reverted where it fails; the volumes are
        not touched. On a running instance it is an error unless O(stop=true).
    type: str
  image: &image
    description:
      - Name or id of the image that the root volume is made from. Needed to make an instance; not looked at later.
    type: str
  root_volume: &root_volume
    description: The volume that the instance boots from.
    type: dict
    suboptions:
      size:
        description: Size in GiB. Left out, the smallest size that holds the image.
        type: int
      type:
        description: Volume type. Left out, Cinder's default type.
        type: str
  data_volumes: &data_volumes
    description:
      - Empty volumes besides the root volume, in this order. One that is missing is made and attached.
      - They grow with M(conductor.cloud.volume_resize); another size than the volume has is an error here.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the volume. Left out, the name of the instance with C(-data-1), C(-data-2) and so on.
        type: str
      size:
        description: Size in GiB.
        type: int
        required: true
      type:
        description: Volume type. Left out, Cinder's default type.
        type: str
  networks: &networks
    description:
      - Names or ids of the networks to connect. Left out for a new instance, the only network that the project has.
      - Networks that are connected besides stay.
    type: list
    elements: str
  security_groups: &security_groups
    description: Names or ids of all security groups. Left out for a new instance, the group C(default) of the project.
    type: list
    elements: str
  key_name: &key_name
    description: Name of a key pair of the user; an unknown one is an error. It cannot be changed later.
    type: str
  user_data: &user_data
    description:
      - What the guest reads at its first boot. It cannot be changed later.
      - It is not shown; a digest in the metadata of the server tells whether it differs.
    type: str
  config_drive: &config_drive
    description: Whether the guest also gets its metadata on a drive. It cannot be changed later.
    type: bool
  metadata: &metadata
    description:
      - Metadata of the server. Entries that are not named stay.
      - Values are text or numbers. What YAML reads as true, false or null has to stand in quotes.
    type: dict
  availability_zone: &availability_zone
    description: Zone to run in. It cannot be changed later.
    type: str
  floating_ip: &floating_ip
    description:
      - V(auto) makes a floating IP unless the instance has one. V(none) takes it away.
      - An address that the project has is given to the instance; it must not be in use elsewhere.
    type: str
  floating_network: &floating_network
    description: External network of the floating IP. Left out, the only one that there is.
    type: str
  instances:
    description:
      - Several instances at once, instead of O(name). One login, one set of lists and one poller serve them all.
      - Each has the options above; one that it leaves out is taken from outside the list.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name or id of the instance.
        type: str
        required: true
      flavor: *flavor
      image: *image
      root_volume: *root_volume
      data_volumes: *data_volumes
      networks: *networks
      security_groups: *security_groups
      key_name: *key_name
      user_data: *user_data
      config_drive: *config_drive
      metadata: *metadata
      availability_zone: *availability_zone
      floating_ip: *floating_ip
      floating_network: *floating_network
  stop:
    description: Whether a running instance may be stopped to change its flavor. It is started again after that.
    type: bool
    default: false
  delete_volumes:
    description: Whether O(state=absent) deletes the volumes that were made for the instance. Kept ones lose their mark.
    type: bool
    default: true
seealso:
  - module: conductor.cloud.instance_info
  - module: conductor.cloud.volume_resize
  - module: conductor.cloud.backup
"""

EXAMPLES = r"""
- name: Make a web server with a data volume and a public address
  conductor.cloud.instance:
    cloud: demo
    name: web1
    flavor: small
    image: debian
    root_volume: {size: 4}
    data_volumes:
      - {size: 10}
    floating_ip: auto
    state: started

- name: Make two more that are alike, in the time that one takes
  conductor.cloud.instance:
    cloud: demo
    flavor: small
    image: debian
    root_volume: {size: 4}
    instances:
      - {name: web2}
      - {name: web3, flavor: large}

- name: Give it more memory
  conductor.cloud.instance:
    cloud: demo
    name: web1
    flavor: large
    stop: true

- name: Remove it, and keep its volumes
  conductor.cloud.instance:
    cloud: demo
    name: web1
    state: absent
    delete_volumes: false
"""

RETURN = r"""
actions:
  description: What was done, or would be done in check mode, one sentence for each write.
  returned: always
  type: list
  elements: str
  sample: ["Create the volume web1-root (4 GiB)", "Create the server web1 (small)"]
results_by_name:
  description: The instances of the task by name, as in RV(instance).
  returned: always
  type: dict
instance:
  description: The instance; null when it is absent.
  returned: when the task is for one instance
  type: dict
  contains:
    id:
      description: Id of the server; null while there is none.
      type: str
    name:
      description: Name of the server.
      type: str
    status:
      description: Status in Nova, C(INCOMPLETE) while there are volumes or a floating IP and no server.
      type: str
    task_state:
      description: What Nova is doing with it, or null.
      type: str
    flavor:
      description: Name of the flavor.
      type: str
    cores:
      description: Number of virtual processors.
      type: int
    ram:
      description: Memory in MiB.
      type: int
    image:
      description: Name of the image that the root volume was made from.
      type: str
    availability_zone:
      description: Zone it runs in.
      type: str
    key_name:
      description: Name of the key pair.
      type: str
    config_drive:
      description: Whether it has a drive with its metadata.
      type: bool
    security_groups:
      description: Names of the security groups.
      type: list
      elements: str
    networks:
      description: Names of the networks.
      type: list
      elements: str
    addresses:
      description:
        - One entry for each port, with C(network), C(fixed_ip), C(mac), C(floating_ip), C(port)
          and C(security_groups).
      type: list
      elements: dict
    floating_ip:
      description: First floating IP, or null.
      type: str
    floating_ips:
      description: All floating IPs, with C(id), C(address), C(attached) and C(made_by_us).
      type: list
      elements: dict
    volumes:
      description:
        - Root volume first, then by device.
        - With C(id), C(name), C(role), C(size) in GiB, C(type), C(status), C(device),
          C(image), C(image_id) and C(made_by_us).
      type: list
      elements: dict
    metadata:
      description: Metadata of the server without the marks of this collection.
      type: dict
    user_data:
      description: Digest of the user data.
      type: str
    fault:
      description: Nova's reason for the status C(ERROR).
      type: str
    created:
      description: When the server was made.
      type: str
"""

from collections.abc import Callable
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.conductor.cloud.plugins.module_utils.argspec import ENGINE
from ansible_collections.conductor.cloud.plugins.module_utils.openstack import session
from ansible_collections.conductor.cloud.plugins.module_utils.openstack.instance import SPEC, instances
from ansible_collections.conductor.cloud.plugins.module_utils.resource import run


def main(make: Callable[..., Any] = AnsibleModule) -> None:
    options = ENGINE | session.SPEC | session.PROJECT | SPEC
    module = make(supports_check_mode=True, **options.for_module())
    run(module, "instance", session.connect(module.params), lambda reader: instances(reader, module.params))


if __name__ == "__main__":
    main()
