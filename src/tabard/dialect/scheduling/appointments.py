"""Appointments: SCH and the AI segments to Appointment; the trigger says what became of it.

A message tells an appointment whole, but for one that ends it: that often brings little else, and the rest stays.
Source: HL7 v2.4, chapter 10 "SIU"; HL7 Version 2 to FHIR, "SCH to Appointment".
"""

from collections.abc import Sequence

from tabard.dialect.codes import coded
from tabard.dialect.errors import Reason, Untranslatable
from tabard.dialect.model import Draft, Ids, PatientKey
from tabard.dialect.needs import required
from tabard.dialect.parts import first_of
from tabard.dialect.people.identifiers import Known
from tabard.dialect.reading import Drafting, Reading
from tabard.dialect.results.numbers import FILLER, PLACER, distinct, kind_of, logical, number_in
from tabard.dialect.results.observation import note_text
from tabard.dialect.scheduling.booked import participants, patient_of, services
from tabard.dialect.scheduling.timeslots import put_times
from tabard.dialect.visits.about import About, about
from tabard.fhir.json import Resource
from tabard.hl7v2 import Segment

_EVENT_REASON, _REASON, _TYPE, _STATUS = 6, 7, 8, 25
_ENDED = frozenset({"cancelled", "entered-in-error", "noshow", "fulfilled"})
_ALL = frozenset(
    {
        *("cancelationReason", "serviceType", "appointmentType", "reasonCode", "start", "_start", "end", "_end"),
        *("minutesDuration", "comment", "supportingInformation", "basedOn", "participant", "requestedPeriod"),
    }
)
"""Every element that this file may put, but those that are never cleared."""


def appointment(reading: Reading, known: Known, key: PatientKey) -> Ids:
    """The appointment. Raises Untranslatable when it has no number: nothing could ever cancel it."""
    sch = required(reading.message, "SCH")
    whom = about(reading, known, key)
    numbers = _numbers(reading, sch)
    first = numbers[0]
    draft = Drafting("Appointment", reading.ids.other("Appointment", kind_of(first), first["system"], first["value"]))
    draft.put("identifier", numbers)
    status, is_over = _status(reading, sch)
    draft.put("status", status)
    _what(reading, draft, sch)
    put_times(reading, draft, sch)
    draft.put("basedOn", _orders(reading, sch))
    draft.put("supportingInformation", _others(reading, sch, numbers, whom))
    draft.put("participant", [patient_of(whom), *participants(reading)])
    reading.add(draft.done() if is_over else Draft(draft.resource, _ALL))
    return Ids(whom.ids.patient_id)


def _numbers(reading: Reading, sch: Segment) -> Sequence[Resource]:
    """The filler's number, by which the appointment is known, and the placer's."""
    system = reading.dialect.scheduling.system
    told = distinct([number_in(system, sch, 2, FILLER), number_in(system, sch, 1, PLACER)])
    if told:
        return told
    raise Untranslatable(
        Reason.no_number,
        "An appointment comes without a number: nothing could ever move or cancel it.",
        place="SCH-2",
        expected="the filler's number, or the placer's in SCH-1",
        remedy="Have the sender fill SCH-2.",
    )


def _status(reading: Reading, sch: Segment) -> tuple[str, bool]:
    """What the appointment is, and whether the trigger ends it: then the trigger is believed before SCH-25."""
    rules = reading.dialect.scheduling
    by_trigger = rules.triggers.get(reading.message.header.trigger)
    if by_trigger is None:
        raise Untranslatable(
            Reason.unsupported_event,
            "The dialect does not say what this trigger makes of an appointment.",
            place="MSH-9",
            expected=f"one of {', '.join(rules.triggers)}",
            remedy="Name the trigger under [scheduling.triggers] in the dialect.",
        )
    sent = first_of(sch.field(_STATUS))
    told = rules.status.get(reading.word(sent.part(1))) or rules.status.get(reading.word(sent.part(2)))
    if by_trigger in _ENDED:
        if told is not None and told not in _ENDED:
            reading.flag("contradiction", "SCH-25", "a status that agrees with the event")
        return by_trigger, True
    if told is None and any(sent):
        reading.flag("unknown-code", "SCH-25", "a status of an appointment that the dialect knows")
    return told or by_trigger, False


def _what(reading: Reading, draft: Drafting, sch: Segment) -> None:
    draft.put("serviceType", services(reading))
    draft.put("appointmentType", coded(reading, first_of(sch.field(_TYPE))))
    reason = coded(reading, first_of(sch.field(_REASON)))
    draft.put("reasonCode", [reason] if reason else None)
    why = coded(reading, first_of(sch.field(_EVENT_REASON)))
    is_ended = draft.resource["status"] in _ENDED
    if why and is_ended:
        draft.put("cancelationReason", why)
    notes = note_text(_notes(reading))
    moved = "" if is_ended or not why else why.get("text") or why["coding"][0]["code"]
    draft.put("comment", "\n".join(text for text in (notes, moved) if text))


def _orders(reading: Reading, sch: Segment) -> list[Resource]:
    """The order that the appointment carries out, by its filler's number and its placer's."""
    system = reading.dialect.results.order_system
    told = distinct([number_in(system, sch, 27, FILLER), number_in(system, sch, 26, PLACER)])
    return [logical("ServiceRequest", one) for one in told]


def _others(reading: Reading, sch: Segment, own: Sequence[Resource], whom: About) -> list[Resource]:
    """The appointment that this one belongs to or comes after, and the visit, by their numbers."""
    system = reading.dialect.scheduling.system
    parents = distinct([number_in(system, sch, 24, FILLER), number_in(system, sch, 23, PLACER)])
    told = [logical("Appointment", one) for one in parents if one not in own]
    if whom.encounter is not None:
        told.append({"type": "Encounter", "identifier": whom.encounter["identifier"]})
    return told


def _notes(reading: Reading) -> list[Segment]:
    """The notes on the appointment and on what is booked for it; those on the patient are none of it."""
    notes, above = [], ""
    for segment in reading.message.segments:
        if segment.name != "NTE":
            above = segment.name
        elif above == "SCH" or above.startswith("AI"):
            notes.append(segment)
    return notes
