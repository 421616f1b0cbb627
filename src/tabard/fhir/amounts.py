"""Amounts: numbers as searches compare them, with the range that their digits imply.

Values are kept as the nearest binary floating point number, which both databases order alike; two decimals that differ
only after their fifteenth digit may count as one. Source: FHIR R4 3.1.1.4.6 (number), 3.1.1.4.11 (quantity).
"""

import math
import re
from decimal import Decimal
from typing import Any, NamedTuple

MOST = 1.7976931348623157e308
"""Greater than any amount: the open end of a range."""

_NUMBER = re.compile(r"[+-]?\d{1,40}(?:\.\d{1,40})?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_TENTH = Decimal("0.1")


class Amount(NamedTuple):
    """A searched number: itself, and the half-open range that it stands for by its digits (`100` is 99.5 to 100.5)."""

    value: float
    low: float
    high: float
    near_low: float
    near_high: float


def amount(text: str) -> Amount:
    """The number in `text`. Raises ValueError (without the text) when it is none."""
    if _NUMBER.fullmatch(text) is None:
        raise ValueError("not a number")
    value = Decimal(text)
    exponent = value.as_tuple().exponent
    half = Decimal(5).scaleb(int(exponent) - 1)
    near = max(abs(value) * _TENTH, half)
    return Amount(*(as_float(each) for each in (value, value - half, value + half, value - near, value + near)))


def as_float(value: Decimal | float) -> float:
    """`value` as it is kept and compared; what is beyond all bounds is `MOST`."""
    try:
        return max(-MOST, min(MOST, float(value)))
    except OverflowError:  # an int that no float can hold
        return MOST if value > 0 else -MOST


def kept(value: Any) -> float | None:
    """A number out of a resource as it is kept; None when it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return as_float(value) if isinstance(value, int) or math.isfinite(value) else None
