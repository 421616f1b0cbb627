"""What is published and rests on evidence that ends: for whoever keeps an eye on it, before a hospital finds out."""

from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from tabard.accreditation import Status
from tabard.accreditation.claims import SOON, Ending, Ledger, ending
from tabard.accreditation.frameworks import criteria_for, product_class
from tabard.decision import read_statement
from tabard.ground.time import Clock
from tabard.store.cases import Cases, Kept
from tabard.store.evidence import Evidences


@dataclass(frozen=True, slots=True)
class EndingEvidence:
    """An item that ends, and what is published and rests on it: a case with its product and version."""

    case: str
    product: str
    version: str
    publisher: str
    ending: Ending


class Endings(NamedTuple):
    """Looks through all that is published."""

    cases: Cases
    ledgers: Evidences
    clock: Clock

    def all(self, within: timedelta = SOON) -> tuple[EndingEvidence, ...]:
        """What ends within that time or has ended, the soonest first. Only what is asked of the product is told of an item."""
        ledgers: dict[str, Ledger] = {}
        found: list[EndingEvidence] = []
        for kept in self.cases.of(Status.published):
            case = kept.case
            if not case.is_listed:
                continue
            if case.publisher not in ledgers:
                ledgers[case.publisher] = self.ledgers.ledger(case.publisher)
            found += self._of(kept, ledgers[case.publisher], within)
        return tuple(sorted(found, key=lambda one: (one.ending.ends, one.product, one.version)))

    def _of(self, kept: Kept, ledger: Ledger, within: timedelta) -> list[EndingEvidence]:
        case, on = kept.case, self.clock().date()
        rests_on = read_statement(case.statement.payload).evidence if case.statement else ()
        asked = {one.id for one in criteria_for(product_class(kept.manifest), on)}
        told = ending(ledger, case.product, rests_on, on, within)
        return [
            EndingEvidence(case.id, case.product, case.version, case.publisher, one)
            for one in told
            if asked.intersection(one.criteria)
        ]
