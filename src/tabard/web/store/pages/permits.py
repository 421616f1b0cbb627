"""What one person may do to one case now: a page offers that and nothing else; the store judges each deed again."""

from dataclasses import dataclass

from tabard.accreditation import Barred, Case, Status, check_stranger, missing_roles
from tabard.decision import Accreditor, Outcome
from tabard.store import CaseDetail

_TAKEN = (Status.submitted, Status.checking, Status.in_review, Status.referred_back, Status.signing)
_ASKED = (Status.in_review, Status.referred_back, Status.signing)
_BEFORE_DRAFT = (Status.in_review, Status.referred_back)
_STANDS = (Status.published, Status.suspended)


@dataclass(frozen=True, slots=True)
class Permits:
    """Each is whether the page offers it."""

    take: bool
    tell_conflict: bool
    review: bool
    ask: bool
    condition: bool
    draft: bool
    sign: bool
    recheck: bool
    reopen: bool
    refuse: bool
    suspend: bool
    reinstate: bool
    see_met: bool
    widen: bool


def permits(detail: CaseDetail, who: Accreditor) -> Permits:
    """What this person may do to this case."""
    case, status = detail.case, detail.case.status
    taken = next((one for one in case.taken if one.id == who.id), None)
    is_mine, is_stranger = taken is not None and taken.is_free, _is_stranger(case, who)
    is_listed = status is Status.published and case.outcome is not Outcome.refused
    has_said = case.reinstating is not None and who.name == case.reinstating.by
    return Permits(
        take=(status in _TAKEN or case.is_first_of_type) and taken is None and is_stranger,
        tell_conflict=status in _TAKEN and is_mine,
        review=is_mine and status is Status.in_review and bool(case.unreviewed),
        ask=is_mine and status in _ASKED,
        condition=is_mine and status in _BEFORE_DRAFT,
        draft=is_mine and _may_draft(case),
        sign=is_mine and status is Status.signing and not _has_signed(detail, who),
        recheck=is_mine and status in _BEFORE_DRAFT,
        reopen=is_mine and status is Status.signing,
        refuse=is_mine and not missing_roles(case) and status in _BEFORE_DRAFT,
        suspend=is_stranger and is_listed,
        reinstate=is_stranger and status is Status.suspended and not has_said,
        see_met=is_stranger and status in _STANDS and bool(case.conditions),
        widen=is_mine and is_stranger and case.is_first_of_type,
    )


def _is_stranger(case: Case, who: Accreditor) -> bool:
    try:
        check_stranger(case, who)
    except Barred:
        return False
    return True


def _may_draft(case: Case) -> bool:
    is_unsigned = case.status is Status.in_review or (
        case.status is Status.signing and case.statement is not None and not case.statement.signatures
    )
    return is_unsigned and not case.unreviewed and not missing_roles(case)


def _has_signed(detail: CaseDetail, who: Accreditor) -> bool:
    return any(one.accreditor == who.id for one in detail.row.signed_by)
