"""Which criteria are asked of a product of a class, and why the others are not."""

from datetime import date

from tabard.accreditation.frameworks.classes import Classed
from tabard.accreditation.frameworks.model import Bearer, Criterion, Level, Trait
from tabard.accreditation.frameworks.shelf import frameworks
from tabard.decision import NEEDED, Role

_HAS = {
    Trait.patient_data: "reads or writes what is recorded of patients",
    Trait.writes: "writes to the record",
    Trait.pages: "has pages",
    Trait.server: "runs a process of its own",
    Trait.advises: "advises",
    Trait.outside: "calls hosts outside the hospital",
    Trait.components: "holds parts that others made",
    Trait.device: "is a medical device, or is not said to be none",
    Trait.patients_use: "is used by patients themselves",
}


def criteria_for(classed: Classed, on: date, of: Bearer = Bearer.maker) -> tuple[Criterion, ...]:
    """What is asked of the maker (or of whom `of` says) for a product of this class on this day, in the order of the frameworks.

    What is context alone is not judged, and left out.
    """
    return tuple(one for one in _judged(on, of) if why_not(one, classed) is None)


def set_aside(classed: Classed, on: date, of: Bearer = Bearer.maker) -> tuple[tuple[Criterion, str], ...]:
    """What is not asked for it, each with the reason in words."""
    told = ((one, why_not(one, classed)) for one in _judged(on, of))
    return tuple((one, reason) for one, reason in told if reason is not None)


def why_not(one: Criterion, classed: Classed) -> str | None:
    """Why a criterion is not asked of such a product; None where it is."""
    if classed.value < one.least_class:
        return f"asked of products of class {one.least_class} and above; this one is of class {classed.value.value}"
    for trait in one.needs:
        if trait not in classed.traits:
            return f"asked of a product that {_HAS[trait]}; this one does not"
    for trait in one.unless:
        if trait in classed.traits:
            return f"asked only where a product does not do so: this one {_HAS[trait]}"
    return None


def judges_of(one: Criterion, product_class: int) -> tuple[Role, ...]:
    """The roles whose people may judge that criterion, of a product of this class.

    Those that the criterion names; where the class needs none of these, the roles that it needs may as well: whatever is
    asked has somebody who judges it.
    """
    needed = NEEDED[product_class]
    may = set(one.judges) if needed & set(one.judges) else needed | set(one.judges)
    return tuple(role for role in Role if role in may)


def _judged(on: date, of: Bearer) -> list[Criterion]:
    asked = (one for each in frameworks(on) for one in each.criteria)
    return [one for one in asked if one.level is not Level.context and one.owner is of]
