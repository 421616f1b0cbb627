"""Encounter: one visit as one message tells it, from PV1. Source: HL7 v2.4, 3.4.3 "PV1"; UK Core, Encounter."""

from collections.abc import Sequence

from tabard.dialect.codes import concept_in, filled
from tabard.dialect.errors import Reason, Untranslatable
from tabard.dialect.model import Draft, Event
from tabard.dialect.parts import first_of
from tabard.dialect.people.practitioners import practitioners
from tabard.dialect.people.privacy import put_visit_privacy
from tabard.dialect.places import place_of
from tabard.dialect.reading import Drafting, Reading
from tabard.dialect.visits.details import put_details
from tabard.dialect.visits.hospitalization import put_hospitalization
from tabard.dialect.visits.whereabouts import pending, put_places
from tabard.fhir.json import Resource
from tabard.hl7v2 import Field, Segment

_PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
_TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203"
_CLASS, _SERVICE, _ACCOUNT, _START, _END = 2, 10, 41, 44, 45

_STATUS = {
    Event.discharge: "finished",
    Event.pre_admit: "planned",
    Event.pend_admit: "planned",
    Event.leave: "onleave",
    Event.cancel_return: "onleave",
    Event.cancel_admit: "cancelled",
    Event.cancel_pre_admit: "cancelled",
    Event.cancel_pend_admit: "cancelled",
    Event.delete_visit: "entered-in-error",
}
"""Any other event leaves the patient in."""

_HERE = frozenset(
    {
        *(Event.admit, Event.register_visit, Event.transfer, Event.to_inpatient, Event.to_outpatient, Event.swap),
        *(Event.cancel_discharge, Event.leave, Event.return_from_leave, Event.cancel_leave, Event.cancel_return),
    }
)
"""The events of a visit that goes on."""

_ENDING = frozenset({Event.discharge, Event.update})
"""The events whose PV1-45 is the end of the visit. In a cancelled discharge it is the end that did not happen."""


def visit_identifier(reading: Reading, pv1: Segment | None) -> Resource | None:
    """The visit number; None when PV1 has none."""
    return _number(reading, pv1, reading.dialect.visits.number, "VN")


def _number(reading: Reading, pv1: Segment | None, place: str, kind: str) -> Resource | None:
    """The number in a field of PV1 or of another segment."""
    name, n = place_of(place)
    segment = pv1 if name == "PV1" else reading.first(name)
    return number_in(reading, segment.field(n), kind) if segment is not None else None


def number_in(reading: Reading, field: Field, kind: str = "VN") -> Resource | None:
    """The number in a field, by whose it is, and where nobody is named, by its type."""
    rules = reading.dialect.visits
    parts = first_of(field, hd=rules.authority)
    if not parts.part(1):
        return None
    owner = parts.part(rules.authority) or (parts.part(rules.type) if rules.type else "")
    told = {"coding": [{"system": _TYPES, "code": kind}]}
    return {"type": told, "system": filled(rules.system, owner), "value": parts.part(1)}


def required_visit(reading: Reading, pv1: Segment | None) -> Resource:
    """The visit number of an event that is about a visit. Raises Untranslatable when it is missing."""
    visit = visit_identifier(reading, pv1)
    if visit is None:
        raise Untranslatable(
            Reason.no_visit_number,
            "An event of a visit does not say which visit.",
            place=reading.dialect.visits.number,
            expected="the visit number",
            remedy="Have the sender fill the visit number, or name in the dialect the field that holds it.",
        )
    return visit


def encounter_id(reading: Reading, visit: Resource) -> str:
    """The id of the visit."""
    return reading.ids.other("Encounter", visit["system"], visit["value"])


def encounter(
    reading: Reading, pv1: Segment, visit: Resource, ids: tuple[str, str], diagnoses: Sequence[Resource]
) -> Draft:
    """The visit; its places and doctors are drafted before it. `ids` are its own and the patient's.

    `diagnoses` are as Encounter.diagnosis holds them.
    """
    visit_id, patient_id = ids
    draft = Drafting("Encounter", visit_id)
    others = [_number(reading, pv1, one.field, one.type) for one in reading.dialect.visits.others]
    draft.put("identifier", [visit, *[one for one in others if one]])
    put_visit_privacy(reading, draft)
    _class(reading, draft, pv1)
    draft.put("subject", {"reference": f"Patient/{patient_id}"})
    _service(reading, draft, pv1)
    _participants(reading, draft, pv1)
    has_end = _period(reading, draft, pv1)
    status = _status(reading, pv1, has_end=has_end)
    draft.put("status", status)
    draft.put("diagnosis", diagnoses)
    draft.put("extension", [*put_details(reading, draft, pv1), *pending(reading, draft, pv1)])
    put_hospitalization(reading, draft, pv1, has_ended=status in {"finished", "entered-in-error"})
    put_places(reading, draft, pv1)
    return draft.done()


def _status(reading: Reading, pv1: Segment, *, has_end: bool) -> str:
    rules, event = reading.dialect.visits, reading.event
    account = rules.account_status.get(reading.word(pv1.field(_ACCOUNT).text.strip())) if rules.account_status else None
    if event is not Event.update:
        if account == "finished" and event in _HERE:
            reading.flag("contradiction", "PV1-41", "an account status that agrees with the event")
        return _STATUS.get(event, "in-progress")
    if has_end:
        return "finished"
    if account == "finished":
        reading.flag("missing", "PV1-45", "when the visit ended, since PV1-41 says that it has")
        return account
    is_planned = account == "planned" or reading.word(pv1.field(_CLASS).text) in rules.planned_classes
    return "planned" if is_planned else "in-progress"


def _class(reading: Reading, draft: Drafting, pv1: Segment) -> None:
    rules = reading.dialect.visits
    sent = pv1.field(_CLASS).text.strip()
    code = rules.classes.codes.get(reading.word(sent))
    if code is not None:
        draft.put(
            "class", {"system": rules.classes.system, "code": code, "display": rules.classes.display.get(code, sent)}
        )
    elif sent:
        draft.put("class", {"system": rules.unmapped_class_system, "code": sent})
    else:
        reading.flag("missing", "PV1-2", "the class of the visit")


def _service(reading: Reading, draft: Drafting, pv1: Segment) -> None:
    if reading.clears(pv1.field(_SERVICE)):
        draft.cleared.add("serviceType")
    draft.put("serviceType", concept_in(reading, reading.dialect.visits.service_type, pv1, _SERVICE))


def _participants(reading: Reading, draft: Drafting, pv1: Segment) -> None:
    rules = reading.dialect.visits.participants
    fields = [(field, kind, place) for place, kind in rules.items() if (field := pv1.field(place_of(place).n)).raw]
    if reading.may_clear:
        draft.cleared.update([f"participant:{kind}" for field, kind, _ in fields if reading.clears(field)])
    draft.put(
        "participant",
        [
            {"type": [{"coding": [{"system": _PARTICIPATION, "code": kind}]}], "individual": doctor}
            for field, kind, place in fields
            for doctor in practitioners(reading, field, place)
        ],
    )


def _period(reading: Reading, draft: Drafting, pv1: Segment) -> bool:
    """Whether the visit has an end."""
    period = Drafting()
    reading.put_moment(period, "start", pv1.field(_START), "PV1-44")
    ends = reading.event in _ENDING
    end = reading.put_moment(period, "end", pv1.field(_END), "PV1-45") if ends else None
    if reading.event is Event.cancel_discharge:
        period.cleared.add("end")
    draft.put_within("period", period)
    return end is not None
