"""A version that was accredited for its first sites goes further: on what was shown there, by a new decision of the same roles.

While it is drafted and signed the decision before stands, and is listed. Nothing else is judged anew: package, scope,
conditions and the day on which it ends are those of the decision that is superseded.
"""

from dataclasses import replace
from datetime import datetime

from tabard.accreditation.cases.deciding import sign_once
from tabard.accreditation.cases.model import Case, Status
from tabard.accreditation.cases.moving import must_be
from tabard.accreditation.cases.steps import check_reason
from tabard.accreditation.cases.taking import check_taken, missing_roles
from tabard.accreditation.cases.working_off import overdue
from tabard.accreditation.errors import NotNow
from tabard.decision import (
    Accreditor,
    BadDecision,
    Decision,
    FirstOfType,
    Outcome,
    Owner,
    Reviewer,
    Shown,
    Trust,
    Widening,
    read_statement,
    statement,
)

_MOST_SHOWN = 100


def draft_widening(
    case: Case,
    who: Accreditor,
    sites: tuple[str, ...],
    shown: tuple[Shown, ...],
    *,
    verifier: str,
    now: datetime,
) -> Case:
    """The case with the statement that widens it drafted: to these further sites (ODS codes), or to every site where none is named.

    To go to every site each exit criterion is shown, at one of the first sites. Raises NotNow unless it is published as
    the first of its type and no condition of the maker is overdue, and when somebody has signed a draft; Barred, BadReview.
    """
    before = _standing(case)
    check_taken(case, who)
    _check_free(case, now)
    for one in shown:
        check_reason(one.words, one.criterion[:80] or "shown")
    if len(shown) > _MOST_SHOWN:
        raise NotNow("too much is shown at once", where=case.id, expected=f"{_MOST_SHOWN} at the most")
    try:
        decision = _wider(case, before, sites, shown, now)
    except BadDecision as no:
        raise NotNow("the decision cannot go further so", where=no.where, expected=no.expected, got=no.got) from no
    return replace(case, widening=statement(decision, verifier))


def drop_widening(case: Case, who: Accreditor) -> Case:
    """The case without the draft that would widen it, and its signatures. Raises NotNow where there is none, Barred."""
    check_taken(case, who)
    if case.widening is None:
        raise NotNow("nothing is drafted that would widen it", where=case.id)
    return replace(case, widening=None)


def sign_widening(case: Case, keyid: str, signature: bytes, *, trust: Trust, now: datetime) -> Case:
    """The case with one more person's signature on what widens it; with the last that is needed, that decision stands.

    What was superseded is kept. Raises NotNow, Barred, BadSignature as any signature.
    """
    _standing(case)
    if case.widening is None:
        raise NotNow("nothing is drafted that would widen it", where=case.id)
    signed, is_enough = sign_once(replace(case, statement=case.widening), keyid, signature, trust=trust, now=now)
    if not is_enough:
        return replace(case, widening=signed)
    before, outcome = case.statement, read_statement(signed.payload).outcome
    superseded = (*case.superseded, *([before] if before else []))
    return replace(case, statement=signed, outcome=outcome, widening=None, superseded=superseded)


def _standing(case: Case) -> Decision:
    """The decision that stands, the first of its type. Raises NotNow where it is another."""
    must_be(case, Status.published)
    decision = read_statement(case.statement.payload) if case.statement else None
    if decision is None or decision.first_of_type is None:
        raise NotNow(
            "only what is the first of its type goes further",
            where=case.id,
            expected=Outcome.first_of_type,
            got=str(case.outcome),
        )
    return decision


def _check_free(case: Case, now: datetime) -> None:
    if case.widening and case.widening.signatures:
        raise NotNow("somebody has signed this draft", where=case.id, remedy="sign it as it stands, or drop it")
    if missing := missing_roles(case):
        raise NotNow(
            "nobody has taken this case on in a role that its class needs",
            where=case.id,
            expected=f"also {', '.join(missing)}, for a product of class {case.product_class}",
            remedy="tabard accredit assign CASE --conflict none",
        )
    late = [one.id for one in overdue(case, now.date()) if one.owner is Owner.maker]
    if late:
        raise NotNow(
            "a condition of the maker is overdue", where=case.id, got=", ".join(late), remedy="see it met, or suspend"
        )


def _wider(case: Case, before: Decision, sites: tuple[str, ...], shown: tuple[Shown, ...], now: datetime) -> Decision:
    was = before.first_of_type or FirstOfType((), ())
    further = FirstOfType(tuple(dict.fromkeys((*was.sites, *sites))), was.exit_criteria) if sites else None
    free = Outcome.with_conditions if before.conditions else Outcome.accredited
    first = read_statement(case.superseded[0].payload).id if case.superseded else before.id
    return replace(
        before,
        id=f"{first}-wider-{len(case.superseded) + 1}",
        decided=now,
        valid_from=now,
        outcome=free if further is None else Outcome.first_of_type,
        first_of_type=further,
        reviewers=tuple(Reviewer(one.id, one.name, one.role, one.organisation, one.conflicts) for one in case.taken),
        evidence=tuple(dict.fromkeys((*before.evidence, *(one.evidence for one in shown)))),
        supersedes=before.id,
        widening=Widening(was, shown),
    )
