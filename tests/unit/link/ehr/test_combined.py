"""Who was combined into another there is followed where all the proofs hold, and nowhere else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tabard.fhir import Resource
from tabard.link import Doubt, Doubtful
from tabard.link.ehr.combined import combined_into
from unit.link.ehr.stand_in import BASE, MRN, Side, beside, our_patient, their_observation, their_patient

ANN, BEN, NEW = "12724001", "12724002", "12724009"


@pytest.fixture
def side(tmp_path: Path) -> Iterator[Side]:
    """Ann is joined to her chart."""
    with beside(tmp_path) as found:
        assert len(asked(found)) == 1
        yield found


def asked(side: Side) -> list[Resource]:
    """Ann's results."""
    return [one.resource() for one in side.ehr.record.search("Observation", (("patient", "ann"),)).matches]


def doubt(side: Side) -> Doubt:
    """Why there are none."""
    with pytest.raises(Doubtful) as told:
        asked(side)
    return told.value.doubt


def combine(side: Side, into: str, **more: Any) -> None:
    """Ann's chart was combined there: a pointer is left, her number and all that is hers are the other's."""
    left: Resource = {"active": False, "link": [{"type": "replaced-by", "other": {"reference": f"Patient/{into}"}}]}
    gone = {**their_patient(ANN, "100"), **left, "identifier": []}
    visit = next(one for one in side.stand_in.held if one["id"] == "97001")
    side.stand_in.put(gone, their_patient(NEW, "100", **more))
    side.stand_in.put({**visit, "subject": {"reference": f"Patient/{NEW}"}})
    side.stand_in.put(their_observation("VS-1", NEW, encounter={"reference": "Encounter/97001"}))


def test_who_was_combined_is_followed_within_the_question(side: Side) -> None:
    """Number, birth date and visit lead to the one who took the place: the reader never learns of it."""
    combine(side, NEW)
    (found,) = asked(side)
    assert found["subject"] == {"reference": "Patient/ann"}
    row = side.ehr.map.by_ours("Patient", "ann")
    assert row is not None
    assert row.theirs == NEW


def test_the_number_must_lead_to_the_one_who_took_the_place(side: Side) -> None:
    """Combined into Ben, and the number is a third one's: two stories."""
    combine(side, BEN)
    assert doubt(side) is Doubt.another_there


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"birthDate": "1999-01-01"}, Doubt.birth_date_differs),
        ({"active": False}, Doubt.given_up_there),
        ({"identifier": [{"system": "urn:oid:1.1", "value": one} for one in ("100", "200")]}, Doubt.number_of_another),
    ],
)
def test_who_took_the_place_is_proven_like_anybody(side: Side, more: dict[str, Any], expected: Doubt) -> None:
    """A pointer alone is believed in nothing: what holds for a first question holds here."""
    combine(side, NEW, **more)
    assert doubt(side) is expected


def test_a_merge_that_only_the_ehr_made_is_not_followed(side: Side) -> None:
    """Ann was combined into Ben there, and the record has two people: her number is his by now."""
    combine(side, BEN)
    side.stand_in.held = [one for one in side.stand_in.held if one["id"] != NEW]
    numbers = [{"system": "urn:oid:1.1", "value": one} for one in ("100", "200")]
    side.stand_in.put(their_patient(BEN, "200", identifier=numbers))
    assert doubt(side) in {Doubt.number_of_another, Doubt.another_there}
    link: Resource = {"active": False, "link": [{"type": "replaced-by", "other": {"reference": "Patient/ben"}}]}
    here = [{"system": MRN, "value": one} for one in ("100", "200")]
    side.put(our_patient("ann", "100", **link), our_patient("ben", "200", identifier=here))
    assert doubt(side) is Doubt.given_up_here, "once the record knows of it, it is Ben's chart"


def test_combined_and_found_under_no_number_is_said(side: Side) -> None:
    """The pointer says more than that nobody has the number."""
    combine(side, NEW)
    side.stand_in.held = [one for one in side.stand_in.held if one["id"] != NEW]
    assert doubt(side) is Doubt.given_up_there


@pytest.mark.parametrize(
    "patient",
    [
        {"active": False},
        {"active": True, "link": [{"type": "replaced-by", "other": {"reference": "Patient/2"}}]},
        {"active": False, "link": [{"type": "replaces", "other": {"reference": "Patient/2"}}]},
        {"active": False, "link": [{"type": "replaced-by", "other": {"reference": "https://x.example/Patient/2"}}]},
        {"active": False, "link": [{"type": "replaced-by", "other": {"display": "Ann"}}, 7]},
        {"active": False, "link": 7},
    ],
)
def test_what_is_no_pointer_is_none(patient: Resource) -> None:
    """In use, the other direction, another server, words."""
    assert combined_into(BASE, patient) == frozenset()
