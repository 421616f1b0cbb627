"""What a hazard log holds: hazards, their risk before and after, and who keeps each control in place."""

from dataclasses import dataclass
from enum import StrEnum

from tabard.accreditation.hazards.scheme import RATINGS, Likelihood, Severity, rating


class Owner(StrEnum):
    """Who keeps a control in place: the product's maker, or the hospital that deploys it."""

    maker = "maker"
    deployer = "deployer"


class Owed(StrEnum):
    """The four hazards that every screen about patients has, and so every log speaks of.

    Source: docs/safety, "What a clinician must never meet".
    """

    wrong_patient = "wrong-patient"
    stale = "stale"
    missing = "missing"
    unavailable = "unavailable"


@dataclass(frozen=True, slots=True)
class Risk:
    """A severity and a likelihood; the rating comes from the scheme's table."""

    severity: Severity
    likelihood: Likelihood

    @property
    def rating(self) -> int:
        """1 (acceptable) to 5 (unacceptable)."""
        return rating(self.severity, self.likelihood)

    @property
    def words(self) -> str:
        """Such as `3 (undesirable): major, very low`."""
        likelihood = self.likelihood.name.replace("_", " ")
        return f"{self.rating} ({RATINGS[self.rating].partition(':')[0]}): {self.severity.name}, {likelihood}"


@dataclass(frozen=True, slots=True)
class Control:
    """What keeps a risk down; `where` are the files of the product that carry it out."""

    owner: Owner
    text: str
    where: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hazard:
    """One hazard; `types` are those of the owed four that it speaks of, `reason` why a rating of 3 may remain."""

    id: str
    title: str
    cause: str
    effect: str
    before: Risk
    after: Risk
    controls: tuple[Control, ...]
    types: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class HazardLog:
    """A product's hazard log; `not_applicable` says of an owed hazard why the product cannot have it."""

    hazards: tuple[Hazard, ...]
    not_applicable: tuple[tuple[str, str], ...]

    @property
    def tasks(self) -> tuple[tuple[str, str], ...]:
        """What the hospital that deploys it must do: hazard id and text. Source: DCB0160 3.2."""
        return tuple(
            (one.id, each.text) for one in self.hazards for each in one.controls if each.owner is Owner.deployer
        )

    @property
    def in_short(self) -> tuple["InShort", ...]:
        """A line a hazard, for a page: the risk before and after, in words."""
        return tuple(InShort(one.id, one.title, one.effect, one.before.words, one.after.words) for one in self.hazards)


@dataclass(frozen=True, slots=True)
class InShort:
    """One hazard in a line; `before` and `after` are the risk in words."""

    id: str
    title: str
    effect: str
    before: str
    after: str
