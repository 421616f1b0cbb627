"""Who looked at me: each event is tied to the patients whose data were seen, whatever was asked for and by whom."""

import pytest

from tabard.audit import Asked, Index, Search
from tabard.gateway import EncounterContext, PatientContext, WardContext
from unit.gateway.world import CLINICIAN, World

SOMEBODY = "0a1b2c3d-0000-8000-8000-000000000001"


def actions(world: World, patient: str) -> list[tuple[str, str | None]]:
    """What was done about a patient, oldest first."""
    index = Index(world.folder / "audit")
    try:
        entries = Search(world.folder / "audit", index).find(Asked(patient=patient)).entries
    finally:
        index.close()
    return [(one.event.action, one.event.resource) for one in reversed(entries) if one.event]


def test_a_ward_board_is_a_look_at_each_patient_on_it(world: World) -> None:
    """A search of visits that names no patient is found by each patient whose visit it told, and by nobody else."""
    world.get("Encounter", world.access(WardContext("w1")))
    assert ("search", "Encounter") in actions(world, "ann")
    assert actions(world, "ben") == []


def test_a_result_read_at_the_portal_is_a_look_at_its_patient(world: World) -> None:
    """A read that names only the result's id is found by the patient; so are its history and a search that found it."""
    world.gateway.door.read(CLINICIAN, "Observation", "o-ann", "results")
    world.gateway.door.search(CLINICIAN, "Observation", (("_id", "o-ann"),), "results")
    assert actions(world, "ann") == [("read", "Observation/o-ann"), ("search", "Observation")]
    assert actions(world, "ben") == []


@pytest.mark.parametrize("context", [PatientContext("ann"), EncounterContext("e-ann", "ann")], ids=["patient", "visit"])
def test_in_a_context_everything_is_a_look_at_its_patient(
    world: World, context: PatientContext | EncounterContext
) -> None:
    """Launch, reads, and what was refused: the try at another patient is found by both."""
    token = world.access(context)
    world.get("Observation/o-ann", token)
    world.get("Practitioner/gp", token)
    world.get(f"Patient/{SOMEBODY}", token)
    assert actions(world, "ann") == [
        *(("launch", None), ("authorize", None), ("token", None)),
        *(("read", name) for name in ("Observation/o-ann", "Practitioner/gp", f"Patient/{SOMEBODY}")),
    ]
    assert actions(world, SOMEBODY) == [("read", f"Patient/{SOMEBODY}")]


def test_an_event_names_no_patient_twice(world: World) -> None:
    """What the event says already is not said again: lines stay short."""
    world.get("Encounter?_include=Encounter:patient", world.access(WardContext("w1")))
    world.get("Patient/ann", world.access(PatientContext("ann")))
    assert all("patients" not in event for event in world.audited())
