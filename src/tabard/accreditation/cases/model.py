"""A case: one package that was submitted, what the rules found, what people said of it, and how far it has come."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, unique
from itertools import pairwise

from tabard.accreditation.cases.differing import Since
from tabard.accreditation.claims import Judgement
from tabard.accreditation.model import Finding
from tabard.accreditation.report import Report
from tabard.decision import NO_CONFLICT, Condition, Outcome, Reviewed, Role
from tabard.ground.dsse import Envelope


@unique
class Status(StrEnum):
    """How far a case has come.

    draft: its maker has not submitted it yet. submitted: it waits for the rules. checking: the rules run, or broke by our
    own fault. in_review: people judge. referred_back: the maker must answer or mend something; the service clock stands.
    signing: still in review, with a statement that is frozen and being signed. decided: enough have signed. published: the
    decision is public; unless it is a refusal, the catalogue lists the version. suspended: listed no more until two
    people say otherwise. withdrawn: by its maker, for good. expired: the decision's time is over.
    """

    draft = "draft"
    submitted = "submitted"
    checking = "checking"
    in_review = "in_review"
    referred_back = "referred_back"
    signing = "signing"
    decided = "decided"
    published = "published"
    suspended = "suspended"
    withdrawn = "withdrawn"
    expired = "expired"


@unique
class Side(StrEnum):
    """Who speaks: somebody of the centre, or the maker."""

    centre = "centre"
    maker = "maker"


@dataclass(frozen=True, slots=True)
class Moved:
    """When the case came to be so."""

    status: Status
    at: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """Who took the case on, and what they said of conflicts of interest; whoever has one judges nothing here."""

    id: str
    name: str
    role: Role
    organisation: str
    conflicts: str
    at: datetime

    @property
    def is_free(self) -> bool:
        """Whether nothing keeps them from judging."""
        return self.conflicts == NO_CONFLICT


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing said in the case. `about` names a finding, an evidence item, a criterion, or "case"; a question waits for an answer.

    `answers` is the number of the question that this answers.
    """

    number: int
    about: str
    side: Side
    by: str
    at: datetime
    words: str
    is_question: bool = False
    answers: int | None = None


@dataclass(frozen=True, slots=True)
class Milestone:
    """One step of a work-off plan, and the last day for it."""

    text: str
    due: date


@dataclass(frozen=True, slots=True)
class WorkOff:
    """How far a condition is worked off: the maker's plan, and who saw it met, on what evidence (SHA-256, "" for none)."""

    condition: str
    plan: tuple[Milestone, ...] = ()
    met_by: str = ""
    met_at: datetime | None = None
    words: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """Who said a word that changed the standing of a case, when, and why; `role` is "" for the maker."""

    by: str
    at: datetime
    reason: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One submitted package; `publisher` is an ODS code and `safety_officer` the maker's own, who may not judge it.

    `nonce` was drawn when the bytes were fixed, and seeds the random sample. `dropped` are the ids of conditions that were
    taken away: none is given again. `refusal` is the signed refusal that is
    reviewed, and `barred` are those who made it. `widening` is what would widen a first-of-type decision, being signed, and
    `superseded` are the signed decisions that stood before such a one, in order.
    """

    id: str
    submitted: datetime
    product: str
    version: str
    publisher: str
    safety_officer: str
    package_sha256: str
    release_sha256: str
    product_class: int
    because: tuple[str, ...] = ()
    nonce: str = ""
    status: Status = Status.draft
    moves: tuple[Moved, ...] = ()
    report: Report | None = None
    since: Since | None = None
    taken: tuple[Taken, ...] = ()
    remarks: tuple[Remark, ...] = ()
    reviews: tuple[Reviewed, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    conditions: tuple[Condition, ...] = ()
    dropped: tuple[str, ...] = ()
    work_off: tuple[WorkOff, ...] = ()
    outcome: Outcome | None = None
    statement: Envelope | None = None
    refusal: Envelope | None = None
    widening: Envelope | None = None
    superseded: tuple[Envelope, ...] = ()
    barred: tuple[str, ...] = ()
    review_asked: Said | None = None
    suspended: Said | None = None
    reinstating: Said | None = None
    ended: Said | None = None

    @property
    def unreviewed(self) -> tuple[Finding, ...]:
        """What no rule could assess and no person has reviewed yet."""
        done = {(one.rule, one.place) for one in self.reviews}
        unassessed = self.report.unassessed if self.report else ()
        return tuple(one for one in unassessed if (one.rule, one.place) not in done)

    @property
    def questions(self) -> tuple[Remark, ...]:
        """What the maker was asked and has not answered."""
        answered = {one.answers for one in self.remarks}
        return tuple(one for one in self.remarks if one.is_question and one.number not in answered)

    @property
    def is_first_of_type(self) -> bool:
        """Whether it is public, for its first sites alone."""
        return self.status is Status.published and self.outcome is Outcome.first_of_type

    @property
    def checked(self) -> datetime | None:
        """When the rules spoke last; None where they have not yet."""
        after = [one.at for before, one in pairwise(self.moves) if before.status is Status.checking]
        return after[-1] if after else None

    @property
    def is_listed(self) -> bool:
        """Whether hospitals find this version in the catalogue by now."""
        return self.status is Status.published and self.outcome is not Outcome.refused
