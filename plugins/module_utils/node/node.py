# -*- coding: utf-8 -*-
# Copyright (c) 2026, conductor.cloud contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""This host: its files and its commands, with a reader that has no way to change either."""

from __future__ import annotations

import fcntl
import grp
import os
import pwd
import re
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..resource import ResourceError

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
LAST_LINES = 12
REASONS = re.compile(r"^dpkg: error .*(?:\n +.*)?", re.MULTILINE)


class NotInstalledError(ResourceError):
    """A command, or the user who is to run it, that is not on this host."""


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    status: int
    output: str
    errors: str


def last_lines(text: str, count: int = LAST_LINES) -> str:
    """Return the end of ``text``, where the reason of a failure stands."""
    return "\n".join(text.strip().splitlines()[-count:])


def censored(text: str, secrets: Sequence[str]) -> str:
    """Return ``text`` without the secrets that a command was given."""
    for secret in sorted({secret for secret in secrets if secret}, key=len, reverse=True):
        text = text.replace(secret, "********")
    return text


def identity(user: str) -> dict[str, Any]:
    """Return what makes subprocess run a command as ``user``, with the groups of that user."""
    try:
        entry = pwd.getpwnam(user)
    except KeyError as error:
        raise NotInstalledError(f"user: there is no user {user} on this host. Is its package installed?") from error
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": os.getgrouplist(user, entry.pw_gid)}


def environment_for(user: str | None, extra: Mapping[str, str]) -> dict[str, str]:
    """Return a small environment that does not depend on who started the run."""
    home = pwd.getpwnam(user).pw_dir if user else "/root"
    return {"PATH": PATH, "LC_ALL": "C.UTF-8", "HOME": home, **extra}


def execute(
    argv: Sequence[str],
    given: str | None = None,
    environment: Mapping[str, str] | None = None,
    user: str | None = None,
    timeout: float = 900,
    held: int | None = None,
) -> Answer:
    """Run a command without a shell and return what it said, whatever its status is.

    What ``held`` is open on (alone.py) stays held as long as the command runs.
    """
    extra = dict(environment or {})
    who = identity(user) if user else {}
    try:
        done = subprocess.run(
            list(argv),
            input=(given or "").encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment_for(user, extra),
            cwd="/",
            timeout=timeout,
            pass_fds=() if held is None else (held,),
            check=False,
            **who,
        )
    except FileNotFoundError as error:
        what = f"{argv[0]}: there is no such command on this host. Is its package installed?"
        raise NotInstalledError(what) from error
    except subprocess.TimeoutExpired as error:
        raise ResourceError(f"{argv[0]}: no answer after {timeout:.0f} s.") from error
    except OSError as error:
        raise ResourceError(f"{argv[0]}: {error}") from error
    return Answer(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))


def checked(answer: Answer, what: str, secrets: Sequence[str] = ()) -> str:
    """Return the output of a command that succeeded; else raise with the command's own last words."""
    if answer.status == 0:
        return answer.output
    said = last_lines(answer.errors) or last_lines(answer.output) or "it said nothing"
    # What dpkg has to say of a package is in the middle of apt's output.
    said = "\n".join([said, *REASONS.findall(answer.output)])
    raise ResourceError(f"{what}: ended with status {answer.status}: {censored(said, secrets)}")


class NodeReader:
    """The host as it is."""

    def reader(self) -> NodeReader:
        """Return this host without the verbs that write."""
        return NodeReader()

    def content(self, path: str) -> bytes | None:
        """Return the content of a file, or None where there is none."""
        try:
            with open(path, "rb") as stream:
                return stream.read()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise ResourceError(f"{path}: {error.strerror}") from error

    def stat(self, path: str) -> dict[str, str] | None:
        """Return kind, owner, group and mode of what is at ``path``, or None."""
        try:
            found = os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        kinds = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "link"}
        return {
            "kind": kinds.get(stat.S_IFMT(found.st_mode), "other"),
            "owner": name_of_user(found.st_uid),
            "group": name_of_group(found.st_gid),
            "mode": f"{stat.S_IMODE(found.st_mode):04o}",
        }

    def files_below(self, path: str) -> list[str]:
        """Return the paths of all files in a directory and below it; a file is its own list."""
        if not os.path.isdir(path):
            return [path]
        return sorted(os.path.join(folder, name) for folder, names, files in os.walk(path) for name in files)

    def ask(self, argv: Sequence[str], given: str | None = None, **options: Any) -> Answer:
        """Run a command that only reads."""
        return execute(argv, given, **options)

    def output(self, argv: Sequence[str], given: str | None = None, **options: Any) -> str:
        """Return the output of a command that only reads and has to succeed."""
        return checked(self.ask(argv, given, **options), " ".join(argv[:3]))


