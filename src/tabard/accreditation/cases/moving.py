"""Which state may follow which: every step of a case goes through this one table."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from tabard.accreditation.cases.model import Case, Moved, Status
from tabard.accreditation.errors import NotNow

_S = Status

LEGAL: Mapping[Status, frozenset[Status]] = MappingProxyType(
    {
        _S.draft: frozenset({_S.submitted, _S.withdrawn}),
        _S.submitted: frozenset({_S.checking, _S.withdrawn}),
        _S.checking: frozenset({_S.in_review, _S.referred_back, _S.withdrawn}),
        _S.in_review: frozenset({_S.signing, _S.referred_back, _S.checking, _S.withdrawn}),
        _S.referred_back: frozenset({_S.in_review, _S.checking, _S.signing, _S.withdrawn}),
        _S.signing: frozenset({_S.decided, _S.in_review, _S.referred_back, _S.withdrawn}),
        _S.decided: frozenset({_S.published}),
        _S.published: frozenset({_S.suspended, _S.withdrawn, _S.expired, _S.in_review}),
        _S.suspended: frozenset({_S.published, _S.withdrawn, _S.expired}),
        _S.withdrawn: frozenset(),
        _S.expired: frozenset(),
    }
)
"""From each state to those that may follow. A published refusal alone comes back into review, when its maker asks for that."""


def move(case: Case, status: Status, now: datetime, **changes: object) -> Case:
    """The case in that state, with these changes, and when it came there. Raises NotNow where the state may not follow."""
    if status is case.status:
        return replace(case, **changes)  # type: ignore[arg-type]  # the caller's own fields
    if status not in LEGAL[case.status]:
        expected = " or ".join(sorted(LEGAL[case.status])) or "nothing more: it is over"
        raise NotNow("a case cannot go from here to there", where=case.id, expected=expected, got=status)
    moves = (*case.moves, Moved(status, now))
    return replace(case, status=status, moves=moves, **changes)  # type: ignore[arg-type]  # the caller's own fields


def without_statement(case: Case) -> Status:
    """Where a case stands again whose statement is dropped: with its maker, who has to answer or mend something, or in review."""
    is_failing = case.report is not None and bool(case.report.failing)
    return Status.referred_back if case.questions or is_failing else Status.in_review


def must_be(case: Case, *statuses: Status) -> None:
    """Raises NotNow unless the case is in one of these states."""
    if case.status not in statuses:
        raise NotNow("this step cannot be taken now", where=case.id, expected=" or ".join(statuses), got=case.status)
