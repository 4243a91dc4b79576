#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: service_options
short_description: Refuse options that the installed version of a service does not know
version_added: 0.1.0
author: conductor.cloud contributors (@conductor-cloud)
description:
  - Compares sections, options and values that somebody wants in a configuration file with the options that the
    service's own packages list. What they do not know is an error, with the option it may stand for.
  - So is a value of the wrong kind, where the service says which kind it takes. A value that refers to another option
    with C($) is not looked at.
  - Reads the sample files of the packages. Before it calls something unknown it asks C(oslo-config-generator) of the
    host, which takes some seconds and knows libraries that are newer than the packages of the service.
  - A service that is not installed is passed over. Changes nothing, and never shows a value.
options:
  overrides:
    description: What somebody wants, for each configuration file.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: What a person calls them, as errors name them.
        type: str
        required: true
      values:
        description: The mapping of sections to options to values, as JSON.
        type: json
        required: true
      samples:
        description: Sample files, or other files that list options in comments. Options of any of these are known.
        type: list
        elements: path
        required: true
      namespaces:
        description: Names under which libraries list options, beside those that the samples are made of.
        type: list
        elements: str
        default: []
      dynamic:
        description: Sections that no sample lists because another option names them.
        type: list
        elements: dict
        default: []
        suboptions:
          sections:
            description: Names of the sections, or shell patterns.
            type: list
            elements: str
            required: true
          like:
            description: Names or shell patterns of the sections whose options they have.
            type: list
            elements: str
            default: []
          options:
            description: Names of further options that they have.
            type: list
            elements: str
            default: []
extends_documentation_fragment:
  - conductor.cloud.engine
  - conductor.cloud.reads
"""

EXAMPLES = r"""
- name: Refuse options that Cinder does not know
  conductor.cloud.service_options:
    overrides:
      - name: cinder_overrides
        values: '{"DEFAULT": {"debug": true}, "fast": {"rbd_pool": "nvme"}}'
        samples: [/usr/share/cinder-common/cinder.conf]
        dynamic:
          - sections: [fast]
            like: [backend_defaults]
"""

RETURN = r"""
results_by_name:
  description: By name what was found. V(null) where the service is not installed, so that nothing could be compared.
  returned: always
  type: dict
  sample: {"cinder_overrides": {"faults": []}, "nova_overrides": null}
errors:
  description: One entry for each that is wrong, with C(name) and C(msg), which names all that is wrong.
  returned: on failure
  type: list
  elements: dict
"""

from ansible_collections.conductor.cloud.plugins.module_utils.argspec import ENGINE
from ansible_collections.conductor.cloud.plugins.module_utils.node.module import QuietModule
from ansible_collections.conductor.cloud.plugins.module_utils.node.node import Node
from ansible_collections.conductor.cloud.plugins.module_utils.node.service_options import SPEC, service_options
from ansible_collections.conductor.cloud.plugins.module_utils.resource import run


def main() -> None:
    module = QuietModule(supports_check_mode=True, **(ENGINE | SPEC).for_module())
    run(module, "object", Node(), lambda reader: service_options(reader, module.params))


if __name__ == "__main__":
    main()
