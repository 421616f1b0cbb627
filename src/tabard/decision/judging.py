"""Whether a decision lets these bytes be installed at a site: every refusal has a reason of its own.

The threshold counts persons and roles, never keys or signatures: whoever holds two keys, or signs twice, is one person.
"""

from datetime import UTC, datetime

from tabard.decision.counting import judge_persons
from tabard.decision.errors import NotAccredited, Reason
from tabard.decision.model import Decision
from tabard.decision.statement import PASSED, Summary, read_summary, resource_of, result_of
from tabard.decision.trust import Trust
from tabard.ground.dsse import IN_TOTO, Envelope
from tabard.ground.errors import CallerError

_ASK = "install nothing; ask the centre for a decision on this very package"


def judge(
    envelope: bytes, *, trust: Trust, package_sha256: str, product: str, version: str, now: datetime, site: str | None
) -> Decision:
    """The decision in `envelope`, when it lets this package be installed now at `site`, an ODS code.

    `site` is None where no site asks: for whoever lists products. Raises NotAccredited otherwise. Signatures come first:
    nothing that nobody known has signed is read further.
    """
    decision = verify(envelope, trust=trust, package_sha256=package_sha256, product=product, version=version)
    if (result := result_of(decision)) != PASSED:
        told = f"{result}: {'; '.join(decision.grounds)}"
        raise NotAccredited(
            Reason.not_passed, "the decision is a refusal", expected=PASSED, got=told, remedy="do not use this version"
        )
    _judge_dates(decision, now)
    _judge_site(decision, site)
    return decision


def verify(envelope: bytes, *, trust: Trust, package_sha256: str, product: str, version: str) -> Decision:
    """The decision in `envelope`, signed by all whom its class needs, whatever it says: also a refusal, also one gone by.

    It lets nothing be installed: that is `judge`. Raises NotAccredited.
    """
    signed = _envelope(envelope)
    keys = signed.signers(trust.keys)
    persons = tuple(one for one in trust.accreditors if keys & set(one.keys))
    if not persons:
        raise _unknown(signed)
    summary = read_summary(signed.payload)
    judge_persons(persons, summary.decision)
    _judge_subject(summary, trust, package_sha256, product, version)
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


def _judge_subject(summary: Summary, trust: Trust, package_sha256: str, product: str, version: str) -> None:
    decision = summary.decision
    told = (
        (Reason.wrong_verifier, "another centre decided this", trust.verifier, summary.verifier),
        (Reason.not_passed, "the result is not that of the outcome", result_of(decision), summary.result),
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


def _judge_site(decision: Decision, site: str | None) -> None:
    first = decision.first_of_type
    if first is not None and site is not None and site not in first.sites:
        raise NotAccredited(
            Reason.not_this_site,
            "this version is the first of its type, and is not for this site yet",
            expected=f"one of {', '.join(first.sites)}",
            got=site or "a site without an ODS code",
            remedy=f"others may follow once this is shown: {'; '.join(first.exit_criteria)}",
        )
