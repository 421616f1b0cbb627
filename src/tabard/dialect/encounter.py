"""Encounter: one visit as one message tells it, from PV1. Source: HL7 v2.4, 3.4.3 "PV1"; UK Core, Encounter.

The draft holds the place of now only: what came before is known to who holds the record.
"""

from tabard.dialect.codes import concept_in, filled
from tabard.dialect.errors import Reason, Untranslatable
from tabard.dialect.extensions import UK_CORE, extension
from tabard.dialect.locations import facility, locations, place_in
from tabard.dialect.model import Draft, Event
from tabard.dialect.parts import first_of
from tabard.dialect.places import place_of
from tabard.dialect.practitioners import practitioners
from tabard.dialect.reading import Drafting, Reading
from tabard.fhir.json import Resource
from tabard.hl7v2 import Segment

_PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
_TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203"
_CLASS, _PLACE, _METHOD, _SERVICE, _SOURCE = 2, 3, 4, 10, 14
_DISCHARGED_HOW, _DISCHARGED_TO, _ACCOUNT, _START, _END = 36, 37, 41, 44, 45

_STATUS = {Event.discharge: "finished", Event.cancel_admit: "cancelled"}
"""Any other event leaves the patient in."""

_GONE = frozenset({Event.discharge, Event.cancel_admit})
"""The events after which the patient is no longer at the place named."""

_HERE = frozenset({Event.admit, Event.transfer, Event.cancel_discharge})
"""The events after which the patient is here."""

_ENDING = frozenset({Event.discharge, Event.update})
"""The events whose PV1-45 is the end of the visit. In a cancelled discharge it is the end that did not happen."""


def visit_identifier(reading: Reading, pv1: Segment | None) -> Resource | None:
    """The visit number; None when PV1 has none."""
    return _number(reading, pv1, reading.dialect.visits.number, "VN")


def _number(reading: Reading, pv1: Segment | None, place: str, kind: str) -> Resource | None:
    """The number in a field, by whose it is, and where nobody is named, by its type."""
    rules = reading.dialect.visits
    name, n = place_of(place)
    segment = pv1 if name == "PV1" else reading.message.first(name)
    if segment is None:
        return None
    parts = first_of(segment.field(n), hd=rules.authority)
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
    reading: Reading, pv1: Segment, visit: Resource, event: Event, patient_id: str, occurred: str | None
) -> Draft:
    """The visit; `occurred` is the event's time as a FHIR dateTime. Its places and doctors are drafted before it."""
    draft = Drafting("Encounter", encounter_id(reading, visit))
    others = [_number(reading, pv1, one.field, one.type) for one in reading.dialect.visits.others]
    draft.put("identifier", [visit, *[one for one in others if one]])
    _class(reading, draft, pv1)
    draft.put("subject", {"reference": f"Patient/{patient_id}"})
    _service(reading, draft, pv1)
    _participants(reading, draft, pv1)
    has_ended = _period(reading, draft, pv1, event)
    draft.put("status", _status(reading, pv1, event, has_ended=has_ended))
    _hospitalization(reading, draft, pv1, event)
    _places(reading, draft, pv1, event, occurred)
    return draft.done()


def _status(reading: Reading, pv1: Segment, event: Event, *, has_ended: bool) -> str:
    rules = reading.dialect.visits
    account = rules.account_status.get(reading.word(pv1.field(_ACCOUNT).text.strip())) if rules.account_status else None
    if event is not Event.update:
        if account == "finished" and event in _HERE:
            reading.flag("contradiction", "PV1-41", "an account status that agrees with the event")
        return _STATUS.get(event, "in-progress")
    if has_ended:
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
    fields = [(pv1.field(place_of(place).n), kind) for place, kind in reading.dialect.visits.participants.items()]
    draft.cleared.update([f"participant:{kind}" for field, kind in fields if reading.clears(field)])
    draft.put(
        "participant",
        [
            {"type": [{"coding": [{"system": _PARTICIPATION, "code": kind}]}], "individual": doctor}
            for field, kind in fields
            for doctor in practitioners(reading, field)
        ],
    )


def _period(reading: Reading, draft: Drafting, pv1: Segment, event: Event) -> bool:
    """Whether the visit has an end."""
    period = Drafting()
    reading.put_moment(period, "start", pv1.field(_START), "PV1-44")
    end = reading.put_moment(period, "end", pv1.field(_END), "PV1-45") if event in _ENDING else None
    if event is Event.cancel_discharge:
        period.cleared.add("end")
    draft.put_within("period", period)
    return end is not None


def _hospitalization(reading: Reading, draft: Drafting, pv1: Segment, event: Event) -> None:
    """How the patient came and went; a cancelled discharge takes back how the patient went."""
    rules = reading.dialect.visits
    is_cancelled = event is Event.cancel_discharge
    told: Resource = {}
    for element, n, table in (
        ("admitSource", _SOURCE, rules.admit_source),
        ("dischargeDisposition", _DISCHARGED_TO, rules.discharge_destination),
    ):
        if reading.clears(pv1.field(n)) or (is_cancelled and n == _DISCHARGED_TO):
            draft.cleared.add(f"hospitalization.{element}")
        elif said := concept_in(reading, table, pv1, n):
            told[element] = said
    methods = [("AdmissionMethod", _METHOD, rules.admission_method)]
    methods += [] if is_cancelled else [("DischargeMethod", _DISCHARGED_HOW, rules.discharge_method)]
    draft.cleared.update(
        [f"hospitalization.extension:{UK_CORE}{name}" for name, n, _ in methods if reading.clears(pv1.field(n))]
    )
    extensions = [
        extension(f"{UK_CORE}{name}", valueCodeableConcept=said)
        for name, n, table in methods
        if (said := concept_in(reading, table, pv1, n))
    ]
    draft.put("hospitalization", ({"extension": extensions} if extensions else {}) | told)


def _places(reading: Reading, draft: Drafting, pv1: Segment, event: Event, occurred: str | None) -> None:
    field = pv1.field(_PLACE)
    place = place_in(reading, field)
    if reading.clears(field):
        draft.cleared.add("location")
    status, edge = ("completed", "end") if event in _GONE else ("active", "start")
    period = {"period": {edge: occurred}} if occurred else {}
    wards_and_beds = locations(reading, place, "PV1-3")
    draft.put("location", [{"location": one, "status": status, **period} for one in wards_and_beds])
    draft.put("serviceProvider", facility(reading, place))
