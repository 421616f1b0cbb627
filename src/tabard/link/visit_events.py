"""What each event makes of a visit. Pure.

Events come here in the order in which they were recorded (`happenings`); one that happened earlier than
what is known fills in the history and does not change the present. Only A13 reopens a discharged visit, save an admission
after its end; only an admission revives one that was cancelled or deleted. What is pending moves nobody.

Source: HL7 v2.4 chapter 3 (A01 to A08, A11 to A17, A21 to A27, A38, A52, A53); FHIR R4, Encounter.location, Encounter.status.
"""

from collections.abc import Callable
from dataclasses import replace

from tabard.dialect import Event
from tabard.link.encounter import CANCELLED, FINISHED, IN_ERROR, IN_PROGRESS, ON_LEAVE, PLANNED, Said, Visit
from tabard.link.moments import earliest, is_before
from tabard.link.stays import Stay, closed, is_at, moved, reopened, without_last

_VOID = frozenset({CANCELLED, IN_ERROR})
"""What only an admission revives."""

_COMING = frozenset({Event.pre_admit, Event.pend_admit, Event.cancel_pre_admit, Event.cancel_pend_admit})
_ADMITTING = frozenset({Event.admit, Event.register_visit, Event.to_inpatient, Event.to_outpatient})


def after(visit: Visit | None, event: Event, said: Said) -> Visit:
    """The visit after one event. A visit not known before is made from what the message says (blind broadcast)."""
    told = _VERBS.get(event, _update)(visit or _first_seen(event, said), said)
    return replace(told, stays=closed(told.stays, said.at)) if said.is_nowhere else told


def unbelieved(visit: Visit | None, event: Event, said: Said) -> str | None:
    """A flag where an event says that the patient is here and the visit is over all the same."""
    if visit is not None and visit.status in _VOID and event not in _ADMITTING | _VOIDING:
        return "PV1-19:visit-was-cancelled"
    if visit is not None and visit.status == FINISHED and event is Event.transfer and not _is_past(visit, said):
        return "PV1-19:visit-has-ended"
    return None


def _first_seen(event: Event, said: Said) -> Visit:
    ended = said.end if said.end is not None and event in {Event.discharge, Event.update} else said.at
    is_planned = event in _COMING or (event is Event.update and said.status == PLANNED)
    status = PLANNED if is_planned else IN_PROGRESS
    return Visit(status, said.start, None, moved((), said.place, min(ended, said.at, key=earliest)))


def _admit(visit: Visit, said: Said) -> Visit:
    start = said.start or visit.start or said.at
    if visit.status in _VOID:
        return Visit(IN_PROGRESS, start, None, moved((), said.place, said.at))
    if visit.status == PLANNED:
        return Visit(IN_PROGRESS, start, None, _arrived(visit, said))
    if visit.status != FINISHED:
        return replace(visit, status=IN_PROGRESS, start=start, stays=moved(visit.stays, said.place, said.at))
    if visit.end is not None and is_before(visit.end, said.at):
        return Visit(IN_PROGRESS, start, None, (*visit.stays, *moved((), said.place, said.at)))
    return _filled_in(replace(visit, start=start), said)


def _transfer(visit: Visit, said: Said) -> Visit:
    visit = replace(visit, start=said.start or visit.start)
    if visit.status in _VOID:
        return visit
    if visit.status == FINISHED:
        return _filled_in(visit, said)
    stays = _arrived(visit, said) if visit.status == PLANNED else moved(visit.stays, said.place, said.at)
    return replace(visit, status=IN_PROGRESS, stays=stays)


def _update(visit: Visit, said: Said) -> Visit:
    visit = replace(visit, start=said.start or visit.start)
    if visit.status in _VOID:
        return visit
    if visit.status == FINISHED or _is_over(said):
        return _discharge(visit, said if said.end else replace(said, end=visit.end))
    if visit.status == PLANNED:
        return (
            replace(visit, status=IN_PROGRESS, stays=_arrived(visit, said)) if _begins(said) else _expect(visit, said)
        )
    return replace(visit, stays=moved(visit.stays, said.place, said.at))


