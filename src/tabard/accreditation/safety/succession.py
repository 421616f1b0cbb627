"""Another key of a clinical safety officer than the version before had: a signed word on whose key takes over, and why.

The new key signs it: who holds the key says that it is theirs. The old one signs it too, where its holder still can; where they
cannot (the key is lost, the officer has left) a person of the centre asks the maker's organisation by another way.
Source: DSSE 1.0; in-toto Statement v1; DCB0129 4.2, 2.2 (top management names the officer), 2.3 and 3.3.2.
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from tabard.accreditation.errors import BadApproval
from tabard.accreditation.safety.model import Approval, Registration
from tabard.accreditation.safety.signed_shapes import Officer, Subject
from tabard.ground.canonical import canonical
from tabard.ground.dsse import IN_TOTO, Envelope
from tabard.ground.errors import CallerError
from tabard.ground.keys import PublicKey, SigningKey

SUCCESSION = "safety/succession.json"
"""The signed word, in the package of the first version that the new key approves."""

PREDICATE = "urn:tabard:officer-succession:v1"
FEWEST_WORDS = 5
_STATEMENT = "https://in-toto.io/Statement/v1"
_LARGEST_BYTES = 64 * 1024
_LONGEST = 500
_REMEDY = "have it made anew: `tabard product hazards hand-over`"


@dataclass(frozen=True, slots=True)
class Succession:
    """Whose key takes over from which; `by_old` says whether the old key signed it as well."""

    product: str
    before: str
    name: str
    register: str
    number: str
    keyid: str
    reason: str
    by_old: bool


def hand_over(
    product: str, before: Approval, officer: Registration, reason: str, keys: tuple[SigningKey, ...], at: datetime
) -> bytes:
    """The signed word: the first of `keys` is the new one, the old one comes after it where it is at hand. `at` is aware.

    Raises BadApproval where the reason is none, or the key that comes second is another than that of `before`.
    """
    _check_reason(reason)
    if {key.public.keyid for key in keys[1:]} - {before.keyid}:
        raise BadApproval("this is not the key that approved the version before", expected=before.keyid[:16])
    statement = {
        "_type": _STATEMENT,
        "subject": [{"name": "officer-key", "digest": {"sha256": before.keyid}}],
        "predicateType": PREDICATE,
        "predicate": {
            "product": product,
            "officer": {
                "name": officer.name,
                "register": officer.register,
                "number": officer.number,
                "publicKey": keys[0].public.pem,
            },
            "reason": reason,
            "at": at.isoformat(timespec="seconds"),
        },
    }
    envelope = Envelope(IN_TOTO, canonical(statement))
    for key in keys:
        envelope = envelope.signed_by(key)
    return envelope.to_bytes()


def read_succession(raw: bytes, before: Approval) -> Succession:
    """The word in an envelope, where the key that takes over signed it. Raises BadApproval, in words."""
    try:
        if len(raw) > _LARGEST_BYTES:
            raise CallerError("it is too large", got=f"{len(raw)} bytes")  # noqa: TRY301  told as one
        envelope = Envelope.from_bytes(raw)
        told = msgspec.json.decode(envelope.payload, type=_Statement)
        new, old = PublicKey.from_pem(told.predicate.officer.publicKey), PublicKey.from_pem(before.public_key)
    except (CallerError, msgspec.DecodeError) as fault:
        raise BadApproval("this is no handing over of a key", got=str(fault)[:200], remedy=_REMEDY) from fault
    if (envelope.payload_type, told.type, told.predicate_type) != (IN_TOTO, _STATEMENT, PREDICATE):
        raise BadApproval("what is signed hands no key over", got=told.predicate_type[:80], remedy=_REMEDY)
    if not envelope.signers((new,)):
        raise BadApproval("the key that takes over did not sign it", got=new.keyid[:16], remedy=_REMEDY)
    _check_reason(told.predicate.reason)
    said = told.predicate
    return Succession(
        product=said.product,
        before=told.subject[0].digest.sha256,
        name=said.officer.name,
        register=said.officer.register,
        number=said.officer.number,
        keyid=new.keyid,
        reason=said.reason,
        by_old=bool(envelope.signers((old,))),
    )


def _check_reason(reason: str) -> None:
    if len(reason.split()) < FEWEST_WORDS or len(reason) > _LONGEST:
        raise BadApproval("why the key is another is told", expected=f"{FEWEST_WORDS} words or more", got=reason[:80])


class _Predicate(msgspec.Struct, forbid_unknown_fields=True):
    product: str
    officer: Officer
    reason: str
    at: datetime


class _Statement(
    msgspec.Struct, rename={"type": "_type", "predicate_type": "predicateType"}, forbid_unknown_fields=True
):
    type: str
    subject: tuple[Subject]
    predicate_type: str
    predicate: _Predicate
