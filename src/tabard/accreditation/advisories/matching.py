"""Which advisories speak of a component: its package URL, and its version by the order of its own ecosystem.

Source: Package URL specification; PEP 440 (PyPI); Semantic Versioning 2.0, 11 (npm); OSV schema 1.6, "evaluation".
"""

import re
from dataclasses import dataclass
from functools import total_ordering
from typing import Any
from urllib.parse import unquote

from packaging.version import InvalidVersion, Version

from tabard.accreditation.advisories.model import Advisory, Range

_ECOSYSTEMS = {"pypi": "PyPI", "npm": "npm"}
_PURL = re.compile(r"pkg:(?P<type>[a-z][a-z0-9.+-]*)/(?P<name>[^?#]+)@(?P<version>[^?#@]+)(?:[?#].*)?")
_SEMVER = re.compile(
    r"v?(?P<core>\d{1,9}(?:\.\d{1,9}){0,3})(?:-(?P<before>[0-9A-Za-z.-]{1,200}))?(?:\+[0-9A-Za-z.-]{1,200})?"
)
_FIRST = "0"


@dataclass(frozen=True, slots=True)
class KnownAs:
    """A package as advisories name it; `plain_name` is how names of its ecosystem are compared."""

    ecosystem: str
    name: str

    @property
    def plain_name(self) -> str:
        """The name as names of its ecosystem are compared. Source: PEP 503 (PyPI); npm's names are small letters."""
        return plain_name(self.ecosystem, self.name)


def plain_name(ecosystem: str, name: str) -> str:
    """How names of that ecosystem are compared."""
    return re.sub(r"[-_.]+", "-", name).lower() if ecosystem == "PyPI" else name.lower()


def package_of(purl: str) -> KnownAs | None:
    """Of which package a package URL speaks; None for an ecosystem that we know nothing of."""
    found = _PURL.fullmatch(purl)
    if found is None or found["type"] not in _ECOSYSTEMS:
        return None
    return KnownAs(_ECOSYSTEMS[found["type"]], unquote(found["name"]))


def concerns(advisory: Advisory, ecosystem: str, version: str) -> bool | None:
    """Whether the advisory speaks of that version; None where the two cannot be compared, which is no no."""
    if version in advisory.versions:
        return True
    try:
        at = _order(ecosystem, version)
        return any(_is_within(one, ecosystem, at) for one in advisory.ranges) or at in [
            told for one in advisory.versions if (told := _maybe(ecosystem, one)) is not None
        ]
    except ValueError:
        return None


def _is_within(one: Range, ecosystem: str, at: Any) -> bool:
    if one.introduced != _FIRST and _lower(at, _order(ecosystem, one.introduced)):
        return False
    if one.fixed:
        return _lower(at, _order(ecosystem, one.fixed))
    return not one.last or not _lower(_order(ecosystem, one.last), at)


def _lower(one: Any, other: Any) -> bool:
    return bool(one < other)


def _maybe(ecosystem: str, text: str) -> Any:
    try:
        return _order(ecosystem, text)
    except ValueError:
        return None


def _order(ecosystem: str, text: str) -> Any:
    """A version as it is ordered there. Raises ValueError for what is none."""
    if ecosystem == "PyPI":
        try:
            return Version(text)
        except InvalidVersion as fault:
            raise ValueError(text) from fault
    return SemVer.of(text)


@total_ordering
@dataclass(frozen=True, slots=True)
class SemVer:
    """A version of npm: numbers, and what comes before them is said to be lower. Source: Semantic Versioning 2.0, 11."""

    core: tuple[int, ...]
    before: tuple[tuple[int, int, str], ...] = ()

    @classmethod
    def of(cls, text: str) -> "SemVer":
        """The version of a text. Raises ValueError for what is none."""
        found = _SEMVER.fullmatch(text.strip())
        if found is None:
            raise ValueError(text)
        numbers = tuple(map(int, found["core"].split(".")))
        parts = (found["before"] or "").split(".") if found["before"] else []
        return cls((*numbers, *(0,) * (4 - len(numbers))), tuple(map(_part, parts)))

    def __lt__(self, other: "SemVer") -> bool:
        if self.core != other.core:
            return self.core < other.core
        if bool(self.before) != bool(other.before):
            return bool(self.before)
        return self.before < other.before


def _part(text: str) -> tuple[int, int, str]:
    """Numbers are lower than words, and compared as numbers."""
    return (0, int(text), "") if text.isdigit() else (1, 0, text)
