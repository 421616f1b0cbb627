"""Two registrations become one."""

from typing import Any

from tabard.dialect import SHIELDED, PatientKey
from tabard.fhir import nhs_number
from tabard.link.belongings import repointed
from tabard.link.patient_merge import replaced, surviving

MRN = "urn:authority:RXX"
SURVIVOR: dict[str, Any] = {"resourceType": "Patient", "id": "s", "identifier": [{"system": MRN, "value": "1"}]}
PRIOR: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p",
    "active": True,
    "identifier": [
        {"system": MRN, "value": "2", "use": "usual"},
        {"system": nhs_number.SYSTEM, "value": "9434765919"},
        {"value": "no system"},
    ],
}


def test_the_one_merged_away_is_inactive_and_points_to_the_survivor() -> None:
    """Nobody finds the replaced registration without finding who replaced it."""
    gone = replaced(PRIOR, "s")
    assert gone["active"] is False
    assert gone["link"] == [{"other": {"reference": "Patient/s"}, "type": "replaced-by"}]
    assert gone["identifier"] == PRIOR["identifier"]


def test_the_survivor_takes_local_numbers_as_old_ones() -> None:
    """Local numbers are taken over, out of use; the NHS number is not, so that one is shown."""
    told = surviving(SURVIVOR, PRIOR, PatientKey(((MRN, "2"),)))
    assert told["identifier"] == [{"system": MRN, "value": "1"}, {"system": MRN, "value": "2", "use": "old"}]
    assert told["link"] == [{"other": {"reference": "Patient/p"}, "type": "replaces"}]


def test_a_number_that_both_had_stays_in_use() -> None:
    """What the survivor is known by is not put out of use by the other."""
    prior = {**PRIOR, "identifier": SURVIVOR["identifier"]}
    assert surviving(SURVIVOR, prior, None)["identifier"] == SURVIVOR["identifier"]


def test_of_an_unknown_one_the_numbers_are_remembered() -> None:
    """There is no resource to link to, but what comes later under its number finds the survivor."""
    told = surviving(SURVIVOR, None, PatientKey(((MRN, "2"),)))
    assert told["identifier"][-1] == {"system": MRN, "value": "2", "use": "old"}
    assert "link" not in told


def test_a_merge_told_twice_says_no_more_than_once() -> None:
    """Links and numbers are not doubled."""
    key = PatientKey(((MRN, "2"),))
    once = surviving(SURVIVOR, PRIOR, key)
    assert surviving(once, PRIOR, key) == once
    assert replaced(replaced(PRIOR, "s"), "s") == replaced(PRIOR, "s")


def test_links_to_others_are_kept() -> None:
    """A survivor of two merges replaces both."""
    twice = surviving(surviving(SURVIVOR, PRIOR, None), {**PRIOR, "id": "q"}, None)
    assert [link["other"]["reference"] for link in twice["link"]] == ["Patient/p", "Patient/q"]


def test_visits_and_results_go_over_whole() -> None:
    """Only whose it is changes."""
    visit = {
        "resourceType": "Encounter",
        "id": "e",
        "status": "finished",
        "subject": {"reference": "Patient/p", "display": "x"},
    }
    assert repointed(visit, "Patient/p", "Patient/s") == {
        **visit,
        "subject": {"reference": "Patient/s", "display": "x"},
    }


def test_who_is_hidden_stays_hidden_as_the_survivor() -> None:
    """One of the two numbers was marked: by the other the person is not to be found either."""
    mark = {"url": SHIELDED, "extension": [{"url": "element", "valueCode": "address"}]}
    label = [{"code": "R"}]
    hidden = {**PRIOR, "extension": [mark], "meta": {"security": label, "source": "urn:tabard:link:pas"}}
    told = surviving({**SURVIVOR, "extension": [{"url": "urn:other"}]}, hidden, None)
    assert told["extension"] == [{"url": "urn:other"}, mark]
    assert told["meta"] == {"security": label}
    assert surviving(told, hidden, None) == told
