"""How a patient came into the hospital and left it. Source: HL7 v2.4, 3.4.3 "PV1"; UK Core, Encounter.hospitalization."""

from tabard.dialect.codes import concept_of
from tabard.dialect.extensions import UK_CORE, extension
from tabard.dialect.model import Event
from tabard.dialect.reading import Drafting, Reading
from tabard.dialect.schema import CodeTable
from tabard.fhir.json import Resource
from tabard.hl7v2 import Segment

_METHOD, _READMITTED, _SOURCE, _NEEDS, _LEFT_HOW, _LEFT_FOR = 4, 13, 14, 15, 36, 37

FIELDS = frozenset({_METHOD, _SOURCE, _LEFT_HOW, _LEFT_FOR})
"""The fields of PV1 that are read here whatever the dialect."""


def put_hospitalization(reading: Reading, draft: Drafting, pv1: Segment, *, has_ended: bool) -> None:
    """Put how the patient came, and once the visit has ended how the patient went.

    A cancelled discharge takes back how the patient went. Of any other visit that goes on, what PV1-36 and 37 say of its end
    is not believed, and flagged.
    """
    told: Resource = {}
    extensions: list[Resource] = []
    rules = reading.dialect.visits
    for n, element, table in (
        (_SOURCE, "admitSource", rules.admit_source),
        (_READMITTED, "reAdmission", rules.readmission),
        (_NEEDS, "specialArrangement", rules.arrangements),
    ):
        if table is not None:
            _put(reading, draft, told, pv1, n, element, table)
    _extend(reading, draft, extensions, pv1, _METHOD, "AdmissionMethod", rules.admission_method)
    if reading.event is Event.cancel_discharge:
        draft.cleared.add("hospitalization.dischargeDisposition")
    elif any(pv1.texts[_LEFT_HOW : _LEFT_FOR + 1]) and (has_ended or not _tells_of_end(reading, pv1)):
        _put(reading, draft, told, pv1, _LEFT_FOR, "dischargeDisposition", rules.discharge_destination)
        _extend(reading, draft, extensions, pv1, _LEFT_HOW, "DischargeMethod", rules.discharge_method)
    draft.put("hospitalization", ({"extension": extensions} if extensions else {}) | told)


def _tells_of_end(reading: Reading, pv1: Segment) -> bool:
    """Whether a visit that goes on comes with how it ended; each such field is flagged."""
    told = [n for n in (_LEFT_HOW, _LEFT_FOR) if not pv1.field(n).is_absent and pv1.field(n).text.strip()]
    for n in told:
        reading.flag("contradiction", f"PV1-{n}", "nothing on how the visit ended while it goes on")
    return bool(told)


def _put(
    reading: Reading, draft: Drafting, told: Resource, pv1: Segment, n: int, element: str, table: CodeTable
) -> None:
    field = pv1.field(n)
    if not field.raw:
        return
    if reading.clears(field):
        draft.cleared.add(f"hospitalization.{element}")
    elif said := concept_of(reading, table, field, f"PV1-{n}"):
        told[element] = [said] if element == "specialArrangement" else said


def _extend(
    reading: Reading, draft: Drafting, told: list[Resource], pv1: Segment, n: int, name: str, table: CodeTable
) -> None:
    field = pv1.field(n)
    if not field.raw:
        return
    if reading.clears(field):
        draft.cleared.add(f"hospitalization.extension:{UK_CORE}{name}")
    elif said := concept_of(reading, table, field, f"PV1-{n}"):
        told.append(extension(f"{UK_CORE}{name}", valueCodeableConcept=said))
