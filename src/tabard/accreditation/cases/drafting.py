"""Drafts of makers: a case that its maker alone sees, with what the rules find, until the maker submits it.

The number that the lot is drawn from is made when it is submitted, not before: nobody tries bytes until the lot spares them.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from tabard.accreditation.cases.model import Case, Said, Status
from tabard.accreditation.cases.moving import move, must_be
from tabard.accreditation.cases.steps import submit
from tabard.accreditation.report import Report

DRAFT_KEPT = timedelta(days=30)
"""A draft that is left alone for so long is dropped, and its package with it."""

_LEFT_ALONE = "nobody submitted this draft in time"


def was_submitted(case: Case) -> bool:
    """Whether it ever left its maker's own hands."""
    return any(one.status is Status.submitted for one in case.moves)


def tell_draft(case: Case, report: Report) -> Case:
    """The draft with what the rules found, for its maker; as it is where it is no draft of those bytes any more."""
    if case.status is not Status.draft or report.package_sha256 != case.package_sha256:
        return case
    return replace(case, report=report)


def submit_draft(case: Case, nonce: str, now: datetime) -> Case:
    """The case, submitted: the rules run anew, and the lot is drawn from `nonce`. Raises NotNow unless it is a draft."""
    must_be(case, Status.draft)
    return submit(replace(case, report=None, nonce=nonce), now)


def is_left_alone(case: Case, now: datetime) -> bool:
    """Whether this is a draft that nobody touched for too long."""
    return case.status is Status.draft and now >= case.moves[-1].at + DRAFT_KEPT


def drop_draft(case: Case, now: datetime) -> Case:
    """The case without a future: its time as a draft is over. Raises NotNow unless it is one that was left alone."""
    must_be(case, Status.draft)
    return move(case, Status.withdrawn, now, report=None, ended=Said("the store", now, _LEFT_ALONE))
