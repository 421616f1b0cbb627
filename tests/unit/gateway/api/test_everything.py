"""Everything about a patient, histories of types, and searches in a compartment: never more than the rights reach."""

from typing import Any

import pytest

from tabard.gateway import EncounterContext, WardContext
from unit.gateway.api.keeping_world import ANN, BEN, KeepingWorld
from unit.gateway.world import ids, is_outcome, observation

VISIT = EncounterContext("e-ann", "ann")
WARD = WardContext("w1")
OF_ANN = {
    *("Patient/ann", "Encounter/e-ann", "Encounter/e-ann-old", "Observation/o-ann", "Observation/o-ann-old"),
    *("Location/w1", "Location/w1-b1", "Location/w2", "Organization/practice"),
    *("Practitioner/gp", "Practitioner/dr-e-ann", "Practitioner/dr-e-ann-old"),
}


def walked(world: KeepingWorld, path: str, token: str) -> list[dict[str, Any]]:
    """The entries of all pages."""
    entries: list[dict[str, Any]] = []
    url: str | None = path
    for _ in range(50):
        if url is None:
            return entries
        response = world.get(url, token)
        assert response.status_code == 200, response.text
        told = response.json()
        entries += told.get("entry", [])
        url = next((one["url"] for one in told["link"] if one["relation"] == "next"), None)
    raise AssertionError("pages without end")


def names(entries: list[dict[str, Any]]) -> list[str]:
    """Type/id of the matches."""
    found = [one["resource"] for one in entries if one.get("search", {}).get("mode") == "match"]
    return [f"{one['resourceType']}/{one['id']}" for one in found]


@pytest.mark.parametrize("count", [1, 3, 200])
def test_everything_comes_once_however_small_the_page(world: KeepingWorld, count: int) -> None:
    """The patient first, what is about them, who and what that names; nobody else's."""
    found = names(walked(world, f"Patient/ann/$everything?_count={count}", world.access(ANN)))
    assert found[0] == "Patient/ann"
    assert len(found) == len(set(found))
    assert set(found) == OF_ANN


def test_everything_is_of_the_patient_of_the_launch(world: KeepingWorld) -> None:
    """Another patient's is refused; in a visit it is of that visit; of types without a scope there is nothing."""
    assert is_outcome(world.get("Patient/ben/$everything", world.access(ANN)), 403)
    visit = set(names(walked(world, "Patient/ann/$everything", world.access(VISIT))))
    assert visit & {"Encounter/e-ann-old", "Observation/o-ann-old", "Practitioner/dr-e-ann-old"} == set()
    assert {"Patient/ann", "Encounter/e-ann", "Observation/o-ann"} <= visit
    some = world.access(ANN, "launch patient/Patient.rs patient/Observation.rs")
    assert {one.partition("/")[0] for one in names(walked(world, "Patient/ann/$everything", some))} == {
        "Patient",
        "Observation",
    }
    assert is_outcome(world.get("Patient/ann/$everything", world.access(ANN, "launch patient/Observation.rs")), 403)


def test_everything_by_type_and_time(world: KeepingWorld) -> None:
    """_type and _since; anything else is refused."""
    token = world.access(ANN)
    assert set(names(walked(world, "Patient/ann/$everything?_type=Observation", token))) == {
        "Observation/o-ann",
        "Observation/o-ann-old",
    }
    world.clock.pass_(minutes=1)
    world.put(observation("o-new", "ann", "e-ann"))
    since = "Patient/ann/$everything?_type=Observation&_since=2026-03-01T08:30:30Z"
    assert set(names(walked(world, since, token))) == {"Observation/o-new"}
    for bad in ("_type=Nonsense", "_since=2026", "_since=soon", "start=2026-01-01", "_count=0", "_summary=count"):
        assert is_outcome(world.get(f"Patient/ann/$everything?{bad}", token), 400), bad


def test_a_page_of_everything_is_the_askers_alone(world: KeepingWorld) -> None:
    """A link of one grant is not followed by another, nor for another patient."""
    token = world.access(ANN)
    told = world.get("Patient/ann/$everything?_count=1", token).json()
    link = next(one["url"] for one in told["link"] if one["relation"] == "next")
    assert is_outcome(world.get(link, world.access(ANN)), 403)
    assert is_outcome(world.get(link.replace("Patient/ann", "Patient/ben"), token), 403)


def test_a_compartment_is_searched_within_the_context(world: KeepingWorld) -> None:
    """Of the bound patient, with more conditions, by form too; of another it is refused, and other types are none."""
    token = world.access(ANN)
    assert ids(world.get("Patient/ann/Observation?_id=o-ann", token)) == {"Observation/o-ann"}
    assert ids(world.post("Patient/ann/Observation/_search", token, {"_id": "o-ann,o-ben"})) == {"Observation/o-ann"}
    assert is_outcome(world.get("Patient/ben/Observation", token), 403)
    assert is_outcome(world.get("Patient/ann/Location", token), 404)
    assert is_outcome(world.get("Patient/ben/Encounter", world.access(WARD)), 403)
    assert ids(world.get("Patient/ann/Encounter", world.access(WARD))) == {"Encounter/e-ann"}


def test_the_history_of_a_type_tells_what_may_be_seen(world: KeepingWorld) -> None:
    """Newest first, page by page, of the patient alone, with what was kept and deleted."""
    token = world.writer_token()
    world.clock.pass_(minutes=1)
    made = world.kept(token)
    world.clock.pass_(minutes=1)
    assert world.send("DELETE", f"Observation/{made['id']}", token).status_code == 204
    for count in (1, 2, 100):
        entries = walked(world, f"Observation/_history?_count={count}", token)
        told = [(one["request"]["method"], one["request"]["url"]) for one in entries]
        assert told[:2] == [("DELETE", f"Observation/{made['id']}"), ("PUT", f"Observation/{made['id']}")]
        assert {url for _, url in told[2:]} == {"Observation/o-ann", "Observation/o-ann-old"}
    since = walked(world, "Observation/_history?_since=2026-03-01T08:30:30Z", token)
    assert [one["request"]["method"] for one in since] == ["DELETE", "PUT"]
    others = walked(world, "Observation/_history", world.access(BEN))
    assert {one["request"]["url"] for one in others} == {"Observation/o-ben"}


def test_the_whole_history_is_of_the_context(world: KeepingWorld) -> None:
    """Every type that the rights reach, and nobody else's."""
    told = {one["request"]["url"] for one in walked(world, "_history?_count=3", world.access(ANN))}
    assert told == OF_ANN
    ward = {one["request"]["url"] for one in walked(world, "_history", world.access(WARD))}
    assert ward == {"Patient/ann", "Encounter/e-ann", "Location/w1", "Location/w1-b1", "Practitioner/dr-e-ann"}
    assert is_outcome(world.get("_history", world.access(ANN, "launch patient/Observation.c")), 403)


@pytest.mark.parametrize(
    "query", ["_since=2026-03-01", "_since=x", "_count=0", "_sort=x", "_count=1&_count=2", "_at=2026"]
)
def test_an_odd_history_is_refused(world: KeepingWorld, query: str) -> None:
    """What is not understood is not ignored."""
    for path in ("Observation/_history", "Observation/o-ann/_history", "_history"):
        assert is_outcome(world.get(f"{path}?{query}", world.access(ANN)), 400), path
