"""Somebody who must not be found: what would give them away leaves the door for nobody."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from tabard.dialect import SHIELDED
from tabard.fhir import Resource, decode
from tabard.gateway import PatientContext, WardContext
from tabard.gateway.policy import Shield
from unit.gateway.world import CLINICIAN, Feed, World, encounter, ids, patient, practitioner

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


def referred(id_: str, patient_id: str, **more: Any) -> Resource:
    """A visit that the GP referred to, under the doctor of that visit."""
    visit = encounter(id_, patient_id, ("w1", "active"), ("w1-b1", "active"))
    sent = {"type": [{"coding": [{"code": "REF"}]}], "individual": {"reference": "Practitioner/sender"}}
    return {**visit, "participant": [*visit["participant"], sent], **more}


@pytest.fixture
def sent(shielded: World) -> World:
    """The hidden Ann and Ben, who is not hidden, were both referred by one doctor."""
    shielded.put(practitioner("sender"), referred("e-ann", "ann"), referred("e-ben", "ben"))
    return shielded


@pytest.mark.parametrize("context", [ANN, WardContext("w1")])
@pytest.mark.parametrize(
    "path",
    [
        "Encounter/e-ann",
        "Encounter/e-ann/_history/2",
        "Encounter/e-ann/_history",
        "Encounter?_id=e-ann",
        "Encounter?_id=e-ann&_include=Encounter:participant",
    ],
)
def test_who_referred_her_is_in_no_visit_of_hers(sent: World, context: PatientContext | WardContext, path: str) -> None:
    """The GP as often as not; who looks after her there stays."""
    told = sent.get(path, sent.access(context))
    assert (told.status_code, "sender" in told.text) == (200, False)
    assert "Practitioner/dr-e-ann" in told.text


def test_a_result_brings_no_visit_along_that_tells_who_referred_her(sent: World) -> None:
    """_include is no way around."""
    told = sent.get("Observation?_id=o-ann&_include=Observation:encounter", sent.access(ANN))
    assert ids(told, "include") == {"Encounter/e-ann"}
    assert "sender" not in told.text


def test_who_referred_her_is_not_reached_through_her(sent: World) -> None:
    """Of Ben, who is not hidden, the same doctor is told and reached."""
    assert sent.get("Practitioner/sender", sent.access(ANN)).status_code == 403
    sent.put(referred("e-ben", "ben", location=[]), encounter("e-cat", "cat"))
    assert sent.get("Practitioner/sender", sent.access(WardContext("w1"))).status_code == 403
    ben = sent.access(PatientContext("ben"))
    assert "Practitioner/sender" in sent.get("Encounter/e-ben", ben).text
    assert sent.get("Practitioner/sender", ben).status_code == 200


@pytest.mark.parametrize("value", ["Practitioner/sender", "sender", "Practitioner/nobody,Practitioner/sender"])
@pytest.mark.parametrize("name", ["participant", "practitioner", "participant:Practitioner"])
def test_her_visit_is_not_found_by_who_referred_her(sent: World, name: str, value: str) -> None:
    """Nor counted; by who looks after her it is found."""
    if ":" in name and "/" in value:
        value = value.replace("Practitioner/", "")
    found = sent.gateway.door.search(CLINICIAN, "Encounter", ((name, value),), "test")
    assert ({one["resource"]["id"] for one in found["entry"]}, "total" in found) == ({"e-ben"}, False)
    found = sent.gateway.door.search(CLINICIAN, "Encounter", (("participant", "Practitioner/dr-e-ann"),), "test")
    assert {one["resource"]["id"] for one in found["entry"]} == {"e-ann"}


@pytest.mark.parametrize("value", ["REF", "REF,ADM", "http://terminology.hl7.org/CodeSystem/v3-ParticipationType|REF"])
def test_that_she_was_referred_is_not_found_by_the_role(sent: World, value: str) -> None:
    """Neither by the role of who is left out, nor by an order or a chain that looks at it; by a role that is shown it is."""
    role = {"type": [{"coding": [{"code": "ATND"}]}], "individual": {"reference": "Practitioner/dr"}}
    visit = referred("e-ann", "ann")
    sent.put({**visit, "participant": [*visit["participant"], role]})
    found = sent.gateway.door.search(CLINICIAN, "Encounter", (("participant-type", value),), "test")
    assert {one["resource"]["id"] for one in found.get("entry", ())} <= {"e-ben"}
    found = sent.gateway.door.search(CLINICIAN, "Encounter", (("participant-type", "ATND"),), "test")
    assert {one["resource"]["id"] for one in found["entry"]} == {"e-ann"}
    token = sent.access(WardContext("w1"))
    assert "e-ann" not in ids(sent.get("Encounter?participant-type=REF", token))
    assert sent.get("Encounter?_sort=participant-type", token).status_code == 400
    ann = sent.access(ANN)
    assert sent.get("Observation?encounter.participant-type=REF", ann).status_code == 400


def test_only_where_the_practice_is_hidden(sent: World) -> None:
    """Of whom the telephone alone is hidden, the referrer is told; of whom nobody is known, not."""
    sent.put(hidden("telecom"), referred("e-none", "nobody"))
    assert "sender" in sent.get("Encounter/e-ann", sent.access(ANN)).text
    assert "sender" not in str(sent.gateway.door.read(CLINICIAN, "Encounter", "e-none", "test"))


def of_ann(kind: str, id_: str, **more: Any) -> Resource:
    """A resource about Ann in which her GP and somebody else are named."""
    by = {
        "requester": {"reference": "Practitioner/other"},
        "note": [{"authorReference": {"reference": "Practitioner/gp"}}],
    }
    return {"resourceType": kind, "id": id_, "subject": {"reference": "Patient/ann"}, **by, **more}


def test_no_order_letter_or_relative_of_hers_names_whom_she_is_known_by(shielded: World) -> None:
    """Her GP is in none of it, nor who asked for it; whoever else is named stays, and of Ben all stays."""
    author = [{"reference": "Practitioner/gp"}, {"reference": "Practitioner/dr-e-ann"}]
    shielded.put(
        of_ann("ServiceRequest", "s-ann"),
        of_ann("DocumentReference", "d-ann", author=author),
        {
            "resourceType": "RelatedPerson",
            "id": "r-ann",
            "patient": {"reference": "Patient/ann"},
            "name": [{"text": "Mother"}],
        },
        {**of_ann("ServiceRequest", "s-ben"), "subject": {"reference": "Patient/ben"}},
    )
    shield = Shield(shielded.reader)

    def shown(kind: str, id_: str) -> Resource:
        stored = shielded.reader.read(kind, id_)
        assert stored is not None
        told: Resource = decode(shield.shown(stored).body)
        return told

    assert not {"requester", "note"} & shown("ServiceRequest", "s-ann").keys()
    assert shown("DocumentReference", "d-ann")["author"] == [{"reference": "Practitioner/dr-e-ann"}]
    assert "name" not in shown("RelatedPerson", "r-ann")
    assert {"requester", "note"} <= shown("ServiceRequest", "s-ben").keys()


@pytest.mark.parametrize("sort", ["address-city", "-phone", "family,general-practitioner"])
def test_no_order_tells_where_she_is(shielded: World, sort: str) -> None:
    """A place in a list that is sorted by an address would tell the address."""
    response = shielded.get(f"Patient?_sort={sort}", shielded.access(WardContext("w1")))
    assert response.status_code == 400
    assert "hidden" in response.text


def test_who_is_hidden_is_still_listed_by_name(shielded: World) -> None:
    """Sorting by what is always shown leaves nobody out."""
    assert ids(shielded.get("Patient?_sort=family", shielded.access(ANN))) == {"Patient/ann"}


def test_results_are_not_sorted_by_whom_they_name(shielded: World) -> None:
    """Nor is a GP told by the order of what they asked for; an unknown parameter keeps its own answer."""
    told = shielded.access(ANN)
    assert shielded.get("ServiceRequest?_sort=requester", told).status_code == 400
    assert shielded.get("Observation?_sort=-date", told).status_code == 200