class Node(NodeReader):
    """The host, and how to change it."""

    def command(
        self, argv: Sequence[str], given: str | None = None, secrets: Sequence[str] = (), what: str = "", **options: Any
    ) -> str:
        """Run a command that changes something and return its output."""
        return checked(execute(argv, given, **options), what or " ".join(argv[:3]), secrets)

    def await_lock(self, path: str, seconds: float) -> None:
        """Wait until no other program has a lock on a file, but not for longer than ``seconds``."""
        deadline = time.monotonic() + seconds
        while os.path.exists(path):
            with open(path, "r+b") as stream:
                try:
                    fcntl.lockf(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        return
            time.sleep(1)

    def write(self, path: str, content: bytes, owner: str = "root", group: str = "root", mode: str = "0644") -> None:
        """Put ``content`` at ``path`` in one move: who reads it sees the old file or the new one."""
        uid, gid = id_of_user(owner), id_of_group(group)
        folder = os.path.dirname(path)
        try:
            os.makedirs(folder, mode=0o755, exist_ok=True)
            handle, temporary = tempfile.mkstemp(prefix=f".{os.path.basename(path)}.", dir=folder)
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(content)
                    os.fchown(stream.fileno(), uid, gid)
                    os.fchmod(stream.fileno(), int(mode, 8))
                    stream.flush()
                    os.fsync(stream.fileno())
                os.replace(temporary, path)
            except OSError:
                os.unlink(temporary)
                raise
        except OSError as error:
            raise ResourceError(f"{path}: {error.strerror}") from error

    def try_out(self, path: str, content: bytes, argv: Sequence[str]) -> None:
        """Have a command judge ``content`` before it gets to ``path``; ``%s`` in it is where the content lies."""
        try:
            with tempfile.NamedTemporaryFile(prefix=f"{os.path.basename(path)}.") as draft:
                draft.write(content)
                draft.flush()
                self.command([part.replace("%s", draft.name) for part in argv], what=f"{path}: {argv[0]}")
        except OSError as error:
            raise ResourceError(f"{path}: {error.strerror}") from error

    def make_directory(self, path: str, owner: str = "root", group: str = "root", mode: str = "0755") -> None:
        """Make a directory, or give the one that is there its owner and mode."""
        uid, gid = id_of_user(owner), id_of_group(group)
        try:
            os.makedirs(path, mode=0o755, exist_ok=True)
            os.chown(path, uid, gid)
            os.chmod(path, int(mode, 8))
        except OSError as error:
            raise ResourceError(f"{path}: {error.strerror}") from error

    def remove(self, path: str) -> None:
        """Remove a file, a link or an empty directory; that it is gone already is fine."""
        try:
            if os.path.isdir(path) and not os.path.islink(path):
                os.rmdir(path)
            else:
                os.unlink(path)
        except FileNotFoundError:
            return
        except OSError as error:
            raise ResourceError(f"{path}: {error.strerror}") from error


def name_of_user(uid: int) -> str:
    """Return the name of a user, or the number where nobody has it."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def name_of_group(gid: int) -> str:
    """Return the name of a group, or the number where nobody has it."""
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


def id_of_user(name: str) -> int:
    """Return the number of a user."""
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError as error:
        raise ResourceError(f"owner: there is no user {name} on this host. Is its package installed?") from error


def id_of_group(name: str) -> int:
    """Return the number of a group."""
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError as error:
        raise ResourceError(f"group: there is no group {name} on this host. Is its package installed?") from error
