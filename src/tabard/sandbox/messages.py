"""Events as HL7 v2 bytes: the templates filled in, with local times and escaped text."""

from datetime import datetime
from string import Template

from tabard.sandbox import templates
from tabard.sandbox.events import Event, Kind, Stay
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
}


def render(event: Event, layout: Layout, *, control_id: str, sequence: int, sent: datetime) -> bytes:
    """The message that tells the event, UTF-8, a CR after each segment.

    `control_id` (at most 20 characters) and `sequence` are the sender's own; `sent` is an aware time.
    """
    is_bedside = event.report is not None and event.report.panel.is_bedside
    values = {
        "ods": layout.ods,
        "site": layout.site,
        "sender": _E_OBSERVATIONS if is_bedside else "LORENZO",
        "code": "ORU" if event.kind is Kind.reported else "ADT",
        "trigger": event.kind.value,
        "structure": _STRUCTURES[event.kind],
        "control_id": control_id,
        "sequence": str(sequence),
        "sent": _time(sent),
        "recorded": _time(event.at),
        "occurred": _time(event.at),
        "absorbed": event.absorbed or "",
        **_person(event.person, layout.ods),
        **_stay(event.stay, event.before, layout.site),
    }
    lines = [Template(segment).substitute(values) for segment in _segments(event)]
    if event.report is not None:
        lines += _report(event.report, values["sent"])
    return "".join(f"{line}\r" for line in lines).encode()


def _segments(event: Event) -> list[str]:
    if event.kind is Kind.reported:
        return [templates.HEADER, templates.PERSON, *([templates.STAY] if event.stay else [])]
    if event.absorbed is not None:
        return [templates.HEADER, templates.HAPPENED, templates.PERSON, templates.PRACTICE, templates.MERGED]
    stay = templates.STAY if event.stay is not None else templates.NO_STAY
    return [templates.HEADER, templates.HAPPENED, templates.PERSON, templates.PRACTICE, stay]


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


def _stay(stay: Stay | None, before: Place | None, site: str) -> dict[str, str]:
    """PV1's values; 21 is an emergency admission from 19, home; 1 is leaving on clinical advice, to 19, home."""
    if stay is None:
        return {}
    return {
        "ward": stay.place.ward,
        "bed": stay.place.bed,
        "before": f"^{before.ward}^{before.bed}^{site}" if before else "",
        "method": "21",
        "source": "19",
        "leave": "1" if stay.discharged else "",
        "destination": "19" if stay.discharged else "",
        "consultant": _clinician(stay.consultant),
        "specialty": stay.specialty,
        "visit": stay.visit,
        "admitted": _time(stay.admitted),
        "discharged": _time(stay.discharged) if stay.discharged else "",
    }


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
