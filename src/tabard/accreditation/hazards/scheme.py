"""How a risk is rated: five severities, five likelihoods and the table between them, which is looked up and never multiplied.

The scheme is data (`dcb0129-5x5.toml`), since DTAC prescribes none: a maker may declare another, and a person then judges it.
Source: DCB0129 hazard logs as UK Core and the Digital Clinical Safety Platform show them: both agree cell by cell.
"""

from dataclasses import dataclass
from enum import IntEnum
from importlib import resources

from tabard.ground.toml import read_toml


class Severity(IntEnum):
    """How bad the harm is. Death of one patient is major, of more than one catastrophic."""

    minor = 1
    significant = 2
    considerable = 3
    major = 4
    catastrophic = 5


class Likelihood(IntEnum):
    """How likely the harm is."""

    very_low = 1
    low = 2
    medium = 3
    high = 4
    very_high = 5

    @property
    def words(self) -> str:
        """As it is written."""
        return self.name.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Level:
    """One likelihood or severity of a scheme: its word, what it means, and of how many patients (severities alone)."""

    code: str
    meaning: str
    patients: str = ""


@dataclass(frozen=True, slots=True)
class Scheme:
    """A risk scheme; `matrix` has a row a likelihood and a column a severity, both from the lowest; `ratings` are from 1."""

    id: str
    version: str
    likelihood: tuple[Level, ...]
    severity: tuple[Level, ...]
    matrix: tuple[tuple[int, ...], ...]
    ratings: tuple[tuple[str, str], ...]

    def rating(self, severity: int, likelihood: int) -> int:
        """The rating, 1 (acceptable) to 5 (unacceptable). Raises ValueError for a number outside 1 to 5."""
        return self.matrix[Likelihood(likelihood) - 1][Severity(severity) - 1]

    @property
    def softer_cells(self) -> tuple[tuple[Severity, Likelihood], ...]:
        """Where this scheme rates a risk lower than the house's own does."""
        return tuple((s, li) for li in Likelihood for s in Severity if self.rating(s, li) < SCHEME.rating(s, li))


def _scheme(name: str) -> Scheme:
    raw = resources.files("tabard.accreditation.hazards").joinpath(name).read_bytes()
    told = read_toml(raw, len(raw))
    likelihood, severity = (tuple(Level(**one) for one in told[key]) for key in ("likelihood", "severity"))
    matrix = tuple(tuple(row) for row in told["matrix"])
    ratings = tuple((one["label"], one["acceptance"]) for one in told["rating"])
    return Scheme(told["id"], told["version"], likelihood, severity, matrix, ratings)


SCHEME = _scheme("dcb0129-5x5.toml")
"""The scheme that holds where a log declares none."""

MATRIX: tuple[tuple[int, ...], ...] = SCHEME.matrix
"""Rows: likelihood from very low to very high; columns: severity from minor to catastrophic."""

RATINGS: dict[int, str] = {at: label for at, (label, _) in enumerate(SCHEME.ratings, 1)}
"""What each rating means for a risk that remains."""

MUST_FALL = 4
"""A remaining risk of this rating or above stops a product."""

NEEDS_REASON = 3
"""A remaining risk of this rating stands only with a reason why it cannot be reduced further."""


def rating(severity: int, likelihood: int) -> int:
    """The rating by the house's scheme, 1 (acceptable) to 5 (unacceptable). Raises ValueError for a number outside 1 to 5."""
    return SCHEME.rating(severity, likelihood)
