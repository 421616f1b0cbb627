"""Staff of the EHR joined to the record's, by their numbers; remembered for a while.

Nobody waits for staff: who is new is told by words, and joined afterwards for the next answer.
"""

from collections.abc import Callable, Mapping
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
    _open: int = 0
    _lock: Lock = field(default_factory=Lock)

    def known(self, theirs: str) -> str | None:
        """The record's id of one of the EHR's; None where it is not joined, or not yet: that is done afterwards."""
        now = self.pace.now()
        with self._lock:
            until, ours = self._known.get(theirs, (0.0, None))
            if until > now or self._open >= _AT_ONCE:
                return ours
            if len(self._known) > _MOST_KEPT:
                self._known.clear()
            self._known[theirs] = (now + FRESH_S, ours)
            self._open += 1
        self.later(lambda: self._join(theirs))
        return ours

    def _join(self, theirs: str) -> None:
        try:
            held = self.driver.read("Practitioner", theirs, Budget(self.patience_s, self.pace))
        except EhrError:  # counted by the driver; asked again after a while
            return
        finally:
            with self._lock:
                self._open -= 1
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
