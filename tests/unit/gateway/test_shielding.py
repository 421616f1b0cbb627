"""Somebody who must not be found: what would give them away leaves the door for nobody."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from tabard.dialect import SHIELDED
from tabard.fhir import Resource
from tabard.gateway import PatientContext, WardContext
from unit.gateway.world import CLINICIAN, Feed, World, ids, patient

ANN = PatientContext("ann")
HIDDEN = ("address", "telecom", "contact", "generalPractitioner")
TELLING = ("LS1", "0113", "Mother", "Practitioner/gp")


def found_out(**more: Any) -> Resource:
    """Ann with all that would tell where she is."""
    return {
        **patient("ann", "Archer"),
        "address": [{"line": ["1 Mill Lane"], "postalCode": "LS1 1AA"}],
        "telecom": [{"system": "phone", "value": "0113 496 0000"}],
        "contact": [{"name": {"text": "Mother"}}],
        **more,
    }


def hidden(*elements: str, **more: Any) -> Resource:
    """The same, marked."""
    named = [{"url": "element", "valueCode": one} for one in elements or HIDDEN]
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
    marked = {"meta": {"security": [label]}, "extension": [{"url": SHIELDED, "extension": named}]}
    return found_out(**marked, **more)


@pytest.fixture
def shielded(world: World) -> World:
    """A world in which Ann was known before she was hidden."""
    world.put(found_out())
    world.put(hidden())
    return world


def tells(text: str) -> list[str]:
    return [one for one in TELLING if one in text]


@pytest.mark.parametrize(
    "path",
    ["Patient/ann", "Patient/ann/_history/2", "Patient/ann/_history/3", "Patient/ann/_history", "Patient?_id=ann"],
)
def test_no_read_version_history_or_search_tells(shielded: World, path: str) -> None:
    """Versions from before she was hidden are hidden too; her name, and that something is hidden, stay."""
    response = shielded.get(path, shielded.access(ANN))
    assert (response.status_code, tells(response.text)) == (200, [])
    assert "Archer" in response.text
    if not path.endswith("/2"):
        assert SHIELDED in response.text


def test_who_is_not_marked_is_shown_whole(world: World) -> None:
    """The same person without the mark, so that the tests here could fail."""
    world.put(found_out())
    response = world.get("Patient/ann", world.access(ANN))
    assert tells(response.text) == list(TELLING)


def test_the_portal_shows_no_more(shielded: World) -> None:
    """The door of our own pages hides the same."""
    door = shielded.gateway.door
    assert tells(str(door.read(CLINICIAN, "Patient", "ann", "test"))) == []
    assert tells(str(door.search(CLINICIAN, "Patient", (("_id", "ann"),), "test"))) == []


def test_a_visit_brings_her_along_hidden(shielded: World) -> None:
    """_include is no way around."""
    response = shielded.get("Encounter?_include=Encounter:patient", shielded.access(WardContext("w1")))
    assert "Patient/ann" in ids(response, "include")
    assert tells(response.text) == []


def test_the_general_practitioner_is_not_reached_through_her(shielded: World) -> None:
    """Neither by reading, nor by _include, in her own context or at the portal's door."""
    token = shielded.access(ANN)
    assert shielded.get("Practitioner/gp", token).status_code == 403
    assert shielded.get("Practitioner/dr-e-ann", token).status_code == 200
    assert ids(shielded.get("Patient?_include=Patient:general-practitioner", token), "include") == set()
    wanted = (("_id", "ann,ben"), ("_include", "Patient:general-practitioner"))
    found = shielded.gateway.door.search(CLINICIAN, "Patient", wanted, "test")
    assert "gp" in {entry["resource"]["id"] for entry in found["entry"]}  # Ben's, who is not hidden
    found = shielded.gateway.door.search(CLINICIAN, "Patient", (*wanted[1:], ("_id", "ann")), "test")
    assert "gp" not in {entry["resource"]["id"] for entry in found["entry"]}


@pytest.mark.parametrize(
    "asked",
    [
        (("address-postalcode", "LS1"),),
        (("address-postalcode:exact", "LS1 1AA"),),
        (("general-practitioner", "Practitioner/gp"), ("_id", "ann")),
    ],
)
def test_she_is_not_found_by_what_is_hidden(shielded: World, asked: tuple[tuple[str, str], ...]) -> None:
    """No match, and no count that would tell of one."""
    found = shielded.gateway.door.search(CLINICIAN, "Patient", asked, "test")
    assert "ann" not in {entry["resource"].get("id") for entry in found.get("entry", [])}
    assert "total" not in found


def test_she_is_found_by_what_is_not_hidden(shielded: World) -> None:
    """By name; and only what is named is hidden."""
    found = shielded.gateway.door.search(CLINICIAN, "Patient", (("family", "Archer"),), "test")
    assert (found["total"], found["entry"][0]["resource"]["id"]) == (1, "ann")
    shielded.put(hidden("telecom"))
    wanted = (("address-postalcode", "LS1"),)
    found = shielded.gateway.door.search(CLINICIAN, "Patient", wanted, "test")
    assert found["entry"][0]["resource"]["id"] == "ann"
    assert tells(str(found)) == ["LS1", "Mother", "Practitioner/gp"]


def test_a_label_without_a_list_hides_all(world: World) -> None:
    """Restricted, and nobody says what: in doubt all of it."""
    world.put(found_out(meta={"security": [{"code": "R"}]}))
    assert tells(world.get("Patient/ann", world.access(ANN)).text) == []


def test_a_mark_that_is_taken_off_shows_her_again(shielded: World) -> None:
    """Of a version that was hidden when it was written, what it hid stays hidden."""
    shielded.put(found_out(birthDate="1970-01-01"))
    token = shielded.access(ANN)
    assert tells(shielded.get("Patient/ann", token).text) == list(TELLING)
    assert tells(shielded.get("Patient/ann/_history/3", token).text) == []


@dataclass
class OpenFeed(Feed):
    """A feed whose opening load nobody has closed."""

    incomplete_since: datetime | None = None


def test_every_answer_says_since_when_the_record_is_incomplete(world: World) -> None:
    """In the header of each answer, and as a warning on each search, until a person closed the load."""
    since = datetime(2026, 2, 28, 6, tzinfo=UTC)
    world.feeds = [OpenFeed(incomplete_since=since)]
    token = world.access(ANN)
    assert (
        world.get("Patient/ann", token).headers["tabard-feed"].endswith(';incomplete-since="2026-02-28T06:00:00.000Z"')
    )
    (warning,) = [
        entry["resource"]
        for entry in world.get("Patient", token).json()["entry"]
        if entry["search"]["mode"] == "outcome"
    ]
    assert "incomplete since 2026-02-28T06:00:00.000Z" in warning["issue"][0]["diagnostics"]
    world.feeds = [OpenFeed()]
    assert "incomplete" not in world.get("Patient", token).text + world.get("Patient", token).headers["tabard-feed"]


def test_a_registration_merged_away_tells_nothing(world: World) -> None:
    """She may be hidden by the number that survived alone; what the other one said of where she lives is hidden with it."""
    world.put(found_out())
    world.put(found_out(active=False, link=[{"other": {"reference": "Patient/ben"}, "type": "replaced-by"}]))
    for path in ("Patient/ann", "Patient/ann/_history"):
        assert tells(world.get(path, world.access(ANN)).text) == []
    found = world.gateway.door.search(CLINICIAN, "Patient", (("address-postalcode", "LS1"),), "test")
    assert "ann" not in {entry["resource"].get("id") for entry in found.get("entry", [])}
