"""Whom a hospital believes: the centre's name and its accreditors, one person one role, one key one person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from unicodedata import normalize

import msgspec

from tabard.decision.errors import BadTrust
from tabard.decision.model import Role
from tabard.ground.canonical import canonical
from tabard.ground.errors import CallerError
from tabard.ground.keys import PublicKey


@dataclass(frozen=True, slots=True)
class Accreditor:
    """A person who judges, in one role, by these keys, from one moment until before another (aware).

    `organisation` is the ODS code of whom they work for; "" is not known, and then they judge nobody's product.
    """

    id: str
    name: str
    role: Role
    keys: tuple[PublicKey, ...]
    valid_from: datetime
    valid_until: datetime
    organisation: str = ""

    def is_in_office(self, moment: datetime) -> bool:
        """Whether a decision of that moment may be theirs."""
        return self.valid_from <= moment < self.valid_until


@dataclass(frozen=True, slots=True)
class Trust:
    """The id of the centre that judges, and its accreditors.

    Raises BadTrust when one person could count as two: the same key, id or name under two entries, a key that goes
    by an id which is not its own; or when somebody has no key or no time in office.
    """

    verifier: str
    accreditors: tuple[Accreditor, ...]

    def __post_init__(self) -> None:
        if not self.verifier:
            raise BadTrust("the centre has no name", where="verifier")
        for one in self.accreditors:
            _check(one)
        _once("person", (one.id for one in self.accreditors))
        _once("name", (_folded(one.name) for one in self.accreditors))
        _once("key", (key.keyid for one in self.accreditors for key in one.keys))

    @property
    def keys(self) -> tuple[PublicKey, ...]:
        """The keys of all accreditors."""
        return tuple(key for one in self.accreditors for key in one.keys)

    def to_bytes(self) -> bytes:
        """The list as JSON (the target `accreditors.json`), always the same text."""
        told = [_Told.of(one) for one in self.accreditors]
        return canonical({"verifier": self.verifier, "accreditors": msgspec.to_builtins(told)})

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Trust":
        """The list of a JSON text. Raises BadTrust when it is none or is not sound."""
        try:
            told = msgspec.json.decode(raw, type=_ToldTrust)
            return cls(told.verifier, tuple(one.accreditor() for one in told.accreditors))
        except BadTrust:
            raise
        except (msgspec.DecodeError, CallerError) as fault:
            raise BadTrust(
                "this is no list of accreditors", expected="JSON as Tabard writes it", got=str(fault)
            ) from fault


class _Told(msgspec.Struct):
    id: str
    name: str
    role: Role
    keys: tuple[str, ...]
    valid_from: datetime
    valid_until: datetime
    organisation: str = ""

    @classmethod
    def of(cls, one: Accreditor) -> "_Told":
        keys = tuple(key.pem for key in one.keys)
        return cls(one.id, one.name, one.role, keys, one.valid_from, one.valid_until, one.organisation)

    def accreditor(self) -> Accreditor:
        keys = tuple(PublicKey.from_pem(pem) for pem in self.keys)
        return Accreditor(self.id, self.name, self.role, keys, self.valid_from, self.valid_until, self.organisation)


class _ToldTrust(msgspec.Struct):
    verifier: str
    accreditors: tuple[_Told, ...]


def _check(one: Accreditor) -> None:
    if not (one.id and one.name and one.keys):
        raise BadTrust("an accreditor needs an id, a name and a key", where=one.id or "accreditors")
    if one.valid_from.tzinfo is None or one.valid_until.tzinfo is None or one.valid_from >= one.valid_until:
        raise BadTrust("an accreditor's time in office ends after it begins, in UTC", where=one.id)
    if any(PublicKey.from_pem(key.pem) != key for key in one.keys):
        raise BadTrust(
            "a key goes by an id that is not its own", where=one.id, expected="the id that the key itself gives"
        )


def _once(what: str, found: Iterable[str]) -> None:
    seen = set[str]()
    for one in found:
        if one in seen:
            raise BadTrust(
                f"the same {what} stands twice among the accreditors",
                expected="one person, one role, keys of their own",
                got=one,
                remedy="let each person have an entry, and make a key of their own on their own machine",
            )
        seen.add(one)


def _folded(name: str) -> str:
    return " ".join(normalize("NFKC", name).casefold().split())
