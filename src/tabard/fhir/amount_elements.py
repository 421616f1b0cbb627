"""Elements that hold amounts: numbers, quantities with their units, ranges and samples, as closed ranges of floats.

    number    (low, high)
    quantity  (low, high, code, system, unit)

Nothing is converted from one unit to another. Source: FHIR R4 3.1.1.4.6 (number), 3.1.1.4.11 (quantity).
"""

import math
from collections.abc import Sequence
from typing import Any

from tabard.fhir.amounts import MOST, kept

Value = tuple[Any, ...]
_CURRENCIES = "urn:iso:std:iso:4217"
_SAMPLES = 10_000


def number(element: Any) -> Sequence[Value]:
    """A number is a range of nothing but itself."""
    found = kept(element)
    return () if found is None else ((found, found),)


def number_range(element: Any) -> Sequence[Value]:
    """A Range, open where an end is missing."""
    return [found[:2] for found in quantity_range(element)]


def quantity(element: Any) -> Sequence[Value]:
    """A Quantity; with a comparator it is a range that is open at one end."""
    if not isinstance(element, dict) or (value := kept(element.get("value"))) is None:
        return ()
    low, high = {
        "<": (-MOST, math.nextafter(value, -MOST)),
        "<=": (-MOST, value),
        ">=": (value, MOST),
        ">": (math.nextafter(value, MOST), MOST),
    }.get(_text(element.get("comparator")), (value, value))
    return ((low, high, *_unit(element)),)


def money(element: Any) -> Sequence[Value]:
    """Money, its currency being the unit."""
    if not isinstance(element, dict) or (value := kept(element.get("value"))) is None:
        return ()
    return ((value, value, _text(element.get("currency")), _CURRENCIES, ""),)


def quantity_range(element: Any) -> Sequence[Value]:
    """A Range, open where an end is missing, in the unit of the end that is there."""
    if not isinstance(element, dict):
        return ()
    ends: list[dict[str, Any]] = [_object(element.get(name)) for name in ("low", "high")]
    low, high = (kept(end.get("value")) for end in ends)
    if low is None and high is None:
        return ()
    unit = _unit(ends[0] if low is not None else ends[1])
    return ((-MOST if low is None else low, MOST if high is None else high, *unit),)


def sampled_data(element: Any) -> Sequence[Value]:
    """SampledData: from its lowest sample to its highest, in the unit of its origin."""
    origin = element.get("origin") if isinstance(element, dict) else None
    if not isinstance(origin, dict) or (zero := kept(origin.get("value"))) is None:
        return ()
    factor = kept(element.get("factor"))
    told = _text(element.get("data")).split(maxsplit=_SAMPLES)[:_SAMPLES]
    samples = [zero + each * (1.0 if factor is None else factor) for each in map(_sample, told) if each is not None]
    return ((min(samples), max(samples), *_unit(origin)),) if samples else ()


def _sample(text: str) -> float | None:
    """A sample; None for E, L and U, which stand for none, too low and too high."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _unit(element: Any) -> tuple[str, str, str]:
    return _text(element.get("code")), _text(element.get("system")), _text(element.get("unit"))


def _object(element: Any) -> dict[str, Any]:
    return element if isinstance(element, dict) else {}


def _text(element: Any) -> str:
    return element if isinstance(element, str) else ""
