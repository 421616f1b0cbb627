"""A result laid into the record: only for a patient who is known, and never on a visit that is not the patient's.

A result sent again takes the place of the earlier one whole: a corrected value may be of another type. One that was issued
before what is known, and corrects nothing, is late and changes nothing.
"""

from collections.abc import Iterator, Sequence

from tabard.dialect import Draft
from tabard.fhir import Resource
from tabard.link.errors import Parked, ParkedReason
from tabard.link.identity import Known, survivor
from tabard.link.moments import is_before

RESULT_TYPES = frozenset({"DiagnosticReport", "Observation"})
_CORRECTING = frozenset({"amended", "appended", "cancelled", "corrected", "entered-in-error"})


class Results:
    """The results of one message, about one patient; visits are looked up once for all of them."""

    def __init__(self, known: Known, patient_id: str, drafts: Sequence[Draft]) -> None:
        self._known = known
        self._patient_id = patient_id
        self._visits: dict[str, Resource | None] = {}
        self._flags: dict[str, None] = {}
        self._older = frozenset(name for draft in drafts for name in self._late(draft.resource))

    @property
    def flags(self) -> tuple[str, ...]:
        """What was amiss, each told once."""
        return tuple(self._flags)

    def is_older(self, draft: Draft) -> bool:
        """Whether the report, or the report that the value belongs to, was issued before the one that is known."""
        return f"{draft.resource['resourceType']}/{draft.resource['id']}" in self._older

    def taken(self, draft: Draft) -> Resource:
        """The report or value as it goes into the record. Raises Parked where its number is another patient's."""
        told = draft.resource
        held = self._known.get(told["resourceType"], told["id"])
        if held is not None and not is_of(self._known, held, self._patient_id):
            raise Parked(ParkedReason.result_of_another_patient)
        plain = {element: value for element, value in told.items() if element != "encounter"}
        return {**plain, **dict(self._visit(told.get("encounter")))}

    def _late(self, told: Resource) -> Iterator[str]:
        """References to a late report and to its values."""
        if told["resourceType"] != "DiagnosticReport" or told["status"] in _CORRECTING or "issued" not in told:
            return
        held = self._known.get("DiagnosticReport", told["id"])
        if held is not None and "issued" in held and is_before(told["issued"], held["issued"]):
            self._flags["OBR-22:older-than-known"] = None
            yield f"DiagnosticReport/{told['id']}"
            yield from (value["reference"] for value in told.get("result", []))

    def _visit(self, named: Resource | None) -> Iterator[tuple[str, Resource]]:
        """The visit that a result names: linked where it is known and the patient's, else told apart by a flag."""
        if named is None:
            return
        visit = self._held_visit(named["reference"].partition("/")[2])
        if visit is None:
            self._flags["PV1-19:visit-not-known"] = None
            yield "encounter", {key: value for key, value in named.items() if key != "reference"}
        elif is_of(self._known, visit, self._patient_id):
            yield "encounter", named
        else:
            self._flags["PV1-19:visit-of-another-patient"] = None

    def _held_visit(self, id_: str) -> Resource | None:
        if id_ not in self._visits:
            self._visits[id_] = self._known.get("Encounter", id_)
        return self._visits[id_]


def is_of(known: Known, resource: Resource, patient_id: str) -> bool:
    """Whether the visit or result is the patient's, merges considered."""
    named = str(resource.get("subject", {}).get("reference", "")).partition("/")[2]
    return named == patient_id or survivor(known, named) == patient_id
