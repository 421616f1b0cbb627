"""Procedure: what was done in a visit, or is planned. Source: HL7 v2.4, 6.5.4 "PR1"; UK Core, Procedure."""

from collections.abc import Sequence

from tabard.dialect.clinical.codes import clinical_code, key_of_code
from tabard.dialect.codes import coded
from tabard.dialect.model import Event
from tabard.dialect.parts import first_of
from tabard.dialect.people.practitioners import practitioners
from tabard.dialect.reading import Drafting, Reading
from tabard.fhir.json import Resource
from tabard.hl7v2 import Segment

_METHOD, _CODE, _TEXT, _AT, _REASON = 2, 3, 4, 5, 15
_FUNCTIONS = ((11, "PPRF", "primary performer"), (8, "SPRF", "secondary performer"), (12, "PRF", "performer"))
_PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
_PLANNED = frozenset({Event.pre_admit, Event.pend_admit})

FIELDS = frozenset({1, _METHOD, _CODE, _TEXT, _AT, _REASON, *[n for n, _, _ in _FUNCTIONS]})
"""The fields of PR1 that are read."""


def put_procedures(reading: Reading, segments: Sequence[Segment], subject: Resource, visit: Resource | None) -> bool:
    """Draft each procedure; one that was done twice is told apart by when. Whether they are the visit's whole list."""
    told = [_put(reading, pr1, subject, visit) for pr1 in segments]
    return all(told) or all(reading.clears(pr1.field(_CODE)) for pr1 in segments)


def _put(reading: Reading, pr1: Segment, subject: Resource, visit: Resource | None) -> bool:
    code = clinical_code(reading, pr1, method=_METHOD, code=_CODE, text=_TEXT)
    if code is None:
        return False
    within = (visit or subject)["reference"]
    id_ = reading.ids.other("Procedure", within, *key_of_code(code), pr1.field(_AT).text.strip())
    draft = Drafting("Procedure", id_)
    done_at = reading.put_moment(draft, "performedDateTime", pr1.field(_AT), "PR1-5")
    told = reading.occurred
    is_to_come = bool(done_at and done_at.at and told and told.at and done_at.at > told.at)
    is_planned = reading.event in _PLANNED or is_to_come
    draft.put("status", "preparation" if is_planned else "completed")
    draft.put("code", code)
    draft.put("subject", subject)
    draft.put("encounter", visit)
    draft.put("performer", _performers(reading, pr1))
    reason = coded(reading, first_of(pr1.field(_REASON)))
    draft.put("reasonCode", [reason] if reason else None)
    reading.add(draft.done())
    return True


def _performers(reading: Reading, pr1: Segment) -> list[Resource]:
    return [
        {"function": {"coding": [{"system": _PARTICIPATION, "code": code, "display": display}]}, "actor": doctor}
        for n, code, display in _FUNCTIONS
        for doctor in practitioners(reading, pr1.field(n), f"PR1-{n}")
    ]
