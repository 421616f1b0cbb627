"""The steps of a case that make a decision: the statement is drafted and frozen, and people of each role sign it."""

from calendar import monthrange
from dataclasses import replace
from datetime import datetime, timedelta

from tabard.accreditation.cases.gating import check_criteria, criteria_stood, standings_of, stood_in
from tabard.accreditation.cases.model import Case, Status
from tabard.accreditation.cases.moving import move, must_be, without_statement
from tabard.accreditation.cases.steps import check_reason
from tabard.accreditation.cases.taking import check_taken, missing_roles
from tabard.accreditation.cases.terms import Terms
from tabard.accreditation.cases.working_off import MOST_CONDITIONS, next_id
from tabard.accreditation.claims import Evidence
from tabard.accreditation.errors import BadSignature, NotNow
from tabard.accreditation.found import sha256
from tabard.accreditation.report import Report
from tabard.decision import (
    Accreditor,
    BadDecision,
    Condition,
    Decision,
    NotAccredited,
    Outcome,
    Reason,
    Reviewer,
    Scope,
    Trust,
    judge,
    read_statement,
    statement,
    verify,
)
from tabard.ground.dsse import Envelope
from tabard.product import Package

_LONGEST_MONTHS = 36
_GOOD_FOR = timedelta(days=30)
"""How old a report may be that a decision rests on, and a draft that is signed: what is known of a product's parts changes."""

_NOT_ENOUGH = (Reason.one_person, Reason.one_role)


def draft(
    case: Case,
    package: Package,
    publisher_keys: tuple[str, ...],
    *,
    verifier: str,
    now: datetime,
    terms: Terms | None = None,
    evidence: tuple[Evidence, ...] = (),
) -> Case:
    """The case with its statement, frozen: from here on only signatures are added.

    A draft that nobody has signed may be drafted anew. `publisher_keys` are PEM texts, `verifier` names the centre,
    `evidence` is what stands today of the maker's. Raises NotNow unless each role that the class needs is taken on by a
    person without a conflict, everything is assessed or reviewed, nothing fails, each criterion that must be met is met,
    and nobody has signed. A refusal may be drafted whatever the rules found and people judged.
    """
    terms = terms or Terms()
    conditions = _conditions(case, terms)
    outcome = terms.outcome_with(conditions)
    report = _report(case, package, terms.months)
    told = stood_in(case, package, evidence, now.date())
    if outcome is Outcome.refused:
        must_be(case, Status.in_review, Status.signing, Status.referred_back)
        conditions = ()
        for one in terms.grounds:
            check_reason(one, "grounds")
    else:
        must_be(case, Status.in_review, Status.signing)
        _check_recent(case, now)
        _check_judged(case, report)
        check_criteria(case, told)
    document = standings_of(package, verifier, told, conditions)
    terms = replace(terms, conditions=conditions, outcome=outcome, criteria=criteria_stood(told, document))
    try:
        decision = _decision(case, package, report, publisher_keys, now, terms)
    except BadDecision as no:
        raise NotNow("these terms make no decision", where=no.where, expected=no.expected, got=no.got) from no
    written = statement(decision, verifier)
    return move(case, Status.signing, now, conditions=conditions or case.conditions, outcome=outcome, statement=written)


def reopen(case: Case, who: Accreditor, now: datetime) -> Case:
    """The case in review again, or with its maker who has yet to answer, its statement dropped with whatever signatures it had. Raises NotNow, Barred."""
    must_be(case, Status.signing)
    check_taken(case, who)
    return move(case, without_statement(case), now, statement=None, outcome=None)


def _conditions(case: Case, terms: Terms) -> tuple[Condition, ...]:
    """Those that the case has and the draft's own, each with an id that no other has. Raises NotNow where one has another's."""
    for one in terms.conditions:
        named = one if one.id else replace(one, id=next_id(case))
        same = next((each for each in case.conditions if each.id == named.id), None)
        if same not in (None, named) or named.id in case.dropped:
            raise NotNow("a condition has an id of its own", where=case.id, got=named.id)
        case = case if same else replace(case, conditions=(*case.conditions, named))
    if len(case.conditions) > MOST_CONDITIONS:
        raise NotNow("too many conditions", where=case.id, expected=f"{MOST_CONDITIONS} at the most")
    return case.conditions


def _report(case: Case, package: Package, months: int) -> Report:
    if package.sha256 != case.package_sha256:
        raise NotNow("this is another package", where=case.id, expected=case.package_sha256, got=package.sha256)
    if case.report is None:
        raise NotNow("the rules have not spoken yet", where=case.id, remedy="wait for the report")
    if not 1 <= months <= _LONGEST_MONTHS:
        raise NotNow("a decision holds for 1 to 36 months", where=case.id, got=str(months))
    if case.statement and case.statement.signatures:
        raise NotNow(
            "somebody has signed this draft", where=case.id, remedy="sign it as it stands, or refer the case back"
        )
    if missing := missing_roles(case):
        raise NotNow(
            "nobody has taken this case on in a role that its class needs",
            where=case.id,
            expected=f"also {', '.join(missing)}, for a product of class {case.product_class}",
            remedy="tabard accredit assign CASE --conflict none",
        )
    return case.report


def _check_recent(case: Case, now: datetime) -> None:
    if case.checked is None or now - case.checked > _GOOD_FOR:
        raise NotNow(
            "the rules spoke too long ago",
            where=case.id,
            expected=f"a report of the last {_GOOD_FOR.days} days",
            got=f"one of {case.checked:%Y-%m-%d}" if case.checked else "none",
            remedy="have it checked again: tabard accredit recheck CASE",
        )


