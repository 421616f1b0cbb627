"""SMART scopes as values: parsed once, narrowed, asked whether they permit. Pure.

Source: SMART App Launch 2.2, "Scopes and Launch Context"; the v1 forms `.read`, `.write`, `.*` are read as their v2 meaning.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Self
from urllib.parse import quote, unquote

from tabard.fhir.search_parameters import parameters_of
from tabard.ground.errors import CallerError

Letter = Literal["c", "r", "u", "d", "s"]
"""Create, read, update, delete, search: in the order that the standard wants them written."""

ANY_TYPE = "*"
BY_NAME = frozenset({"AuditEvent"})
"""Types that no `*` gives: who saw what is asked for, registered and granted by its name."""

_ALL = "cruds"
_VERSION_1 = {"read": "rs", "write": "cud", "*": _ALL}
_RESOURCE = re.compile(r"(patient|user|system)/(\*|[A-Z][A-Za-z]{1,63})\.(read|write|\*|c?r?u?d?s?)(\?.*)?")
_PLAIN = ":/|,!*'()@$;~"
_MOST_PAIRS = 10
_MOST_CHARACTERS = 1000
_TOKEN = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")


Search = tuple[tuple[str, str], ...]
"""Search parameters with their values, all of which must hold."""


class BadScope(CallerError):  # noqa: N818  says what the input is
    """A scope that is not written as the standard says, or that asks for what is not supported here."""


class Level(StrEnum):
    """Whose rights a scope speaks of: one patient's record, what a user may see, or a system on its own."""

    patient = "patient"
    user = "user"
    system = "system"


@dataclass(frozen=True, slots=True)
class ResourceScope:
    """`patient/Observation.rs`: a level, a resource type (or `*`) and letters out of `cruds`.

    `search` holds what a resource must match besides (`?category=laboratory`): sorted, and empty where any will do.
    `asked` is the version 1 word by which the letters were asked for: it is told back to who knows no other.
    """

    level: Level
    type: str
    letters: str
    search: Search = ()
    asked: str = field(default="", compare=False)

    def covers(self, resource_type: str, letter: Letter) -> bool:
        """Whether this scope speaks of `resource_type` and holds `letter`."""
        return (self.type == resource_type or self.type == ANY_TYPE) and letter in self.letters  # noqa: PLR1714  half the time of `in`

    def meet(self, other: "ResourceScope") -> "ResourceScope | None":
        """What both allow; None where that is nothing, or asks for more than a scope may. Levels never stand in for one another."""
        if self.level is not other.level or not _types_meet(self.type, other.type):
            return None
        letters = "".join(letter for letter in _ALL if letter in self.letters and letter in other.letters)
        narrower = other.type if self.type == ANY_TYPE else self.type
        search = tuple(sorted({*self.search, *other.search}))
        asked = self.asked if letters == self.letters else ""
        met = ResourceScope(self.level, narrower, letters, search, asked)
        return met if letters and _is_tellable(met) else None

    def __str__(self) -> str:
        plain = f"{self.level}/{self.type}.{self.asked or self.letters}"
        return f"{plain}?{'&'.join(f'{name}={quote(value, safe=_PLAIN)}' for name, value in self.search)}".rstrip("?")


