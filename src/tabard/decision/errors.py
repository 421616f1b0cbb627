"""Why a decision is refused, a reason of its own for each, and what must not be built at all."""

from enum import StrEnum, unique

from tabard.ground.errors import CallerError, PeerError


@unique
class Reason(StrEnum):
    """Why a package counts as not accredited."""

    unreadable = "unreadable"
    unknown_signer = "unknown_signer"
    signer_out_of_date = "signer_out_of_date"
    one_person = "one_person"
    one_role = "one_role"
    not_a_reviewer = "not_a_reviewer"
    own_product = "own_product"
    conflict = "conflict"
    wrong_verifier = "wrong_verifier"
    not_passed = "not_passed"
    other_package = "other_package"
    other_product = "other_product"
    not_yet_valid = "not_yet_valid"
    out_of_date = "out_of_date"
    not_this_site = "not_this_site"


class NotAccredited(PeerError):  # noqa: N818  the word a reader expects
    """There is no decision that lets this package be installed; `reason` says why."""

    def __init__(self, reason: Reason, message: str, *, expected: str, got: str, remedy: str) -> None:
        super().__init__(message, where="decision", expected=expected, got=got, remedy=remedy)
        self.reason = reason


class BadDecision(CallerError):  # noqa: N818  as the others of its kind
    """A decision that contradicts itself, or that could not be written down."""


class BadTrust(CallerError):  # noqa: N818  as the others of its kind
    """A list of accreditors by which one person could count as two."""
