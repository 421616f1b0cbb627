"""The desk where makers hand in evidence: bytes and line in one act, bounded, and never one without the other for good."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from itertools import count
from typing import NamedTuple

from sqlalchemy import Connection, Engine, func, insert, select

from tabard.accreditation import was_submitted
from tabard.accreditation.claims import Evidence, Ledger, add, near_criteria, supersede, withdraw
from tabard.accreditation.frameworks import NoSuchCriterion, criterion
from tabard.ground.errors import NotFound
from tabard.store.cases import Cases
from tabard.store.errors import NotTaken, NotYours
from tabard.store.evidence import Evidences
from tabard.store.evidence_askers import Maker
from tabard.store.evidence_files import SETTLED_S, EvidenceFiles
from tabard.store.evidence_media import MEDIA, Media, media_of
from tabard.store.tables import EVIDENCE_BYTES

LARGEST_EVIDENCE_BYTES = 25 * 1024 * 1024
MOST_STANDING = 1000
MOST_LINES = 3000
MOST_BYTES = 5 * 1024 * 1024 * 1024
"""What one organisation may have here: items that stand, lines of its ledger ever, and bytes ever, since nothing is thrown away."""

_LONGEST_REASON = 2000
Act = Callable[[Ledger, datetime], Ledger]


class Taken(NamedTuple):
    """What a maker is answered: the item, whether it is new, and the head of the ledger, which they may keep."""

    item: Evidence
    is_new: bool
    head: str
    media: Media


class Desk(NamedTuple):
    """Takes evidence in, lets it be withdrawn, and hands its bytes out."""

    engine: Engine
    files: EvidenceFiles
    ledgers: Evidences
    cases: Cases

    def keep(
        self, maker: Maker, item: Evidence, raw: bytes, instead_of: Iterable[str] = (), *, has_own_id: bool = True
    ) -> Taken:
        """Keep an item of the maker's own with its bytes; `instead_of` are the ids of those in whose place it stands.

        The same again is answered as before. Where it has no id of its own, a free one is found. Raises NotTaken, NotYours,
        and what the ledger raises; then no line is written.
        """
        old, media = tuple(instead_of), _media(raw)
        check_offer(maker, item)
        self._check_product(item)
        if sha256(raw).hexdigest() != item.sha256:
            raise NotTaken("these are not the bytes that were described", where="sha256", expected=item.sha256)
        found: list[tuple[Evidence, bool]] = []

        def act(ledger: Ledger, now: datetime) -> Ledger:
            if same := _same(ledger, item, old):
                found.append((same, False))
                return ledger
            new = item if has_own_id else _with_free_id(ledger, item)
            found.append((new, True))
            _check_room(ledger, old)
            if old:
                return supersede(ledger, old, new, by=maker.words, at=now)
            return add(ledger, new, by=maker.words, at=now)

        def also(connection: Connection, _old: Ledger) -> None:
            self.files.write(item.sha256, raw)  # an orphan of these bytes may have been taken away just now
            _keep_row(connection, item, len(raw), media)

        self._try(maker, item, len(raw), act)
        self.files.write(item.sha256, raw)  # before the line: bytes without a line harm nobody, and are found
        ledger = self.ledgers.written(maker.ods, act, also)
        return Taken(*found[-1], ledger.head, media)

    def withdraw(self, maker: Maker, id_: str, reason: str) -> Ledger:
        """Let an item of the maker's stand no longer. Raises NotTaken, BadLedger."""
        reason = one_line(reason, "reason")
        return self.ledgers.written(maker.ods, lambda old, now: withdraw(old, id_, reason, by=maker.words, at=now))

    def media(self, digest: str, organisation: str | None = None) -> Media:
        """Of what kind those bytes are, where that organisation brought them, or any. Raises NotFound."""
        asked = select(EVIDENCE_BYTES.c.media).where(EVIDENCE_BYTES.c.sha256 == digest)
        if organisation is not None:
            asked = asked.where(EVIDENCE_BYTES.c.organisation == organisation)
        with self.engine.begin() as connection:
            row = connection.execute(asked.limit(1)).one_or_none()
        if row is None:
            raise NotFound("there is no such evidence", got=digest[:64], remedy="tabard product evidence list")
        return MEDIA[row.media]

    def sizes(self, organisation: str) -> dict[str, tuple[int, Media]]:
        """How large all is that an organisation brought, and of what kind, by SHA-256."""
        asked = select(EVIDENCE_BYTES).where(EVIDENCE_BYTES.c.organisation == organisation)
        with self.engine.begin() as connection:
            return {one.sha256: (one.size_bytes, MEDIA[one.media]) for one in connection.execute(asked)}

    def tidy(self, settled_s: float = SETTLED_S) -> tuple[str, ...]:
        """Take away what a crash left behind between bytes and line; their names. Whoever sends it again has it taken as new."""
        with self.engine.begin() as connection:  # nobody writes a line meanwhile
            known = set(connection.execute(select(EVIDENCE_BYTES.c.sha256).distinct()).scalars())
            orphans = tuple(self.files.orphans(known, settled_s))
            self.files.forget(orphans)
        return tuple(one.name for one in orphans)

    def _try(self, maker: Maker, item: Evidence, size: int, act: Act) -> None:
        """Raises what keeping it would raise: of what is refused no byte is written."""
        act(self.ledgers.ledger(maker.ods), self.ledgers.clock())
        with self.engine.begin() as connection:
            _check_bytes(connection, item, size)

    def _check_product(self, item: Evidence) -> None:
        found = self.cases.of_product(item.for_product) if item.for_product else ()
        # Of another's draft nobody learns, nor is it in the way.
        kept = [one for one in found if was_submitted(one.case)]
        if any(one.case.publisher != item.organisation for one in kept):
            raise NotYours("another organisation brought this product", where="product", got=item.for_product)


