"""Events as HL7 v2 bytes: the templates filled in, with local times and escaped text."""

from dataclasses import replace
from datetime import datetime
from string import Template

from tabard.sandbox import templates
from tabard.sandbox.appointments import letter_segments, schedule_segments
from tabard.sandbox.events import Event, Kind
from tabard.sandbox.laboratory import Report, Result
from tabard.sandbox.layout import Clinician, Layout, Place
from tabard.sandbox.people import Person
from tabard.sandbox.wording import local_time as _time, text as _text

_E_OBSERVATIONS, _LABORATORY = "EOBS", "PATH"
_STRUCTURES = {
    Kind.admitted: "ADT_A01",
    Kind.moved: "ADT_A02",
    Kind.discharged: "ADT_A03",
    Kind.updated: "ADT_A01",
    Kind.admission_cancelled: "ADT_A09",
    Kind.move_cancelled: "ADT_A09",
    Kind.discharge_cancelled: "ADT_A01",
    Kind.registered: "ADT_A05",
    Kind.person_updated: "ADT_A05",
    Kind.merged: "ADT_A39",
    Kind.reported: "ORU_R01",
    Kind.pre_admitted: "ADT_A05",
    Kind.pre_admission_cancelled: "ADT_A38",
    Kind.move_pending: "ADT_A15",
    Kind.discharge_pending: "ADT_A16",
    Kind.move_pending_cancelled: "ADT_A21",
    Kind.discharge_pending_cancelled: "ADT_A21",
    Kind.left_on_leave: "ADT_A21",
    Kind.back_from_leave: "ADT_A21",
    Kind.swapped: "ADT_A17",
    Kind.visits_merged: "ADT_A35",
    Kind.visit_moved: "ADT_A43",
    Kind.booked: "SIU_S12",
    Kind.rebooked: "SIU_S12",
    Kind.appointment_cancelled: "SIU_S12",
    Kind.not_attended: "SIU_S12",
    Kind.written: "MDM_T02",
}
_PLANNED = frozenset({Kind.pre_admitted, Kind.pre_admission_cancelled})
_OF_VISITS = frozenset({Kind.visits_merged, Kind.visit_moved})


def render(event: Event, layout: Layout, *, control_id: str, sequence: int, sent: datetime) -> bytes:
    """The message that tells the event, UTF-8, a CR after each segment.

    `control_id` (at most 20 characters) and `sequence` are the sender's own; `sent` is an aware time.
    """
    is_bedside = event.report is not None and event.report.panel.is_bedside
    values = {
        "ods": layout.ods,
        "site": layout.site,
        "sender": _E_OBSERVATIONS if is_bedside else "LORENZO",
        "code": code_of(event.kind),
        "trigger": event.kind.value,
        "structure": _STRUCTURES[event.kind],
        "control_id": control_id,
        "sequence": str(sequence),
        "sent": _time(sent),
        "recorded": _time(event.at),
        "occurred": _time(event.at),
        "absorbed": event.absorbed or "",
        "absorbed_visit": event.absorbed_visit or "",
        **_person(event.person, layout.ods),
        **_stay(event, layout.site),
    }
    lines = [Template(segment).substitute(values) for segment in _segments(event)]
    lines += _more(event, values)
    if event.appointment is not None:
        head, rest = schedule_segments(event.appointment, layout.site)
        lines = [lines[0], *head, *lines[1:], *rest]
    if event.other is not None:
        lines += _second(event, values, layout)
    return "".join(f"{line}\r" for line in lines).encode()


def code_of(kind: Kind) -> str:
    """MSH-9.1 of what happened."""
    trigger = kind.value
    return "SIU" if trigger[0] == "S" else {"R01": "ORU", "T02": "MDM"}.get(trigger, "ADT")


def _segments(event: Event) -> list[str]:
    own_stay = [templates.STAY] if event.stay is not None else []
    if event.kind is Kind.reported or event.appointment is not None:
        return [templates.HEADER, templates.PERSON, *own_stay]
    if event.letter is not None:
        return [templates.HEADER, templates.HAPPENED, templates.PERSON, *(own_stay or [templates.NO_STAY])]
    who = [templates.HEADER, templates.HAPPENED, templates.PERSON, templates.PRACTICE]
    if event.kind in _OF_VISITS:
        return [*who, templates.VISIT_MERGED, *own_stay]
    if event.absorbed is not None:
        return [*who, templates.MERGED]
    return [*who, *(own_stay or [templates.NO_STAY])]


