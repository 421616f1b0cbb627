"""What a hazard log holds: hazards, their risk before and after, and who keeps each control in place, by what evidence."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tabard.accreditation.hazards.scheme import RATINGS, Likelihood, Scheme, Severity


class Owner(StrEnum):
    """Who keeps a control in place: the product's maker, the hospital that deploys it, or who uses it."""

    manufacturer = "manufacturer"
    deployer = "deployer"
    user = "user"


class ControlKind(StrEnum):
    """What a control is, the surest first. Source: DCB0129 4.2, 6.1."""

    design = "design"
    test = "test"
    training = "training"
    process = "process"
    info = "info"


class HazardStatus(StrEnum):
    """How a hazard stands. One that is no more stays in the log, as closed or deprecated."""

    open = "open"
    controlled = "controlled"
    transferred = "transferred"
    closed = "closed"
    deprecated = "deprecated"


class Phase(StrEnum):
    """The phase of the product's life that a log or a safety case speaks of. In development nobody may rely on it."""

    development = "development"
    deployment = "deployment"
    maintenance = "maintenance"
    decommissioning = "decommissioning"


class Owed(StrEnum):
    """The four hazards that every screen about patients, and every write, has, and so every log speaks of.

    Source: docs/safety, "What a clinician must never meet".
    """

    wrong_patient = "wrong-patient"
    stale = "stale"
    missing = "missing"
    unavailable = "unavailable"


@dataclass(frozen=True, slots=True)
class Risk:
    """A severity and a likelihood; `rating` is what the log's scheme says of them, `told` what the log says, `rationale` why."""

    severity: Severity
    likelihood: Likelihood
    rating: int
    told: int
    rationale: str = ""

    @property
    def words(self) -> str:
        """Such as `3 (undesirable): major, very low`."""
        return (
            f"{self.rating} ({RATINGS[self.rating].partition(':')[0]}): {self.severity.name}, {self.likelihood.words}"
        )


@dataclass(frozen=True, slots=True)
class Control:
    """What keeps a risk down.

    `implemented` says what carries it out and `effective` what shows that it works: files or folders of the package, or
    evidence by its digest (`sha256:...`). `introduces` are hazards that it brings with it, `code` where it lies in code.
    """

    id: str
    kind: ControlKind
    owner: Owner
    text: str
    implemented: tuple[str, ...] = ()
    effective: tuple[str, ...] = ()
    introduces: tuple[str, ...] = ()
    code: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Who bears a risk that remains, as what, why, and since when."""

    by: str
    role: str
    reason: str
    at: date


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of a hazard's history."""

    at: date
    by: str
    words: str


@dataclass(frozen=True, slots=True)
class Hazard:
    """One hazard. `types` are those of the owed four that it speaks of, `covers` the displays and write scopes it speaks of.

    An id is for ever: it is never used again, and no hazard is taken out of a log.
    """

    id: str
    title: str
    description: str
    causes: tuple[str, ...]
    effect: str
    harm: str
    care_setting: str
    types: tuple[str, ...]
    covers: tuple[str, ...]
    initial: Risk
    existing: tuple[str, ...]
    controls: tuple[Control, ...]
    residual: Risk
    status: HazardStatus
    transferred_to: str = ""
    owner: str = ""
    acceptance: Acceptance | None = None
    history: tuple[Happened, ...] = ()

    @property
    def reason(self) -> str:
        """Why what remains may remain; "" where nobody says."""
        return self.acceptance.reason if self.acceptance else ""

    @property
    def is_unborne(self) -> bool:
        """Whether the log itself says that nobody bears what remains."""
        return self.acceptance is not None and self.acceptance.by.casefold().startswith("nobody")

    @property
    def cause(self) -> str:
        """All causes in one line."""
        return "; ".join(self.causes)


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """Why one of the owed four cannot be, of the displays and write scopes it covers; of all where none are named."""

    type: Owed
    reason: str
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """What the hospital that deploys the product must do: of which hazard, by which control. Source: DCB0160 3.2."""

    hazard: str
    control: str
    words: str


@dataclass(frozen=True, slots=True)
class HazardLog:
    """A product's hazard log, one issue of it; `supersedes` is the SHA-256 of the issue before, "" for the first."""

    product: str
    version: str
    issue: int
    phase: Phase
    approved_by: str
    supersedes: str
    scheme: Scheme
    hazards: tuple[Hazard, ...]
    not_applicable: tuple[NotApplicable, ...] = ()

    @property
    def to_do(self) -> tuple[Task, ...]:
        """The deployer's controls, each a task of the hospital that installs the product."""
        return tuple(
            Task(one.id, each.id, each.text)
            for one in self.hazards
            for each in one.controls
            if each.owner is Owner.deployer
        )

    @property
    def tasks(self) -> tuple[tuple[str, str], ...]:
        """The same as hazard id and text."""
        return tuple((one.hazard, one.words) for one in self.to_do)

    @property
    def in_short(self) -> tuple["InShort", ...]:
        """A line a hazard, for a page: the risk before and after, in words."""
        return tuple(
            InShort(one.id, one.title, one.effect, one.initial.words, one.residual.words) for one in self.hazards
        )

    @property
    def is_unapproved(self) -> bool:
        """Whether the log itself says that nobody approved it."""
        return self.approved_by.casefold().startswith("nobody")


@dataclass(frozen=True, slots=True)
class InShort:
    """One hazard in a line; `before` and `after` are the risk in words."""

    id: str
    title: str
    effect: str
    before: str
    after: str
