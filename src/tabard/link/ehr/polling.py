"""Polling: what products lately asked is asked beforehand, of admitted patients alone, within a budget of requests.

Who is longest not asked comes first. A type is polled only where it can be asked what changed since (`_lastUpdated`): one
small question tells mostly that nothing did. Every round about a patient goes with the same proof as a reader's question.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from tabard.ground.errors import TabardError
from tabard.ground.time import Clock, to_instant
from tabard.link.ehr.breaker import Breaker
from tabard.link.ehr.capability import Capability
from tabard.link.ehr.driver import FhirDriver, Searched
from tabard.link.ehr.errors import Doubtful
from tabard.link.ehr.kept import Answered, Kept, Question
from tabard.link.ehr.known import KnownRecord
from tabard.link.ehr.metering import Meter
from tabard.link.ehr.pace import Budget, Pace
from tabard.link.ehr.proving import Proving

MOST_A_PATIENT = 12
"""So many requests one patient may need: the numbers, the visits, both again, and what is asked."""

_CHANGED = "_lastUpdated"
_ACTIVE = "in-progress,onleave"
_SKEW = timedelta(minutes=2)
_PAGE = 200
_LOOK_S = 30.0
IDLE_S = 5.0
"""The pause when there is nothing to ask, or nobody answers."""


@dataclass(slots=True)
class Polling:
    """Asks about one patient a turn. For one thread. `driver` and `proving` are those that the meter counts."""

    driver: FhirDriver
    proving: Proving
    record: KnownRecord
    kept: Kept
    meter: Meter
    breaker: Breaker
    capability: Callable[[], Capability]
    pace: Pace
    clock: Clock
    requests_a_minute: int
    _asked: dict[str, float] = field(default_factory=dict)
    _admitted: tuple[str, ...] = ()
    _looked_s: float = float("-inf")

    def turn(self) -> float:
        """Ask about whoever is longest not asked; the seconds until the next turn. Raises EhrError."""
        questions = self._polled()
        patient = self._next()
        before = self.meter.left()
        if not questions or patient is None or self.breaker.is_open or before < MOST_A_PATIENT:
            return self._jittered(IDLE_S)
        self._asked[patient] = self.pace.now()
        try:
            self._ask(patient, questions)
        except Doubtful:
            self.kept.drop(patient)
        except TabardError:
            if self.meter.left() > 0:
                raise
        return self._jittered(60.0 / self.requests_a_minute * max(1, before - self.meter.left()))

    def _polled(self) -> tuple[Question, ...]:
        lately = self.kept.questions()
        return tuple(one for one in lately if self.capability().has(one.type, _CHANGED)) if lately else ()

    def _next(self) -> str | None:
        if self.pace.now() - self._looked_s >= _LOOK_S:
            self._looked_s = self.pace.now()
            self._admitted = self._in_hospital()
            self._asked = {one: at for one, at in self._asked.items() if one in self._admitted}
            self.kept.only(self._admitted)
        return min(self._admitted, key=lambda one: (self._asked.get(one, float("-inf")), one), default=None)

    def _in_hospital(self) -> tuple[str, ...]:
        """The patients of visits that are going on in the record."""
        found: set[str] = set()
        cursor: str | None = None
        while True:
            asked = (("status", _ACTIVE), ("_total", "none"))
            page = self.record.reader.search("Encounter", asked, count=_PAGE, cursor=cursor)
            subjects = (one.resource().get("subject", {}).get("reference", "") for one in page.matches)
            found |= {one.removeprefix("Patient/") for one in subjects if one.startswith("Patient/")}
            cursor = page.next
            if cursor is None:
                return tuple(sorted({self.record.survivor(one) for one in found}))

    def _ask(self, patient: str, questions: tuple[Question, ...]) -> None:
        """All questions with one proof; nothing is kept where that fails."""
        new: dict[Question, Searched] = {}
        same: list[Question] = []
        begun = self.pace.now()

        def ask(theirs: str, budget: Budget) -> Searched:
            new.clear()
            same.clear()
            for kind in dict.fromkeys(one.type for one in questions):
                of_kind = [one for one in questions if one.type == kind]
                if self._is_unchanged(patient, theirs, of_kind, budget):
                    same.extend(of_kind)
                else:
                    new.update({one: self.asked(theirs, one, budget) for one in of_kind})
            return Searched(tuple(each for one in new.values() for each in one.resources), None)

        proof, _ = self.proving.ask(patient, ask)
        for question, answer in new.items():
            self.kept.keep(patient, question, Answered(proof.bond.theirs, answer, begun, begun))
        for question in same:
            self.kept.confirm(patient, question, begun)

    def asked(self, theirs: str, question: Question, budget: Budget) -> Searched:
        """The answer as the EHR gives it."""
        parameters = (("patient", theirs), *question.parameters)
        return self.driver.search_all(question.type, parameters, budget, question.pages)

    def _is_unchanged(self, patient: str, theirs: str, questions: list[Question], budget: Budget) -> bool:
        """Whether all are kept, and nothing of the type has changed since the oldest was asked."""
        held = [self.kept.held(patient, theirs, one) for one in questions]
        ages = [self.pace.now() - one.asked_s for one in held if one is not None]
        if len(ages) < len(held):
            return False
        since = self.clock() - timedelta(seconds=max(ages)) - _SKEW
        asked = (("patient", theirs), (_CHANGED, f"ge{to_instant(since)}"), ("_count", "1"))
        found = self.driver.search(questions[0].type, asked, budget)
        return not found.resources and found.next is None and not found.is_partial

    def _jittered(self, seconds: float) -> float:
        return seconds * (0.5 + self.pace.chance())
