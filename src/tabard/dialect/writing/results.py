"""Results written: an Observation as an ORU^R01, one OBR with one OBX, or one for each component.

Source: HL7 v2.4, 7.3.1 "ORU"; FHIR R4, Observation.
"""

from tabard.dialect.schema import Dialect
from tabard.dialect.writing.envelope import Envelope, Known, message
from tabard.dialect.writing.numbers import own_number
from tabard.dialect.writing.observed import value
from tabard.dialect.writing.patients import pid, pv1
from tabard.dialect.writing.reverse import code_for, word_for
from tabard.dialect.writing.values import coded, doctor, moment, repeated
from tabard.fhir.json import Resource
from tabard.hl7v2 import FieldValue, SegmentValue

_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_REPORTED_AS = {"entered-in-error": "corrected", "amended": "corrected", "cancelled": "cancelled"}
"""What a report that holds one such result is."""


def write_result(observation: Resource, known: Known, envelope: Envelope, dialect: Dialect) -> bytes:
    """The message. Raises Unsayable where the dialect has no word for what the observation says, Unwritable for a wrong charset."""
    code = coded(dialect, observation.get("code", {}), "OBX-3")
    at = observation.get("effectiveDateTime") or observation.get("effectivePeriod", {}).get("start")
    taken = moment(dialect, at, "OBX-14") if at else ""
    obr: dict[int, FieldValue] = {
        1: "1",
        2: own_number(observation, dialect.results.order_system, "PLAC", ""),
        3: own_number(observation, dialect.results.order_system, "FILL", envelope.sending_application),
        4: code,
        7: taken,
        22: moment(dialect, observation["issued"], "OBR-22") if "issued" in observation else "",
        24: _section(dialect, observation),
        25: _report_status(dialect, observation["status"]),
    }
    parts = _parts(observation)
    lines = [
        line for place, one in enumerate(parts, start=1) for line in _line(dialect, observation, one, place, taken)
    ]
    lines[0][1].update(_makers(dialect, observation, known))
    notes: list[SegmentValue] = [
        ("NTE", {1: str(n), 3: note["text"]}) for n, note in enumerate(observation.get("note", ()), start=1)
    ]
    body: list[SegmentValue] = [
        pid(dialect, known.patient),
        *pv1(dialect, known.encounter),
        ("OBR", obr),
        *lines,
        *notes,
    ]
    return message(envelope, dialect, ("ORU", "R01", "ORU_R01"), body)


def _parts(observation: Resource) -> list[Resource]:
    """The observation itself where it has a value, and its components."""
    components = observation.get("component", [])
    has_value = any(name.startswith("value") for name in observation)
    return [observation, *components] if has_value or not components else components


def _line(
    dialect: Dialect, observation: Resource, part: Resource, place: int, taken: str
) -> list[tuple[str, dict[int, FieldValue]]]:
    kind, sent, unit = value(dialect, part)
    table = dialect.results.interpretation
    marks = [code_for(dialect, table, one, "OBX-8", "results.interpretation") for one in part.get("interpretation", ())]
    fields: dict[int, FieldValue] = {
        1: str(place),
        2: kind,
        3: coded(dialect, part.get("code", {}), "OBX-3"),
        5: sent,
        6: unit,
        7: _range(part),
        8: repeated(marks),
        11: word_for(dialect.results.observation_status, observation["status"], "OBX-11", "results.observation_status"),
        14: taken,
    }
    return [("OBX", fields)]


def _range(part: Resource) -> str:
    """The reference range as text; its two ends where it has no text."""
    told: Resource = next(iter(part.get("referenceRange", ())), {})
    low, high = (told.get(name, {}).get("value") for name in ("low", "high"))
    if "text" in told or low is None or high is None:
        return str(told.get("text", ""))
    return f"{low} - {high}"


def _makers(dialect: Dialect, observation: Resource, known: Known) -> dict[int, FieldValue]:
    """OBX-16, who made it, and OBX-17, how."""
    people = [doctor(dialect, one, known.named(one)) for one in observation.get("performer", ()) if _is_person(one)]
    told: dict[int, FieldValue] = {16: repeated([one for one in people if one])}
    if "method" in observation:
        told[17] = coded(dialect, observation["method"], "OBX-17")
    return told


def _is_person(reference: Resource) -> bool:
    kind = reference.get("type") or reference.get("reference", "").partition("/")[0]
    return bool(kind == "Practitioner")


def _section(dialect: Dialect, observation: Resource) -> str:
    """OBR-24, where the category is not the one that the dialect has for all results."""
    codes = {
        coding["code"]
        for category in observation.get("category", ())
        for coding in category.get("coding", ())
        if coding.get("system") == _CATEGORY
    }
    results = dialect.results
    if not codes or results.category in codes:
        return ""
    return word_for(results.sections, min(codes), "OBR-24", "results.sections")


def _report_status(dialect: Dialect, status: str) -> str:
    table = dialect.results.report_status
    told = status if status in table.values() else _REPORTED_AS.get(status, status)
    return word_for(table, told, "OBR-25", "results.report_status")
