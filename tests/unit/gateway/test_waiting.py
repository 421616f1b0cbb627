"""Messages about a patient wait: every answer about that patient says so, and no other."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tabard.gateway import Context, EncounterContext, PatientContext, WardContext
from unit.gateway.world import CLINICIAN, World, a_world

ANN, BEN = PatientContext("ann"), PatientContext("ben")
WORDS = "Messages about Patient/ann wait"


@dataclass
class Held:
    """Who is waited for, and whom was asked about."""

    patients: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def is_any(self) -> bool:
        """Whether anything is held."""
        return bool(self.patients)

    def is_about(self, patient_id: str) -> bool:
        """Whether it is about this patient."""
        self.asked.append(patient_id)
        return patient_id in self.patients


@pytest.fixture
def held() -> Held:
    return Held({"ann"})


@pytest.fixture
def waiting(tmp_path: Path, held: Held) -> Iterator[World]:
    """A world in which messages about Ann wait."""
    with a_world(tmp_path) as world:
        world.waits = held
        world.restart()
        yield world


def warned(response: httpx.Response) -> list[str]:
    """What the answer warns of, by its bundle, having said so in its header or not."""
    assert response.status_code in {200, 304}, response.text
    found = [one["resource"] for one in response.json().get("entry", []) if one["search"]["mode"] == "outcome"]
    told = [issue["diagnostics"] for one in found for issue in one["issue"]]
    assert response.headers.get("tabard-waiting") == ("?1" if told else None)
    return told


@pytest.mark.parametrize(
    ("context", "path"),
    [
        (ANN, "Patient"),
        (ANN, "Encounter"),
        (ANN, "Observation"),
        (ANN, "Observation?date=1999"),
        (EncounterContext("e-ann", "ann"), "Observation?date=1999"),
        (WardContext("w1"), "Encounter"),
        (WardContext("w1"), "Encounter?_include=Encounter:patient"),
        (WardContext("w1"), "Encounter?patient=Patient/ann&date=1999"),
    ],
)
def test_a_search_about_the_patient_warns(waiting: World, context: Context, path: str) -> None:
    """Also where nothing was found, as what waits may be just that."""
    (text,) = warned(waiting.get(path, waiting.access(context)))
    assert WORDS in text
    assert "may not be current" in text


@pytest.mark.parametrize(
    ("context", "path"),
    [
        (BEN, "Encounter"),
        (BEN, "Encounter?patient=Patient/ann"),
        (WardContext("w2"), "Encounter?patient=Patient/ann"),
        (WardContext("w2"), "Location"),
    ],
)
def test_an_answer_about_others_does_not(waiting: World, context: Context, path: str) -> None:
    """Nor does it tell of somebody outside the context that messages about them wait."""
    assert warned(waiting.get(path, waiting.access(context))) == []


@pytest.mark.parametrize("path", ["Patient/ann", "Encounter/e-ann", "Patient/ann/_history/1", "Patient/ann/_history"])
def test_what_is_read_says_so_in_its_header(waiting: World, path: str) -> None:
    """A single resource has no place for a warning; a page of another origin may read the header."""
    response = waiting.get(path, waiting.access(ANN))
    assert (response.status_code, response.headers["tabard-waiting"]) == (200, "?1")
    assert "Tabard-Waiting" in response.headers["access-control-expose-headers"]
    assert "tabard-waiting" not in waiting.get("Patient/ben", waiting.access(BEN)).headers


def test_what_the_caller_holds_already_says_so_too(waiting: World) -> None:
    """Not changed is what becomes of a version when the message with the next one waits."""
    response = waiting.get("Patient/ann", waiting.access(ANN), If_None_Match='W/"1"')
    assert (response.status_code, response.headers["tabard-waiting"]) == (304, "?1")


def test_the_portals_own_door_warns_of_whom_it_asks_for(waiting: World) -> None:
    """By the parameter that names the patient, in each of its forms."""
    door = waiting.gateway.door
    for asked in (("patient", "Patient/ann"), ("subject", "Patient/ben,Patient/ann"), ("patient", "ann")):
        found = door.search(CLINICIAN, "Observation", (asked, ("date", "1999")), "test")
        assert WORDS in str(found)
    assert WORDS not in str(door.search(CLINICIAN, "Observation", (("patient", "Patient/ben"),), "test"))


def test_while_nothing_is_held_nobody_is_looked_up(waiting: World, held: Held) -> None:
    """One question is the whole cost, and the warning goes with the hold."""
    held.patients.clear()
    token = waiting.access(ANN)
    assert warned(waiting.get("Encounter", token)) == []
    assert "tabard-waiting" not in waiting.get("Patient/ann", token).headers
    assert held.asked == []
