"""A pretend laboratory and bedside: the panels a ward asks for every day, with results that hang together."""

from dataclasses import dataclass, replace
from datetime import datetime
from random import Random

_ABNORMAL = 0.18
_FAR_OUT = 0.25


@dataclass(frozen=True, slots=True)
class Assay:
    """One thing measured; `low` and `high` are the normal range in `unit`, None where it has no such end.

    `floor` is the least that the analyser can tell: below it the laboratory reports `<floor`. `is_capped` says that
    `high` is the most there can be, as of a share in per cent.
    """

    code: str
    name: str
    loinc: str
    unit: str
    low: float | None
    high: float | None
    decimals: int = 0
    floor: float | None = None
    is_capped: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """What is asked for and reported together, by the laboratory or, when `is_bedside`, by whoever sees the patient."""

    code: str
    name: str
    assays: tuple[Assay, ...]
    is_bedside: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """One value as the laboratory words it (`98`, `<5`); `mark` is N, L, H, LL or HH."""

    assay: Assay
    value: str
    mark: str

    @property
    def range(self) -> str:
        """The normal range as the laboratory words it, such as `130-170` or `<5`."""
        low, high = self.assay.low, self.assay.high
        told = [f"{end:.{self.assay.decimals}f}" for end in (low, high) if end is not None]
        return "-".join(told) if low is not None and high is not None else f"{'<' if low is None else '>'}{told[0]}"


@dataclass(frozen=True, slots=True)
class Report:
    """A panel's results for a sample; `order` and `specimen` are the numbers of the asker and of the laboratory."""

    panel: Panel
    order: str
    specimen: str
    taken: datetime
    results: tuple[Result, ...]


FULL_BLOOD_COUNT = Panel(
    "FBC",
    "Full blood count",
    (
        Assay("HB", "Haemoglobin", "718-7", "g/L", 120, 165),
        Assay("WBC", "White cell count", "6690-2", "10*9/L", 4.0, 11.0, 1),
        Assay("PLT", "Platelets", "777-3", "10*9/L", 150, 400),
        Assay("NEUT", "Neutrophils", "751-8", "10*9/L", 2.0, 7.5, 1),
        Assay("MCV", "Mean cell volume", "787-2", "fL", 80, 100),
    ),
)
UREA_AND_ELECTROLYTES = Panel(
    "UE",
    "Urea and electrolytes",
    (
        Assay("NA", "Sodium", "2951-2", "mmol/L", 133, 146),
        Assay("K", "Potassium", "2823-3", "mmol/L", 3.5, 5.3, 1),
        Assay("UREA", "Urea", "22664-7", "mmol/L", 2.5, 7.8, 1),
        Assay("CREA", "Creatinine", "14682-9", "umol/L", 49, 104),
    ),
)
C_REACTIVE_PROTEIN = Panel(
    "CRP", "C-reactive protein", (Assay("CRP", "C-reactive protein", "1988-5", "mg/L", None, 5, floor=5),)
)
LACTATE = Panel("LAC", "Lactate", (Assay("LAC", "Lactate", "2524-7", "mmol/L", 0.5, 2.2, 1),))
TROPONIN = Panel(
    "TROP", "Troponin T", (Assay("TNT", "Troponin T (high sensitivity)", "67151-1", "ng/L", None, 14, floor=3),)
)
VITAL_SIGNS = Panel(
    "VITALS",
    "Vital signs",
    (
        Assay("BPSYS", "Systolic blood pressure", "8480-6", "mmHg", 100, 140),
        Assay("BPDIA", "Diastolic blood pressure", "8462-4", "mmHg", 55, 88),
        Assay("PULSE", "Pulse", "8867-4", "/min", 55, 100),
        Assay("TEMP", "Temperature", "8310-5", "Cel", 36.1, 37.8, 1),
        Assay("RESP", "Respirations", "9279-1", "/min", 12, 20),
        Assay("SPO2", "Oxygen saturation", "59408-5", "%", 94, 100, is_capped=True),
    ),
    is_bedside=True,
)
"""What is measured at the bedside, several times a day. The first two are one blood pressure."""

PANELS = (FULL_BLOOD_COUNT, UREA_AND_ELECTROLYTES, C_REACTIVE_PROTEIN, LACTATE, TROPONIN)


_LEAST_PULSE_PRESSURE = 25


def measure_all(panel: Panel, chance: Random) -> tuple[Result, ...]:
    """A value for each assay of the panel; the lower blood pressure keeps well under the upper."""
    drawn = tuple(measure(assay, chance) for assay in panel.assays)
    if not panel.is_bedside:
        return drawn
    upper, lower, *others = drawn
    if float(upper.value) - float(lower.value) < _LEAST_PULSE_PRESSURE:
        lower = _marked(lower, float(upper.value) - _LEAST_PULSE_PRESSURE)
    return upper, lower, *others


def _marked(result: Result, value: float) -> Result:
    """Another value of the same assay with the mark that it deserves."""
    low, high = _ends(result.assay)
    mark = "L" if value < low else "H" if value > high else "N"
    return replace(result, value=f"{value:.{result.assay.decimals}f}", mark=mark)


def measure(assay: Assay, chance: Random) -> Result:
    """A value: mostly within its range, at times out of it, at times far out, at times below what can be told."""
    if chance.random() < _ABNORMAL:
        return _out_of_range(assay, chance)
    low, high = _ends(assay)
    if assay.floor is not None:
        return Result(assay, f"<{assay.floor:g}", "N")
    return Result(assay, f"{chance.triangular(low, high):.{assay.decimals}f}", "N")


def _out_of_range(assay: Assay, chance: Random) -> Result:
    low, high = _ends(assay)
    far = chance.random() < _FAR_OUT
    width = (high - low) * (chance.uniform(0.5, 0.9) if far else chance.uniform(0.08, 0.3))
    below = assay.low is not None and (chance.random() < 0.5 or assay.is_capped)  # noqa: PLR2004  as often low as high
    if below and low - width > 0:
        return Result(assay, f"{low - width:.{assay.decimals}f}", "LL" if far else "L")
    grown = high + width * (12 if assay.low is None else 1)
    return Result(assay, f"{grown:.{assay.decimals}f}", "HH" if far else "H")


def _ends(assay: Assay) -> tuple[float, float]:
    return assay.low or 0.0, assay.high if assay.high is not None else (assay.low or 1.0) * 2
