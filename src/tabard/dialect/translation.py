"""Translation: one HL7 v2 message to FHIR R4 drafts. Pure: the message, the dialect and a maker of ids go in, values come out.

Source: HL7 v2.4 chapters 2, 3 and 7; HL7 Version 2 to FHIR (the general way of mapping); UK Core.
"""

import re
from collections.abc import Sequence

from tabard.dialect.dates import Moment
from tabard.dialect.encounter import encounter, encounter_id, required_visit, visit_identifier
from tabard.dialect.errors import Reason, Untranslatable
from tabard.dialect.identifiers import Known, read_identifiers
from tabard.dialect.merge import check_apart, prior
from tabard.dialect.model import Event, IdMaker, PatientKey, Translation
from tabard.dialect.parts import first_of
from tabard.dialect.patient import birth_date_of, family_of, key_of, patient
from tabard.dialect.reading import Reading
from tabard.dialect.report import About, reports
from tabard.dialect.schema import Dialect
from tabard.dialect.unresolved import without_unresolved
from tabard.fhir.json import Resource
from tabard.hl7v2 import Message, Segment

_RECORDED, _OCCURRED, _SENT, _PRIOR_VISIT = 2, 6, 7, 5
_HEADER_WORD = re.compile(r"[0-9][0-9.]{0,7}|[A-Z]{3}(\^[A-Z][A-Z0-9]{2})?")
_UNUSABLE = {
    "bad-nhs-number": "the NHS number fails its check",
    "placeholder-nhs-number": "the NHS number is a placeholder",
    "several-nhs-numbers": "it holds several NHS numbers",
    "no-authority": "a number comes without its assigning authority",
}
_RESULTS = frozenset({"OBR", "OBX", "NTE"})
_OF_A_VISIT = frozenset(
    {
        *(Event.admit, Event.transfer, Event.discharge, Event.update),
        *(Event.cancel_admit, Event.cancel_transfer, Event.cancel_discharge),
    }
)


def translate(message: Message, dialect: Dialect, ids: IdMaker) -> Translation:
    """The message in FHIR. Raises Untranslatable where filing it would mean guessing, and whatever `ids` raises."""
    event = _event_of(message, dialect)
    reading = _reading(message, dialect, ids)
    pid = _only_pid(reading.message)
    known = read_identifiers(reading, pid, dialect.identifiers.fields)
    key = _findable(reading, key_of(known, birth_date=birth_date_of(reading, pid), family=family_of(pid)), "PID-3")
    occurred = _occurred(reading)
    if event is Event.merge:
        ids_of_both = _merge(reading, pid, known, key)
    elif event is Event.result:
        ids_of_both = _result(reading, known, key)
    elif event in _OF_A_VISIT:
        ids_of_both = _visit(reading, pid, known, key, event, occurred)
    else:
        ids_of_both = _registration(reading, pid, known, key)
    _note_unread(reading, event)
    moment = occurred.at if occurred else None
    return Translation(event, moment, *ids_of_both, tuple(reading.drafts()), tuple(reading.flags))


def _reading(message: Message, dialect: Dialect, ids: IdMaker) -> Reading:
    reading = Reading(message, dialect, ids)
    if dialect.unresolved is not None:
        reading.message = without_unresolved(message, dialect.unresolved, reading.flag)
    return reading


_Ids = tuple[str, str | None]
"""The patient's id, and of a merge that of the registration given up."""


def _registration(reading: Reading, pid: Segment, known: Known, key: PatientKey) -> _Ids:
    return _patient(reading, pid, reading.ids.patient(key), known.identifiers), None


def _visit(
    reading: Reading, pid: Segment, known: Known, key: PatientKey, event: Event, occurred: Moment | None
) -> _Ids:
    pv1 = _required(reading.message, "PV1")
    visit = required_visit(reading, pv1)
    _check_number_kept(reading.message, visit)
    patient_id = _patient(reading, pid, reading.ids.patient(key), known.identifiers)
    reading.add(encounter(reading, pv1, visit, event, patient_id, occurred.text if occurred else None))
    return patient_id, None


def _check_number_kept(message: Message, visit: Resource) -> None:
    """Raises Untranslatable when the event gives the visit another number: the patient would lie in two places."""
    mrg = message.first("MRG")
    prior_number = first_of(mrg.field(_PRIOR_VISIT)).part(1) if mrg is not None else ""
    if prior_number and prior_number != visit["value"]:
        raise Untranslatable(
            Reason.unsupported_event,
            "The event gives a visit another number.",
            place="MRG-5",
            expected="the number in the field of the visit number, or nothing",
            remedy="Have the sender keep a visit's number, or end the old visit and begin the new one.",
        )


def _merge(reading: Reading, pid: Segment, known: Known, key: PatientKey) -> _Ids:
    mrg = _required(reading.message, "MRG")
    prior_key, old = prior(reading, mrg)
    check_apart(key, _findable(reading, prior_key, "MRG-1"))
    patient_id, prior_id = reading.ids.patient(key), reading.ids.prior_patient(prior_key)
    now = {(one.get("system"), one["value"]) for one in known.identifiers}
    aliases = [one for one in old if (one["system"], one["value"]) not in now]
    return _patient(reading, pid, patient_id, [*known.identifiers, *aliases]), prior_id


def _result(reading: Reading, known: Known, key: PatientKey) -> _Ids:
    """Results say whom they are about; what a laboratory holds of the person does not change the patient or the visit."""
    patient_id = reading.ids.patient(key)
    subject: Resource = {"reference": f"Patient/{patient_id}"}
    visit = visit_identifier(reading, reading.message.first("PV1"))
    visited: Resource | None = None
    if visit is not None:
        number = {"system": visit["system"], "value": visit["value"]}
        visited = {"reference": f"Encounter/{encounter_id(reading, visit)}", "identifier": number}
    if known.identifiers:
        first = next((one for one in known.identifiers if one.get("system")), known.identifiers[0])
        subject = {**subject, "identifier": {name: first[name] for name in ("system", "value") if name in first}}
    reports(reading, About(subject, visited))
    return patient_id, None


def _patient(reading: Reading, pid: Segment, patient_id: str, identifiers: Sequence[Resource]) -> str:
    reading.add(patient(reading, pid, reading.message.first("PD1"), patient_id, identifiers))
    return patient_id


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
    if event is None:
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
    pid = _required(message, "PID")
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


def _required(message: Message, name: str) -> Segment:
    segment = message.first(name)
    if segment is None:
        raise Untranslatable(
            Reason.missing_segment,
            "The message lacks a segment that its event needs.",
            place=name,
            expected=f"a {name} segment",
            remedy=f"Have the sender send {name} with this event.",
        )
    return segment


def _findable(reading: Reading, key: PatientKey, place: str) -> PatientKey:
    if key.is_empty:
        why = [_UNUSABLE[flag.code] for flag in reading.flags if flag.code in _UNUSABLE]
        raise Untranslatable(
            Reason.no_patient_identifier,
            f"No number in the message may be used to find the patient: {', and '.join(why) or 'it holds none'}.",
            place=place,
            expected="a number with its assigning authority, or one NHS number that passes its check",
            remedy="Have the sender send the patient's own number, or tell the dialect where it is.",
        )
    return key


def _occurred(reading: Reading) -> Moment | None:
    """When it happened: EVN-6, else when it was recorded, EVN-2, else when it was sent, MSH-7."""
    message = reading.message
    for name, n in (("EVN", _OCCURRED), ("EVN", _RECORDED), ("MSH", _SENT)):
        segment = message.first(name)
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
