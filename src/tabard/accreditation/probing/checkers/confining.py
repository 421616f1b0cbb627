"""Running one checker: cut off from the network and from everything but the copied files, its time and what it tells bounded.

Where there is no bubblewrap it runs as it is: it reads text and runs none of it, and what it tells is the same.
Source: bwrap(1); CVE-2017-5226 for --new-session.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Timer

from tabard.accreditation.probing.checkers.place import Place, bubblewrap

_MOST_TOLD_BYTES = 32 * 1024 * 1024
_MEMORY_BYTES = 3 * 1024 * 1024 * 1024
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
    "checker",
)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a program told on its standard output; `fault` says why that is nothing to go by ("" where it is)."""

    told: bytes
    fault: str = ""


def run(place: Place, folder: Path, command: Sequence[str], limit_s: float) -> Ran:
    """Run a checker in `folder`, for so many seconds at the most. It may read that folder and write nowhere that lasts."""
    variables = _variables(place, folder)
    whole = [*_bounded(), *command]
    if bwrap := _usable():
        whole = [bwrap, *_arguments(place, folder, variables), "--", *whole]
    try:
        process = subprocess.Popen(  # noqa: S603  a checker of our lock
            whole,
            cwd=folder,
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return Ran(b"", "it did not start")
    late: list[bool] = []

    def end() -> None:
        late.append(True)
        _kill(process.pid)

    timer = Timer(limit_s, end)
    timer.start()
    with process:
        told = process.stdout.read(_MOST_TOLD_BYTES + 1) if process.stdout else b""
        if len(told) > _MOST_TOLD_BYTES:
            _kill(process.pid)
    timer.cancel()
    if late:
        return Ran(b"", f"it came to no end within {limit_s:g} seconds")
    return Ran(b"", "it told too much") if len(told) > _MOST_TOLD_BYTES else Ran(told)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, 9)


def _bounded() -> list[str]:
    """Its memory, and no core file, where the system can bound them."""
    prlimit = shutil.which("prlimit")
    return [prlimit, f"--data={_MEMORY_BYTES}", "--core=0", "--"] if prlimit else []


@cache
def _usable() -> str | None:
    """bubblewrap, where there is one that may make a sandbox here."""
    bwrap = bubblewrap()
    if bwrap is None:
        return None
    try:
        tried = subprocess.run(  # noqa: S603  the system's own program
            [bwrap, *_APART, *_system(), "--", "/usr/bin/true"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return bwrap if tried.returncode == 0 else None


def _system() -> list[str]:
    told = ["--ro-bind", "/usr", "/usr"]
    for name in _LINKS:
        path = Path(name)
        if path.is_symlink():
            told += ["--symlink", str(path.readlink()), name]
    return [*told, "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache", "--proc", "/proc", "--dev", "/dev"]


def _arguments(place: Place, folder: Path, variables: Mapping[str, str]) -> list[str]:
    told = [*_APART, *_system(), "--tmpfs", "/tmp"]  # noqa: S108  the sandbox's own
    for one in dict.fromkeys((place.folder, place.base, folder)):
        if not one.is_relative_to("/usr"):
            told += ["--ro-bind", str(one), str(one)]
    told += ["--chdir", str(folder)]
    for name, value in variables.items():
        told += ["--setenv", name, value]
    return told


def _variables(place: Place, folder: Path) -> dict[str, str]:
    """Nothing of ours reaches a checker, and no file of settings is looked for in a home.

    semgrep does not begin without a file of trust anchors, although it calls nobody.
    """
    home = "/tmp" if _usable() else str(folder / "home")  # noqa: S108  the sandbox's own
    return {
        "PATH": f"{place.folder / 'bin'}:/usr/bin:/bin",
        "HOME": home,
        "TMPDIR": home,
        "XDG_CONFIG_HOME": home,
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "SEMGREP_SEND_METRICS": "off",
        "SSL_CERT_FILE": str(place.packages / "certifi" / "cacert.pem"),
    }
