"""A patient of the EHR is a patient of the record only where everything agrees; any doubt has its own name."""

from typing import Any

import pytest

from tabard.dialect import FAILED_CHECK
from tabard.fhir import Resource
from tabard.link.ehr.believing import doubt_of, needs_a_visit, only_one
from tabard.link.ehr.errors import TOLD, Doubt
from unit.link.ehr.stand_in import MRN, NHS, SYSTEMS, THEIR_MRN, THEIR_NHS, our_patient, their_patient

GOOD, OTHER = "9990000018", "9990000026"


def ours(**more: Any) -> Resource:
    return our_patient("ann", "100", **more)


def theirs(**more: Any) -> Resource:
    return their_patient("1", "100", **more)


def numbers(*pairs: tuple[str, str], **more: str) -> list[Resource]:
    return [{"system": system, "value": value, **more} for system, value in pairs]


def doubt(here: Resource, there: Resource, held: dict[tuple[str, str], str] | None = None) -> Doubt | None:
    known = {(MRN, "100"): "ann", **(held or {})}
    return doubt_of(
        here, there, systems=SYSTEMS, holders=lambda number: frozenset({known[number]} if number in known else ())
    )


def test_those_who_agree_are_one() -> None:
    """The same number and birth date, and nothing against it."""
    assert doubt(ours(), theirs()) is None


@pytest.mark.parametrize(
    ("here", "there", "why"),
    [
        (ours(active=False), theirs(), Doubt.given_up_here),
        (ours(link=[{"type": "replaced-by", "other": {"reference": "Patient/x"}}]), theirs(), Doubt.given_up_here),
        (ours(), theirs(active=False), Doubt.given_up_there),
        (ours(), theirs(link=[{"type": "replaced-by", "other": {"reference": "Patient/2"}}]), Doubt.given_up_there),
        (ours(identifier=numbers((MRN, "100"), use="old")), theirs(), Doubt.no_number),
        (ours(identifier=numbers(("urn:other", "100"))), theirs(), Doubt.no_number),
        (ours(), theirs(identifier=numbers((THEIR_MRN, "101"))), Doubt.number_differs),
        (ours(), theirs(identifier=numbers((THEIR_MRN, "100"), use="old")), Doubt.number_differs),
        (
            ours(),
            theirs(identifier=[{"system": THEIR_MRN, "value": "100", "period": {"end": "2026-01-01"}}]),
            Doubt.number_differs,
        ),
        (ours(), theirs(identifier=numbers(("urn:x", "100"))), Doubt.number_differs),
        (ours(identifier=numbers((MRN, "100"), (MRN, "102"))), theirs(), Doubt.number_differs),
        (ours(), theirs(birthDate="1950-01-02"), Doubt.birth_date_differs),
        (ours(birthDate=None), theirs(), Doubt.birth_date_differs),
        (ours(), theirs(birthDate=None), Doubt.birth_date_differs),
        (
            ours(identifier=numbers((MRN, "100"), (NHS, GOOD))),
            theirs(identifier=numbers((THEIR_MRN, "100"), (THEIR_NHS, OTHER))),
            Doubt.nhs_number_differs,
        ),
    ],
)
def test_each_doubt_is_told_by_name(here: Resource, there: Resource, why: Doubt) -> None:
    """Given up, numbers that differ, birth dates or NHS numbers that contradict."""
    assert doubt(here, there) is why


def test_a_number_of_theirs_that_is_somebody_elses_here_is_a_doubt() -> None:
    """A merge that only the EHR made gives one patient the numbers of two of ours."""
    merged = theirs(identifier=numbers((THEIR_MRN, "100"), (THEIR_MRN, "200")))
    assert doubt(ours(), merged, {(MRN, "200"): "ben"}) is Doubt.number_of_another
    assert doubt(ours(), merged, {(MRN, "200"): "ann"}) is None, "merged here too"
    old = theirs(identifier=[*numbers((THEIR_MRN, "100")), *numbers((THEIR_MRN, "200"), use="old")])
    assert doubt(ours(), old, {(MRN, "200"): "ben"}) is Doubt.number_of_another, "an old number is a number"


