"""Joining a patient of the record to the EHR's, anew at every question: the map tells whom to ask about, never whom to believe.

The EHR is searched for the patient's own numbers beside the question itself, so that this costs no further wait. What
comes back must be one patient, the one that the map names, and must agree with the record. Searching by number finds what
a read by id would not: a number that leads to somebody else by now, or to two.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tabard.fhir import Resource
from tabard.link.ehr.believing import (
    MOST_NUMBERS,
    doubt_of,
    is_in_use,
    needs_a_visit,
    numbers_in_use,
    old_numbers,
    only_one,
    own_numbers,
)
from tabard.link.ehr.chart import Number
from tabard.link.ehr.driver import FhirDriver
from tabard.link.ehr.errors import Doubt, Doubtful
from tabard.link.ehr.known import KnownRecord
from tabard.link.ehr.pace import Budget
from tabard.record import Stored


@dataclass(frozen=True, slots=True)
class Bond:
    """A patient under both ids, proven for one question. `version` is the record's that it was proven with; `numbers` are the patient's own.

    `needs_a_visit` says that it holds only where the chart has a visit that is the patient's here.
    """

    ours: str
    theirs: str
    version: int
    numbers: frozenset[Number]
    needs_a_visit: bool = False


@dataclass(frozen=True, slots=True)
class Joining:
    """Proves who is who. `systems` are the EHR's identifier systems by the record's. Blocking; safe from any thread."""

    driver: FhirDriver
    record: KnownRecord
    systems: Mapping[str, str]

    def asked(self, patient: str) -> Stored:
        """The record's patient. Raises Doubtful where it is no use to ask."""
        stored = self.record.patient(patient)
        if stored is None:
            raise Doubtful(Doubt.given_up_here)
        ours = stored.resource()
        if not is_in_use(ours):
            raise Doubtful(Doubt.given_up_here)
        numbers = numbers_in_use(ours, self.systems)
        if not numbers:
            raise Doubtful(Doubt.no_number)
        if len(numbers) + len(old_numbers(ours, self.systems)) > MOST_NUMBERS:
            raise Doubtful(Doubt.number_differs)
        return stored

    def prove(self, stored: Stored, budget: Budget) -> Bond:
        """The bond of the patient. Raises Doubtful, EhrError."""
        ours = stored.resource()
        numbers = numbers_in_use(ours, self.systems)
        found = [one for number in numbers for one in self._known_by(number, budget)]
        former = [one for number in old_numbers(ours, self.systems) for one in self._known_by(number, budget)]
        doubt = only_one(found) or (only_one([*found, *former]) if former else None)
        if doubt is None:
            doubt = doubt_of(ours, found[0], systems=self.systems, holders=self.record.holders)
        if doubt is not None:
            raise Doubtful(doubt)
        own = own_numbers(ours, found[0], self.systems)
        return Bond(stored.id, found[0]["id"], stored.version, own, needs_a_visit(ours, found[0], self.systems))

    def _known_by(self, number: Number, budget: Budget) -> list[Resource]:
        """The EHR's patients by one number."""
        asked = (("identifier", f"{self.systems[number[0]]}|{number[1]}"),)
        page = self.driver.search("Patient", asked, budget)
        if page.next is not None or page.is_partial:  # somebody may be left out who has it too
            raise Doubtful(Doubt.several_there)
        return [one for one in page.resources if one.get("resourceType") == "Patient"]
