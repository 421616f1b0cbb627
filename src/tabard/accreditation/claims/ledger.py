"""The ledger of evidence: only ever added to, each entry bound to the one before, and what stands read off it for a day."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import msgspec

from tabard.accreditation.claims.errors import BadLedger
from tabard.accreditation.claims.evidence import Evidence
from tabard.accreditation.frameworks import criterion
from tabard.ground.canonical import canonical

_START = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: `evidence` was added, in the place of the items whose ids stand in `instead_of`; or those were withdrawn, for `reason`.

    `by` is who did it, `before` the SHA-256 of the entry before.
    """

    at: datetime
    by: str
    evidence: Evidence | None
    instead_of: tuple[str, ...]
    reason: str
    before: str

    @property
    def sha256(self) -> str:
        """The digest of this line, in hexadecimal."""
        return hashlib.sha256(canonical(plain_entry(self))).hexdigest()


@dataclass(frozen=True, slots=True)
class Ledger:
    """All entries, the first first."""

    entries: tuple[Entry, ...] = ()

    @property
    def head(self) -> str:
        """The digest of the last entry: whoever kept it sees whether anything before was changed."""
        return self.entries[-1].sha256 if self.entries else _START

    def item(self, id_: str) -> Evidence | None:
        """The item of that id, whether it stands or not."""
        return next((one.evidence for one in self.entries if one.evidence and one.evidence.id == id_), None)

    @property
    def gone(self) -> frozenset[str]:
        """The ids of what was superseded or withdrawn."""
        return frozenset(id_ for one in self.entries for id_ in one.instead_of)


_EMPTY = Ledger()


def add(ledger: Ledger, evidence: Evidence, *, by: str, at: datetime) -> Ledger:
    """The ledger with one item more. Raises BadLedger where its id was used before, NoSuchCriterion for what it cannot serve."""
    return _with(ledger, evidence, (), "", by=by, at=at)


def supersede(ledger: Ledger, old: Iterable[str], evidence: Evidence, *, by: str, at: datetime) -> Ledger:
    """The ledger with an item in the place of others. Raises BadLedger where one of them does not stand."""
    return _with(ledger, evidence, tuple(old), "", by=by, at=at)


def withdraw(ledger: Ledger, id_: str, reason: str, *, by: str, at: datetime) -> Ledger:
    """The ledger in which an item no longer stands. It is not taken away. Raises BadLedger where it does not stand, or for no reason."""
    if not reason.strip():
        raise BadLedger("evidence is withdrawn for a reason", where=id_[:80], expected="why")
    return _with(ledger, None, (id_,), reason, by=by, at=at)


def standing(ledger: Ledger, on: date, *, organisation: str, product: str | None = None) -> tuple[Evidence, ...]:
    """What stands on a day of an organisation's evidence: its own, and with `product` that product's.

    Each tells what it stands in the place of, as far back as that goes: a claim that names what was replaced is not undone by it.
    """
    gone, follows = ledger.gone, _follows(ledger)
    items = (one.evidence for one in ledger.entries if one.evidence and one.evidence.id not in gone)
    return tuple(
        replace(one, follows=follows[one.id]) if follows[one.id] else one
        for one in items
        if one.organisation == organisation and one.for_product in (None, product) and one.why_not(on) is None
    )


def fallen(ledger: Ledger, digests: Iterable[str], on: date) -> tuple[str, ...]:
    """Those of these SHA-256 that the ledger knows and that stand no more on that day: ended, superseded or withdrawn."""
    gone, known = ledger.gone, {one.evidence.sha256 for one in ledger.entries if one.evidence}
    items = (one.evidence for one in ledger.entries if one.evidence and one.evidence.id not in gone)
    stand = {one.sha256 for one in items if one.why_not(on) is None}
    return tuple(one for one in digests if one in known - stand)


def serving(evidence: Iterable[Evidence], criterion: str) -> tuple[Evidence, ...]:
    """The items that serve that criterion."""
    return tuple(one for one in evidence if criterion in one.serves)


def plain_entry(entry: Entry) -> dict[str, Any]:
    """An entry as plain JSON, for whoever keeps the ledger."""
    told: dict[str, Any] = msgspec.to_builtins(entry)
    if told["evidence"]:
        del told["evidence"]["follows"]  # read off the ledger, never written in it
    return told


def read_ledger(told: Iterable[object], after: Ledger = _EMPTY) -> Ledger:
    """The ledger of entries that were written as plain JSON, `after` those that were read before and are not read again.

    Raises BadLedger where one is none, or the chain does not hold.
    """
    try:
        entries = tuple(msgspec.convert(one, Entry) for one in told)
    except (msgspec.ValidationError, TypeError) as fault:
        raise BadLedger("an entry of the ledger cannot be read", got=str(fault)[:200]) from fault
    head = after.head
    for number, one in enumerate(entries, len(after.entries) + 1):
        if one.before != head:
            raise BadLedger("the ledger was changed after it was written", where=f"entry {number}")
        head = one.sha256
    return Ledger((*after.entries, *entries))


def _follows(ledger: Ledger) -> dict[str, tuple[str, ...]]:
    """For each item's id the SHA-256 of all that it stands in the place of, the latest first."""
    digests: dict[str, str] = {}
    follows: dict[str, tuple[str, ...]] = {}
    for entry in ledger.entries:
        if entry.evidence:
            before = (one for id_ in entry.instead_of for one in (digests[id_], *follows[id_]))
            follows[entry.evidence.id] = tuple(dict.fromkeys(before))
            digests[entry.evidence.id] = entry.evidence.sha256
    return follows


def _with(
    ledger: Ledger, evidence: Evidence | None, old: tuple[str, ...], reason: str, *, by: str, at: datetime
) -> Ledger:
    if at.tzinfo is None or not by.strip():
        raise BadLedger("an entry says by whom and when", expected="a name, and a moment with its offset from UTC")
    if evidence and ledger.item(evidence.id):
        raise BadLedger(
            "an id of evidence is used once", where=evidence.id, remedy="give the new item an id of its own"
        )
    for one in evidence.serves if evidence else ():
        criterion(one)
    for id_ in old:
        _need_standing(ledger, id_, evidence)
    return replace(ledger, entries=(*ledger.entries, Entry(at, by, evidence, old, reason, ledger.head)))


def _need_standing(ledger: Ledger, id_: str, evidence: Evidence | None) -> None:
    item = ledger.item(id_)
    if item is None or id_ in ledger.gone:
        raise BadLedger(
            "only what stands can be superseded or withdrawn",
            where=id_[:80],
            got="no such item" if item is None else "gone",
        )
    if evidence and evidence.organisation != item.organisation:
        raise BadLedger(
            "an organisation supersedes its own evidence alone",
            where=id_,
            expected=item.organisation,
            got=evidence.organisation,
        )
    was = (item.kind, item.for_product or "none")
    if evidence and (now := (evidence.kind, evidence.for_product or "none")) != was:
        raise BadLedger(
            "evidence is superseded by what is of the same kind, for the same product",
            where=id_,
            expected=f"{was[0]}, product {was[1]}",
            got=f"{now[0]}, product {now[1]}",
            remedy="withdraw the one with a reason, and add the other",
        )