def _check_judged(case: Case, report: Report) -> None:
    if report.failing:
        raise NotNow("the rules are not content with this package", where=case.id, remedy="see the report")
    if case.questions:
        raise NotNow(
            "its maker has yet to answer",
            where=case.id,
            got=", ".join(f"question {one.number}" for one in case.questions),
        )
    if case.unreviewed:
        left = ", ".join(f"{one.rule} at {one.place}" for one in case.unreviewed)
        raise NotNow("a person has yet to review what no rule could assess", where=case.id, got=left)


def _decision(
    case: Case, package: Package, report: Report, publisher_keys: tuple[str, ...], now: datetime, terms: Terms
) -> Decision:
    told = package.manifest
    earlier = read_statement(case.refusal.payload).id if case.refusal else ""
    return Decision(
        id=f"{told.id}-{told.version}-{package.sha256[:12]}{'-review' if earlier else ''}",
        product=told.id,
        version=told.version,
        title=told.name,
        publisher=told.publisher,
        publisher_keys=publisher_keys,
        package_sha256=package.sha256,
        package_size=len(package.raw),
        release_sha256=case.release_sha256,
        report_sha256=report.sha256,
        rules_sha256=report.rules_sha256,
        hazard_log_sha256=sha256(package.files.get(told.hazards, b"")),
        scope=scope_of(package),
        conditions=terms.conditions,
        reviewed=case.reviews,
        decided=now,
        valid_from=now,
        valid_until=after_months(now, terms.months),
        product_class=case.product_class,
        outcome=terms.outcome or Outcome.accredited,
        first_of_type=terms.first_of_type,
        grounds=terms.grounds,
        reviewers=tuple(Reviewer(one.id, one.name, one.role, one.organisation, one.conflicts) for one in case.taken),
        frameworks=terms.frameworks,
        evidence=terms.evidence,
        tabard_versions=terms.tabard_versions,
        dialects=terms.dialects,
        supersedes=earlier,
        criteria=terms.criteria,
    )


def scope_of(package: Package) -> Scope:
    """What the decision covers: the product's own words of what it is for, its scopes, contexts and settings of care."""
    parts, declared = package.manifest.parts, package.manifest.declared
    scopes = sorted({scope for part in parts for scope in part.scopes})
    contexts = sorted({part.context.value for part in parts})
    settings = tuple(sorted(declared.care)) if declared else ()
    return Scope(package.manifest.intended_use, tuple(scopes), tuple(contexts), settings)


def add_signature(case: Case, keyid: str, signature: bytes, *, trust: Trust, now: datetime) -> Case:
    """The case with one more person's signature over its statement; it is decided once the decision verifies.

    What verifies here is what verifies at a hospital. Raises NotNow unless the case is being signed, Barred when the
    signer did not take it on, BadSignature when the signature is not a trusted person's over this statement, or is a
    second one of the same person.
    """
    must_be(case, Status.signing)
    signed, is_enough = sign_once(case, keyid, signature, trust=trust, now=now)
    return move(case, Status.decided if is_enough else Status.signing, now, statement=signed)


def sign_once(case: Case, keyid: str, signature: bytes, *, trust: Trust, now: datetime) -> tuple[Envelope, bool]:
    """The case's statement with one more person's signature, and whether it is enough. Raises as `add_signature`."""
    if case.statement is None:
        raise NotNow("there is no statement yet", where=case.id)
    if now - read_statement(case.statement.payload).decided > _GOOD_FOR:
        raise NotNow(
            "this statement was drafted too long ago",
            where=case.id,
            expected=f"a draft of the last {_GOOD_FOR.days} days",
            remedy="drop it, and draft it anew",
        )
    signer = _signer(case, keyid, trust, now)
    signed = case.statement.with_signature(keyid, signature)
    if not signed.signers(key for key in signer.keys if key.keyid == keyid):
        raise BadSignature("this is no signature of the statement", where=case.id, got=f"key {keyid[:12]}")
    return signed, _is_enough(case, signed, trust, now)


def _signer(case: Case, keyid: str, trust: Trust, now: datetime) -> Accreditor:
    signer = next((one for one in trust.accreditors if keyid in {key.keyid for key in one.keys}), None)
    if signer is None or not signer.is_in_office(now):
        raise BadSignature("this key is of nobody who may sign now", where=case.id, got=f"key {keyid[:12]}")
    if signer in signers(case, trust):
        raise BadSignature("this person has signed already", where=case.id, got=signer.id)
    check_taken(case, signer)
    return signer


def _is_enough(case: Case, signed: Envelope, trust: Trust, now: datetime) -> bool:
    raw, about = signed.to_bytes(), (case.package_sha256, case.product, case.version)
    package_sha256, product, version = about
    try:
        verify(raw, trust=trust, package_sha256=package_sha256, product=product, version=version)
        if case.outcome is not Outcome.refused:
            judge(raw, trust=trust, package_sha256=package_sha256, product=product, version=version, now=now, site=None)
    except NotAccredited as no:
        if no.reason in _NOT_ENOUGH:
            return False
        raise BadSignature("the decision could not be verified", where=case.id, got=no.reason) from no
    return True


def signers(case: Case, trust: Trust) -> tuple[Accreditor, ...]:
    """Who has signed the statement, in the order of `trust`."""
    if case.statement is None:
        return ()
    keys = [key for one in trust.accreditors for key in one.keys]
    signed = case.statement.signers(keys)
    return tuple(one for one in trust.accreditors if signed & set(one.keys))


def after_months(moment: datetime, months: int) -> datetime:
    """The same day and time so many months later, or the last day of a shorter month."""
    years, month = divmod(moment.month - 1 + months, 12)
    year = moment.year + years
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))
