"""The steps of a case that make a decision: the statement is drafted and frozen, and people of both roles sign it."""

from calendar import monthrange
from dataclasses import replace
from datetime import datetime

from tabard.accreditation.cases.model import Case, Status
from tabard.accreditation.cases.steps import is_same_person, must_be
from tabard.accreditation.errors import BadSignature, NotNow
from tabard.accreditation.found import sha256
from tabard.accreditation.report import Report
from tabard.decision import Accreditor, Decision, NotAccredited, Reason, Scope, Trust, judge, statement
from tabard.ground.dsse import Envelope
from tabard.product import Package

_LONGEST_MONTHS = 36
_NOT_ENOUGH = (Reason.one_person, Reason.one_role)


def draft(
    case: Case,
    package: Package,
    publisher_keys: tuple[str, ...],
    *,
    verifier: str,
    now: datetime,
    months: int = 12,
    conditions: tuple[str, ...] = (),
) -> Case:
    """The case with its statement, frozen: from here on only signatures are added.

    A draft that nobody has signed may be drafted anew. `publisher_keys` are PEM texts, `verifier` names the centre.
    Raises NotNow unless everything is assessed or reviewed, nothing fails and nobody has signed.
    """
    must_be(case, Status.waiting, Status.signing)
    report = _ready(case, package)
    if not 1 <= months <= _LONGEST_MONTHS:
        raise NotNow("a decision holds for 1 to 36 months", where=case.id, got=str(months))
    if case.statement and case.statement.signatures:
        raise NotNow(
            "somebody has signed this draft", where=case.id, remedy="sign it as it stands, or decline the case"
        )
    decision = _decision(case, package, report, publisher_keys, (now, after_months(now, months)), conditions)
    return replace(case, status=Status.signing, conditions=conditions, statement=statement(decision, verifier))


def _ready(case: Case, package: Package) -> Report:
    if package.sha256 != case.package_sha256:
        raise NotNow("this is another package", where=case.id, expected=case.package_sha256, got=package.sha256)
    if case.report is None or case.report.failing:
        raise NotNow("the rules are not content with this package", where=case.id, remedy="see the report")
    if case.unreviewed:
        left = ", ".join(f"{one.rule} at {one.place}" for one in case.unreviewed)
        raise NotNow("a person has yet to review what no rule could assess", where=case.id, got=left)
    return case.report


def _decision(
    case: Case,
    package: Package,
    report: Report,
    publisher_keys: tuple[str, ...],
    dates: tuple[datetime, datetime],
    conditions: tuple[str, ...],
) -> Decision:
    told = package.manifest
    return Decision(
        id=f"{told.id}-{told.version}-{package.sha256[:12]}",
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
        hazard_log_sha256=sha256(package.files[told.hazards]),
        scope=scope_of(package),
        conditions=conditions,
        reviewed=case.reviews,
        decided=dates[0],
        valid_from=dates[0],
        valid_until=dates[1],
    )


def scope_of(package: Package) -> Scope:
    """What the decision covers: the product's own words of what it is for, its scopes and its contexts."""
    parts = package.manifest.parts
    scopes = sorted({scope for part in parts for scope in part.scopes})
    contexts = sorted({part.context.value for part in parts})
    return Scope(package.manifest.intended_use, tuple(scopes), tuple(contexts), ())


def add_signature(case: Case, keyid: str, signature: bytes, *, trust: Trust, now: datetime) -> Case:
    """The case with one more person's signature over its statement; it is decided once the decision verifies.

    What verifies here is what verifies at a hospital. Raises NotNow unless the case is being signed, BadSignature when
    the signature is not a trusted person's over this statement, or is a second one of the same person.
    """
    must_be(case, Status.signing)
    if case.statement is None:
        raise NotNow("there is no statement yet", where=case.id)
    signer = _signer(case, keyid, trust, now)
    signed = case.statement.with_signature(keyid, signature)
    if not signed.signers(key for key in signer.keys if key.keyid == keyid):
        raise BadSignature("this is no signature of the statement", where=case.id, got=f"key {keyid[:12]}")
    status = Status.decided if _is_enough(case, signed, trust, now) else Status.signing
    return replace(case, statement=signed, status=status)


def _signer(case: Case, keyid: str, trust: Trust, now: datetime) -> Accreditor:
    signer = next((one for one in trust.accreditors if keyid in {key.keyid for key in one.keys}), None)
    if signer is None or not signer.is_in_office(now):
        raise BadSignature("this key is of nobody who may sign now", where=case.id, got=f"key {keyid[:12]}")
    if signer in signers(case, trust):
        raise BadSignature("this person has signed already", where=case.id, got=signer.id)
    if is_same_person(signer.name, case.safety_officer):
        raise BadSignature("nobody accredits their own product", where=case.id, got="the maker's own safety officer")
    return signer


def _is_enough(case: Case, signed: Envelope, trust: Trust, now: datetime) -> bool:
    try:
        judge(
            signed.to_bytes(),
            trust=trust,
            package_sha256=case.package_sha256,
            product=case.product,
            version=case.version,
            now=now,
        )
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
