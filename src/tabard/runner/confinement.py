"""What bubblewrap is told, for one process of one product. Pure.

Everything is taken away first: every namespace is new (the network's too: not even this host's loopback is in it), no
capability, no environment, no terminal. Then what is given is given by name: the system's programs, Python, the
product's code and environment to read, its own data to write, a small /tmp, and the sockets.
Source: bwrap(1); CVE-2017-5226 for --new-session.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tabard.product import Server

CODE, ENVIRONMENT, DATA, FHIR, UV = "/app", "/env", "/data", "/run/tabard/fhir.sock", "/run/tabard/uv"
LISTENING_FD = 3
"""Where a part finds the socket on which it listens. Source: sd_listen_fds(3)."""

_FIRST_PID = "2"
"""The part's process in its own namespace: bwrap's reaper is the first."""

_MB = 1024 * 1024
_TMP_BYTES = 64 * _MB
_SHM_BYTES = 16 * _MB
_FILE_BYTES = 256 * _MB
_STACK_BYTES = 2 * _MB
_RESERVED_BYTES = 256 * _MB
"""Addresses that are reserved and hold nothing: libraries, and what malloc sets aside for threads."""
_SYSTEM = ("/usr",)
_LINKS = ("/bin", "/lib", "/lib32", "/lib64", "/sbin")
_APART = (
    "--unshare-all",
    "--unshare-user",
    "--disable-userns",
    "--cap-drop",
    "ALL",
    "--new-session",
    "--die-with-parent",
    "--clearenv",
    "--hostname",
    "part",
)


@dataclass(frozen=True, slots=True)
class Mount:
    """Something of the host's that the process sees at `at`: to read, unless `is_writable`."""

    source: Path
    at: str
    is_writable: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one process may take; bytes of memory are of each process, `processes` counts all and their threads."""

    memory_bytes: int
    processes: int
    open_files: int
    file_bytes: int = _FILE_BYTES


def limits_of(server: Server) -> Limits:
    """The limits that a manifest asks for."""
    return Limits(server.memory_mb * _MB, server.processes, server.open_files)


def arguments(mounts: Sequence[Mount], links: Sequence[tuple[str, str]], *, filter_fd: int | None) -> tuple[str, ...]:
    """The options of bwrap, before its command. `links` are the host's own links in its root (/lib to usr/lib), as (name, target)."""
    told = [*_APART]
    for place in _SYSTEM:
        told += ["--ro-bind", place, place]
    for name, target in links:
        told += ["--symlink", target, name]
    told += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    told += ["--proc", "/proc", "--dev", "/dev", "--size", str(_SHM_BYTES), "--tmpfs", "/dev/shm"]  # noqa: S108  the sandbox's own
    told += ["--size", str(_TMP_BYTES), "--tmpfs", "/tmp"]  # noqa: S108  the same
    for mount in mounts:
        told += ["--bind" if mount.is_writable else "--ro-bind", str(mount.source), mount.at]
    told += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", CODE]
    for name, value in _ENVIRONMENT.items():
        told += ["--setenv", name, value]
    if filter_fd is not None:
        told += ["--seccomp", str(filter_fd)]
    return tuple(told)


def root_links() -> tuple[tuple[str, str], ...]:
    """The links in this host's root that lead into /usr, as Debian and Fedora have them."""
    return tuple((name, str(Path(name).readlink())) for name in _LINKS if Path(name).is_symlink())


def limited(prlimit: str, limits: Limits, command: Sequence[str]) -> tuple[str, ...]:
    """The command under its limits, which are set inside: there the count of processes begins with the part's own."""
    return (
        prlimit,
        f"--data={limits.memory_bytes}",
        f"--as={2 * limits.memory_bytes + _RESERVED_BYTES}",
        f"--stack={_STACK_BYTES}",
        f"--nproc={limits.processes}",
        f"--nofile={limits.open_files}",
        f"--fsize={limits.file_bytes}",
        "--core=0",
        "--",
        *command,
    )


_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "HOME": DATA,
    "TMPDIR": "/tmp",  # noqa: S108  the sandbox's own
    "PYTHONPATH": f"{CODE}:{ENVIRONMENT}",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUNBUFFERED": "1",
    "MALLOC_ARENA_MAX": "2",
    "LISTEN_FDS": "1",
    "LISTEN_PID": _FIRST_PID,
    "TABARD_FHIR": FHIR,
    "TABARD_DATA": DATA,
}
