"""Undoing a recall: one person may pull the cord, but only those who may accredit, together, may say that it was a mistake.

What is signed names one recall by the digest of its whole text, so that it undoes no other, and is judged by each site
with the accreditors that the offline keys name. A recall key alone undoes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec

from tabard.catalogue.errors import NotPublished
from tabard.catalogue.model import Recall
from tabard.decision import NEEDED, Accreditor, Trust
from tabard.ground.canonical import canonical
from tabard.ground.dsse import Envelope
from tabard.ground.errors import CallerError

KIND = "application/vnd.tabard.reinstatement+json"
_REMEDY = "have it signed by a person of each role that accredits such a product, all of them in office"


@dataclass(frozen=True, slots=True)
class Reinstatement:
    """That the recall of this digest holds no more: of a product of that class (0 to 3), why, decided when, by which centre."""

    recall_id: str
    recall_sha256: str
    product: str
    product_class: int
    reason: str
    decided: datetime
    verifier: str

    def draft(self) -> Envelope:
        """What the accreditors sign."""
        return Envelope(KIND, canonical(msgspec.to_builtins(self)))


def digest_of(recall: Recall) -> str:
    """The SHA-256 of a recall's one text: made milder, or of other packages, it is another."""
    return sha256(canonical(msgspec.to_builtins(recall))).hexdigest()


def read_reinstatement(envelope: Envelope) -> Reinstatement:
    """What the envelope says, signed or not. Raises NotPublished when it is none."""
    if envelope.payload_type != KIND:
        raise NotPublished("this undoes no recall", expected=KIND, got=envelope.payload_type[:80])
    try:
        told = msgspec.json.decode(envelope.payload, type=Reinstatement)
    except (msgspec.DecodeError, RecursionError) as fault:
        raise NotPublished("this undoes no recall", got=str(fault)) from fault
    if told.product_class not in NEEDED or told.decided.tzinfo is None:
        raise NotPublished("this undoes no recall", expected="a class from 0 to 3, a moment in UTC")
    return told


def judge_reinstatement(envelope: Envelope, trust: Trust, now: datetime) -> Reinstatement:
    """What is undone, when enough of the right persons have signed that. Raises NotPublished otherwise."""
    told = read_reinstatement(envelope)
    keys = envelope.signers(trust.keys)
    persons = [one for one in trust.accreditors if keys & set(one.keys) and one.is_in_office(told.decided)]
    missing = NEEDED[told.product_class] - {one.role for one in persons}
    if told.verifier != trust.verifier or told.decided > now:
        raise NotPublished("another centre's, or of time to come", expected=trust.verifier, got=told.verifier)
    if missing:
        raise NotPublished(
            "a recall is undone by those who may accredit, together",
            where=f"recall {told.recall_id}",
            expected=f"also {', '.join(sorted(missing))}",
            got=_named(persons),
            remedy=_REMEDY,
        )
    return told


def undone(envelopes: Iterable[dict[str, Any]], trust: Trust, now: datetime) -> dict[str, Reinstatement]:
    """Which recalls are undone, by their digest; what is not signed by enough is passed over: the recall holds."""
    found = {}
    for one in envelopes:
        try:
            told = judge_reinstatement(Envelope.from_bytes(msgspec.json.encode(one)), trust, now)
        except CallerError:
            continue
        found[told.recall_sha256] = told
    return found


def _named(persons: Iterable[Accreditor]) -> str:
    return ", ".join(f"{one.name} ({one.role})" for one in persons) or "nobody who is enrolled and in office"
