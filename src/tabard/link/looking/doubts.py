"""A message of which nobody knows whom it is about: who it may be, and a person's word on it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from tabard.audit import AuditLog
from tabard.dialect import Dialect, PatientKey, Untranslatable, translate
from tabard.fhir import Resource, nhs_number
from tabard.ground.errors import CallerError
from tabard.ground.ids import KeyedIds
from tabard.ground.time import Clock
from tabard.hl7v2 import Unreadable, parse
from tabard.journal import State
from tabard.link import holding
from tabard.link.errors import OF_IDENTITY, Parked
from tabard.link.identity import KeysOf, Known, survivors
from tabard.link.looking.looks import Looker, Looks
from tabard.link.replaying import Hand
from tabard.link.settling import Decision, Noting, note_decision, standing


class Deciding(Known, Noting, Protocol):
    """The record within one transaction."""

    def get(self, resource_type: str, resource_id: str, /) -> Resource | None:
        """A resource, or None."""


class Doubts(Looks):
    """The doubts of the hospital in `folder`. `record` opens a transaction of its record; `hand` has messages given again."""

    def __init__(
        self,
        folder: Path,
        dialects: Callable[[str], Dialect | None],
        ids: KeyedIds,
        record: Callable[[], AbstractContextManager[Deciding]],
        hand: Hand,
        audit: AuditLog,
        clock: Clock,
    ) -> None:
        super().__init__(folder, dialects, ids, audit, clock)
        self._record = record
        self._hand = hand

    def is_one(self, seq: int) -> bool:
        """Whether the message waits for a person to say whom it is about. Raises NotFound."""
        entry = self._journal.entry(seq)
        return entry.state is State.parked and entry.reason in {reason.value for reason in OF_IDENTITY}

    def candidates(self, seq: int, looker: Looker) -> tuple[Resource, ...]:
        """The patients of now who have any number that the message names; audited before they are given.

        Raises NotFound, AuditUnavailable.
        """
        link = self._journal.entry(seq).link
        keys = self._keys(self._journal.raw(seq), link)
        with self._record() as record:
            found = survivors(record, (one for key in keys for one in _named(record, key)))
            told = tuple(one for id_ in sorted(found) if (one := record.get("Patient", id_)) is not None)
        self._write_down(looker, "candidates", link, seq, told)
        return told

    def decision(self, seq: int) -> Decision | None:
        """What a person decided of the message and did not withdraw, or None. Raises NotFound."""
        if not self._journal.entry(
            seq
        ).replays:  # each decision gives it again: most messages want no look at the record
            return None
        with self._record() as record:
            return standing(record, seq)

    def settle(self, seq: int, decision: Decision) -> None:
        """Note the decision, then have the message given again, and with it what waits behind it.

        A decision that stands is changed or withdrawn so. What was filed by it is left as it is; the same words are not its any
        more. Raises NotFound, also where the message's content was removed, so that it can be withdrawn and not changed;
        CallerError where it is in no such doubt and nothing was decided of it, waits for its turn, or the decision names nobody
        known.
        """
        is_one, is_withdrawn = self.is_one(seq), decision.kind == "withdraw"
        self._check_turn(seq)
        if not is_withdrawn:
            self._journal.raw(seq)
        with self._record() as record:
            if standing(record, seq) is None and (is_withdrawn or not is_one):
                raise CallerError(
                    "nobody needs to say whom this message is about",
                    where=f"message {seq}",
                    expected="a message parked because its patient is not certain, or settled by somebody",
                    remedy="look at its state",
                )
            note_decision(record, seq, decision, self._clock())
        self._hand.replay((seq,), decision.by, decision.reason, decision.kind)

    def let_go(self, seq: int, by: str, reason: str) -> None:
        """What a message that was set aside held up goes on: nothing waits for it any more. Raises JournalFault."""
        with self._record() as record:
            keys = holding.let_go(record, seq)
        if keys:
            self._hand.release(keys, by, reason)

    def _check_turn(self, seq: int) -> None:
        """Raises CallerError where the message may just be being filed."""
        entry = self._journal.entry(seq)
        if entry.state is State.waiting and entry.reason is None:
            raise CallerError(
                "this message waits for its turn", where=f"message {seq}", remedy="decide once it is filed or parked"
            )

    def _keys(self, raw: bytes, link: str) -> list[PatientKey]:
        """All that the message says of who it is; empty where it cannot be read."""
        dialect, ids = self._read_by(link)
        keys = KeysOf(ids)
        try:
            if dialect is not None:
                translate(parse(raw, default_charset=dialect.sender.charset or ""), dialect, keys)
        except (Unreadable, Untranslatable, Parked):
            pass  # what was read of whom it names stands in `keys`
        return keys.keys


def _named(record: Known, key: PatientKey) -> list[str]:
    numbers = [*key.local, *([] if key.nhs_number is None else [(nhs_number.SYSTEM, key.nhs_number)])]
    return [one for system, value in numbers for one in record.find("Patient", "identifier", f"{system}|{value}")]
