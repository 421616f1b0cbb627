"""A visit as events change it: its status, its period, and the places where the patient lay, in order.

Pure. A stay is one place (a ward, mostly with a bed) from a time to a time; the last stay without an end is where the
patient lies now. Messages are taken in the order of arrival; an event that is older than what is known fills in the
history and does not change the present. Only A13 reopens a discharged visit, save an admission after its end; only an
admission revives a cancelled one.

Source: HL7 v2.4 chapter 3 (A01, A02, A03, A08, A11, A12, A13); FHIR R4, Encounter.location, Encounter.status.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from tabard.dialect import UK_CORE, Event
from tabard.fhir import Resource
from tabard.link.moments import earliest, is_before
from tabard.link.stays import Place, Stay, closed, is_at, moved, reopened, stays_of, without_last, written

_DISCHARGE_METHOD = f"{UK_CORE}DischargeMethod"
PLANNED, IN_PROGRESS, FINISHED, CANCELLED = "planned", "in-progress", "finished", "cancelled"


@dataclass(frozen=True, slots=True)
class Said:
    """What one message says of a visit.

    `at` is when it happened; `place` where the patient is (empty: not told), `is_nowhere` that the place was nulled;
    `start`, `end` and `status` are the visit's. Times are FHIR dateTimes.
    """

    at: str
    place: Place = ()
    start: str | None = None
    end: str | None = None
    status: str | None = None
    is_nowhere: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """The state of a visit; `start` and `end` are FHIR dateTimes, None while unknown."""

    status: str
    start: str | None = None
    end: str | None = None
    stays: tuple[Stay, ...] = ()


def visit_of(encounter: Resource) -> Visit:
    """The state that an Encounter resource holds."""
    period = encounter.get("period", {})
    return Visit(encounter["status"], period.get("start"), period.get("end"), stays_of(encounter.get("location", [])))


def before(held: Resource | None, visit: Visit) -> Resource | None:
    """What a message is laid over: the Encounter as it was, without how the patient went where that is taken back."""
    stay = (held or {}).get("hospitalization")
    if held is None or stay is None or held["status"] != FINISHED or visit.status == FINISHED:
        return held
    kept = {key: value for key, value in stay.items() if key not in {"dischargeDisposition", "extension"}}
    extensions = [one for one in stay.get("extension", []) if one.get("url") != _DISCHARGE_METHOD]
    told = {**({"extension": extensions} if extensions else {}), **kept}
    others = {key: value for key, value in held.items() if key != "hospitalization"}
    return {**others, "hospitalization": told} if told else others


def with_state(encounter: Resource, visit: Visit) -> Resource:
    """The Encounter with its status, period and locations set from `visit`; all else is kept."""
    period = {"start": visit.start, "end": visit.end}
    told = {key: text for key, text in period.items() if text is not None}
    kept = {key: value for key, value in encounter.items() if key not in {"status", "period", "location"}}
    return {
        **kept,
        "status": visit.status,
        **({"period": told} if told else {}),
        **(
            {"location": written(visit.stays, now=PLANNED if visit.status == PLANNED else "active")}
            if visit.stays
            else {}
        ),
    }


def after(visit: Visit | None, event: Event, said: Said) -> Visit:
    """The visit after one event. A visit not known before is made from what the message says (blind broadcast)."""
    told = _VERBS.get(event, _update)(visit or _first_seen(event, said), said)
    return replace(told, stays=closed(told.stays, said.at)) if said.is_nowhere else told


def unbelieved(visit: Visit | None, event: Event, said: Said) -> str | None:
    """A flag where an event says that the patient is here and the visit is over all the same."""
    if visit is not None and visit.status == CANCELLED and event not in {Event.admit, Event.cancel_admit}:
        return "PV1-19:visit-was-cancelled"
    if visit is not None and visit.status == FINISHED and event is Event.transfer and not _is_past(visit, said):
        return "PV1-19:visit-has-ended"
    return None


def _first_seen(event: Event, said: Said) -> Visit:
    ended = said.end if said.end is not None and event in {Event.discharge, Event.update} else said.at
    status = PLANNED if event is Event.update and said.status == PLANNED else IN_PROGRESS
    return Visit(status, said.start, None, moved((), said.place, min(ended, said.at, key=earliest)))


def _admit(visit: Visit, said: Said) -> Visit:
    start = said.start or visit.start or said.at
    if visit.status == CANCELLED:
        return Visit(IN_PROGRESS, start, None, moved((), said.place, said.at))
    if visit.status != FINISHED:
        return replace(visit, status=IN_PROGRESS, start=start, stays=moved(visit.stays, said.place, said.at))
    if visit.end is not None and is_before(visit.end, said.at):
        return Visit(IN_PROGRESS, start, None, (*visit.stays, *moved((), said.place, said.at)))
    return _filled_in(replace(visit, start=start), said)


def _transfer(visit: Visit, said: Said) -> Visit:
    visit = replace(visit, start=said.start or visit.start)
    if visit.status == CANCELLED:
        return visit
    if visit.status == FINISHED:
        return _filled_in(visit, said)
    return replace(visit, status=IN_PROGRESS, stays=moved(visit.stays, said.place, said.at))


def _update(visit: Visit, said: Said) -> Visit:
    visit = replace(visit, start=said.start or visit.start)
    if visit.status == CANCELLED:
        return visit
    if visit.status == FINISHED or _is_over(said):
        return _discharge(visit, said if said.end else replace(said, end=visit.end))
    begins = visit.status == PLANNED and said.status == IN_PROGRESS
    status = IN_PROGRESS if begins else visit.status
    return replace(visit, status=status, stays=moved(visit.stays, said.place, said.at))


def _is_over(said: Said) -> bool:
    """Whether an update tells of a visit that has ended, be it without saying when."""
    return said.status == FINISHED if said.end is None else not is_before(said.at, said.end)


def _discharge(visit: Visit, said: Said) -> Visit:
    if visit.status == CANCELLED:
        return visit
    end = said.end or said.at
    if visit.status == FINISHED:
        return replace(visit, start=said.start or visit.start, end=end, stays=_end_corrected(visit, end))
    stays = visit.stays
    if said.place and not (stays and is_at(stays[-1], said.place)):
        stays = moved(stays, said.place, end)
    return Visit(FINISHED, said.start or visit.start, end, closed(stays, end))


def _cancel_admit(visit: Visit, said: Said) -> Visit:
    return replace(visit, status=CANCELLED, stays=closed(visit.stays, said.at))


def _cancel_transfer(visit: Visit, said: Said) -> Visit:
    if visit.status == CANCELLED:
        return visit
    if said.place:
        stays = reopened(visit.stays, said.place) or moved((), said.place, said.at)
    else:
        stays = without_last(visit.stays)
    if visit.status == FINISHED:
        stays = closed(stays, visit.end or said.at)
    return replace(visit, start=said.start or visit.start, stays=stays)


def _cancel_discharge(visit: Visit, said: Said) -> Visit:
    if visit.status == CANCELLED:
        return visit
    stays = visit.stays
    if visit.status == FINISHED and stays:
        stays = (*stays[:-1], replace(stays[-1], end=None))
    start = said.start or visit.start
    return Visit(IN_PROGRESS, start, None, moved(stays, said.place, said.at))


def _filled_in(visit: Visit, said: Said) -> Visit:
    """A discharged visit with a move of its past, if it was one, in its history."""
    if visit.end is None or not _is_past(visit, said):
        return visit
    return replace(visit, stays=closed(moved(visit.stays, said.place, said.at), visit.end))


def _is_past(visit: Visit, said: Said) -> bool:
    return visit.end is not None and is_before(said.at, visit.end)


def _end_corrected(visit: Visit, end: str | None) -> tuple[Stay, ...]:
    """The stays, the last one ended when the visit ended."""
    if end is None or end == visit.end or not visit.stays:
        return visit.stays
    return (*visit.stays[:-1], *closed((replace(visit.stays[-1], end=None),), end))


_VERBS: dict[Event, Callable[[Visit, Said], Visit]] = {
    Event.admit: _admit,
    Event.transfer: _transfer,
    Event.update: _update,
    Event.discharge: _discharge,
    Event.cancel_admit: _cancel_admit,
    Event.cancel_transfer: _cancel_transfer,
    Event.cancel_discharge: _cancel_discharge,
}
