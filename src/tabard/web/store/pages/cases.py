"""The queue: what waits for this assessor, what moves by itself, what is done; all of it, or what was asked for."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from tabard.accreditation import Status
from tabard.store import CaseRow
from tabard.web.design.times import When, when
from tabard.web.store.counter import Counter
from tabard.web.store.guard import Judging
from tabard.web.store.render import page
from tabard.web.store.words import STATUSES, role_words, status_words

_OPEN = (Status.in_review, Status.signing)
_MOVING = (Status.submitted, Status.checking, Status.decided, Status.referred_back)
_RUNS = (Status.submitted, Status.checking, Status.in_review, Status.signing)
_DONE_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A case in the queue. `clock` is the service clock in words, `is_over` whether its days are used up."""

    id: str
    product: str
    version: str
    publisher: str
    submitted: When
    status: str
    colour: str
    product_class: int
    taken_by: tuple[str, ...]
    is_mine: bool
    clock: str
    is_over: bool
    next_step: str


@dataclass(frozen=True, slots=True)
class Group:
    """Cases that stand alike; `none` is said where there are none."""

    title: str
    rows: tuple[Row, ...]
    none: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a filter."""

    value: str
    text: str
    is_chosen: bool


def show(counter: Counter, asked: Judging) -> Response:
    """The queue of this assessor."""
    query = asked.request.query_params
    state = query.get("state", "") if query.get("state", "") in STATUSES else ""
    is_mine = query.get("whose", "") == "mine"
    rows = [one for one in counter.store.cases() if _is_asked(one, state, asked.who.id if is_mine else "")]
    names = {one.id: one.name for one in counter.store.assessors.trust().accreditors}
    groups = tuple(_grouped(rows, asked.who.id, names))
    is_filtered = bool(state) or is_mine
    return page(
        "cases.html",
        frame=asked.frame,
        role=role_words(asked.who.role),
        groups=tuple(one for one in groups if one.rows) if is_filtered else groups,
        is_filtered=is_filtered,
        told=f"{len(rows)} case{'' if len(rows) == 1 else 's'}",
        states=(Choice("", "Any state", not state), *(_choice(one, state) for one in STATUSES)),
        whose=(Choice("", "Anybody", not is_mine), Choice("mine", "Me", is_mine)),
    )


def clock_words(used: int, of: int, *, is_running: bool) -> str:
    """The service clock in a few words; a clock that stands says so."""
    stands = "" if is_running else ", the clock stands"
    return f"{used} of {of} working days{stands}"


def _is_asked(row: CaseRow, state: str, taken_by: str) -> bool:
    return (not state or row.status == state) and (not taken_by or taken_by in row.taken_by)


def _choice(status: str, chosen: str) -> Choice:
    return Choice(str(status), STATUSES[status][0], status == chosen)


def _grouped(rows: list[CaseRow], who: str, names: Mapping[str, str]) -> tuple[Group, ...]:
    mine = [one for one in rows if one.status in _OPEN and not _has_signed(one, who)]
    theirs = [one for one in rows if one.status in _OPEN and _has_signed(one, who)]
    moving = [one for one in rows if one.status in _MOVING]
    done = [one for one in rows if one.status not in (*_OPEN, *_MOVING)][:_DONE_SHOWN]
    told = (
        ("Waiting for you", mine[::-1], "Nothing waits for you."),
        ("Waiting for others", theirs[::-1], "Nothing waits for others."),
        ("Moving without you", moving, "Nothing is being checked, answered or published."),
        ("Done", done, "Nothing is done yet."),
    )
    return tuple(Group(title, tuple(_row(one, who, names) for one in those), none) for title, those, none in told)


def _has_signed(row: CaseRow, who: str) -> bool:
    return any(one.accreditor == who for one in row.signed_by)


def _row(one: CaseRow, who: str, names: Mapping[str, str]) -> Row:
    status, colour = status_words(one.status, one.outcome)
    is_running = one.status in _RUNS
    return Row(
        id=one.id,
        product=one.name,
        version=one.version,
        publisher=one.publisher_name,
        submitted=when(one.submitted),
        status=status,
        colour=colour,
        product_class=one.product_class,
        taken_by=tuple(names.get(each, each) for each in one.taken_by),
        is_mine=who in one.taken_by,
        clock=clock_words(one.used_days, one.of_days, is_running=is_running),
        is_over=is_running and one.used_days > one.of_days,
        next_step=one.next_step,
    )