@dataclass(frozen=True, slots=True)
class Scopes:
    """A set of scopes: those over resources, and the plain words (`launch`, `online_access`, ...)."""

    resources: tuple[ResourceScope, ...] = ()
    words: tuple[str, ...] = ()

    def permits(self, resource_type: str, letter: Letter, levels: Collection[Level] = tuple(Level)) -> bool:
        """Whether a scope at one of `levels` allows `letter` on `resource_type`. Nothing said is nothing allowed."""
        for scope in self.resources:  # noqa: SIM110  a loop costs half: every request asks this
            if scope.covers(resource_type, letter) and scope.level in levels:
                return True
        return False

    def searches(
        self, resource_type: str, letter: Letter, levels: Collection[Level] = tuple(Level)
    ) -> tuple[Search, ...]:
        """What a resource must match, any one of these, for `letter` to be allowed on it.

        Empty where nothing is asked besides: one scope that `permits` it is plain, or none permits it at all.
        """
        found: dict[Search, None] = {}
        for scope in self.resources:
            if scope.covers(resource_type, letter) and scope.level in levels:
                if not scope.search:
                    return ()
                found[scope.search] = None
        return tuple(found)

    def narrow(self, accredited: "Scopes") -> Self:
        """What is both in these scopes and in `accredited`, in a stable order."""
        met = (mine.meet(theirs) for mine in self.resources for theirs in accredited.resources)
        words = tuple(word for word in self.words if word in accredited.words)
        return type(self)(_without_covered(tuple(scope for scope in met if scope is not None)), words)

    def __str__(self) -> str:
        return " ".join((*self.words, *map(str, self.resources)))


def parse(text: str) -> Scopes:
    """The scopes in a space-separated `text`; words we do not know are kept as words. Raises BadScope.

    A search part (`?category=laboratory`) is kept with its scope. One that is not understood is refused: taking the scope
    for the plain one would give too much.
    """
    tokens = tuple(dict.fromkeys(text.split(" "))) if text else ()
    resources = tuple(_resource_scope(token) for token in tokens if "/" in token and not token.startswith("launch/"))
    return Scopes(resources, tuple(_word(token) for token in tokens if "/" not in token or token.startswith("launch/")))


def _resource_scope(token: str) -> ResourceScope:
    found = _RESOURCE.fullmatch(token)
    if found is None or not found[3]:
        raise _bad("This scope is not written as the standard says.", token)
    search = () if found[4] is None else _search(found[2], found[4][1:], token)
    letters = _VERSION_1.get(found[3])
    made = ResourceScope(
        Level(found[1]), found[2], letters or found[3], search, asked="" if letters is None else found[3]
    )
    if not _is_tellable(made):
        raise _not_understood(token)
    return made


def _search(resource_type: str, text: str, token: str) -> Search:
    """The search part. Source: SMART App Launch 2.2, "Finer-grained resource constraints using search parameters"."""
    pieces = [piece.partition("=") for piece in text.split("&")]
    pairs = {(name, unquote(value)) for name, _, value in pieces}
    known = () if resource_type == ANY_TYPE else parameters_of(resource_type)
    is_sound = len(token) <= _MOST_CHARACTERS and len(pairs) <= _MOST_PAIRS
    if not is_sound or any(name not in known or not value or not value.isprintable() for name, value in pairs):
        raise _not_understood(token)
    return tuple(sorted(pairs))


def _is_tellable(scope: ResourceScope) -> bool:
    """Whether the scope, written out, can be read again: whatever was granted must be, as grants are kept as text."""
    return not scope.search or (len(scope.search) <= _MOST_PAIRS and len(str(scope)) <= _MOST_CHARACTERS)


def _word(token: str) -> str:
    if not _TOKEN.fullmatch(token):
        raise _bad("A scope is empty or holds a character that a scope may not hold.", token)
    return token


def _not_understood(token: str) -> BadScope:
    return _bad("The search part of this scope is not understood here.", token)


def _bad(message: str, token: str) -> BadScope:
    return BadScope(
        message,
        where="scope",
        expected="such as user/Encounter.rs, letters in the order cruds",
        got=token[:80].encode("ascii", "replace").decode(),
        remedy="Ask for a plain scope, or one with a search parameter of that type; one blank between scopes.",
    )


def _types_meet(one: str, other: str) -> bool:
    return one == other or (ANY_TYPE in (one, other) and BY_NAME.isdisjoint((one, other)))


def _without_covered(scopes: tuple[ResourceScope, ...]) -> tuple[ResourceScope, ...]:
    """Each scope once, and none that another of them already says."""
    unique = tuple(dict.fromkeys(scopes))
    return tuple(scope for scope in unique if not any(other != scope and _says(other, scope) for other in unique))


def _says(wider: ResourceScope, scope: ResourceScope) -> bool:
    return wider.meet(scope) == scope
