"""Where the checkers are on this machine, and whether they are those of our lock: others could give other verdicts."""

import os
import re
import shutil
import sys
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from tabard.accreditation.probing.ports import CouldNot

TOOLS = ("bandit", "ruff", "semgrep")
LOCK = "checkers.txt"
_PINNED = re.compile(r"^([a-z0-9-]+)==([^\s;\\]+)", re.MULTILINE)
_REMEDY = "make them with `tabard product checkers`, or have a person read the code"


@dataclass(frozen=True, slots=True)
class Place:
    """The checkers' environment; `base` is the Python that it was made of, `versions` are by tool."""

    folder: Path
    base: Path
    packages: Path
    versions: tuple[tuple[str, str], ...]

    def program(self, name: str) -> str:
        """The path of one of its programs."""
        return str(self.folder / "bin" / name)


def find_checkers() -> Place | CouldNot:
    """The environment that TABARD_CHECKERS names, else the one beside ours, else the user's own."""
    named = os.environ.get("TABARD_CHECKERS")
    folder = next((one for one in _places(named) if (one / "bin" / "python").exists()), None)
    if folder is None:
        return CouldNot("the static checkers are not installed here", _REMEDY)
    packages = next(iter(sorted(folder.glob("lib/python3*/site-packages"))), folder)
    versions = tuple((tool, _version(packages, tool)) for tool in TOOLS)
    if dict(versions) != {tool: locked()[tool] for tool in TOOLS}:
        return CouldNot("the static checkers here are not those of our lock", _REMEDY)
    return Place(folder, (folder / "bin" / "python").resolve().parents[1], packages, versions)


def default_place() -> Path:
    """Where the checkers are made: where TABARD_CHECKERS says, else in the user's own data."""
    return Path(os.environ.get("TABARD_CHECKERS") or Path.home() / ".local" / "share" / "tabard" / "checkers")


def lock_text() -> str:
    """The lock that the checkers are made from, with the hash of each file."""
    return files("tabard.accreditation").joinpath(LOCK).read_text("utf-8")


@cache
def locked() -> dict[str, str]:
    """The version of each of the lock's packages."""
    return dict(_PINNED.findall(lock_text()))


def bubblewrap() -> str | None:
    """The path of bwrap, where there is one."""
    return shutil.which("bwrap")


def _places(named: str | None) -> tuple[Path, ...]:
    if named:
        return (Path(named).absolute(),)
    return (Path(sys.prefix).parent / ".checkers", default_place())


def _version(packages: Path, tool: str) -> str:
    found = next(iter(sorted(packages.glob(f"{tool}-*.dist-info"))), None)
    return "" if found is None else found.name.removeprefix(f"{tool}-").removesuffix(".dist-info")
