"""The first breath of a confined process: run as a program, by its path, it becomes bwrap and never comes back.

It is given one JSON object on a pipe (`--` and the pipe's number). Where there is a user to become, every mount is put
under a folder of a mount namespace of its own, for that user may not enter the hospital's folder; then it becomes that
user, without a capability. It uses the standard library alone and imports nothing of Tabard.
"""

import ctypes
import json
import os
import sys

_NEW_MOUNTS = 0x00020000
_BIND, _RECURSIVE, _PRIVATE, _NOSUID, _NODEV, _NOEXEC = 0x1000, 0x4000, 1 << 18, 2, 4, 8
STAGE = "/run"
"""Covered in this process' own mount namespace by a folder in memory; every host has it and everybody may enter it."""

_libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Become bwrap."""
    with os.fdopen(int(sys.argv[1]), "rb") as pipe:
        told = json.load(pipe)
    _move(told["listening_fd"], told["listening_at"])
    if told["cgroup"] is not None:
        with open(told["cgroup"], "w", encoding="ascii") as procs:  # noqa: PTH123  pathlib would take its time to import
            procs.write(str(os.getpid()))
    os.nice(told["nice"])
    if told["filter"] is not None:
        _move(_nameless(bytes.fromhex(told["filter"])), told["filter_fd"])
    options = _nameless("\0".join(told["options"]).encode() + b"\0")
    command = [told["bwrap"], "--args", str(options), "--", *told["command"]]
    if told["uid"] is not None:
        _stage(told["mounts"])
        command = [*_become(told["setpriv"], told["uid"]), *command]
    os.execv(command[0], command)  # noqa: S606  the whole purpose; no shell


def _stage(mounts: "list[list[str]]") -> None:
    """Put every source where the product's user may see it."""
    _check(_libc.unshare(_NEW_MOUNTS))
    _mount("none", "/", "", _RECURSIVE | _PRIVATE)
    _mount("tmpfs", STAGE, "tmpfs", _NOSUID | _NODEV | _NOEXEC, "mode=0755,size=64k")
    for source, place in mounts:
        if os.path.isdir(source):  # noqa: PTH112  as above
            os.mkdir(place, 0o755)  # noqa: PTH102  as above
        else:
            os.close(os.open(place, os.O_CREAT | os.O_WRONLY, 0o644))
        _mount(source, place, "", _BIND)


def _become(setpriv: str, uid: int) -> "list[str]":
    whom = ["--reuid", str(uid), "--regid", str(uid), "--clear-groups"]
    return [setpriv, *whom, "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs", "--"]


def _move(fd: "int | None", at: int) -> None:
    """Let an open file be known by another number, to whom is executed next as well."""
    if fd is not None and fd != at:
        os.dup2(fd, at)
        os.close(fd)
    if fd is not None:
        os.set_inheritable(at, True)


def _nameless(content: bytes) -> int:
    """A file without a name that holds `content`, to be read from its start by who is executed next."""
    made = os.memfd_create("given", 0)
    os.write(made, content)
    os.lseek(made, 0, os.SEEK_SET)
    return made


def _mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    given = (source.encode(), target.encode(), kind.encode() or None, ctypes.c_ulong(flags), data.encode() or None)
    _check(_libc.mount(*given))


def _check(result: int) -> None:
    if result != 0:
        fault = ctypes.get_errno()
        raise OSError(fault, os.strerror(fault))


if __name__ == "__main__":
    main()
