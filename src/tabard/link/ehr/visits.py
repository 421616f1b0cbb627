"""Visits and staff of the EHR joined to the record's, by their numbers; remembered for a while.

A visit is the record's only where the EHR says that it is this patient's, and the record says so too. Whatever cannot be
joined is told by its words; nothing is refused for that. Nobody waits for staff: who is new is told by words, and joined
afterwards for the next answer.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from tabard.fhir import Resource
from tabard.link.ehr.driver import FhirDriver
from tabard.link.ehr.errors import EhrError
from tabard.link.ehr.id_map import IdMap, Row
from tabard.link.ehr.joining import Bond
from tabard.link.ehr.known import KnownRecord, token
from tabard.link.ehr.pace import Budget, Pace
from tabard.link.ehr.references import target_of

FRESH_S = 60.0
STAFF_FRESH_S = 600.0
_PAGES = 3
_MOST_KEPT = 5000
_MOST_STAFF = 4
Names = tuple[str, str]


@dataclass(slots=True)
class Visits:
    """Joins what stands around a patient. Blocking; safe from any thread."""

    driver: FhirDriver
    record: KnownRecord
    map: IdMap
    systems: Mapping[str, str]
    pace: Pace
    patience_s: float
    later: Callable[[Callable[[], None]], object]
    _of_patient: dict[str, tuple[float, dict[str, str]]] = field(default_factory=dict)
    _staff: dict[str, tuple[float, str | None]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def is_fresh(self, theirs: str) -> bool:
        """Whether the visits of the EHR's patient were fetched a moment ago."""
        with self._lock:
            return self._of_patient.get(theirs, (0.0, {}))[0] > self.pace.now()

    def fetch(self, theirs: str, budget: Budget) -> None:
        """Fetch the visits of the EHR's patient. Raises EhrError."""
        found = self.driver.search_all("Encounter", (("patient", theirs),), budget, _PAGES).resources
        named = [one for one in found if _is_of(self.driver.base, one, theirs)]
        joined = {one["id"]: ours for one in named if (ours := self._joined("Encounter", one)) is not None}
        with self._lock:
            if len(self._of_patient) > _MOST_KEPT:
                self._of_patient.clear()
            self._of_patient[theirs] = (self.pace.now() + FRESH_S, joined)

    def known(self, bond: Bond, named: Iterable[Names]) -> dict[Names, str]:
        """The record's ids for those of the EHR that are `named` in its answer, as far as they are known."""
        visits = {found for kind, found in named if kind == "Encounter"}
        staff = sorted(found for kind, found in named if kind == "Practitioner")
        known = {("Encounter", found): ours for found, ours in self._visits(bond, visits)}
        return known | {("Practitioner", found): ours for found, ours in self._staff_of(staff)}

    def _visits(self, bond: Bond, wanted: set[str]) -> list[tuple[str, str]]:
        with self._lock:
            until, joined = self._of_patient.get(bond.theirs, (0.0, {}))
        if until <= self.pace.now():
            return []
        found = [(there, joined[there]) for there in wanted if there in joined]
        kept = [(there, here) for there, here in found if self._is_ours(here, bond.ours)]
        self.map.keep(Row("Encounter", here, there, bond.ours) for there, here in kept)
        return kept

    def _is_ours(self, visit: str, patient: str) -> bool:
        held = self.record.get("Encounter", visit) or {}
        return bool(held.get("subject", {}).get("reference") == f"Patient/{patient}")

    def _staff_of(self, wanted: list[str]) -> list[tuple[str, str]]:
        now = self.pace.now()
        with self._lock:
            if len(self._staff) > _MOST_KEPT:
                self._staff.clear()
            new = [one for one in wanted if self._staff.get(one, (0.0, None))[0] <= now][:_MOST_STAFF]
            known = [(one, self._staff.get(one, (0.0, None))[1]) for one in wanted]
            self._staff |= {one: (now + STAFF_FRESH_S, self._staff.get(one, (0.0, None))[1]) for one in new}
        for one in new:
            self.later(lambda one=one: self._join_staff(one))  # type: ignore[misc]  # a lambda with a default
        return [(there, here) for there, here in known if here is not None]

    def _join_staff(self, theirs: str) -> None:
        try:
            held = self.driver.read("Practitioner", theirs, Budget(self.patience_s, self.pace))
        except EhrError:  # counted by the driver; asked again after a while
            return
        ours = None if held is None else self._joined("Practitioner", held)
        with self._lock:
            self._staff[theirs] = (self.pace.now() + STAFF_FRESH_S, ours)
        if ours is not None:
            self.map.keep([Row("Practitioner", ours, theirs, "")])

    def _joined(self, kind: str, theirs: Resource) -> str | None:
        """The record's one resource that has a number of theirs; None where it has none, or two."""
        ours_by_theirs = {there: here for here, there in self.systems.items()}
        found: set[str] = set()
        told = theirs.get("identifier")
        for one in (each for each in (told if isinstance(told, list) else ()) if isinstance(each, dict)):
            system, value = one.get("system"), one.get("value")
            if isinstance(system, str) and system in ours_by_theirs and isinstance(value, str) and value:
                found |= set(self.record.find(kind, "identifier", token((ours_by_theirs[system], value))))
        return found.pop() if len(found) == 1 else None


def names_in(base: str, resources: Iterable[Resource]) -> frozenset[Names]:
    """Every visit and member of staff that the resources refer to, by type and the EHR's id."""
    found: set[Names] = set()
    waiting: list[Any] = list(resources)
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting += each
        elif isinstance(each, dict):
            waiting += each.values()
            told = each.get("reference")
            if isinstance(told, str) and ("Encounter/" in told or "Practitioner/" in told):
                kind, id_ = target_of(base, told)
                if kind in {"Encounter", "Practitioner"} and id_ is not None:
                    found.add((str(kind), id_))
    return frozenset(found)


def _is_of(base: str, visit: Resource, theirs: str) -> bool:
    subject = visit.get("subject")
    told = subject.get("reference") if isinstance(subject, dict) else None
    return isinstance(told, str) and target_of(base, told) == ("Patient", theirs)
