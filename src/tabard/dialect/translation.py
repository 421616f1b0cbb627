"""Translation: one HL7 v2 message to FHIR R4 drafts. Pure: the message, the dialect and a maker of ids go in, values come out.

Source: HL7 v2.4 chapters 2, 3 and 7; HL7 Version 2 to FHIR (the general way of mapping); UK Core.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from tabard.dialect.dates import Moment
from tabard.dialect.documents.document import document
from tabard.dialect.errors import Reason, Untranslatable
from tabard.dialect.events.merge import merge
from tabard.dialect.events.movements import MOVEMENTS, movement
from tabard.dialect.events.pairs import PAIRS, parted, two_people
from tabard.dialect.events.registrations import registration
from tabard.dialect.events.times import read_times
from tabard.dialect.events.visit_merge import merge_visits, move_visits
from tabard.dialect.gate import gate
from tabard.dialect.model import Event, Flag, IdMaker, Ids, PatientKey, Translation
from tabard.dialect.needs import findable, required
from tabard.dialect.orders.order import order
from tabard.dialect.people.identifiers import Known, check_external, read_identifiers
from tabard.dialect.people.patient import birth_date_of, family_of, key_of
from tabard.dialect.reading import Reading
from tabard.dialect.results.result import result
from tabard.dialect.scheduling.appointments import appointment
from tabard.dialect.schema import Dialect
from tabard.dialect.unmapped import unmapped
from tabard.dialect.unresolved import without_unresolved
from tabard.hl7v2 import Message, Segment

_HEADER_WORD = re.compile(r"[0-9][0-9.]{0,7}|[A-Z]{3}(\^[A-Z][A-Z0-9]{2})?")

Way = Callable[[Reading, Known, PatientKey], Ids]
"""How the messages of an event are told: it drafts into the reading, and says whom and what they are about."""

_WAYS: Mapping[Event, Way] = {
    **dict.fromkeys(MOVEMENTS, movement),
    Event.register: registration,
    Event.update_person: registration,
    Event.link_people: registration,
    Event.unlink_people: registration,
    Event.merge: merge,
    Event.change_numbers: merge,
    Event.merge_visits: merge_visits,
    Event.move_visits: move_visits,
    Event.result: result,
    Event.order: order,
    Event.appointment: appointment,
    Event.document: document,
}


def translate(message: Message, dialect: Dialect, ids: IdMaker) -> Translation:
    """The message in FHIR. Raises Untranslatable where filing it would mean guessing, and whatever `ids` raises."""
    refusal = gate(message, dialect)
    if refusal is not None:
        raise refusal
    event = _event_of(message, dialect)
    if event is Event.ignored:
        return _ignored(message, dialect, ids)
    if event not in PAIRS:
        return _translated(message, dialect, ids, event)
    first, second = [_translated(part, dialect, ids, event) for part in parted(message)]
    two_people(first.patient_id, second.patient_id)
    return msgspec.structs.replace(first, also=(second,))


def _translated(message: Message, dialect: Dialect, ids: IdMaker, event: Event) -> Translation:
    """The message of one patient."""
    reading = _reading(message, dialect, ids, event)
    pid = _only_pid(reading)
    known = read_identifiers(reading, pid, dialect.identifiers.fields)
    check_external(reading, pid, known)
    key = findable(reading, key_of(known, birth_date=birth_date_of(reading, pid), family=family_of(pid)), "PID-3")
    recorded = read_times(reading)
    told = _WAYS[event](reading, known, key)
    places = unmapped(message, dialect, event)
    _note_unread(reading, places)
    return Translation(
        event,
        _at(reading.occurred),
        told.patient_id,
        told.prior_patient_id,
        tuple(reading.drafts()),
        tuple(reading.flags),
        recorded=_at(recorded),
        visit_id=told.visit_id,
        prior_visit_ids=told.prior_visit_ids,
        unmapped=places,
        wholes=tuple(reading.wholes),
    )


def _ignored(message: Message, dialect: Dialect, ids: IdMaker) -> Translation:
    """A message of no effect: the flag says why, by the dialect."""
    event = Event.ignored
    reading = Reading(message, dialect, ids, event)
    recorded = read_times(reading)
    why = dialect.ignored.get(message.header.event, "the dialect says that it is of no effect here")
    flag = Flag("ignored", "MSH-9", why)
    return Translation(event, _at(reading.occurred), "", None, (), (flag,), recorded=_at(recorded))


def _reading(message: Message, dialect: Dialect, ids: IdMaker, event: Event) -> Reading:
    reading = Reading(message, dialect, ids, event)
    if dialect.unresolved is not None:
        reading.message = without_unresolved(message, dialect.unresolved, reading.flag)
    return reading


def _at(moment: Moment | None) -> datetime | None:
    return moment.at if moment else None


def _event_of(message: Message, dialect: Dialect) -> Event:
    header = message.header
    version = header.version.split(header.delimiters.component, 1)[0].strip()
    if version not in dialect.versions:
        raise Untranslatable(
            Reason.wrong_version,
            f"The message is of HL7 {_told(version)}, which its dialect does not read.",
            place="MSH-12",
            expected=" or ".join(dialect.versions),
            got=_told(version),
            remedy="Give the link the dialect of this sender, or name the version in its dialect.",
        )
    event = dialect.events.get(header.event)
    if event is None or (event not in _WAYS and event is not Event.ignored):
        raise Untranslatable(
            Reason.unsupported_event,
            f"The dialect gives {_told(header.event)} no meaning.",
            place="MSH-9",
            got=_told(header.event),
            expected=f"one of {', '.join(sorted(dialect.events))}",
            remedy="Nothing to do where the event does not matter here; else name its meaning in the dialect.",
        )
    return event


def _told(word: str) -> str:
    """A version or an event as it may be repeated to people; anything else in its place could be a patient's."""
    return word if _HEADER_WORD.fullmatch(word) else "something that is no such thing"


def _only_pid(reading: Reading) -> Segment:
    """PID. Raises Untranslatable when a second one follows: what stands between them may be of either patient."""
    pid = required(reading, "PID")
    if len(reading.all("PID")) > 1 or (len(reading.all("MRG")) > 1 and reading.event is not Event.move_visits):
        raise Untranslatable(
            Reason.several_patients,
            "The message is about more than one patient.",
            place="PID",
            expected="one PID, and at most one MRG",
            remedy="Have the sender put each patient into a message of its own.",
        )
    return pid


def _note_unread(reading: Reading, places: tuple[str, ...]) -> None:
    """Flag the segments that the dialect wants to hear of, where nothing in them was read."""
    for name in reading.dialect.noted_segments:
        if name in places:
            reading.flag("not-mapped", name, "a segment that this version reads")
