"""Whom a launch of the EHR is about: its ids of a patient, a visit and a member of staff, as the record's.

The patient is found by the numbers of the chart, and then proven as for any question: nothing is taken from the map that
was not proven this moment. Who was combined into another there is the survivor, and that is said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from tabard.fhir import Resource
from tabard.link.ehr.believing import numbers_there
from tabard.link.ehr.chart import Number
from tabard.link.ehr.combined import combined_into
from tabard.link.ehr.driver import FhirDriver, Searched
from tabard.link.ehr.errors import Doubt, Doubtful, NobodyHere
from tabard.link.ehr.known import KnownRecord
from tabard.link.ehr.pace import Budget, Pace
from tabard.link.ehr.proving import Proving

_MOST_MERGES = 4


class Whom(NamedTuple):
    """The record's ids; `is_merged` says that the EHR named a registration that was combined into this one."""

    patient: str
    encounter: str | None
    is_merged: bool


@dataclass(frozen=True, slots=True)
class Launched:
    """Asks the EHR with the link's own rights. Blocking; safe from any thread."""

    driver: FhirDriver
    record: KnownRecord
    proving: Proving
    systems: Mapping[str, str]
    pace: Pace
    patience_s: float

    def whom(self, patient: str, encounter: str | None) -> Whom:
        """The record's patient and visit. Raises NobodyHere, Doubtful, EhrError."""
        theirs, held = self._survivor(patient)
        ours = self._ours(held)
        proof, _ = self.proving.ask(ours, _nothing)
        if proof.bond.theirs != theirs:
            raise Doubtful(Doubt.another_there)
        visit = None if encounter is None else proof.visits.get(encounter)
        if encounter is not None and visit is None:
            raise NobodyHere(
                "visit", "The visit is not one of this patient's in the record, or has not come there yet."
            )
        return Whom(ours, visit, theirs != patient)

    def staff_numbers(self, practitioner: str) -> tuple[Number, ...]:
        """The numbers of a member of staff, by the record's systems. Raises NobodyHere, EhrError."""
        held = self.driver.read("Practitioner", practitioner, self._budget())
        if held is None:
            raise NobodyHere("unknown_user", "The record system does not say who its user is.")
        ours_by_theirs = {there: here for here, there in self.systems.items()}
        told = held.get("identifier")
        pairs = [
            (one.get("system"), one.get("value"))
            for one in (told if isinstance(told, list) else [])
            if isinstance(one, dict) and one.get("use") != "old"
        ]
        return tuple(
            (ours_by_theirs[system], value)
            for system, value in pairs
            if isinstance(system, str) and system in ours_by_theirs and isinstance(value, str) and value
        )

    def _survivor(self, patient: str) -> tuple[str, Resource]:
        """The patient of now, followed over what was combined there."""
        for _ in range(_MOST_MERGES):
            held = self.driver.read("Patient", patient, self._budget())
            if held is None:
                break
            into = combined_into(self.driver.base, held)
            if not into:
                return patient, held
            if len(into) > 1:
                raise NobodyHere("several_patients", "The record system has combined this patient into more than one.")
            (patient,) = into
        raise NobodyHere("unknown_patient", "The record system does not know the patient whom it named.")

    def _ours(self, theirs: Resource) -> str:
        found = {one for number in numbers_there(theirs, self.systems) for one in self.record.holders(number)}
        if len(found) > 1:
            raise NobodyHere("several_patients", "The patient's numbers are those of more than one patient here.")
        if not found:
            raise NobodyHere("unknown_patient", "Nobody in the record here has the patient's number, or not yet.")
        return found.pop()

    def _budget(self) -> Budget:
        return Budget(self.patience_s, self.pace)


def _nothing(_theirs: str, _budget: Budget) -> Searched:
    """No question: the proof alone is wanted."""
    return Searched((), None)