def _begins(said: Said) -> bool:
    """Whether an update says that a planned visit has begun: by its start. A sender with no word for planned calls all in progress."""
    return said.status == IN_PROGRESS and said.start is not None and not is_before(said.at, said.start)


def _is_over(said: Said) -> bool:
    """Whether an update tells of a visit that has ended, be it without saying when."""
    return said.status == FINISHED if said.end is None else not is_before(said.at, said.end)


def _discharge(visit: Visit, said: Said) -> Visit:
    if visit.status in _VOID:
        return visit
    end = said.end or said.at
    if visit.status == FINISHED:
        return replace(visit, start=said.start or visit.start, end=end, stays=_end_corrected(visit, end))
    stays = visit.stays
    if said.place and not (stays and is_at(stays[-1], said.place)):
        stays = moved(stays, said.place, end)
    return Visit(FINISHED, said.start or visit.start, end, closed(stays, end))


def _arrived(visit: Visit, said: Said) -> tuple[Stay, ...]:
    """The stays of a visit that was planned: where the patient was expected is where the patient is, or never was."""
    expected = visit.stays[-1].place if visit.stays else ()
    return moved((), said.place or expected, said.at)


def _expect(visit: Visit, said: Said) -> Visit:
    """A planned visit, its place not one where anybody was; one that has begun is past being planned."""
    if visit.status != PLANNED:
        return visit
    return Visit(PLANNED, said.start or visit.start, None, moved((), said.place, said.at) or visit.stays)


def _cancel_expected(visit: Visit, said: Said) -> Visit:
    return _cancel_admit(visit, said) if visit.status == PLANNED else visit


def _pending(visit: Visit, said: Said) -> Visit:
    """What is to come changes nothing yet."""
    return replace(visit, start=said.start or visit.start)


def _leave(visit: Visit, said: Said) -> Visit:
    return replace(visit, status=ON_LEAVE, start=said.start or visit.start) if visit.status == IN_PROGRESS else visit


def _come_back(visit: Visit, said: Said) -> Visit:
    return _transfer(visit, said) if visit.status in {ON_LEAVE, IN_PROGRESS} else visit


def _cancel_admit(visit: Visit, said: Said) -> Visit:
    return replace(visit, status=CANCELLED, stays=closed(visit.stays, said.at))


def _delete(visit: Visit, said: Said) -> Visit:
    return replace(visit, status=IN_ERROR, stays=closed(visit.stays, said.at))


def _cancel_transfer(visit: Visit, said: Said) -> Visit:
    if visit.status in _VOID:
        return visit
    if said.place:
        stays = reopened(visit.stays, said.place) or moved((), said.place, said.at)
    else:
        stays = without_last(visit.stays)
    if visit.status == FINISHED:
        stays = closed(stays, visit.end or said.at)
    return replace(visit, start=said.start or visit.start, stays=stays)


def _cancel_discharge(visit: Visit, said: Said) -> Visit:
    if visit.status in _VOID:
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
    Event.register_visit: _admit,
    Event.to_inpatient: _admit,
    Event.to_outpatient: _admit,
    Event.pre_admit: _expect,
    Event.pend_admit: _expect,
    Event.cancel_pre_admit: _cancel_expected,
    Event.cancel_pend_admit: _cancel_expected,
    Event.pend_transfer: _pending,
    Event.pend_discharge: _pending,
    Event.cancel_pend_transfer: _pending,
    Event.cancel_pend_discharge: _pending,
    Event.swap: _transfer,
    Event.leave: _leave,
    Event.cancel_return: _leave,
    Event.return_from_leave: _come_back,
    Event.cancel_leave: _come_back,
    Event.delete_visit: _delete,
}
_VOIDING = frozenset({Event.cancel_admit, Event.cancel_pre_admit, Event.cancel_pend_admit, Event.delete_visit})
