"""Settling: a person's word on whom a parked message is about; then it and what waited behind it run on, in order.

The decision stands in the record, with who made it and why. Whom the same words name is from then on as decided, so that
the next message with them is not parked again; a merge is followed. Nothing is written before the message itself is filed.
Another decision on the message takes the place of the first, and what the first said of the same words is forgotten; one that
withdraws it puts the message in doubt again, whatever is known by then. What was filed meanwhile is left as it is.
"""

from datetime import datetime
from typing import Literal, Protocol

import msgspec

from tabard.dialect import PatientKey
from tabard.ground.errors import CallerError
from tabard.ground.time import to_instant
from tabard.link.belongings import Notes
from tabard.link.errors import Parked, ParkedReason
from tabard.link.identity import LooseIds
from tabard.link.keys import Keys

_DECISION, _SETTLED, _WORDS = "decision", "settled", "words"
_SEQ_DIGITS = 20
_decoder = msgspec.msgpack.Decoder


class Decision(msgspec.Struct, frozen=True):
    """What a person decided of one parked message; `patient_id` is the record's, for `same_person` alone."""

    kind: Literal["same_person", "new_person", "reject", "withdraw"]
    by: str
    reason: str
    at: str = ""
    patient_id: str | None = None


class Noting(Notes, Protocol):
    """The record's notes, as far as settling needs them."""

    def noted(self, kind: str, key: str, /) -> bytes | None:
        """What a note says."""

    def get(self, resource_type: str, resource_id: str, /) -> object | None:
        """A resource, or None."""


def same_person(patient_id: str, by: str, reason: str) -> Decision:
    """The message is about a patient who is known."""
    return Decision("same_person", by, reason, patient_id=patient_id)


def new_person(by: str, reason: str) -> Decision:
    """The message is about somebody who is not known yet."""
    return Decision("new_person", by, reason)


def reject(by: str, reason: str) -> Decision:
    """The message is to have no effect."""
    return Decision("reject", by, reason)


def withdraw(by: str, reason: str) -> Decision:
    """What was decided of the message was wrong, and nobody knows whom it is about."""
    return Decision("withdraw", by, reason)


def note_decision(record: Noting, seq: int, decision: Decision, now: datetime) -> None:
    """Note a decision on a message, which the caller then has given again. Raises CallerError where it names nobody known, or does not say by whom and why."""
    if not decision.by.strip() or not decision.reason.strip():
        raise CallerError(
            "a decision needs a name and a reason", where=f"message {seq}", remedy="say who decides, and why"
        )
    if decision.kind == "same_person" and record.get("Patient", decision.patient_id or "") is None:
        raise CallerError(
            "nobody here has this id", where=f"message {seq}", expected="a patient of the record", remedy="choose one"
        )
    _forget_words(record, seq)
    told = msgspec.structs.replace(decision, at=to_instant(now))
    record.note(_DECISION, str(seq), msgspec.msgpack.encode(told))


def decision_on(record: Noting, seq: int) -> Decision | None:
    """What was decided of a message last, or None."""
    raw = record.noted(_DECISION, str(seq))
    return None if raw is None else msgspec.msgpack.decode(raw, type=Decision)


def standing(record: Noting, seq: int) -> Decision | None:
    """What was decided of a message and not withdrawn, or None."""
    found = decision_on(record, seq)
    return None if found is None or found.kind == "withdraw" else found


def _forget_words(record: Noting, seq: int) -> None:
    """The words of the message mean nobody any more."""
    for name, _ in record.notes(_WORDS, f"{seq:0{_SEQ_DIGITS}}/"):
        record.note(_SETTLED, name.partition("/")[2], None)
        record.note(_WORDS, name, None)


class Decided:
    """What persons decided, for one message. `is_of_one` says that it names one person, of whom the decision then is."""

    def __init__(self, record: Noting, keys: Keys, loose: LooseIds, seq: int, *, is_of_one: bool) -> None:
        self._record = record
        self._keys = keys
        self._loose = loose
        self._seq = seq
        self._decision = decision_on(record, seq)
        self._is_of_one = is_of_one

    @property
    def is_rejected(self) -> bool:
        """Whether the message is to have no effect."""
        return self._decision is not None and self._decision.kind == "reject"

    def of_words(self, key: PatientKey) -> str | None:
        """Whom such words name, by this decision or an earlier one; None where nobody decided.

        Raises Parked (`ambiguous_patient`) where a decision on this message was withdrawn.
        """
        if self._decision is not None and self._decision.kind == "withdraw":
            raise Parked(ParkedReason.ambiguous_patient)
        if self._is_of_one and self._decision is not None:
            return self.of_doubt(key)
        raw = self._record.noted(_SETTLED, self._keys.digest(key))
        return None if raw is None else raw.decode()

    def of_doubt(self, key: PatientKey) -> str | None:
        """Whom this message names where it is in doubt; remembered for the same words."""
        if self._decision is None or self.is_rejected:
            return None
        digest = self._keys.digest(key)
        found = self._decision.patient_id or self._loose.other("Patient", "settled", digest)
        self._record.note(_SETTLED, digest, found.encode())
        self._record.note(_WORDS, f"{self._seq:0{_SEQ_DIGITS}}/{digest}", b"1")
        return found
