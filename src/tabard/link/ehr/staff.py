"""Staff of the EHR joined to the record's, by their numbers; remembered for a while.

Nobody waits for staff: who is new is told by words, and joined afterwards for the next answer.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock

from tabard.fhir import Resource
from tabard.link.ehr.driver import FhirDriver
from tabard.link.ehr.errors import EhrError
from tabard.link.ehr.id_map import IdMap, Row
from tabard.link.ehr.known import KnownRecord, token
from tabard.link.ehr.pace import Budget, Pace

FRESH_S = 600.0
_MOST_KEPT = 5000
_AT_ONCE = 4


@dataclass(slots=True)
class Staff:
    """Joins Practitioners. Safe from any thread; `later` has something done once the answer is on its way."""

    driver: FhirDriver
    record: KnownRecord
    map: IdMap
    systems: Mapping[str, str]
    pace: Pace
    patience_s: float
    later: Callable[[Callable[[], None]], object]
    _known: dict[str, tuple[float, str | None]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def known(self, wanted: Iterable[str]) -> dict[str, str]:
        """The record's ids of those of the EHR that are joined; the others, or some of them, are joined afterwards."""
        now, asked = self.pace.now(), sorted(wanted)
        with self._lock:
            if len(self._known) > _MOST_KEPT:
                self._known.clear()
            held = {one: self._known.get(one, (0.0, None)) for one in asked}
            new = [one for one in asked if held[one][0] <= now][:_AT_ONCE]
            self._known |= {one: (now + FRESH_S, held[one][1]) for one in new}
        for one in new:
            self.later(lambda one=one: self._join(one))  # type: ignore[misc]  # a lambda with a default
        return {one: ours for one, (_, ours) in held.items() if ours is not None}

    def _join(self, theirs: str) -> None:
        try:
            held = self.driver.read("Practitioner", theirs, Budget(self.patience_s, self.pace))
        except EhrError:  # counted by the driver; asked again after a while
            return
        ours = None if held is None else self._joined(held)
        with self._lock:
            self._known[theirs] = (self.pace.now() + FRESH_S, ours)
        if ours is not None:
            self.map.keep([Row("Practitioner", ours, theirs, "")])

    def _joined(self, theirs: Resource) -> str | None:
        """The record's one Practitioner that has a number of theirs; None where it has none, or two."""
        ours_by_theirs = {there: here for here, there in self.systems.items()}
        told = theirs.get("identifier")
        found: set[str] = set()
        for one in (each for each in (told if isinstance(told, list) else ()) if isinstance(each, dict)):
            system, value = one.get("system"), one.get("value")
            if isinstance(system, str) and system in ours_by_theirs and isinstance(value, str) and value:
                found |= set(self.record.find("Practitioner", "identifier", token((ours_by_theirs[system], value))))
        return found.pop() if len(found) == 1 else None
