"""Taking a case on: who judges it, each with a word on conflicts of interest, none of them of the maker's house."""

from dataclasses import replace
from datetime import datetime
from unicodedata import normalize

from tabard.accreditation.cases.model import Case, Status, Taken
from tabard.accreditation.cases.moving import move, must_be, without_statement
from tabard.accreditation.claims.judgement import Judgement
from tabard.accreditation.errors import Barred
from tabard.decision import NEEDED, NO_CONFLICT, Accreditor, Reviewed, Role

_OPEN = (Status.submitted, Status.checking, Status.in_review, Status.referred_back, Status.signing)
_LONGEST = 500


def take(case: Case, who: Accreditor, conflicts: str, now: datetime) -> Case:
    """The case with this person among those who judge it, or barred from it by the conflict that they declare.

    `conflicts` is `none` or tells it in words. A conflict once declared stays; what its holder said of the case goes, as does
    what somebody said in a role that they hold no more, and a statement that names them is not signed on. Raises NotNow once it is decided, Barred for the maker's own people and for
    those whose refusal is under review.
    """
    if not case.is_first_of_type:  # which may be widened, by whoever holds the role by then
        must_be(case, *_OPEN)
    check_stranger(case, who)
    told = " ".join(conflicts.split())
    if not told or len(told) > _LONGEST:
        raise Barred("a conflict of interest is told, or that there is none", where=case.id, expected="none, or words")
    told = NO_CONFLICT if told.casefold() == NO_CONFLICT else told
    before = next((one for one in case.taken if one.id == who.id), None)
    if before is not None and (not before.is_free or told == NO_CONFLICT):
        if before.conflicts != told:
            raise Barred("a conflict of interest that was declared stays", where=who.name, got=before.conflicts)
        if before.role == who.role:
            return case
    taken = Taken(who.id, who.name, who.role, who.organisation, told, now)
    others = tuple(one for one in case.taken if one.id != who.id)
    if case.is_first_of_type:  # what was said before the decision stands as it was decided on
        return replace(case, taken=(*others, taken), widening=None)
    reviews = tuple(one for one in case.reviews if _stands(one, taken))
    judgements = tuple(one for one in case.judgements if _stands(one, taken))
    case = replace(case, taken=(*others, taken), reviews=reviews, judgements=judgements)
    if case.status is not Status.signing:
        return case
    return move(case, without_statement(case), now, statement=None, outcome=None)  # who judges stands in the statement


def _stands(word: Reviewed | Judgement, taken: Taken) -> bool:
    """Whether what was said stays: of others always, of this person only what they said free and in this role."""
    return word.by != taken.name or (taken.is_free and word.role == taken.role)


def check_stranger(case: Case, who: Accreditor) -> None:
    """Raises Barred where this person is of the maker's house, or made the refusal that is under review."""
    if is_same_person(who.name, case.safety_officer):
        raise Barred("nobody judges their own product", where=case.id, got="the maker's own safety officer")
    if not who.organisation or who.organisation == case.publisher:
        raise Barred(
            "nobody judges their own product",
            where=case.id,
            expected=f"a person of another organisation than {case.publisher}",
            got=who.organisation or "an organisation that is not known",
            remedy="have the person enrolled with the ODS code of whom they work for",
        )
    if who.id in case.barred:
        raise Barred("a refusal is reviewed by other people than those who made it", where=case.id, got=who.name)


def check_taken(case: Case, who: Accreditor) -> None:
    """Raises Barred unless this person took the case on, without a conflict of interest, and is no one's own."""
    check_stranger(case, who)
    taken = next((one for one in case.taken if one.id == who.id), None)
    if taken is None or taken.role != who.role:
        raise Barred(
            "you have not taken this case on",
            where=case.id,
            remedy="say whether you have a conflict of interest: tabard accredit assign CASE --conflict none",
        )
    if not taken.is_free:
        raise Barred("whoever has a conflict of interest does not judge", where=case.id, got=taken.conflicts)


def missing_roles(case: Case) -> tuple[Role, ...]:
    """The roles that the product's class needs and nobody who is free has taken on."""
    free = {one.role for one in case.taken if one.is_free}
    return tuple(role for role in Role if role in NEEDED[case.product_class] - free)


def is_same_person(one: str, other: str) -> bool:
    """Whether two names are written the same, but for case, blanks and the form of letters; "" is nobody's."""
    mine, theirs = (" ".join(normalize("NFKC", name).casefold().split()) for name in (one, other))
    return bool(mine) and mine == theirs
