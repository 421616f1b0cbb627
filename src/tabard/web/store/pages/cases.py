"""The queue: what waits for this assessor, what moves by itself, what is done; all of it, or what was asked for."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from tabard.accreditation import Status
from tabard.decision import NEEDED, Accreditor, Owner, Role
from tabard.store import CaseRow
from tabard.web.design.times import When, when
from tabard.web.store.counter import Counter
from tabard.web.store.guard import Judging
from tabard.web.store.pages.working_off import OWNERS, steps
from tabard.web.store.render import page
from tabard.web.store.words import STATUSES, role_words, status_words

_OPEN = (Status.in_review, Status.signing)
_MOVING = (Status.submitted, Status.checking, Status.decided, Status.referred_back)
_RUNS = (Status.submitted, Status.checking, Status.in_review, Status.signing)
_DONE_SHOWN = 50
_FEW_DAYS = 3
_CLOCKS = {"over": "Over time", "soon": f"{_FEW_DAYS} days or less left"}


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


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of the queue: the name of its field, its label and its choices, the one for all of them first."""

    name: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ShownDue:
    """A condition that is overdue or soon due, with the case whose it is; `plan` are the maker's steps, `reminded` is None while nobody was."""

    case: str
    product: str
    condition: str
    owner: str
    due: str
    is_overdue: bool
    is_makers: bool
    plan: tuple[str, ...]
    reminded: When | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked of the queue; "" for everything."""

    state: str
    whose: str
    role: str
    size: str
    clock: str

    def takes(self, row: CaseRow, who: str) -> bool:
        """Whether the row is asked for."""
        return (
            self.state in ("", row.status)
            and (self.whose != "mine" or who in row.taken_by)
            and (not self.role or _needs(row, Role(self.role)))
            and self.size in ("", str(row.product_class))
            and (not self.clock or _is_late(row, self.clock))
        )


def show(counter: Counter, asked: Judging) -> Response:
    """The queue of this assessor."""
    wanted = _wanted(asked.request.query_params)
    rows = [one for one in counter.store.cases() if wanted.takes(one, asked.who.id)]
    people = {one.id: one for one in counter.store.assessors.trust().accreditors}
    groups = tuple(_grouped(rows, asked.who, people))
    is_filtered = wanted != _Asked("", "", "", "", "")
    return page(
        "cases.html",
        frame=asked.frame,
        role=role_words(asked.who.role),
        groups=tuple(one for one in groups if one.rows) if is_filtered else groups,
        is_filtered=is_filtered,
        told=f"{len(rows)} case{'' if len(rows) == 1 else 's'}",
        filters=_filters(wanted),
        dues=() if is_filtered else _dues(counter),
        endings=() if is_filtered else counter.store.ending_evidence(),
    )


def clock_words(used: int, of: int, *, is_running: bool) -> str:
    """The service clock in a few words; a clock that stands says so."""
    stands = "" if is_running else ", the clock stands"
    return f"{used} of {of} working days{stands}"


def _wanted(query: Mapping[str, str]) -> _Asked:
    """What the address asks for; what is no choice asks for nothing."""
    known: dict[str, Container[str]] = {
        "state": STATUSES,
        "whose": ("mine",),
        "role": set(Role),
        "class": ("0", "1", "2", "3"),
        "clock": _CLOCKS,
    }
    told = {name: query.get(name, "") for name in known}
    return _Asked(*(told[name] if told[name] in choices else "" for name, choices in known.items()))


def _filters(wanted: _Asked) -> tuple[Filter, ...]:
    roles = {str(role): f"A {role_words(role)}".replace("A i", "An i") for role in Role}
    classes = {str(number): f"Class {number}" for number in range(4)}
    states = {str(state): words for state, (words, _) in STATUSES.items()}
    return (
        _filter("state", "State", "Any state", states, wanted.state),
        _filter("whose", "Taken on by", "Anybody", {"mine": "Me"}, wanted.whose),
        _filter("role", "Waits for", "Anybody", roles, wanted.role),
        _filter("class", "Class", "Any class", classes, wanted.size),
        _filter("clock", "Service clock", "Any", _CLOCKS, wanted.clock),
    )


def _filter(name: str, label: str, any_: str, told: Mapping[str, str], chosen: str) -> Filter:
    each = (Choice(value, text, value == chosen) for value, text in told.items())
    return Filter(name, label, (Choice("", any_, not chosen), *each))


def _needs(row: CaseRow, role: Role) -> bool:
    """Whether it is on its way to a decision that wants that role, which has not signed yet."""
    is_open = row.status in (*_OPEN, Status.submitted, Status.checking, Status.referred_back)
    return is_open and role in NEEDED[row.product_class] and role not in {one.role for one in row.signed_by}


def _is_late(row: CaseRow, how: str) -> bool:
    left = row.of_days - row.used_days
    return row.status in _RUNS and (left < 0 if how == "over" else 0 <= left <= _FEW_DAYS)


def _dues(counter: Counter) -> tuple[ShownDue, ...]:
    return tuple(
        ShownDue(
            case=one.case,
            product=f"{one.name} {one.version}",
            condition=f"{one.condition.id}: {one.condition.text}",
            owner=OWNERS[one.condition.owner],
            due=f"{one.due:%d-%b-%Y}",
            is_overdue=one.is_overdue,
            is_makers=one.condition.owner is Owner.maker,
            plan=steps(one.plan),
            reminded=when(one.reminded) if one.reminded else None,
        )
        for one in counter.store.dues()
    )


def _grouped(rows: list[CaseRow], who: Accreditor, people: Mapping[str, Accreditor]) -> Iterator[Group]:
    """The groups, in each the case first whose service clock is nearest its end."""
    mine = [one for one in rows if one.status in _OPEN and _waits_for(one, who, people)]
    theirs = [one for one in rows if one.status in _OPEN and one not in mine]
    moving = [one for one in rows if one.status in _MOVING]
    done = [one for one in rows if one.status not in (*_OPEN, *_MOVING)][:_DONE_SHOWN]
    told = (
        ("Waiting for you", sorted(mine, key=_age), "Nothing waits for you."),
        ("Waiting for others", sorted(theirs, key=_age), "Nothing waits for others."),
        ("Moving without you", sorted(moving, key=_age), "Nothing is being checked, answered or published."),
        ("Done", done, "Nothing is done yet."),
    )
    names = {one.id: one.name for one in people.values()}
    for title, those, none in told:
        yield Group(title, tuple(_row(one, who.id, names) for one in those), none)


def _waits_for(row: CaseRow, who: Accreditor, people: Mapping[str, Accreditor]) -> bool:
    """Whether this person took it on and has not signed, or their role is needed and nobody of it took it on."""
    if who.id in row.taken_by:
        return not any(one.accreditor == who.id for one in row.signed_by)
    roles = {people[one].role for one in row.taken_by if one in people}
    return who.role in NEEDED[row.product_class] and who.role not in roles and row.status is Status.in_review


def _age(row: CaseRow) -> tuple[int, datetime]:
    return row.of_days - row.used_days, row.submitted


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
