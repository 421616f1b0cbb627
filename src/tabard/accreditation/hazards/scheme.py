"""How a risk is rated: five severities, five likelihoods and the table between them, which is looked up and never multiplied.

Source: DCB0129 hazard logs as UK Core and the Digital Clinical Safety Platform show them: both agree cell by cell.
"""

from enum import IntEnum


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


MATRIX: tuple[tuple[int, ...], ...] = (
    (1, 1, 2, 2, 3),
    (1, 2, 2, 3, 4),
    (2, 2, 3, 3, 4),
    (2, 3, 3, 4, 5),
    (3, 4, 4, 5, 5),
)
"""Rows: likelihood from very low to very high; columns: severity from minor to catastrophic."""

RATINGS: dict[int, str] = {
    1: "acceptable",
    2: "acceptable where reducing it further costs more than it brings",
    3: "undesirable: only where it cannot be reduced further",
    4: "to be removed or controlled",
    5: "unacceptable",
}
"""What each rating means for a risk that remains."""


def rating(severity: int, likelihood: int) -> int:
    """The rating, 1 (acceptable) to 5 (unacceptable), of a severity and a likelihood of 1 to 5 each.

    Raises ValueError for a number outside 1 to 5.
    """
    return MATRIX[Likelihood(likelihood) - 1][Severity(severity) - 1]


MUST_FALL = 4
"""A remaining risk of this rating or above stops a product."""

NEEDS_REASON = 3
"""A remaining risk of this rating stands only with a reason why it cannot be reduced further."""
