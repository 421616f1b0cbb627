"""A visit laid into the record: what one message says of it, in its place among all that was said of it."""

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from tabard.dialect import Draft, Event, Translation
from tabard.fhir import Resource
from tabard.link import encounter, happenings
from tabard.link.ages import Stamp
from tabard.link.desk import LONG_AGO, Desk, aged_to
from tabard.link.errors import Parked, ParkedReason
from tabard.link.happenings import Course
from tabard.link.merging import merge
from tabard.link.moments import as_text
from tabard.link.records import Record
from tabard.link.repeated_hour import in_order
from tabard.link.results import is_of
from tabard.link.stays import place_of
from tabard.link.telling import CLOCKS_DIFFER, is_ahead
from tabard.link.visit_events import after, unbelieved

COURSE = "course"


def course_of(desk: Desk, id_: str) -> Course:
    """All that is kept of the events of a visit."""
    return happenings.read(desk.record.noted(COURSE, id_))


def keep_course(desk: Desk, id_: str, course: Course) -> None:
    """Keep it."""
    desk.record.note(COURSE, id_, happenings.write(course))


def latest_known(record: Record, translation: Translation) -> Stamp:
    """When the latest that is known of anything that the message tells was recorded."""
    id_ = translation.visit_id
    course = happenings.read(record.noted(COURSE, id_)) if id_ is not None else Course()
    of_visit = course.happenings[-1].stamp if course.happenings else LONG_AGO
    told = (aged_to(record, one.resource["resourceType"], one.resource["id"]) for one in translation.drafts)
    return max(of_visit, *told, LONG_AGO)


def visit_now(desk: Desk, id_: str) -> str:
    """The id of the visit that a message names: of one that gave way before it was recorded, the one in its place."""
    return _visit_now(desk, id_)[0]


def _visit_now(desk: Desk, id_: str) -> tuple[str, Course]:
    """Id and course of the visit that a message names, or of the one in its place."""
    seen, course = {id_}, course_of(desk, id_)
    while (heir := course.heir) is not None and desk.stamp >= heir[0] and heir[1] not in seen:
        id_, course = heir[1], course_of(desk, heir[1])
        seen.add(id_)
    return id_, course


def as_part(visit: Resource, heir_id: str) -> Resource:
    """A visit that gave way: part of the other, which alone tells where the patient was."""
    told = {key: value for key, value in visit.items() if key != "location"}
    return {**told, "partOf": {"reference": f"Encounter/{heir_id}"}}


def file_visit(
    desk: Desk, draft: Draft, translation: Translation, told: datetime, came_under: str | None
) -> Iterator[str]:
    """Lay over what is known of the visit what the message tells; gives flags. Raises Parked where it is another patient's."""
    id_, course = _visit_now(desk, draft.resource["id"])
    if id_ != draft.resource["id"]:
        draft = replace(draft, resource={**draft.resource, "id": id_})
    held = desk.get("Encounter", id_)
    if held is not None and course.past is None and not course.happenings:
        course = replace(happenings.begun_from(encounter.visit_of(held)), owner=course.owner, heir=course.heir)
    said = _said(draft, translation, told)
    is_latest = happenings.is_latest(course, desk.stamp)
    owner = _owner(desk, held, course, translation.patient_id)
    known = None if held is None else encounter.visit_of(held)
    is_again = any(one.seq == desk.seq for one in course.happenings)
    course = replace(course, zone=desk.zone)
    course = happenings.with_happening(course, translation.event, said, desk.stamp, desk.seq)
    keep_course(desk, id_, course)
    if is_latest:
        said = in_order(known, translation.event, said, told + CLOCKS_DIFFER, desk.zone)
        visit = happenings.visit_after(course) if is_again else after(known, translation.event, said)
    else:
        desk.is_late = True
        visit = happenings.visit_after(course)
    laid = merge(encounter.before(held, visit), desk.still_new(draft))
    whole = encounter.with_state(encounter.unless_gone(laid, visit), visit)
    whole = {**whole, "subject": {**whole.get("subject", {}), "reference": f"Patient/{owner}"}}
    desk.put(whole if course.heir is None else as_part(whole, course.heir[1]), came_under)
    if is_latest and (flag := unbelieved(known, translation.event, said)):
        yield flag


def _owner(desk: Desk, held: Resource | None, course: Course, patient_id: str) -> str:
    """Whose the visit is: the message's patient, save where a move recorded later gave it to another."""
    if course.owner is not None and desk.stamp < course.owner[0]:
        return course.owner[1] if held is None else str(held["subject"]["reference"]).partition("/")[2]
    if held is not None and not is_of(desk.record, held, patient_id):
        raise Parked(ParkedReason.visit_of_another_patient)
    return patient_id


def _said(draft: Draft, translation: Translation, told: datetime) -> encounter.Said:
    places = draft.resource.get("location", [])
    period = draft.resource.get("period", {})
    begun = places[0].get("period", {}).get("start") if places else None
    occurred = translation.occurred or told
    return encounter.Said(
        at=as_text(told) if is_ahead(occurred, told) else begun or as_text(occurred),
        place=place_of(places),
        start=period.get("start"),
        end=period.get("end"),
        status=draft.resource.get("status"),
        is_nowhere="location" in draft.cleared and translation.event is not Event.pend_transfer,
    )
