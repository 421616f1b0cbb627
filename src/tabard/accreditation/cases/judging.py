"""People judge criteria: one word may stand for many, and each is bound to what its speaker had before them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from tabard.accreditation.cases.model import Case, Status as CaseStatus
from tabard.accreditation.cases.moving import must_be
from tabard.accreditation.cases.steps import check_reason
from tabard.accreditation.cases.taking import check_taken
from tabard.accreditation.claims import Judgement, Known, Status, Stood, Waits, basis_of, standing_of, standings
from tabard.accreditation.errors import BadReview
from tabard.accreditation.frameworks import (
    Classed,
    Criterion,
    ProductClass,
    criteria_for,
    criterion,
    judges_of,
    why_not,
)
from tabard.accreditation.table import RULES
from tabard.decision import Accreditor

MOST_AT_ONCE = 300
"""Criteria that one word may judge."""

_WORDS = (Status.met, Status.met_with_conditions, Status.not_met, Status.not_applicable)


def asked_of(case: Case, known: Known, on: date) -> tuple[Criterion, ...]:
    """The criteria that are asked of this product's maker on that day, in the order of the frameworks."""
    return criteria_for(_classed(case, known), on)


def stood(case: Case, known: Known, on: date) -> Stood:
    """How each of these stands on that day."""
    asked = asked_of(case, known, on)
    return tuple(zip(asked, standings(asked, known, on, rules=RULES), strict=True))


def judge(
    case: Case,
    who: Accreditor,
    criteria: Iterable[str],
    status: Status,
    reason: str,
    conditions: tuple[str, ...] = (),
    *,
    known: Known,
    now: datetime,
) -> Case:
    """The case with a person's word on these criteria; it takes the place of an earlier one of the same person or role.

    `known` is what they had before them. Raises NotNow unless the case is in review, Barred unless the person took it on,
    NoSuchCriterion, and BadReview for a word, a reason, a condition, a role or a criterion with which nothing can be judged.
    """
    must_be(case, CaseStatus.in_review)
    check_taken(case, who)
    ids = tuple(dict.fromkeys(criteria))
    if not 0 < len(ids) <= MOST_AT_ONCE:
        raise BadReview("a word judges some criteria", expected=f"1 to {MOST_AT_ONCE}", got=str(len(ids)))
    _check_word(case, status, reason, conditions)
    bare = replace(known, judgements=())
    told = []
    for id_ in ids:
        one = criterion(id_)
        _check_role(case, who, one)
        _check_asked(case, one, status, bare, now.date())
        told.append(Judgement(id_, status, reason, who.name, who.role, conditions, basis_of(one, known, RULES)))
    others = (
        one for one in case.judgements if one.criterion not in ids or (one.by != who.name and one.role is not who.role)
    )
    return replace(case, judgements=(*others, *told))


def _check_word(case: Case, status: Status, reason: str, conditions: tuple[str, ...]) -> None:
    if status not in _WORDS:
        raise BadReview("this word judges nothing", expected=" or ".join(_WORDS), got=status)
    check_reason(reason, case.id)
    if bool(conditions) != (status is Status.met_with_conditions):
        raise BadReview(
            "a criterion is met with conditions where these are named, and only then",
            where=case.id,
            expected="the ids of the case's conditions" if not conditions else str(Status.met_with_conditions),
            got=", ".join(conditions) or "none",
            remedy="tabard accredit condition CASE --add",
        )
    known = {one.id for one in case.conditions}
    if missing := [one for one in conditions if one not in known]:
        raise BadReview(
            "there is no such condition",
            where=case.id,
            expected=", ".join(sorted(known)) or "none is set yet",
            got=", ".join(missing)[:80],
            remedy="it may have been dropped: look at the case again; tabard accredit condition CASE --add sets one",
        )


def _check_role(case: Case, who: Accreditor, one: Criterion) -> None:
    if who.role not in (judges := judges_of(one, case.product_class)):
        raise BadReview("this role may not judge that", where=one.id, expected=" or ".join(judges), got=who.role)


def _check_asked(case: Case, one: Criterion, status: Status, bare: Known, on: date) -> None:
    """That it is asked of this product, and that this word can stand there: nobody's word is passed over in silence."""
    if one not in asked_of(case, bare, on):
        reason = why_not(one, _classed(case, bare)) or f"it is asked of the {one.owner}, or not judged"
        raise BadReview("this criterion is not asked of this product's maker", where=one.id, got=reason)
    if status is Status.not_met:
        return
    before = standing_of(one, bare, on, rules=RULES)
    if not before.holds_up and not is_refused(case, one):
        raise BadReview(
            "there is nothing left to judge", where=one.id, expected="a criterion that waits", got=before.because[0]
        )
    if before.waits is Waits.maker:
        raise BadReview("no word makes up for that", where=one.id, got=before.because[0], remedy="refer the case back")
    if before.waits is Waits.condition and status is Status.met:
        raise BadReview(
            "this cannot be met as it stands",
            where=one.id,
            expected=str(Status.met_with_conditions),
            got=before.because[0],
            remedy="set a condition and name it, or refer the case back",
        )


def is_refused(case: Case, one: Criterion) -> bool:
    """Whether somebody said that it is not met: that is taken back by a word, whatever else speaks for it."""
    return any(each.criterion == one.id and each.status is Status.not_met for each in case.judgements)


def _classed(case: Case, known: Known) -> Classed:
    return Classed(ProductClass(case.product_class), case.because, known.traits)
