"""Translation: one HL7 v2 message to FHIR R4 drafts. Pure: the message, the dialect and a maker of ids go in, values come out.

Source: HL7 v2.4 chapters 2, 3 and 7; HL7 Version 2 to FHIR (the general way of mapping); UK Core.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from tabard.dialect.dates import Moment
from tabard.dialect.errors import Reason, Untranslatable
from tabard.dialect.identifiers import Known, read_identifiers
from tabard.dialect.merge import merge
from tabard.dialect.model import Event, IdMaker, Ids, PatientKey, Translation
from tabard.dialect.movements import MOVEMENTS, movement
from tabard.dialect.needs import findable, required
from tabard.dialect.patient import birth_date_of, family_of, key_of
from tabard.dialect.reading import Reading
from tabard.dialect.registrations import registration
from tabard.dialect.results import result
from tabard.dialect.schema import Dialect
from tabard.dialect.unresolved import without_unresolved
from tabard.hl7v2 import Message, Segment

_RECORDED, _OCCURRED, _SENT = 2, 6, 7
_HEADER_WORD = re.compile(r"[0-9][0-9.]{0,7}|[A-Z]{3}(\^[A-Z][A-Z0-9]{2})?")
_RESULTS = frozenset({"OBR", "OBX", "NTE"})

Way = Callable[[Reading, Known, PatientKey], Ids]
"""How the messages of an event are told: it drafts into the reading, and says whom and what they are about."""

_WAYS: Mapping[Event, Way] = {
    **dict.fromkeys(MOVEMENTS, movement),
    Event.register: registration,
    Event.update_person: registration,
    Event.merge: merge,
    Event.result: result,
}


def translate(message: Message, dialect: Dialect, ids: IdMaker) -> Translation:
    """The message in FHIR. Raises Untranslatable where filing it would mean guessing, and whatever `ids` raises."""
    reading = _reading(message, dialect, ids, _event_of(message, dialect))
    pid = _only_pid(reading.message)
    known = read_identifiers(reading, pid, dialect.identifiers.fields)
    key = findable(reading, key_of(known, birth_date=birth_date_of(reading, pid), family=family_of(pid)), "PID-3")
    reading.occurred = _first_moment(reading, ("EVN", _OCCURRED), ("EVN", _RECORDED), ("MSH", _SENT))
    recorded = _first_moment(reading, ("EVN", _RECORDED), ("MSH", _SENT))
    told = _WAYS[reading.event](reading, known, key)
    _note_unread(reading, reading.event)
    return Translation(
        reading.event,
        _at(reading.occurred),
        told.patient_id,
        told.prior_patient_id,
        tuple(reading.drafts()),
        tuple(reading.flags),
        recorded=_at(recorded),
        visit_id=told.visit_id,
        prior_visit_ids=told.prior_visit_ids,
    )


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
    if event is None or event not in _WAYS:
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


def _only_pid(message: Message) -> Segment:
    """PID. Raises Untranslatable when a second one follows: what stands between them may be of either patient."""
    pid = required(message, "PID")
    names = [segment.name for segment in message.segments]
    if names.count("PID") > 1 or names.count("MRG") > 1:
        raise Untranslatable(
            Reason.several_patients,
            "The message is about more than one patient.",
            place="PID",
            expected="one PID, and at most one MRG",
            remedy="Have the sender put each patient into a message of its own.",
        )
    return pid


def _first_moment(reading: Reading, *places: tuple[str, int]) -> Moment | None:
    """The first of these fields that names a time of day."""
    for name, n in places:
        segment = reading.message.first(name)
        moment = reading.moment(segment.field(n), f"{name}-{n}") if segment is not None else None
        if moment is not None and moment.at is not None:
            return moment
    return None


def _note_unread(reading: Reading, event: Event) -> None:
    present = {segment.name for segment in reading.message.segments}
    if event is Event.result:
        present -= _RESULTS
    for name in reading.dialect.noted_segments:
        if name in present:
            reading.flag("not-mapped", name, "a segment that this version reads")
