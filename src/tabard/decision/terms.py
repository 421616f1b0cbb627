"""The terms of a decision: its outcome, conditions with owner and date, where first, who reviewed, and by which frameworks."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique

NO_CONFLICT = "none"
"""What a reviewer says who has no conflict of interest; any other words are a conflict, and bar from that case."""


@unique
class Outcome(StrEnum):
    """How it was decided; `first_of_type` holds at the sites that are named and nowhere else."""

    accredited = "accredited"
    with_conditions = "with_conditions"
    first_of_type = "first_of_type"
    refused = "refused"


@unique
class Owner(StrEnum):
    """Who has to see to a condition: each hospital that uses the product, or its maker."""

    site = "site"
    maker = "maker"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; `due` is the last day on which it may still be open, None for one that holds all the time."""

    id: str
    text: str
    owner: Owner = Owner.site
    due: date | None = None

    def __str__(self) -> str:
        """The condition as a sentence, with its date where it has one and its owner where that is not the hospital."""
        whose = " (the maker's to do)" if self.owner is Owner.maker else ""
        return f"{self.text}{whose}{f' (by {self.due:%Y-%m-%d})' if self.due else ''}"


@dataclass(frozen=True, slots=True)
class FirstOfType:
    """The only sites that may use it, by ODS code, and what must be shown there before any other may."""

    sites: tuple[str, ...]
    exit_criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FrameworkUsed:
    """A framework by which it was judged, in the version of the day; the digest is of its criteria."""

    id: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class CriteriaStood:
    """How many of the criteria that were asked stood how, and the SHA-256 of the document that tells it of each.

    `open_musts` of them must be met and were not met or not assessed: of a product that is accredited none.
    """

    met: int
    met_with_conditions: int
    not_met: int
    not_applicable: int
    not_assessed: int
    open_musts: int
    standings_sha256: str

    @property
    def asked(self) -> int:
        """How many were asked."""
        return self.met + self.met_with_conditions + self.not_met + self.not_applicable + self.not_assessed


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who took the case on, as what, of which organisation (ODS code), and what they said of conflicts of interest."""

    id: str
    name: str
    role: str
    organisation: str
    conflicts: str = NO_CONFLICT
