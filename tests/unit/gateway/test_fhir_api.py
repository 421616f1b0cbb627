"""The FHIR API within the rights of a token: what is shown, what is not, and how it is said."""

import pytest

from tabard.gateway import EncounterContext, PatientContext, WardContext
from unit.gateway.world import (
    BOARD,
    World,
    encounter,
    ids,
    is_outcome,
    patient,
)

WARD = WardContext("w1")


ANN = PatientContext("ann")


VISIT = EncounterContext("e-ann", "ann")


def test_a_patient_is_read_as_stored(world: World) -> None:
    """The stored bytes, with version, time, freshness and the product's origin beside them."""
    response = world.get("Patient/ann", world.access(ANN))
    stored = world.reader.read("Patient", "ann")
    assert stored is not None
    assert response.content == stored.body
    assert response.headers["content-type"] == "application/fhir+json;charset=UTF-8"
    assert response.headers["etag"] == 'W/"1"'
    assert response.headers["last-modified"] == "Sun, 01 Mar 2026 08:30:00 GMT"
    assert response.headers["tabard-feed"] == '"lorenzo";state=live;last="2026-03-01T08:30:00.000Z"'
    assert response.headers["access-control-allow-origin"] == BOARD
    assert "Tabard-Feed" in response.headers["access-control-expose-headers"]
    assert response.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize("tag", ['W/"1"', '"1"', 'W/"7", W/"1"', "*"])
def test_what_the_product_already_holds_is_not_sent_again(world: World, tag: str) -> None:
    """If-None-Match of this version: 304 without a body, audited all the same."""
    response = world.get("Patient/ann", world.access(ANN), If_None_Match=tag)
    assert (response.status_code, response.content, response.headers["etag"]) == (304, b"", 'W/"1"')
    assert world.audited(action="read")[-1]["status"] == 304
    assert world.get("Patient/ann", world.access(ANN), If_None_Match='W/"2"').status_code == 200


@pytest.mark.parametrize("authorization", [None, "Bearer ", "Bearer guessed", "Basic YTpi", "guessed"])
def test_without_a_good_token_exactly_401(world: World, authorization: str | None) -> None:
    """No token, a wrong one, another scheme: 401 with a challenge and an OperationOutcome, readable by any origin."""
    headers = {} if authorization is None else {"Authorization": authorization}
    response = world.ask("GET", "/fhir/Patient/ann", headers=headers)
    assert is_outcome(response, 401, "login")
    assert response.headers["www-authenticate"].startswith('Bearer realm="tabard"')
    assert world.audited(action="read")[-1]["outcome"] == "refused"


def test_a_token_of_another_patient_reads_nothing(world: World) -> None:
    """With Ann's token Ben is refused in every way, whatever the scopes say, and whether he exists is not told."""
    token = world.access(ANN)
    for path in (
        "Patient/ben",
        "Encounter/e-ben",
        "Observation/o-ben",
        "Patient/ben/_history",
        "Patient/ben/_history/1",
        "Patient/none",
    ):
        assert is_outcome(world.get(path, token), 403, "forbidden"), path
    for path in (
        "Patient?_id=ben",
        "Patient?name=Bell",
        "Encounter?patient=ben",
        "Observation?subject=Patient/ben",
        "Encounter?_id=e-ben",
    ):
        assert ids(world.get(path, token)) == set(), path


def test_a_patient_context_limits_to_that_patient(world: World) -> None:
    """Visits and results of Ann, and only the places and people that those name."""
    token = world.access(ANN)
    assert ids(world.get("Patient", token)) == {"Patient/ann"}
    assert ids(world.get("Encounter", token)) == {"Encounter/e-ann", "Encounter/e-ann-old"}
    assert ids(world.get("Observation", token)) == {"Observation/o-ann", "Observation/o-ann-old"}
    assert ids(world.get("Practitioner", token)) == {
        "Practitioner/gp",
        "Practitioner/dr-e-ann",
        "Practitioner/dr-e-ann-old",
    }
    assert ids(world.get("Location", token)) == {"Location/w1", "Location/w1-b1", "Location/w2"}
    assert ids(world.get("Organization", token)) == {"Organization/practice"}
    assert world.get("Organization/elsewhere", token).status_code == 403
    assert world.get("Practitioner/dr-e-ben", token).status_code == 403


def test_an_encounter_context_limits_to_that_visit(world: World) -> None:
    """Of the patient's visits and results, this visit's alone."""
    token = world.access(VISIT)
    assert ids(world.get("Encounter", token)) == {"Encounter/e-ann"}
    assert world.get("Encounter/e-ann-old", token).status_code == 403
    assert ids(world.get("Observation", token)) == {"Observation/o-ann"}
    assert world.get("Observation/o-ann-old", token).status_code == 403
    assert world.get("Observation/o-ann", token).status_code == 200
    assert ids(world.get("Patient", token)) == {"Patient/ann"}
    assert "Practitioner/dr-e-ann-old" not in ids(world.get("Practitioner", token))


def test_a_visit_moved_to_another_patient_is_no_longer_in_context(world: World) -> None:
    """After a merge re-pointed the visit, the old context sees neither it nor its new patient."""
    token = world.access(VISIT)
    world.put(encounter("e-ann", "ben", ("w1", "active")))
    assert world.get("Encounter/e-ann", token).status_code == 403
    assert ids(world.get("Encounter", token)) == set()