def test_without_a_birth_date_the_same_nhs_number_decides() -> None:
    """Two unknown dates do not agree; two equal NHS numbers that pass their check do."""
    here = ours(birthDate=None, identifier=numbers((MRN, "100"), (NHS, GOOD)))
    there = theirs(birthDate=None, identifier=numbers((THEIR_MRN, "100"), (THEIR_NHS, GOOD)))
    assert doubt(here, there) is None
    bad = "9990000019"
    here = ours(birthDate=None, identifier=numbers((MRN, "100"), (NHS, bad)))
    there = theirs(birthDate=None, identifier=numbers((THEIR_MRN, "100"), (THEIR_NHS, bad)))
    assert doubt(here, there) is Doubt.birth_date_differs, "a number that fails its check says nothing"


@pytest.mark.parametrize(
    ("here", "there", "is_needed"),
    [
        ([{"family": "Bell", "given": ["Ann"]}], [{"family": "BELL", "given": [" ann", "May"]}], False),
        ([{"family": "Bell", "given": ["Ann"]}, {"family": "Old"}], [{"family": "old"}], False),
        ([{"family": "Bell", "given": ["Ann"]}], [{"family": "Bell", "given": ["Beth"]}], True),
        ([{"family": "Bell", "given": ["Ann"]}], [{"family": "Hill", "given": ["Ann"]}], True),
        ([{"family": "Bell", "given": ["Ann"]}], [], False),
        ([{"text": "Ann Bell"}], [{"family": "Hill", "given": ["Ann"]}], False),
    ],
)
def test_names_that_contradict_need_more_than_a_number(
    here: list[Resource], there: list[Resource], *, is_needed: bool
) -> None:
    """Two other names are two people unless a visit or the NHS number says that they are one; what is not told says nothing."""
    assert needs_a_visit(ours(name=here), theirs(name=there), SYSTEMS) is is_needed
    number, told = numbers((MRN, "100"), (NHS, GOOD)), numbers((THEIR_MRN, "100"), (THEIR_NHS, GOOD))
    assert not needs_a_visit(ours(name=here, identifier=number), theirs(name=there, identifier=told), SYSTEMS)


PLACEHOLDER = "9999999999"
"""It passes the check, and is written where the number is not known."""


def test_a_placeholder_is_nobodys_number() -> None:
    """It neither proves that two are one, nor that they are two; nor does a number that is marked as having failed."""
    mark = {"extension": [{"url": FAILED_CHECK, "valueBoolean": True}]}
    for value, more in ((PLACEHOLDER, mark), (PLACEHOLDER, {}), (GOOD, mark)):
        number = [{"system": NHS, "value": value, **more}]
        there = theirs(birthDate=None, identifier=numbers((THEIR_MRN, "100"), (THEIR_NHS, value)))
        here = ours(birthDate=None, identifier=[*numbers((MRN, "100")), *number])
        assert doubt(here, there) is Doubt.birth_date_differs
    known = ours(identifier=numbers((MRN, "100"), (NHS, GOOD)))
    assert doubt(known, theirs(identifier=numbers((THEIR_MRN, "100"), (THEIR_NHS, PLACEHOLDER)))) is None


def test_one_number_leads_to_exactly_one() -> None:
    """Nobody and two are doubts of their own; the same one twice is one."""
    assert only_one([]) is Doubt.not_there
    assert only_one([theirs(), their_patient("2", "100")]) is Doubt.several_there
    assert only_one([theirs(), theirs()]) is None


def test_every_doubt_says_what_to_do() -> None:
    """Whoever reads it knows what happened and what to do."""
    assert TOLD.keys() == set(Doubt)
    assert all(sentence and remedy for sentence, remedy in TOLD.values())
