"""A result laid into the record: only for a patient who is known, and never on a visit that is not the patient's.

A result sent again takes the place of the earlier one whole: a corrected value may be of another type.
"""

from collections.abc import Iterator

from tabard.dialect import Draft
from tabard.fhir import Resource
from tabard.link.errors import Parked, ParkedReason
from tabard.link.identity import Known, survivor

RESULT_TYPES = frozenset({"DiagnosticReport", "Observation"})


class Results:
    """The results of one message, about one patient; visits are looked up once for all of them."""

    def __init__(self, known: Known, patient_id: str) -> None:
        self._known = known
        self._patient_id = patient_id
        self._visits: dict[str, Resource | None] = {}
        self._flags: dict[str, None] = {}

    @property
    def flags(self) -> tuple[str, ...]:
        """What was amiss, each told once."""
        return tuple(self._flags)

    def taken(self, draft: Draft) -> Resource:
        """The report or value as it goes into the record. Raises Parked where its number is another patient's."""
        told = draft.resource
        held = self._known.get(told["resourceType"], told["id"])
        if held is not None and not is_of(self._known, held, self._patient_id):
            raise Parked(ParkedReason.result_of_another_patient)
        plain = {element: value for element, value in told.items() if element != "encounter"}
        return {**plain, **dict(self._visit(told.get("encounter")))}

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
