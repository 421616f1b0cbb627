"""Visits given up for another (A35, A42; A06 and A07 with a new number), and visits moved to another patient (A44, A45)."""

from collections.abc import Iterator

from msgspec.structs import replace

from tabard.dialect import Event
from tabard.fhir import Resource
from tabard.link import encounter, happenings
from tabard.link.belongings import repointed
from tabard.link.desk import Desk
from tabard.link.encounter import Said
from tabard.link.errors import Parked, ParkedReason
from tabard.link.merging import united
from tabard.link.results import is_of
from tabard.link.visits import as_part, course_of, keep_course


def give_up(desk: Desk, visit_id: str, prior_id: str, patient_id: str, at: str) -> Iterator[str]:
    """The visit `prior_id` gives way to `visit_id`: it is over, part of the other, and what was filed on it is the other's.

    Raises Parked where it is another patient's.
    """
    held, course = desk.get("Encounter", prior_id), course_of(desk, prior_id)
    if held is not None and not is_of(desk.record, held, patient_id):
        raise Parked(ParkedReason.visit_of_another_patient)
    if course.heir is not None and desk.stamp < course.heir[0]:
        desk.is_late = True
        return
    if held is not None and course.past is None and not course.happenings:
        course = happenings.begun_from(encounter.visit_of(held))
    course = happenings.with_happening(course, None, Said(at), desk.stamp, desk.seq)
    keep_course(desk, prior_id, replace(course, heir=(desk.stamp, visit_id)))
    if held is None:
        yield "MRG-5:merge-of-unknown-visit"
        return
    desk.put(as_part(encounter.with_state(held, happenings.visit_after(course)), visit_id))
    visit = desk.get("Encounter", visit_id)
    if visit is not None:
        old = [{**one, "use": "old"} for one in held.get("identifier", [])]
        desk.put({**visit, "identifier": united(visit.get("identifier", []), old)})
    _refile(desk, patient_id, prior_id, visit_id)


def move(desk: Desk, visit_id: str, prior_patient: str, patient_id: str) -> Iterator[str]:
    """The visit goes from one patient to another, with what was filed on it. Raises Parked where it is of a third."""
    held, course = desk.get("Encounter", visit_id), course_of(desk, visit_id)
    if course.owner is not None and desk.stamp < course.owner[0]:
        desk.is_late = True
        return
    if held is not None and course.past is None and not course.happenings:
        course = happenings.begun_from(encounter.visit_of(held))
    keep_course(desk, visit_id, replace(course, owner=(desk.stamp, patient_id)))
    if held is None:
        yield "MRG-5:move-of-unknown-visit"
        return
    owner = str(held["subject"]["reference"]).partition("/")[2]
    if owner == patient_id:
        return
    if not is_of(desk.record, held, prior_patient):
        raise Parked(ParkedReason.visit_of_another_patient)
    for kind, id_, _ in desk.belongings(owner):
        if (kind, id_) == ("Encounter", visit_id) or _is_on(desk.get(kind, id_), visit_id):
            desk.move(owner, patient_id, kind, id_, patient_id)


def visits_of(desk: Desk, registration: str, patient_id: str) -> tuple[str, ...]:
    """The visits that came under a registration, whose ever it is now."""
    found = [(kind, id_) for kind, id_, under in desk.belongings(patient_id) if under == registration]
    return tuple(id_ for kind, id_ in found if kind == "Encounter")


def is_taking_place(event: Event) -> bool:
    """Whether an event that names a prior visit gives that up for the one that it is about."""
    return event in {Event.merge_visits, Event.to_inpatient, Event.to_outpatient}


def _refile(desk: Desk, patient_id: str, prior_id: str, visit_id: str) -> None:
    for kind, id_, _ in desk.belongings(patient_id):
        held = desk.get(kind, id_)
        if kind != "Encounter" and held is not None and _is_on(held, prior_id):
            desk.put(repointed(held, f"Encounter/{prior_id}", f"Encounter/{visit_id}"))


def _is_on(held: Resource | None, visit_id: str) -> bool:
    wanted = f"Encounter/{visit_id}"
    named = (held or {}).get("encounter") or {}
    context = ((held or {}).get("context") or {}).get("encounter") or []  # of a DocumentReference
    several = named if isinstance(named, list) else [named]
    return any(one.get("reference") == wanted for one in [*several, *context])
