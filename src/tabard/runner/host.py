"""What this host has to keep a process apart with. Where something is missing nothing is ever started."""

import os
import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from tabard.runner.errors import Unconfinable
from tabard.runner.seccomp import filter_for

_REMEDY = "install bubblewrap and util-linux (Debian and Ubuntu: apt install bubblewrap util-linux), then start again"


@dataclass(frozen=True, slots=True)
class Host:
    """The programs that confine, the Python that parts run with, and whether each product can have a user of its own.

    `system_filter` is the filter of system calls, None where this machine's calls are not known.
    """

    bwrap: str
    prlimit: str
    setpriv: str
    uv: str
    python: Path
    python_home: Path
    is_root: bool
    system_filter: bytes | None


def this_host() -> Host:
    """What is here. Raises Unconfinable, with the remedy, where a product's process could not be kept apart."""
    if sys.platform != "linux":
        raise Unconfinable(
            "products with a server run on Linux alone",
            expected="Linux",
            got=sys.platform,
            remedy="serve this hospital on Linux; products of pages alone work here as well",
        )
    return Host(
        bwrap=_program("bwrap"),
        prlimit=_program("prlimit"),
        setpriv=_program("setpriv"),
        uv=_uv(),
        python=Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}",
        python_home=Path(sys.base_prefix),
        is_root=os.geteuid() == 0,
        system_filter=filter_for(platform.machine()),
    )


def _program(name: str) -> str:
    found = shutil.which(name, path=os.environ.get("PATH", os.defpath))
    if found is None:
        raise Unconfinable(
            "a product's process cannot be kept apart on this host, so none is started",
            where=name,
            expected="the program on the PATH",
            got="no such program",
            remedy=_REMEDY,
        )
    return found


def _uv() -> str:
    import uv  # noqa: PLC0415  only a host that runs servers needs it

    try:
        return str(uv.find_uv_bin())
    except FileNotFoundError as fault:
        raise Unconfinable(
            "environments of products cannot be made", where="uv", got="no such program", remedy="install Tabard again"
        ) from fault
