"""Which products have somebody else's component in them, and at which version: one advisory, and all that it concerns.

Told by the bill of materials in each listed package. Packages never change, so what was read of one is kept by its digest.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import msgspec

from tabard.catalogue import roles
from tabard.catalogue.publishing import Publishing
from tabard.ground.errors import CallerError, TabardError
from tabard.ground.private_files import write_private
from tabard.product import SBOM_NAME, read_package

_PURL = re.compile(r"pkg:[a-z0-9.+-]+/[^?#\s]+", re.IGNORECASE)
_NUMBERS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})*")
_INDEX = "components.json"


@dataclass(frozen=True, slots=True)
class Affected:
    """A listed version of a product that has the component in it; `component` is "" where its bill cannot be read."""

    product: str
    version: str
    package_sha256: str
    component: str


class _Component(msgspec.Struct):
    purl: str = ""


class _Sbom(msgspec.Struct):
    components: list[_Component] = []


def affected(publishing: Publishing, purl: str, below: str | None = None) -> tuple[Affected, ...]:
    """The listed versions that have the component `purl` in them: at its own version, below another, or at any.

    A version that cannot be compared counts as affected, and so does a package whose bill of materials cannot be read: a
    person looks. Raises CallerError for no package URL, or no version to compare with.
    """
    if not _PURL.fullmatch(purl):
        raise CallerError("this is no package URL", got=purl[:80], expected="such as pkg:npm/htmx.org@2.0.0")
    if below is not None and not _NUMBERS.fullmatch(below):
        raise CallerError("this is no version to compare with", got=below[:40], expected="numbers such as 4.17.21")
    known = _known(publishing)
    return tuple(_found(publishing, known, purl, below))


def _found(
    publishing: Publishing, known: dict[str, list[str] | None], purl: str, below: str | None
) -> Iterator[Affected]:
    for entry in publishing.entries():
        for one in entry.versions:
            purls = known[one.package_sha256]
            told = [""] if purls is None else [has for has in purls if _is_meant(has, purl, below)]
            for component in told[:1]:
                yield Affected(entry.product, one.version, one.package_sha256, component)


def _is_meant(has: str, asked: str, below: str | None) -> bool:
    (name, version), (wanted, at) = _parts(has), _parts(asked)
    if name != wanted or (at and version and at != version):
        return False
    if below is None or not version or not _NUMBERS.fullmatch(version):
        return True
    return _numbers(version) < _numbers(below)


def _parts(purl: str) -> tuple[str, str]:
    """Name and version of a package URL, without what qualifies it; a scope such as `@nhs/` is of the name."""
    whole = re.split(r"[?#]", purl, maxsplit=1)[0]
    before, _, last = whole.rpartition("/")
    name, _, version = last.partition("@")
    return unquote(f"{before}/{name}").casefold(), unquote(version)


def _numbers(version: str) -> tuple[int, ...]:
    found = [int(number) for number in version.split(".")]
    while found and not found[-1]:
        found.pop()
    return tuple(found)


def _known(publishing: Publishing) -> dict[str, list[str] | None]:
    """The components of every listed package by its digest; None where they cannot be read."""
    path = publishing.folder / _INDEX
    listed = {one.package_sha256 for entry in publishing.entries() for one in entry.versions}
    try:
        known = msgspec.json.decode(path.read_bytes(), type=dict[str, list[str] | None])
    except (FileNotFoundError, msgspec.DecodeError):
        known = {}
    if fresh := listed - known.keys():
        known |= {sha256: _read(publishing.public / roles.package_path(sha256)) for sha256 in fresh}
        write_private(path, msgspec.json.encode(known))
    return known


def _read(path: Path) -> list[str] | None:
    try:
        package = read_package(path.read_bytes())
        told = msgspec.json.decode(package.files.get(SBOM_NAME, b"{}"), type=_Sbom)
    except (TabardError, OSError, msgspec.DecodeError):
        return None
    purls = {one.purl for one in package.manifest.components} | {one.purl for one in told.components}
    return sorted(filter(None, purls))
