"""The wheels of a product's server: named by a lock with hashes, kept beside it, nothing else among them. Pure.

Source: PEP 427 (wheels), PEP 503 (names of projects), pip's requirements file format with `--hash`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from tabard.ground.faults import Fault
from tabard.product.model import Manifest

LOCK = "requirements.txt"
WHEELS = "wheels/"

_WHEEL = re.compile(
    r"(?P<name>[A-Za-z0-9_.]+)-(?P<version>[A-Za-z0-9_.!+]+)(-\d[A-Za-z0-9_.]*)?(-[A-Za-z0-9_.]+){3}\.whl"
)
_PINNED = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[A-Za-z0-9][A-Za-z0-9.!+_-]*)(?P<rest>[ ;].*)?"
)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_MARKER = re.compile(r"\s*(;[^#]*?)?\s*")
_LARGEST_LOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Locked:
    """One requirement of a lock: exactly this version, in one of the files with these SHA-256s."""

    name: str
    version: str
    hashes: frozenset[str]


def wheels_of(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """The files that lie where wheels do."""
    return tuple(name for name in files if name.startswith(WHEELS))


def wheel_faults(manifest: Manifest, files: Mapping[str, bytes]) -> tuple[Fault, ...]:
    """Everything that is wrong with a product's lock and wheels; () where they are whole, or there are none."""
    wheels = wheels_of(files)
    if LOCK not in files and not wheels:
        return ()
    if manifest.server is None:
        return (Fault(LOCK if LOCK in files else wheels[0], "a [server], which wheels are for", "none"),)
    faults: list[Fault] = []
    locked = read_lock(files.get(LOCK, b""), faults)
    faults += [fault for name in wheels for fault in _wrong_with(manifest, name, files[name], locked)]
    here = {project(_WHEEL.fullmatch(name.removeprefix(WHEELS))) for name in wheels}
    missing = [one for one in locked if (one.name, one.version) not in here]
    faults += [Fault(LOCK, f"a wheel of {one.name} {one.version} in {WHEELS}", "none") for one in missing]
    return tuple(faults)


def read_lock(text: bytes, faults: list[Fault]) -> tuple[Locked, ...]:
    """What a lock names; what is no requirement with a version and hashes is noted as a fault."""
    locked = []
    for number, line in _lines(text[:_LARGEST_LOCK]):
        found = _PINNED.fullmatch(line)
        rest = (found["rest"] or "") if found else ""
        hashes = frozenset(_HASH.findall(rest))
        if found is None or not hashes or not _MARKER.fullmatch(_HASH.sub("", rest)):
            faults.append(Fault(f"{LOCK}:{number}", "name==version with --hash=sha256:..., nothing else", line[:60]))
            continue
        locked.append(Locked(normal(found["name"]), found["version"], hashes))
    return tuple(locked)


def normal(name: str) -> str:
    """A project's name as every spelling of it is compared. Source: PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def project(found: re.Match[str] | None) -> tuple[str, str]:
    """Name and version that a wheel's file name tells."""
    return ("", "") if found is None else (normal(found["name"]), found["version"])


def told_by(file_name: str) -> tuple[str, str]:
    """The same of a file name in full; two empty texts where it is no wheel's."""
    return project(_WHEEL.fullmatch(file_name))


def _lines(text: bytes) -> Iterator[tuple[int, str]]:
    """Lines joined where they go on, without comments, each with the number of its first."""
    begun, first = "", 0
    for number, raw in enumerate(text.decode("utf-8", "replace").splitlines(), 1):
        line = re.sub(r"(^|\s)#.*$", "", raw).rstrip()
        first = first if begun else number
        begun += line.removesuffix("\\")
        if line.endswith("\\"):
            continue
        if begun.strip():
            yield first, " ".join(begun.split())
        begun = ""
    if begun.strip():
        yield first, " ".join(begun.split())


def _wrong_with(manifest: Manifest, name: str, raw: bytes, locked: tuple[Locked, ...]) -> Iterator[Fault]:
    found = told_by(name.removeprefix(WHEELS))
    if not found[0] or not raw.startswith(b"PK\x03\x04"):
        yield Fault(name, "a wheel, named as PEP 427 says", "something else")
        return
    digest = sha256(raw).hexdigest()
    if not any((one.name, one.version) == found and digest in one.hashes for one in locked):
        yield Fault(name, f"{found[0]} {found[1]} in {LOCK} with the hash sha256:{digest}", "not named so")
    purls = [one.purl.partition("?")[0] for one in manifest.components if name in one.files]
    if not any(purl.startswith("pkg:pypi/") and _of(purl) == found for purl in purls):
        yield Fault(
            name, f"a [[component]] pkg:pypi/{found[0]}@{found[1]} that names it", purls[0] if purls else "none"
        )


def _of(purl: str) -> tuple[str, str]:
    name, _, version = purl.removeprefix("pkg:pypi/").partition("@")
    return normal(name), version
