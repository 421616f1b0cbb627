"""What was measured, as Millennium's FHIR tells it: Observations, and the DiagnosticReport of a panel."""

from dataclasses import dataclass
from decimal import Decimal
from zlib import crc32

from tabard.fhir import Resource
from tabard.sandbox.laboratory import Assay, Report, Result
from tabard.sandbox.millennium.coding import LOINC, UCUM, Codes, in_words, instant, narrative, performer, standard

BLOOD_PRESSURE = ("85354-9", "Blood pressure panel with all children optional")
_MARKS = {
    "N": ("214", "NORMAL", "Normal"),
    "L": ("211", "LOW", "Low"),
    "H": ("207", "HI", "High"),
    "LL": ("209", "CRIT", "Critical low"),
    "HH": ("209", "CRIT", "Critical high"),
}
_CATEGORIES = {True: ("vital-signs", "Vital Signs"), False: ("laboratory", "Laboratory")}
_UCUM = {"mmHg": "mm[Hg]"}


@dataclass(frozen=True, slots=True)
class Charted:
    """Under which ids a report goes into the chart: of whom, in which visit if any, by whom."""

    patient: str
    name: str
    encounter: str | None
    doctor: str | None


def observation(codes: Codes, id_: str, report: Report, result: Result, charted: Charted) -> Resource:
    """One result, `<5` as a quantity with a comparator."""
    words = f"{result.value} {result.assay.unit}"
    told = _measured(id_, report, charted, [(result.assay.name, words)])
    told["code"] = _code(codes, result.assay)
    return {**told, **_value(codes, result)}


def blood_pressure(codes: Codes, id_: str, report: Report, pair: tuple[Result, Result], charted: Charted) -> Resource:
    """Systolic and diastolic as two components of one Observation."""
    told = _measured(id_, report, charted, [(one.assay.name, f"{one.value} {one.assay.unit}") for one in pair])
    told["code"] = codes.concept("Blood Pressure", (72, "4690676"), standard(LOINC, *BLOOD_PRESSURE))
    told["component"] = [{"code": _code(codes, one.assay), **_value(codes, one)} for one in pair]
    return told


def diagnostic_report(codes: Codes, id_: str, report: Report, charted: Charted, results: tuple[str, ...]) -> Resource:
    """The panel that names its results; `results` are their references, some relative, some absolute."""
    own = str(60_000_000 + crc32(report.panel.code.encode()) % 9_000_000)
    told: Resource = {
        "resourceType": "DiagnosticReport",
        "id": id_,
        "text": narrative("Diagnostic Report", [("Patient", charted.name), ("Code", report.panel.name)]),
        "identifier": [_event(id_, report)],
        "status": "final",
        "category": [
            {"coding": [standard(LOINC, "LP29693-6", "Laboratory"), standard("v2-0074", "LAB", "Laboratory")]}
        ],
        "code": codes.concept(report.panel.name, (72, own)),
        "subject": {"reference": f"Patient/{charted.patient}", "display": charted.name},
        "effectiveDateTime": instant(report.taken),
        "issued": instant(report.taken),
        "result": [{"reference": reference} for reference in results],
    }
    return _within(told, charted)


def _measured(id_: str, report: Report, charted: Charted, told: list[tuple[str, str]]) -> Resource:
    """All of an Observation but its code and value."""
    code, words = _CATEGORIES[report.panel.is_bedside]
    when = in_words(report.taken)
    lines = [("Patient Id", charted.patient), ("Status", "Final"), ("Categories", words), *told]
    made: Resource = {
        "resourceType": "Observation",
        "id": id_,
        "text": narrative("Observation", [*lines, ("Effective Date", when)]),
        "identifier": [_event(id_, report)],
        "status": "final",
        "category": [{"coding": [standard("observation-category", code, words)], "text": words}],
        "code": {},
        "subject": {"reference": f"Patient/{charted.patient}"},
        "effectiveDateTime": instant(report.taken),
        "issued": instant(report.taken),
    }
    return _within(made, charted)


def _within(told: Resource, charted: Charted) -> Resource:
    """With the visit and the doctor, where there are any."""
    if charted.encounter is not None:
        told["encounter"] = {"reference": f"Encounter/{charted.encounter}"}
    if charted.doctor is not None:
        told["performer"] = [performer(f"Practitioner/{charted.doctor}", "PPRF", "primary performer")]
    return told


def _event(id_: str, report: Report) -> Resource:
    """The identifier that holds the id once more. Source: examples of cerner/fhir.cerner.com, `ceuuid`."""
    number = id_.split("-", 1)[-1]
    return {"system": "https://fhir.cerner.com/ceuuid", "value": f"CE{number}-{report.taken:%Y%m%d%H%M%S}00"}


def _code(codes: Codes, assay: Assay) -> Resource:
    own = str(700_000 + crc32(assay.code.encode()) % 99_000)
    return codes.concept(assay.name, (72, own), standard(LOINC, assay.loinc, assay.name))


def _value(codes: Codes, result: Result) -> Resource:
    own, shown, words = _MARKS[result.mark]
    quantity = _quantity(result.value.removeprefix("<"), result.assay)
    if result.value.startswith("<"):
        quantity = {"value": quantity.pop("value"), "comparator": "<", **quantity}
    return {
        "valueQuantity": quantity,
        "interpretation": [
            codes.concept(shown, (52, own), standard("v3-ObservationInterpretation", result.mark, words)),
        ],
        "referenceRange": [_range(result.assay)],
    }


def _quantity(value: str, assay: Assay) -> Resource:
    unit = {"value": Decimal(value), "unit": "degC" if assay.unit == "Cel" else assay.unit}
    return {**unit, "system": UCUM, "code": _UCUM.get(assay.unit, assay.unit)}


def _range(assay: Assay) -> Resource:
    ends = {"low": assay.low, "high": assay.high}
    told: Resource = {
        end: _quantity(f"{value:.{assay.decimals}f}", assay) for end, value in ends.items() if value is not None
    }
    told["type"] = {
        "coding": [standard("referencerange-meaning", "normal", "Normal Range")],
        "text": "Normal Range",
    }
    return told
