"""Names of a package's files: safe on every file system, each with one spelling, none taken for another."""

import unicodedata
from collections.abc import Collection

from tabard.product.errors import BadPackage, PackageFault

LONGEST_BYTES = 255
"""Source: POSIX pax, ustar: a prefix of 155 and a name of 100 bytes, with the `/` between them."""

_MARKS = frozenset("._- ")
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})


def check_names(names: Collection[str]) -> None:
    """Raise BadPackage for a name that could lead elsewhere, and for two that some file system takes for one."""
    for name in names:
        if fault := fault_of(name):
            raise BadPackage(
                PackageFault.bad_name,
                "a file's name will not do",
                where=ascii(name)[:80],
                expected=f"a relative path of letters, digits, and `. _ -` or blanks within names, {LONGEST_BYTES} bytes at most",
                got=fault,
                remedy="give the file a plain name",
            )
    _check_apart(names)


def fault_of(name: str) -> str | None:
    """What is wrong with a name; None for a good one."""
    parts = name.split("/")
    if name.startswith("/"):
        return "an absolute path"
    if ".." in parts or "." in parts:
        return "a path that leads elsewhere"
    if "" in parts:
        return "an empty name between slashes"
    if strange := [mark for mark in name if not (mark.isalnum() or mark in _MARKS or mark == "/")]:
        return f"the character {strange[0]!a}"
    if unicodedata.normalize("NFC", name) != name:
        return "letters put together in another way than NFC"
    return next((fault for part in parts if (fault := _fault_of_part(part))), None) or (
        f"{len(name.encode())} bytes" if len(name.encode()) > LONGEST_BYTES else None
    )


def _fault_of_part(part: str) -> str | None:
    if part.startswith("."):
        return "a hidden file"
    if part != part.strip(" ") or "  " in part or part.endswith("."):
        return "a name with a blank at an end, two in a row, or a dot at its end"
    return "a name that Windows keeps for devices" if part.split(".", maxsplit=1)[0].lower() in _RESERVED else None


def _check_apart(names: Collection[str]) -> None:
    """Every path, and every folder on the way to it, is one path however case is treated."""
    known: dict[str, tuple[str, bool]] = {}
    for name in names:
        parts = name.split("/")
        for depth in range(1, len(parts) + 1):
            path, is_file = "/".join(parts[:depth]), depth == len(parts)
            other = known.setdefault(_folded(path), (path, is_file))
            if other != (path, is_file):
                raise BadPackage(
                    PackageFault.colliding_names,
                    "two names are one on some file systems",
                    where=path,
                    got=other[0],
                    remedy="rename one of the two",
                )


def _folded(path: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", path).casefold())
