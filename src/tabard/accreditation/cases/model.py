"""A case: one package that was submitted, what the rules found, what people said of it, and how far it has come."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tabard.accreditation.model import Finding
from tabard.accreditation.report import Report
from tabard.decision import Reviewed
from tabard.ground.dsse import Envelope


class Status(StrEnum):
    """How far a case has come.

    checking: the rules run, or broke by our own fault. failed: the maker must mend something. waiting: for people's
    reviews and a draft. signing: the statement is frozen and is being signed. decided: enough have signed. published:
    the catalogue has it. declined: a person said no, with a reason. Only a decided case can be published.
    """

    checking = "checking"
    failed = "failed"
    waiting = "waiting"
    signing = "signing"
    decided = "decided"
    published = "published"
    declined = "declined"


@dataclass(frozen=True, slots=True)
class Declined:
    """Who declined the case, and why."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Case:
    """One submitted package; `publisher` is an ODS code and `safety_officer` the maker's own, who may not judge it."""

    id: str
    submitted: datetime
    product: str
    version: str
    publisher: str
    safety_officer: str
    package_sha256: str
    release_sha256: str
    report: Report | None = None
    reviews: tuple[Reviewed, ...] = ()
    conditions: tuple[str, ...] = ()
    statement: Envelope | None = None
    status: Status = Status.checking
    declined: Declined | None = None

    @property
    def unreviewed(self) -> tuple[Finding, ...]:
        """What no rule could assess and no person has reviewed yet."""
        done = {(one.rule, one.place) for one in self.reviews}
        unassessed = self.report.unassessed if self.report else ()
        return tuple(one for one in unassessed if (one.rule, one.place) not in done)
