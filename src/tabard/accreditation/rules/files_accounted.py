"""Every file of the package is of a known kind and is what its name says; nothing in it runs by itself, hides, or packs files up.

Source: in-toto attestation framework 1.0 (subject: all of the bytes); DTAC 2.0, C3 (technical security).
"""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath
from posixpath import join, normpath
from zipfile import BadZipFile, ZipFile

from tabard.accreditation.contents.kinds import SCRIPTS, STYLES, TEXTS, component_files, kind_of, text_of
from tabard.accreditation.found import failed, not_assessed, passed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.product import Package, wheel_faults, wheels_of

FAMILY = Family.package
CRITERIA = ("tabard/files-accounted", "asvs-5.0/15.2.3")

_STARTS: dict[str, tuple[bytes, ...]] = {
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".gif": (b"GIF87a", b"GIF89a"),
    ".webp": (b"RIFF",),
    ".ico": (b"\0\0\1\0",),
    ".woff": (b"wOFF",),
    ".woff2": (b"wOF2",),
    ".wasm": (b"\0asm",),
}
"""Kinds that are no text, and how each begins."""

_RUNS = (b"\x7fELF", b"MZ", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa")
_PACKS = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"7z\xbc\xaf\x27\x1c",
    b"\xfd7zXZ",
    b"BZh",
    b"\x28\xb5\x2f\xfd",
    b"Rar!",
)
_TAR_AT = 257
_COMPILED = (".so", ".pyd", ".dll", ".dylib", ".exe", ".pyc")
_MOST_PACKED, _LARGEST_UNPACKED = 20_000, 512 * 1024 * 1024
_FETCH = "fetch the wheels that the lock names: `tabard product wheels`, and name each as a component"
_BARE_NAMES = frozenset({"LICENSE", "LICENCE", "NOTICE", "COPYING", "AUTHORS", "CHANGELOG", "README"})
_MAP_LINE = re.compile(r"[#@]\s*sourceMappingURL=([^\s'\"*]{1,2000})")
_OUTSIDE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


def check(subject: Subject) -> Iterator[Found]:
    """Look at every file, and at every component's; the pass says how many of how many."""
    package = subject.package
    faults = [found for name, raw in package.files.items() for found in _faults(package, name, raw)]
    faults += [
        failed(one.where, one.expected, one.got, _FETCH, package.sha256)
        for one in wheel_faults(package.manifest, package.files)
    ]
    seen = len(package.files)
    digests = (sha256(raw) for raw in package.files.values())
    yield from (_compiled(name, raw) for name, raw in _wheels(package) if _is_compiled(raw))
    yield from faults or [passed("package", f"{seen} of {seen} files accounted for", *digests)]


def _faults(package: Package, name: str, raw: bytes) -> Iterator[Found]:
    looked_at = sha256(raw)
    for expected, got, remedy in _wrong_with(package, name, raw):
        yield failed(name, expected, got, remedy, looked_at)


def _wrong_with(package: Package, name: str, raw: bytes) -> Iterator[tuple[str, str, str]]:
    if any(part.startswith(".") for part in PurePosixPath(name).parts):
        yield "no hidden file", "a name that begins with a dot", "leave it out"
    if raw.startswith(_RUNS):
        yield "nothing that runs by itself", "a program", "leave it out: a product's code is its pages' scripts"
    elif name in wheels_of(package.files):
        if fault := _packing_fault(raw):
            yield "a wheel whose files can be looked at", fault, "have the wheel built again"
    elif raw.startswith(_PACKS) or raw[_TAR_AT : _TAR_AT + 5] == b"ustar":
        yield "no archive", "files packed up, which nobody could look at", "put the files themselves in the package"
    else:
        yield from _wrong_kind(package, name, raw)
        yield from _wrong_maps(name, raw)


def _wheels(package: Package) -> Iterator[tuple[str, bytes]]:
    return ((name, package.files[name]) for name in wheels_of(package.files))


def _packing_fault(raw: bytes) -> str | None:
    """What is wrong with how a wheel is packed; None where each of its files can be had, and they are not too many."""
    try:
        with ZipFile(BytesIO(raw)) as packed:
            told = packed.infolist()
    except (BadZipFile, ValueError, NotImplementedError):
        return "something that cannot be unpacked"
    names = [one.filename for one in told]
    if any(name.startswith("/") or ".." in name.split("/") or "\\" in name for name in names):
        return "a file that leads elsewhere"
    if len(told) > _MOST_PACKED or sum(one.file_size for one in told) > _LARGEST_UNPACKED:
        return f"more than {_MOST_PACKED} files or {_LARGEST_UNPACKED} bytes"
    return "a file that starts with Python itself (.pth)" if any(name.endswith(".pth") for name in names) else None


def _is_compiled(raw: bytes) -> bool:
    try:
        with ZipFile(BytesIO(raw)) as packed:
            return any(name.endswith(_COMPILED) or ".so." in name for name in packed.namelist())
    except (BadZipFile, ValueError, NotImplementedError):
        return False  # told as a fault


def _compiled(name: str, raw: bytes) -> Found:
    return not_assessed(
        name,
        "code that can be read",
        "machine code, which was compiled elsewhere",
        "have a person judge whether its maker can be trusted with it",
        sha256(raw),
    )


def _wrong_kind(package: Package, name: str, raw: bytes) -> Iterator[tuple[str, str, str]]:
    kind = kind_of(name)
    if kind in TEXTS or PurePosixPath(name).name in _BARE_NAMES:
        if text_of(raw) is None:
            yield f"a text in UTF-8, as {kind or 'such a name'} says", "something else", "save it as UTF-8"
    elif kind in _STARTS:
        if not raw.startswith(_STARTS[kind]):
            yield f"what {kind} says", "something else", "name the file for what it is"
    elif name not in component_files(package):
        kinds = ", ".join(sorted((TEXTS | _STARTS.keys()) - {".license"}))
        yield (
            f"a file of a known kind ({kinds})",
            kind or "a name without an end",
            "leave it out, or tell its component",
        )


def _wrong_maps(name: str, raw: bytes) -> Iterator[tuple[str, str, str]]:
    """A source map leads the reader's tools to other files: to files of the package alone."""
    remedy = "leave the source map out"
    if kind_of(name) in SCRIPTS | STYLES:
        for found in _MAP_LINE.findall(raw.decode("utf-8", "replace")):
            if not found.startswith("data:") and _leads_out(name, found):
                yield "a source map of the package's own", found, remedy
    if kind_of(name) == ".map":
        sources = _sources(raw)
        if sources is None:
            yield "a source map", "something else", remedy
        elif outside := next((one for one in sources if _OUTSIDE.match(one) or ".." in one.split("/")), None):
            yield "sources within the package", outside, remedy


def _leads_out(name: str, to: str) -> bool:
    """Whether a source map is told of that is not below the product's folder; that it is left out does no harm."""
    return bool(_OUTSIDE.match(to)) or normpath(join(str(PurePosixPath(name).parent), to)).startswith(("..", "/"))


def _sources(raw: bytes) -> list[str] | None:
    try:
        sources = json.loads(raw)["sources"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return [str(one) for one in sources] if isinstance(sources, list) else None
