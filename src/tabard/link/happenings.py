"""Happenings: the events of one visit in the order in which they were recorded, whatever the order in which they came. Pure.

A network may bring a cancel before what it cancels. So what each message said of a visit is kept, and a late one is put
where it belongs and the visit told anew from there. The oldest are folded into one state once there are many: a message
older than those is told first, which fills in the history and leaves the present.
"""

from collections.abc import Iterable

import msgspec

from tabard.dialect import Event
from tabard.fhir import Resource
from tabard.ground.time import from_us
from tabard.link.ages import Stamp
from tabard.link.encounter import FINISHED, Said, Visit
from tabard.link.repeated_hour import in_order
from tabard.link.stays import Stay, closed
from tabard.link.telling import CLOCKS_DIFFER
from tabard.link.visit_events import after

MOST = 32
"""So many happenings are kept one by one."""

_KEPT = 16
NOWHERE = -1


class Happening(msgspec.Struct, frozen=True, array_like=True):
    """What one message said of the visit. `place` is the index of its place; `event` "" is that another visit took its place."""

    stamp: Stamp
    seq: int
    event: str
    at: str
    place: int = NOWHERE
    start: str | None = None
    end: str | None = None
    status: str | None = None
    is_nowhere: bool = False


class Past(msgspec.Struct, frozen=True, array_like=True):
    """What the happenings that are no longer kept came to: the visit's status, start, end, and stays by place, start, end."""

    status: str
    start: str | None
    end: str | None
    stays: tuple[tuple[int, str, str | None], ...]


class Course(msgspec.Struct, frozen=True, array_like=True):
    """All that is kept of one visit.

    `owner` is the patient to whom a move gave the visit, and when that was recorded; `heir` the visit that took its place;
    `zone` is that of the clock by which it is told.
    """

    places: tuple[tuple[Resource, ...], ...] = ()
    past: Past | None = None
    happenings: tuple[Happening, ...] = ()
    owner: tuple[Stamp, str] | None = None
    heir: tuple[Stamp, str] | None = None
    zone: str = "Europe/London"


_decoder = msgspec.msgpack.Decoder(Course)


def read(raw: bytes | None) -> Course:
    """The course that `write` made; an empty one of None."""
    return Course() if raw is None else _decoder.decode(raw)


def write(course: Course) -> bytes:
    """The course as bytes."""
    return msgspec.msgpack.encode(course)


def begun_from(visit: Visit) -> Course:
    """The course of a visit that was known before courses were kept."""
    stays = tuple((number, stay.start, stay.end) for number, stay in enumerate(visit.stays))
    past = Past(visit.status, visit.start, visit.end, stays)
    return Course(tuple(stay.place for stay in visit.stays), past)


def is_latest(course: Course, stamp: Stamp) -> bool:
    """Whether nothing that is kept was recorded later."""
    return not course.happenings or stamp >= course.happenings[-1].stamp


def with_happening(course: Course, event: Event | None, said: Said, stamp: Stamp, seq: int) -> Course:
    """The course with what one message said in its place; the same message again takes its own place."""
    places = course.places if said.place in course.places or not said.place else (*course.places, said.place)
    place = places.index(said.place) if said.place else NOWHERE
    told = Happening(
        stamp, seq, event or "", said.at, place, said.start, said.end, said.status, is_nowhere=said.is_nowhere
    )
    others = [one for one in course.happenings if one.seq != seq]
    if event is Event.update and len(others) > 1 and all(_says_the_same(one, told) for one in others[-2:]):
        others.pop()  # of a run of updates that say the same, the first and the last are kept
    kept = tuple(sorted((*others, told), key=_order))
    return _shortened(msgspec.structs.replace(course, places=places, happenings=kept))


def visit_after(course: Course) -> Visit:
    """The visit after all that is kept, told anew. Of an empty course: a visit of which nothing is known."""
    return _told(_past(course), course, course.happenings) or Visit("unknown")


def given_way(visit: Visit, at: str) -> Visit:
    """The visit that another took the place of: nobody is in it any more, and what it tells of the stay is the other's to tell."""
    return Visit(FINISHED, visit.start, visit.end or at, closed(visit.stays, at))


def _order(one: Happening) -> tuple[Stamp, int]:
    return one.stamp, one.seq


def _says_the_same(before: Happening, told: Happening) -> bool:
    if before.event != told.event or before.stamp > told.stamp:
        return False
    return (before.place, before.start, before.end, before.status, before.is_nowhere) == (
        *(told.place, told.start, told.end, told.status, told.is_nowhere),
    )


def _shortened(course: Course) -> Course:
    if len(course.happenings) <= MOST:
        return course
    oldest, kept = course.happenings[:-_KEPT], course.happenings[-_KEPT:]
    visit = _told(_past(course), course, oldest)
    if visit is None:
        return course
    places = _each_once([*(stay.place for stay in visit.stays), *_places_of(course, kept)])
    past = Past(
        visit.status,
        visit.start,
        visit.end,
        tuple((places.index(stay.place), stay.start, stay.end) for stay in visit.stays),
    )
    moved = tuple(
        msgspec.structs.replace(one, place=places.index(course.places[one.place])) if one.place != NOWHERE else one
        for one in kept
    )
    return msgspec.structs.replace(course, places=places, past=past, happenings=moved)


def _places_of(course: Course, happenings: Iterable[Happening]) -> list[tuple[Resource, ...]]:
    return [course.places[one.place] for one in happenings if one.place != NOWHERE]


def _each_once(places: Iterable[tuple[Resource, ...]]) -> tuple[tuple[Resource, ...], ...]:
    found: list[tuple[Resource, ...]] = []
    for place in places:
        if place not in found:
            found.append(place)
    return tuple(found)


def _past(course: Course) -> Visit | None:
    past = course.past
    if past is None:
        return None
    stays = tuple(Stay(course.places[n], start, end) for n, start, end in past.stays)
    return Visit(past.status, past.start, past.end, stays)


def _told(visit: Visit | None, course: Course, happenings: Iterable[Happening]) -> Visit | None:
    for one in happenings:
        said = Said(
            one.at,
            () if one.place == NOWHERE else course.places[one.place],
            one.start,
            one.end,
            one.status,
            is_nowhere=one.is_nowhere,
        )
        if not one.event:
            visit = given_way(visit or Visit(FINISHED), one.at)
            continue
        event = Event(one.event)
        latest = from_us(one.stamp[1]) + CLOCKS_DIFFER
        visit = after(visit, event, in_order(visit, event, said, latest, course.zone))
    return visit
