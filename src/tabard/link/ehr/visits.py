"""The visits of a chart joined to the record's, by their numbers: to name them, and to see whose chart it is.

Two people's charts that were made one only there look, by name and number, like the one patient's. Their visits do not:
a visit of the chart that is another patient's here is a doubt. Visits that the record does not know are told by words.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tabard.fhir import Resource
from tabard.link.ehr.chart import Number
from tabard.link.ehr.driver import FhirDriver
from tabard.link.ehr.errors import Doubt, Doubtful
from tabard.link.ehr.known import KnownRecord
from tabard.link.ehr.pace import Budget
from tabard.link.ehr.references import target_of

_PAGE = "100"
_PAGES = 5

Joined = Mapping[str, str]
"""The record's ids of visits by the EHR's."""


@dataclass(frozen=True, slots=True)
class Visits:
    """Reads a chart's visits. `systems` are the EHR's identifier systems by the record's. Blocking; safe from any thread."""

    driver: FhirDriver
    record: KnownRecord
    systems: Mapping[str, str]

    def of(self, patient: str, theirs: str, budget: Budget) -> Joined:
        """The visits of the EHR's patient `theirs` that the record knows. Raises Doubtful where one is not `patient`'s here, EhrError."""
        asked = (("patient", theirs), ("_count", _PAGE))
        found = self.driver.search_all("Encounter", asked, budget, _PAGES).resources
        there = _holders((number, one["id"]) for one in found for number in self._numbers(one))
        visits = self.record.visits(tuple(there))
        if any(one.get("subject", {}).get("reference") != f"Patient/{patient}" for one in visits):
            raise Doubtful(Doubt.visit_of_another)
        if any(not _is_of(self.driver.base, one, theirs) for one in found):
            raise Doubtful(Doubt.other_chart)
        return _joined(there, _holders((number, one["id"]) for one in visits for number in _told(one)))

    def _numbers(self, theirs: Resource) -> Iterator[Number]:
        ours_by_theirs = {there: here for here, there in self.systems.items()}
        return ((ours_by_theirs[system], value) for system, value in _told(theirs) if system in ours_by_theirs)


def _holders(told: Iterable[tuple[Number, str]]) -> dict[Number, set[str]]:
    found: dict[Number, set[str]] = {}
    for number, holder in told:
        found.setdefault(number, set()).add(holder)
    return found


def _joined(there: Mapping[Number, set[str]], here: Mapping[Number, set[str]]) -> Joined:
    """The record's visits by the EHR's, where each is the other's alone: a number that two visits share joins neither."""
    telling = [one for one in there.keys() & here.keys() if len(there[one]) == len(here[one]) == 1]
    pairs = {(theirs, ours) for one in telling for theirs in there[one] for ours in here[one]}
    times = Counter(one for pair in pairs for one in (("there", pair[0]), ("here", pair[1])))
    return {theirs: ours for theirs, ours in pairs if times["there", theirs] == times["here", ours] == 1}


def _told(resource: Resource) -> Iterator[Number]:
    told = resource.get("identifier")
    for one in told if isinstance(told, list) else ():
        pair: tuple[Any, Any] = (one.get("system"), one.get("value")) if isinstance(one, dict) else (None, None)
        if all(isinstance(each, str) and each for each in pair):
            yield pair


def _is_of(base: str, visit: Resource, theirs: str) -> bool:
    subject = visit.get("subject")
    told = subject.get("reference") if isinstance(subject, dict) else None
    return isinstance(told, str) and target_of(base, told) == ("Patient", theirs)
