"""Who counts among those who signed: named as reviewer, in office, of another house than the maker's, without a conflict."""

from datetime import UTC, datetime

from tabard.decision.errors import NotAccredited, Reason
from tabard.decision.model import NEEDED, Decision
from tabard.decision.terms import NO_CONFLICT
from tabard.decision.trust import Accreditor
from tabard.ground.keys import PublicKey

_SIGN_AGAIN = "the centre must have it signed by a person of each role that is needed"


def judge_persons(persons: tuple[Accreditor, ...], decision: Decision) -> None:
    """That one person of each role which the product's class needs is among `persons`, who signed. Raises NotAccredited.

    The class is signed; what a class needs is this site's own word. A person has one role, so roles count persons.
    """
    doubts = tuple(_doubt(one, decision) for one in persons)
    counted = tuple(one for one, doubt in zip(persons, doubts, strict=True) if doubt is None)
    missing = NEEDED[decision.product_class] - {one.role for one in counted}
    if not missing:
        return
    for doubt in doubts:
        if doubt is not None:
            raise doubt
    raise _too_few(counted, ", ".join(sorted(missing)))


def _too_few(counted: tuple[Accreditor, ...], missing: str) -> NotAccredited:
    got = ", ".join(f"{one.name} ({one.role})" for one in counted)
    if len(counted) == 1:
        return NotAccredited(
            Reason.one_person, "one person alone signed", expected=f"also {missing}", got=got, remedy=_SIGN_AGAIN
        )
    return NotAccredited(
        Reason.one_role,
        "a role that a product of this class needs has not signed",
        expected=f"also {missing}",
        got=got,
        remedy=_SIGN_AGAIN,
    )


def _doubt(one: Accreditor, decision: Decision) -> NotAccredited | None:
    """Why this person's signature does not count; None when it does."""
    named = next((each for each in decision.reviewers if each.id == one.id), None)
    theirs = {PublicKey.from_pem(pem).keyid for pem in decision.publisher_keys} & {key.keyid for key in one.keys}
    if not one.is_in_office(decision.decided):
        return _refused(
            Reason.signer_out_of_date,
            "a person who signed was not in office when it was decided",
            f"in office at {_told(decision.decided)}",
            f"{one.name} from {one.valid_from:%Y-%m-%d} until {one.valid_until:%Y-%m-%d}",
        )
    if not one.organisation or one.organisation == decision.publisher or theirs:
        whose = one.organisation or "an organisation that is not known"
        return _refused(
            Reason.own_product,
            "nobody accredits their own product",
            f"a person of another organisation than {decision.publisher}",
            f"{one.name}, {whose}",
        )
    if named is None or named.role != one.role:
        return _refused(
            Reason.not_a_reviewer,
            "a person who signed did not take the case on",
            "the decision names them, with their role",
            f"{one.name} ({one.role})",
        )
    if named.conflicts != NO_CONFLICT:
        return _refused(
            Reason.conflict,
            "a person who signed has a conflict of interest",
            "none is declared",
            f"{one.name}: {named.conflicts}",
        )
    return None


def _refused(reason: Reason, message: str, expected: str, got: str) -> NotAccredited:
    return NotAccredited(reason, message, expected=expected, got=got, remedy=_SIGN_AGAIN)


def _told(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
