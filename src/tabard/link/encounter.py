"""A visit's state, and the Encounter that tells it: status, period, and the places where the patient lay, in order. Pure.

A stay is one place (a ward, mostly with a bed) from a time to a time; the last stay without an end is where the patient lies
now. How events change the state, `visit_events` says. Source: FHIR R4, Encounter.location, Encounter.status.
"""

from dataclasses import dataclass

from tabard.dialect import UK_CORE
from tabard.fhir import Resource
from tabard.link.stays import Place, Stay, stays_of, written

_DISCHARGE_METHOD = f"{UK_CORE}DischargeMethod"
PLANNED, IN_PROGRESS, FINISHED, CANCELLED = "planned", "in-progress", "finished", "cancelled"
ON_LEAVE, IN_ERROR = "onleave", "entered-in-error"

_OPEN_STAY = {PLANNED: "planned", ON_LEAVE: "reserved"}
"""By the visit's status, that of the stay without an end; a patient on leave keeps the bed and is not in it."""

_STAYING = frozenset({PLANNED, IN_PROGRESS, ON_LEAVE})


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
    return _without_end(held, stay)


def unless_gone(encounter: Resource, visit: Visit) -> Resource:
    """The Encounter without how the patient went, where the patient has not gone."""
    stay = encounter.get("hospitalization")
    return _without_end(encounter, stay) if stay is not None and visit.status in _STAYING else encounter


def _without_end(held: Resource, stay: Resource) -> Resource:
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
        **({"location": written(visit.stays, now=_OPEN_STAY.get(visit.status, "active"))} if visit.stays else {}),
    }
