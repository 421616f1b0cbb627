"""The National Early Warning Score 2: each sign's points, their sum, and what the sum asks for. Pure.

Source: Royal College of Physicians, "National Early Warning Score (NEWS) 2", 2017: chart 1 (the scoring system) and
chart 2 (thresholds and triggers). SpO2 is scored on scale 1; scale 2 is a clinician's decision, and is asked for by name.
"""

from dataclasses import dataclass
from enum import StrEnum

_RED = 3
_HIGH, _MEDIUM = 7, 5
_SATURATED = 93
"""On scale 2 the points from here on are for a patient on oxygen alone."""

Bands = tuple[tuple[float, int], ...]
"""(up to and with, points), from the lowest; the last holds for all above."""

_ALL = float("inf")
RESPIRATION: Bands = ((8, 3), (11, 1), (20, 0), (24, 2), (_ALL, 3))
SATURATION_1: Bands = ((91, 3), (93, 2), (95, 1), (_ALL, 0))
SATURATION_2: Bands = ((83, 3), (85, 2), (87, 1), (92, 0), (94, 1), (96, 2), (_ALL, 3))
SYSTOLIC: Bands = ((90, 3), (100, 2), (110, 1), (219, 0), (_ALL, 3))
PULSE: Bands = ((40, 3), (50, 1), (90, 0), (110, 1), (130, 2), (_ALL, 3))
TEMPERATURE: Bands = ((35.0, 3), (36.0, 1), (38.0, 0), (39.0, 1), (_ALL, 2))


class Risk(StrEnum):
    """Clinical risk, and the response that it asks for. Source: chart 2."""

    low = "low"
    low_medium = "low-medium"
    medium = "medium"
    high = "high"


@dataclass(frozen=True, slots=True)
class Signs:
    """One set of observations; None is what was not recorded. Breaths, beats a minute; percent; mmHg; degrees Celsius."""

    respiration: float | None = None
    saturation: float | None = None
    on_oxygen: bool | None = None
    systolic: float | None = None
    pulse: float | None = None
    is_alert: bool | None = None
    temperature: float | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """The points of each sign (None where it was not recorded), by its name, in the chart's order."""

    points: tuple[tuple[str, int | None], ...]

    @property
    def total(self) -> int:
        """The sum of what was recorded: the score itself only where `is_whole`, else the least that it can be."""
        return sum(points or 0 for _, points in self.points)

    @property
    def missing(self) -> tuple[str, ...]:
        """The signs that were not recorded."""
        return tuple(name for name, points in self.points if points is None)

    @property
    def is_whole(self) -> bool:
        """Whether every sign was recorded."""
        return not self.missing

    @property
    def red(self) -> tuple[str, ...]:
        """The signs that score 3 by themselves."""
        return tuple(name for name, points in self.points if points == _RED)

    @property
    def risk(self) -> Risk:
        """The risk; of a score that is not whole, the least that it can be."""
        if self.total >= _HIGH:
            return Risk.high
        if self.total >= _MEDIUM:
            return Risk.medium
        return Risk.low_medium if self.red else Risk.low


def score(signs: Signs, *, scale_2: bool = False) -> Score:
    """The points of each sign. `scale_2` is for hypercapnic respiratory failure with a target of 88 to 92%."""
    saturation = _on_scale_2(signs) if scale_2 else _banded(signs.saturation, SATURATION_1)
    return Score(
        (
            ("respiration rate", _banded(signs.respiration, RESPIRATION)),
            ("oxygen saturation", saturation),
            ("air or oxygen", None if signs.on_oxygen is None else 2 * signs.on_oxygen),
            ("systolic blood pressure", _banded(signs.systolic, SYSTOLIC)),
            ("pulse", _banded(signs.pulse, PULSE)),
            ("consciousness", None if signs.is_alert is None else _RED * (not signs.is_alert)),
            ("temperature", _banded(_tenths(signs.temperature), TEMPERATURE)),
        )
    )


def _on_scale_2(signs: Signs) -> int | None:
    """At 93% or more what is breathed decides: on air there are no points, and unknown is not recorded."""
    if signs.saturation is None or round(signs.saturation) < _SATURATED:
        return _banded(signs.saturation, SATURATION_2)
    if signs.on_oxygen is None:
        return None
    return _banded(signs.saturation, SATURATION_2) if signs.on_oxygen else 0


def _banded(value: float | None, bands: Bands) -> int | None:
    """The chart has whole numbers, and tenths of a degree: a value between two is the nearer's."""
    if value is None:
        return None
    whole = value if bands is TEMPERATURE else round(value)
    return next(points for top, points in bands if whole <= top)


def _tenths(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
