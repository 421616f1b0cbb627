"""The officer's own word: a signed statement over this very log and this very report, with their name, register and number.

The statement carries the officer's public key, and counts only where that key signed it: who holds the key says that it is
theirs. That the publisher names this officer is in the manifest, under the publisher's own signature; whose key it is, is
seen from version to version by its id. Source: DSSE 1.0; in-toto Statement v1; DCB0129 4.2, 3.3 (each issue is approved).
"""

from datetime import datetime
from hashlib import sha256

import msgspec

from tabard.accreditation.errors import BadApproval
from tabard.accreditation.hazards.model import HazardLog
from tabard.accreditation.safety.model import CASE, Approval, Registration
from tabard.accreditation.safety.signed_shapes import Officer, Subject
from tabard.ground.canonical import canonical
from tabard.ground.dsse import IN_TOTO, Envelope
from tabard.ground.errors import CallerError
from tabard.ground.keys import PublicKey, SigningKey

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:tabard:safety-approval:v1"

_LARGEST_BYTES = 64 * 1024
_REMEDY = "have the officer approve it anew: `tabard product hazards approve`"


def approve(
    log: HazardLog,
    files: tuple[tuple[str, bytes], tuple[str, bytes]],
    officer: Registration,
    key: SigningKey,
    at: datetime,
) -> bytes:
    """The officer's word on log and report, each given as its name and bytes, signed with their key; `at` is aware."""
    (log_name, log_raw), (case_name, case_raw) = files
    statement = {
        "_type": STATEMENT,
        "subject": [
            {"name": log_name, "digest": {"sha256": sha256(log_raw).hexdigest()}},
            {"name": case_name, "digest": {"sha256": sha256(case_raw).hexdigest()}},
        ],
        "predicateType": PREDICATE,
        "predicate": {
            "product": log.product,
            "version": log.version,
            "issue": log.issue,
            "officer": {
                "name": officer.name,
                "register": officer.register,
                "number": officer.number,
                "publicKey": key.public.pem,
            },
            "approvedAt": at.isoformat(timespec="seconds"),
        },
    }
    return Envelope(IN_TOTO, canonical(statement)).signed_by(key).to_bytes()


def read_approval(raw: bytes, log_name: str) -> Approval:
    """The officer's word in an envelope, where the key that it names signed it. Raises BadApproval, in words."""
    try:
        if len(raw) > _LARGEST_BYTES:
            raise CallerError("it is too large", got=f"{len(raw)} bytes")  # noqa: TRY301  told as one
        envelope = Envelope.from_bytes(raw)
        told = msgspec.json.decode(envelope.payload, type=_Statement)
        key = PublicKey.from_pem(told.predicate.officer.publicKey)
    except (CallerError, msgspec.DecodeError) as fault:
        raise BadApproval("this is no officer's approval", got=str(fault)[:200], remedy=_REMEDY) from fault
    if not envelope.signers((key,)):
        raise BadApproval("the officer's key did not sign it", got=key.keyid[:16], remedy=_REMEDY)
    if (envelope.payload_type, told.type, told.predicate_type) != (IN_TOTO, STATEMENT, PREDICATE):
        raise BadApproval("what is signed is no approval of a hazard log", got=told.predicate_type[:80], remedy=_REMEDY)
    return _approval(told, key, log_name)


def _approval(told: "_Statement", key: PublicKey, log_name: str) -> Approval:
    digests = {one.name: one.digest.sha256 for one in told.subject}
    if len(told.subject) != len(digests) or digests.keys() != {log_name, CASE}:
        raise BadApproval(
            "it is of other files", expected=f"{log_name}, {CASE}", got=", ".join(digests)[:80], remedy=_REMEDY
        )
    said = told.predicate
    if said.approvedAt.tzinfo is None:
        raise BadApproval("it has a time without its zone", got=str(said.approvedAt), remedy=_REMEDY)
    return Approval(
        product=said.product,
        version=said.version,
        issue=said.issue,
        log_sha256=digests[log_name],
        case_sha256=digests[CASE],
        name=said.officer.name,
        register=said.officer.register,
        number=said.officer.number,
        keyid=key.keyid,
        at=said.approvedAt,
        public_key=said.officer.publicKey,
    )


class _Predicate(msgspec.Struct, forbid_unknown_fields=True):
    product: str
    version: str
    issue: int
    officer: Officer
    approvedAt: datetime  # noqa: N815  as the statement names it


class _Statement(
    msgspec.Struct, rename={"type": "_type", "predicate_type": "predicateType"}, forbid_unknown_fields=True
):
    type: str
    subject: list[Subject]
    predicate_type: str
    predicate: _Predicate
