"""The queue: what waits for this assessor, what moves by itself, what is done."""

from dataclasses import dataclass

from starlette.responses import Response

from tabard.accreditation import Status
from tabard.store import CaseRow
from tabard.web.design.times import When, when
from tabard.web.store.counter import Counter
from tabard.web.store.guard import Judging
from tabard.web.store.render import page
from tabard.web.store.words import role_words, status_words

_OPEN = (Status.in_review, Status.signing)
_MOVING = (Status.submitted, Status.checking, Status.decided, Status.referred_back)
_DONE_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A case in the queue."""

    id: str
    product: str
    version: str
    publisher: str
    submitted: When
    status: str
    colour: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Group:
    """Cases that stand alike; `none` is said where there are none."""

    title: str
    rows: tuple[Row, ...]
    none: str


def show(counter: Counter, asked: Judging) -> Response:
    """The queue of this assessor."""
    rows = counter.store.cases()
    mine = [one for one in rows if one.status in _OPEN and not _has_signed(one, asked.who.id)]
    theirs = [one for one in rows if one.status in _OPEN and _has_signed(one, asked.who.id)]
    moving = [one for one in rows if one.status in _MOVING]
    done = [one for one in rows if one.status not in (*_OPEN, *_MOVING)][:_DONE_SHOWN]
    groups = (
        Group("Waiting for you", tuple(map(_row, reversed(mine))), "Nothing waits for you."),
        Group("Waiting for others", tuple(map(_row, reversed(theirs))), "Nothing waits for others."),
        Group("Moving without you", tuple(map(_row, moving)), "Nothing is being checked, answered or published."),
        Group("Done", tuple(map(_row, done)), "Nothing is done yet."),
    )
    return page("cases.html", frame=asked.frame, role=role_words(asked.who.role), groups=groups)


def _has_signed(row: CaseRow, who: str) -> bool:
    return any(one.accreditor == who for one in row.signed_by)


def _row(one: CaseRow) -> Row:
    status, colour = status_words(one.status, one.outcome)
    return Row(one.id, one.name, one.version, one.publisher_name, when(one.submitted), status, colour, one.next_step)