def check_offer(maker: Maker, item: Evidence) -> None:
    """What can be said of an item before its bytes have come. Raises NotYours for another's, NotTaken for what cannot stand."""
    if item.organisation != maker.ods:
        raise NotYours(
            "an organisation hands in its own evidence alone",
            where="organisation",
            expected=maker.ods,
            got=item.organisation,
        )
    for name, words in (("title", item.title), *((f"says.{each}", words) for each, words in item.says)):
        if one_line(words, name) != words:
            raise NotTaken("these words are not on one line", where=name, expected="one blank between two words")
    for one in item.serves:
        try:
            criterion(one)
        except NoSuchCriterion as fault:
            near = " or ".join(near_criteria(one))
            remedy = f"did you mean {near}?" if near else "`tabard accredit framework list` names the frameworks"
            raise NotTaken("there is no such criterion", where="serves", got=one[:80], remedy=remedy) from fault


def one_line(words: str, where: str) -> str:
    """What a maker wrote, on one line that can be read. Raises NotTaken."""
    flat = " ".join(words.split())
    if not flat or len(flat) > _LONGEST_REASON or not flat.isprintable():
        raise NotTaken(
            "these words cannot stand in the ledger",
            where=where,
            expected=f"1 to {_LONGEST_REASON} characters that can be read",
        )
    return flat


def _media(raw: bytes) -> Media:
    if len(raw) > LARGEST_EVIDENCE_BYTES:
        raise NotTaken("the item is too large", expected=f"{LARGEST_EVIDENCE_BYTES} bytes at most", got=str(len(raw)))
    media = media_of(raw)
    if media is None:
        raise NotTaken(
            "a file of this kind is not taken as evidence",
            where="file",
            expected="PDF, PNG, JPEG, Word or Excel (docx, xlsx), zip, or text in UTF-8 (csv, json, plain)",
            got="no bytes" if not raw else "another kind, by its first bytes",
            remedy="save it as a PDF",
        )
    return media


def _same(ledger: Ledger, item: Evidence, old: tuple[str, ...]) -> Evidence | None:
    """What was handed in before and still stands, where nothing about this differs: an answer may have been lost."""
    gone = ledger.gone
    for one in ledger.entries:
        kept = one.evidence
        if kept and one.instead_of == old and kept.id not in gone and replace(item, id=kept.id) == kept:
            return kept
    return None


def _with_free_id(ledger: Ledger, item: Evidence) -> Evidence:
    ids = (item.id if number == 1 else f"{item.id}-{number}" for number in count(1))
    return replace(item, id=next(one for one in ids if ledger.item(one) is None))


def _check_room(ledger: Ledger, old: tuple[str, ...]) -> None:
    items = [one for one in ledger.entries if one.evidence]
    if len(ledger.entries) >= MOST_LINES:
        raise _full("lines of its ledger", MOST_LINES)
    if len(items) - len(ledger.gone) - len(old) >= MOST_STANDING:
        raise _full("items that stand", MOST_STANDING)


def _check_bytes(connection: Connection, item: Evidence, size: int) -> bool:
    """Whether these bytes are new of that organisation. Raises NotTaken where there is no room for them."""
    mine = EVIDENCE_BYTES.c.organisation == item.organisation
    is_there = select(EVIDENCE_BYTES.c.sha256).where(mine, EVIDENCE_BYTES.c.sha256 == item.sha256)
    if connection.execute(is_there).one_or_none():
        return False
    had = connection.execute(select(func.coalesce(func.sum(EVIDENCE_BYTES.c.size_bytes), 0)).where(mine)).scalar_one()
    if had + size > MOST_BYTES:
        raise _full("bytes", MOST_BYTES)
    return True


def _keep_row(connection: Connection, item: Evidence, size: int, media: Media) -> None:
    if _check_bytes(connection, item, size):
        row = {"organisation": item.organisation, "sha256": item.sha256, "size_bytes": size, "media": media.ending}
        connection.execute(insert(EVIDENCE_BYTES).values(**row))


def _full(what: str, most: int) -> NotTaken:
    return NotTaken(
        f"an organisation has so many {what} at the most",
        expected=f"{most}",
        remedy="withdraw what stands no more; else ask whoever runs the store",
    )
