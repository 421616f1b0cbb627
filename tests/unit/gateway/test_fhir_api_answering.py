"""How the FHIR API answers: versions, outcomes, methods and formats, how fresh it is, who may read an answer."""

from datetime import timedelta
from urllib.parse import quote

import pytest

from tabard.fhir import decode
from tabard.gateway import EncounterContext, PatientContext, WardContext
from unit.gateway.world import (
    BOARD,
    START,
    Feed,
    World,
    encounter,
    is_outcome,
)

WARD = WardContext("w1")


ANN = PatientContext("ann")


VISIT = EncounterContext("e-ann", "ann")


def test_versions_are_read_within_the_same_limits(world: World) -> None:
    """Vread and history show only versions that the rights would show now."""
    world.put(encounter("e-cat", "cat", ("w1", "active")))
    token = world.access(WARD)
    assert world.get("Encounter/e-cat/_history/2", token).json()["location"][0]["status"] == "active"
    assert is_outcome(world.get("Encounter/e-cat/_history/1", token), 403)
    assert is_outcome(world.get("Encounter/e-cat/_history/9", token), 404, "not-found")
    told = decode(world.get("Encounter/e-cat/_history", token).content)
    assert [entry["resource"]["meta"]["versionId"] for entry in told["entry"]] == ["2"]
    assert told["entry"][0]["request"] == {"method": "PUT", "url": "Encounter/e-cat"}
    assert told["entry"][0]["response"]["etag"] == 'W/"2"'


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("Observation/none", 404),
        ("Patient/ann/$merge", 404),
        ("Patient/ann/_history/x", 404),
        ("Patient/" + quote("Ann Archer"), 404),
        ("", 404),
        ("unknown", 404),
        ("Bundle/1", 404),
        ("Group/1", 404),
    ],
)
def test_what_is_not_here_is_404_with_an_outcome(world: World, path: str, status: int) -> None:
    """An unknown id, operation or type."""
    assert is_outcome(world.get(path, world.access(ANN)), status)


def test_other_methods_are_405(world: World) -> None:
    """TRACE and friends."""
    response = world.ask("TRACE", "/fhir/Patient/ann", headers={"Authorization": f"Bearer {world.access(ANN)}"})
    assert is_outcome(response, 405, "not-supported")


@pytest.mark.parametrize(
    ("accept", "query", "status"),
    [
        ("application/fhir+json", "", 200),
        ("application/json;q=0.9, text/html", "", 200),
        ("text/html, */*;q=0.1", "", 200),
        ("application/fhir+xml", "", 406),
        ("text/html", "", 406),
        ("application/json;q=0", "", 406),
        ("application/fhir+xml", "?_format=json", 200),
        ("application/fhir+json", "?_format=xml", 406),
        ("*/*", "?_format=application/fhir%2Bjson", 200),
        ("*/*", "?_format=application/fhir+json", 200),
    ],
)
def test_only_json_is_spoken(world: World, accept: str, query: str, status: int) -> None:
    """Accept and _format, the second outweighing the first; anything but JSON is 406."""
    assert world.get(f"Patient/ann{query}", world.access(ANN), Accept=accept).status_code == status


@pytest.mark.parametrize(
    ("state", "last"), [("silent", START - timedelta(hours=1)), ("behind", START), ("never", None)]
)
def test_a_feed_that_is_not_live_is_told_on_every_answer(world: World, state: str, last: object) -> None:
    """In the header always, and as a warning in a search, even an empty one."""
    world.feeds[:] = [Feed("lorenzo", state, last), Feed("pathology")]  # type: ignore[arg-type]  # a moment or None
    response = world.get("Encounter", world.access(WARD))
    header = response.headers["tabard-feed"]
    assert header.startswith(f'"lorenzo";state={state}')
    assert '"pathology";state=live' in header
    outcomes = [each["resource"] for each in response.json()["entry"] if each["search"]["mode"] == "outcome"]
    assert [each["issue"][0]["severity"] for each in outcomes] == ["warning"]
    assert f"lorenzo is {state}" in outcomes[0]["issue"][0]["details"]["text"]
    assert world.get("Patient/none", None).headers["tabard-feed"] == header


def test_a_live_feed_needs_no_warning(world: World) -> None:
    """A search while all is well holds matches only."""
    assert {each["search"]["mode"] for each in world.get("Encounter", world.access(WARD)).json()["entry"]} == {"match"}


def test_a_preflight_lets_the_product_ask(world: World) -> None:
    """OPTIONS needs no token and allows the Authorization header."""
    headers = {
        "Origin": BOARD,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }
    response = world.ask("OPTIONS", "/fhir/Patient/ann", headers=headers)
    assert response.status_code == 204
    assert "authorization" in response.headers["access-control-allow-headers"].lower()


def test_a_failure_inside_shows_nothing_and_is_audited(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """500 with an outcome that tells no detail."""
    token = world.access(ANN)

    def broken(*_: object) -> None:
        raise RuntimeError("Ann Archer's row is broken")

    monkeypatch.setattr(type(world.reader), "read", broken)
    response = world.get("Patient/ann", token)
    assert is_outcome(response, 500, "exception")
    assert "Archer" not in response.text
    assert world.audited(outcome="failed")[-1]["reason"] == "RuntimeError"


def test_only_a_page_is_told_who_may_read(world: World) -> None:
    """With an Origin the registered one is allowed, whoever asks; without one there is nothing to allow."""
    token = world.access(ANN)
    evil = world.get("Patient/ann", token, Origin="http://evil.example")
    assert evil.headers["access-control-allow-origin"] == BOARD
    plain = world.ask("GET", "/fhir/Patient/ann", headers={"Authorization": f"Bearer {token}"})
    assert "access-control-allow-origin" not in plain.headers
    assert plain.headers["vary"] == "Origin"