def test_a_ward_context_shows_who_is_there_now(world: World) -> None:
    """Visits with an active place on the ward, and their patients, practitioners and places: nobody who left or is elsewhere."""
    token = world.access(WARD)
    assert ids(world.get("Encounter", token)) == {"Encounter/e-ann"}
    assert ids(world.get("Patient", token)) == {"Patient/ann"}
    assert ids(world.get("Practitioner", token)) == {"Practitioner/dr-e-ann"}
    assert ids(world.get("Location", token)) == {"Location/w1", "Location/w1-b1"}
    assert world.get("Patient/ann", token).status_code == 200
    assert world.get("Location/w1", token).status_code == 200
    for path in (
        "Patient/ben",
        "Patient/cat",
        "Encounter/e-cat",
        "Encounter/e-ben",
        "Encounter/e-ann-old",
        "Practitioner/gp",
        "Location/w2",
    ):
        assert is_outcome(world.get(path, token), 403, "forbidden"), path


@pytest.mark.parametrize("path", ["Observation", "Observation/o-ann", "DiagnosticReport", "Organization/practice"])
def test_a_ward_context_holds_no_results(world: World, path: str) -> None:
    """Everything but the ward's visits and who is reached from them is refused."""
    response = world.get(path, world.access(WARD))
    assert response.status_code == 403 or ids(response) == set()
    assert path.startswith("Organization") or is_outcome(response, 403, "forbidden")


def test_a_ward_follows_the_day(world: World) -> None:
    """Whoever comes is seen at once, whoever leaves is gone at once, with the same token."""
    token = world.access(WARD)
    assert ids(world.get("Patient", token)) == {"Patient/ann"}
    world.put(encounter("e-ben", "ben", ("w2", "completed"), ("w1-b1", "active")))
    assert ids(world.get("Patient", token)) == {"Patient/ann", "Patient/ben"}
    world.put(encounter("e-ann", "ann", ("w1", "completed"), ("w2", "active")))
    assert ids(world.get("Patient", token)) == {"Patient/ben"}
    assert world.get("Patient/ann", token).status_code == 403
    world.put(encounter("e-ben", "ben", ("w1-b1", "active"), status="finished"))
    assert ids(world.get("Encounter", token)) == set()
    assert ids(world.get("Patient", token)) == set()


def test_a_place_without_a_status_is_not_now(world: World) -> None:
    """What is not known to be active is not shown as being there."""
    visit = encounter("e-ben", "ben", ("w1", "active"))
    del visit["location"][0]["status"]
    world.put(visit)
    assert ids(world.get("Encounter", world.access(WARD))) == {"Encounter/e-ann"}


def test_a_mention_of_another_patient_in_a_visit_reaches_nobody(world: World) -> None:
    """On a ward a patient is reached as the subject of a visit only."""
    visit = encounter("e-ann", "ann", ("w1", "active"))
    visit["extension"] = [{"url": "http://example.org/mother", "valueReference": {"reference": "Patient/cat"}}]
    world.put(visit)
    assert ids(world.get("Patient", world.access(WARD))) == {"Patient/ann"}


def test_a_scope_that_was_not_granted_is_refused(world: World) -> None:
    """Read is not search, one type is not another; 403 says insufficient_scope."""
    token = world.access(ANN, "launch user/Patient.r user/Encounter.s")
    assert world.get("Patient/ann", token).status_code == 200
    for path in ("Patient", "Encounter/e-ann", "Observation", "MedicationRequest", "Condition/1"):
        response = world.get(path, token)
        assert is_outcome(response, 403, "forbidden"), path
        assert 'error="insufficient_scope"' in response.headers["www-authenticate"]


def test_patient_scopes_count_only_where_a_patient_is_bound(world: World) -> None:
    """A ward is not a patient: patient scopes give nothing there."""
    scope = "launch patient/Encounter.rs"
    assert world.get("Encounter", world.access(ANN, scope)).status_code == 200
    assert is_outcome(world.get("Encounter", world.access(WARD, scope)), 403, "forbidden")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "Patient"),
        ("PUT", "Patient/ann"),
        ("PATCH", "Patient/ann"),
        ("DELETE", "Patient/ann"),
        ("POST", "Patient/$merge"),
        ("DELETE", "Observation?subject=ann"),
    ],
)
def test_writing_is_refused_and_told_why(world: World, method: str, path: str) -> None:
    """What came by a link is read-only to products, and nothing changes."""
    before = world.reader.last_change()
    response = world.ask(
        method,
        f"/fhir/{path}",
        headers={"Authorization": f"Bearer {world.access(ANN)}"},
        content=b'{"resourceType":"Patient"}',
    )
    assert is_outcome(response, 403, "forbidden")
    assert "read-only" in response.json()["issue"][0]["details"]["text"]
    assert world.reader.last_change() == before
    assert {"create", "update", "patch", "delete", "write"} & {
        event["action"] for event in world.audited(outcome="refused")
    }


def test_a_patient_is_found_by_name_on_the_ward_only(world: World) -> None:
    """A name searched from a ward finds those who are there."""
    world.put(patient("ann-2", "Archer"))
    assert ids(world.get("Patient?name=archer", world.access(WARD))) == {"Patient/ann"}
