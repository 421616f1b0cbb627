"""What a maker claims, criterion by criterion, and what it names as evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class State(StrEnum):
    """A maker's word on a criterion."""

    done = "done"
    todo = "todo"
    exempt = "exempt"


@dataclass(frozen=True, slots=True)
class Ref:
    """What a claim points at: bytes by their SHA-256; `file` names the package's file where it is one, and is "" otherwise."""

    sha256: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A maker's word on one criterion. `reason` says why it is exempt, or what is still to do; `by` until when that will be done."""

    criterion: str
    state: State
    answer: str = ""
    reason: str = ""
    evidence: tuple[Ref, ...] = ()
    by: date | None = None


@dataclass(frozen=True, slots=True)
class Claims:
    """All that a product's maker claims, in the order of its file, and the class that it takes its product for (None: unsaid)."""

    claims: tuple[Claim, ...] = ()
    product_class: int | None = None

    def of(self, criterion: str) -> Claim | None:
        """What is claimed of that criterion."""
        return next((one for one in self.claims if one.criterion == criterion), None)

    def answers(self, framework: str) -> Mapping[str, str]:
        """The answers to a framework's questions, by number."""
        given = (one for one in self.claims if one.answer and one.criterion.startswith(f"{framework}/"))
        return {one.criterion.partition("/")[2]: one.answer for one in given}


NO_CLAIMS = Claims()
"""Of a product that has no `claims.toml`."""
