# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options of every module that talks to an OpenStack cloud."""

from __future__ import annotations


class ModuleDocFragment:
    """The connection, and with ``.project`` the project to work in."""

    DOCUMENTATION = r"""
requirements:
  - openstacksdk >= 4.0 on the machine that runs the module
notes:
  - The token of a login is kept for the next task in C(~/.cache/conductor.cloud), in a file that only its owner can
    read. The environment variable C(CONDUCTOR_TOKEN_CACHE=off) switches this off.
options:
  cloud:
    description:
      - Name of a cloud in C(clouds.yaml), with all that is needed to sign in.
      - Left out, O(auth) or the C(OS_*) environment variables say it.
    type: str
  auth:
    description: How to sign in. What is given here wins over O(cloud).
    type: dict
    suboptions:
      auth_url:
        description: Address of the identity service.
        type: str
      username:
        description: Name of the user.
        type: str
      password:
        description: Password of the user.
        type: str
      token:
        description: A token, instead of a user and a password.
        type: str
      project_name:
        description: Name of the project to sign in to.
        type: str
      project_id:
        description: Id of the project to sign in to, instead of O(auth.project_name).
        type: str
      project_domain_name:
        description: Name of the domain of the project.
        type: str
      user_domain_name:
        description: Name of the domain of the user.
        type: str
      domain_name:
        description: Name of the domain to sign in to, instead of a project.
        type: str
      application_credential_id:
        description: Id of an application credential, instead of a user and a password.
        type: str
      application_credential_secret:
        description: Secret of the application credential.
        type: str
  region_name:
    description: Region, where the cloud has several.
    type: str
  interface:
    description: Which of the addresses in the catalog to use. Left out, what O(cloud) says, else C(public).
    type: str
    choices: [public, internal, admin]
  ca_cert:
    description: File with the CA that signed the certificates of the cloud, on the machine that runs the module.
    type: path
  validate_certs:
    description: Whether certificates are checked. Left out, what O(cloud) says, else C(true).
    type: bool
"""

    PROJECT = r"""
options:
  project:
    description:
      - Name or id of the project to work in. Left out, the project of the login.
      - The login needs a role in that project, usually C(member); lacking it is an error that names the role.
    type: str
"""
