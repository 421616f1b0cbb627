"""Whether what a claim points at is shown: one answer for the store that judges and for the maker's own machine."""

from collections.abc import Iterable
from datetime import date

from tabard.accreditation.claims.evidence import Evidence
from tabard.accreditation.claims.model import Claims, Ref, State

_SHORT = 12


def named_by(ref: Ref, evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The items that a reference names: those of its bytes, and those that stand in the place of what it names."""
    return tuple(one for one in evidence if ref.sha256 in (one.sha256, *one.follows))


def why_unproven(ref: Ref, criterion: str, evidence: Iterable[Evidence], on: date) -> str | None:
    """Why that reference shows nothing for that criterion on that day; None where it does. A package's own file always does.

    `evidence` is what stands of the organisation and of the product.
    """
    if ref.file:
        return None
    items = named_by(ref, evidence)
    if not items:
        return f"the evidence {ref.sha256[:_SHORT]}… is not among what stands of the organisation or the product"
    serving = [one for one in items if criterion in one.serves]
    if not serving:
        return f"the evidence {ref.sha256[:_SHORT]}… was not put forward for this criterion"
    told = [one.why_not(on) for one in serving]
    return None if None in told else f"{serving[0].title}: {told[0]}"


def unproven(claims: Claims, evidence: Iterable[Evidence], on: date) -> tuple[tuple[str, Ref, str], ...]:
    """Each criterion that is claimed to be done, with the reference that shows nothing for it, and why."""
    items = tuple(evidence)
    named = ((one.criterion, ref) for one in claims.claims if one.state is State.done for ref in one.evidence)
    told = ((criterion, ref, why_unproven(ref, criterion, items, on)) for criterion, ref in named)
    return tuple((criterion, ref, why) for criterion, ref, why in told if why)
