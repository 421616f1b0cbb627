"""Whether a decision lets these bytes be installed: every refusal has a reason of its own.

The threshold counts persons and roles, never keys or signatures: whoever holds two keys, or signs twice, is one person.
"""

from datetime import UTC, datetime

from tabard.decision.errors import NotAccredited, Reason
from tabard.decision.model import NEEDED, Decision
from tabard.decision.statement import PASSED, Summary, read_summary, resource_of
from tabard.decision.trust import Accreditor, Trust
from tabard.ground.dsse import IN_TOTO, Envelope
from tabard.ground.errors import CallerError

_ASK = "install nothing; ask the centre for a decision on this very package"
_SIGN_AGAIN = "the centre must have it signed by a person of each role that is needed"


def judge(envelope: bytes, *, trust: Trust, package_sha256: str, product: str, version: str, now: datetime) -> Decision:
    """The decision in `envelope`, when it is good for this package, product and version now.

    Raises NotAccredited otherwise. Signatures come first: nothing that nobody known has signed is read further.
    """
    signed = _envelope(envelope)
    keys = signed.signers(trust.keys)
    persons = tuple(one for one in trust.accreditors if keys & set(one.keys))
    if not persons:
        raise _unknown(signed)
    summary = read_summary(signed.payload)
    _judge_persons(persons, summary.decision)
    _judge_subject(summary, trust, package_sha256, product, version)
    _judge_dates(summary.decision, now)
    return summary.decision


def _told(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _envelope(raw: bytes) -> Envelope:
    try:
        signed = Envelope.from_bytes(raw)
    except CallerError as fault:
        raise NotAccredited(
            Reason.unreadable, "there is no signed decision", expected="DSSE 1.0", got=str(fault), remedy=_ASK
        ) from fault
    if signed.payload_type != IN_TOTO:
        raise NotAccredited(
            Reason.unreadable, "what is signed is no statement", expected=IN_TOTO, got=signed.payload_type, remedy=_ASK
        )
    return signed


def _unknown(signed: Envelope) -> NotAccredited:
    return NotAccredited(
        Reason.unknown_signer,
        "nobody whom the centre has enrolled signed this decision as it stands",
        expected="signatures by enrolled accreditors",
        got=", ".join(keyid[:12] for keyid, _ in signed.signatures) or "no signature",
        remedy=_ASK,
    )


def _judge_persons(persons: tuple[Accreditor, ...], decision: Decision) -> None:
    """One person of each role that the product's class needs: the class is signed, what it needs is this site's own word."""
    decided, needed = decision.decided, NEEDED[decision.product_class]
    counted = tuple(one for one in persons if one.is_in_office(decided))
    if len(counted) < len(persons) and not needed <= {one.role for one in counted}:
        raise NotAccredited(
            Reason.signer_out_of_date,
            "a person who signed was not in office when it was decided",
            expected=f"in office at {_told(decided)}",
            got=", ".join(
                f"{one.name} from {one.valid_from:%Y-%m-%d} until {one.valid_until:%Y-%m-%d}"
                for one in persons
                if one not in counted
            ),
            remedy=_SIGN_AGAIN,
        )
    got = ", ".join(f"{one.name} ({one.role})" for one in counted)
    if len(counted) == 1:
        raise NotAccredited(
            Reason.one_person, "one person alone signed", expected="two persons", got=got, remedy=_SIGN_AGAIN
        )
    if missing := needed - {one.role for one in counted}:
        raise NotAccredited(
            Reason.one_role,
            "a role that a product of this class needs has not signed",
            expected=f"also {', '.join(sorted(missing))}",
            got=got,
            remedy=_SIGN_AGAIN,
        )


def _judge_subject(summary: Summary, trust: Trust, package_sha256: str, product: str, version: str) -> None:
    decision = summary.decision
    told = (
        (Reason.wrong_verifier, "another centre decided this", trust.verifier, summary.verifier),
        (Reason.not_passed, "the decision is not that it passed", PASSED, summary.result),
        (Reason.other_package, "the decision is about other bytes", package_sha256, decision.package_sha256),
        (Reason.other_product, "the decision is about another product", product, decision.product),
        (Reason.other_product, "the decision is about another version", version, decision.version),
        (Reason.other_product, "the decision names another resource", resource_of(product, version), summary.resource),
    )
    for reason, message, expected, got in told:
        if expected != got:
            raise NotAccredited(reason, message, expected=expected, got=got or "nothing", remedy=_ASK)


def _judge_dates(decision: Decision, now: datetime) -> None:
    begins = max(decision.valid_from, decision.decided)
    if now < begins:
        raise NotAccredited(
            Reason.not_yet_valid,
            "the decision is not valid yet",
            expected=f"{_told(begins)} or later",
            got=_told(now),
            remedy="wait until then; check this machine's clock",
        )
    if now >= decision.valid_until:
        raise NotAccredited(
            Reason.out_of_date,
            "the decision is out of date",
            expected=f"before {_told(decision.valid_until)}",
            got=_told(now),
            remedy="ask the publisher for a version that was decided since; check this machine's clock",
        )