def _more(event: Event, values: dict[str, str]) -> list[str]:
    """What a report or a letter holds."""
    if event.report is not None:
        return _report(event.report, values["sent"])
    return letter_segments(event.letter, event.at) if event.letter is not None else _expected(event)


def _second(event: Event, values: dict[str, str], layout: Layout) -> list[str]:
    """The other patient of a swap."""
    if event.other is None:
        return []
    person, stay = event.other
    theirs = replace(event, person=person, stay=stay, before=event.stay.place if event.stay else None)
    told = {**values, **_person(person, layout.ods), **_stay(theirs, layout.site)}
    return [Template(segment).substitute(told) for segment in (templates.PERSON, templates.PRACTICE, templates.STAY)]


def _person(person: Person, ods: str) -> dict[str, str]:
    numbers = [f"{person.mrn}^^^{ods}"] + ([f"{person.nhs_number}^^^NHS"] if person.nhs_number else [])
    gp = person.practice.gp
    return {
        "identifiers": "~".join(numbers),
        "family": _text(person.family),
        "given": _text(person.given),
        "middle": _text(person.middle or ""),
        "title": person.title,
        "born": f"{person.born:%Y%m%d}",
        "sex": person.sex,
        "home": "^".join(_text(line) for line in (*person.address, person.postcode)),
        "phones": f"{person.phone}~{person.mobile}",
        "ethnic": person.ethnic,
        "nhs_status": person.nhs_status,
        "practice_name": _text(person.practice.name),
        "practice_code": person.practice.code,
        "gp_code": gp.code,
        "gp_family": _text(gp.family),
        "gp_given": _text(gp.given),
    }


def _stay(event: Event, site: str) -> dict[str, str]:
    """PV1's values; 21 is an emergency admission from 19, home; 1 is leaving on clinical advice, to 19, home."""
    stay = event.stay
    if stay is None:
        return {}
    is_planned = event.kind in _PLANNED
    return {
        "class": "P" if is_planned else "I",
        "ward": stay.place.ward,
        "bed": stay.place.bed,
        "before": _place(event.before, site),
        "pending": _place(event.pending, site) if isinstance(event.pending, Place) else "",
        "method": "11" if is_planned else "21",
        "source": "19",
        "leave": "1" if stay.discharged else "",
        "destination": "19" if stay.discharged else "",
        "consultant": _clinician(stay.consultant),
        "specialty": stay.specialty,
        "visit": stay.visit,
        "admitted": "" if is_planned else _time(stay.admitted),
        "discharged": _time(stay.discharged) if stay.discharged else "",
    }


def _place(place: Place | None, site: str) -> str:
    return f"^{place.ward}^{place.bed}^{site}" if place else ""


def _expected(event: Event) -> list[str]:
    """PV2: when somebody is expected to come (8), or to go (9)."""
    if event.kind is Kind.pre_admitted and event.stay is not None:
        return [f"PV2||||||||{_time(event.stay.admitted)}"]
    if event.kind is Kind.discharge_pending and isinstance(event.pending, datetime):
        return [f"PV2|||||||||{_time(event.pending)}"]
    return []


def _report(report: Report, sent: str) -> list[str]:
    taken = _time(report.taken)
    source = _E_OBSERVATIONS if report.panel.is_bedside else _LABORATORY
    order = {
        "order": report.order,
        "specimen": report.specimen,
        "panel": report.panel.code,
        "panel_name": _text(report.panel.name),
        "taken": taken,
        "sent": sent,
        "source": source,
        "service": "" if report.panel.is_bedside else "LAB",
    }
    results = [_result(number, result, source, taken) for number, result in enumerate(report.results, start=1)]
    return [Template(templates.ORDER).substitute(order), *results]


def _result(number: int, result: Result, source: str, taken: str) -> str:
    """An OBX; what is below the analyser's floor is a structured number, `<` and the floor."""
    below = result.value.startswith("<")
    return Template(templates.RESULT).substitute(
        number=number,
        source=source,
        type="SN" if below else "NM",
        assay=result.assay.code,
        assay_name=_text(result.assay.name),
        loinc=result.assay.loinc,
        value=f"<^{result.value[1:]}" if below else _text(result.value),
        unit=_text(result.assay.unit),
        range=_text(result.range),
        mark=result.mark,
        taken=taken,
    )


def _clinician(doctor: Clinician) -> str:
    return f"{doctor.code}^{_text(doctor.family)}^{_text(doctor.given)}^^^{doctor.title}^^^GMC"
