"""Whom a launch is about: what the EHR names is proven, and must be the one whom the proof is about."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tabard.fhir import Resource
from tabard.link import Doubt, Doubtful, NobodyHere
from tabard.link.ehr.launched import Launched
from tabard.link.ehr.pace import Pace

SYSTEMS = {"urn:here": "urn:there"}


def launched(
    there: Mapping[str, Resource], *, proven: str = "t1", holders: frozenset[str] = frozenset({"ours"})
) -> Launched:
    """An EHR that holds `there`, by id, and a proof that is about its patient `proven`."""
    driver = SimpleNamespace(base="https://ehr.example/r4", read=lambda _type, id_, _budget: there.get(id_))
    record = SimpleNamespace(holders=lambda _number: holders)
    proof = SimpleNamespace(bond=SimpleNamespace(theirs=proven), visits={"e1": "visit"})
    proving = SimpleNamespace(ask=lambda _ours, _question: (proof, None))
    return Launched(*cast("tuple[Any, ...]", (driver, record, proving, SYSTEMS, Pace(), 1.0)))


def patient(id_: str, **more: Any) -> Resource:
    """A patient there, with one number."""
    return {"resourceType": "Patient", "id": id_, "identifier": [{"system": "urn:there", "value": "7"}], **more}


def gone(id_: str, *into: str) -> Resource:
    """What is left of a patient who was combined away."""
    links = [{"type": "replaced-by", "other": {"reference": f"Patient/{one}"}} for one in into]
    return {"resourceType": "Patient", "id": id_, "active": False, "link": links}


def test_a_proof_about_another_patient_opens_nothing() -> None:
    """Whom the numbers lead to now must be whom the launch named."""
    with pytest.raises(Doubtful) as raised:
        launched({"t1": patient("t1")}, proven="t2").whom("t1", None)
    assert raised.value.doubt is Doubt.another_there


def test_who_was_combined_twice_is_followed_to_the_end() -> None:
    """The survivor of a survivor, and a word that it was so."""
    found = launched({"t3": gone("t3", "t2"), "t2": gone("t2", "t1"), "t1": patient("t1")}).whom("t3", "e1")
    assert (found.patient, found.encounter, found.is_merged) == ("ours", "visit", True)


@pytest.mark.parametrize(
    ("there", "reason"),
    [
        ({}, "unknown_patient"),
        ({"t1": gone("t1", "t1")}, "unknown_patient"),
        ({"t1": gone("t1", "t2", "t3")}, "several_patients"),
        ({"t1": {**patient("t1"), "identifier": []}}, "unknown_patient"),
        ({"t1": patient("t1", identifier=[{"system": "urn:there", "value": "7", "use": "old"}])}, "unknown_patient"),
    ],
)
def test_who_is_not_one_patient_is_nobody(there: Mapping[str, Resource], reason: str) -> None:
    """Not there, combined in a circle or into two, without a number, or by one out of use."""
    with pytest.raises(NobodyHere) as raised:
        launched(there).whom("t1", None)
    assert raised.value.reason == reason


def test_a_number_of_two_here_is_nobodys() -> None:
    """It is not decided which."""
    with pytest.raises(NobodyHere) as raised:
        launched({"t1": patient("t1")}, holders=frozenset({"one", "two"})).whom("t1", None)
    assert raised.value.reason == "several_patients"


def test_a_member_of_staff_is_told_by_numbers_in_use_alone() -> None:
    """An old number, and one of a system that is not joined, say nothing."""
    told = [
        {"system": "urn:there", "value": "C1"},
        {"system": "urn:there", "value": "C2", "use": "old"},
        {"system": "urn:elsewhere", "value": "C3"},
    ]
    there = {"p1": {"resourceType": "Practitioner", "id": "p1", "identifier": told}}
    assert launched(there).staff_numbers("p1") == (("urn:here", "C1"),)
    with pytest.raises(NobodyHere):
        launched(there).staff_numbers("p2")
