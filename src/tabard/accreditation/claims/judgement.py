"""A person's word on a criterion, bound to what that person had before them."""

from dataclasses import dataclass
from enum import StrEnum

from tabard.decision import Role


class Status(StrEnum):
    """How a criterion stands."""

    met = "met"
    met_with_conditions = "met_with_conditions"
    not_met = "not_met"
    not_applicable = "not_applicable"
    not_assessed = "not_assessed"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A person's word on a criterion: met, met with conditions, not met, or not applicable, and why.

    `conditions` are ids of the case's conditions. `basis` is the SHA-256 over what the person had before them
    (`basis_of`): the word stands as long as that is the same, in this version and in the next.
    """

    criterion: str
    status: Status
    reason: str
    by: str
    role: Role
    conditions: tuple[str, ...] = ()
    basis: str = ""
