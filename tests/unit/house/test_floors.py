"""The linted contracts name the rooms that there are: a room that comes later brings its contract along."""

from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).parents[3]
CENTRE = {"store", "catalogue", "accreditation"}
PATIENTS = {"record", "journal", "link", "gateway", "audit"}


def contracts() -> ConfigParser:
    """The contracts that `make check` lints."""
    told = ConfigParser()
    told.read(ROOT / ".importlinter")
    return told


def what_is_owed(rooms: set[str], told: ConfigParser) -> set[str]:
    """Rooms of the centre that no contract keeps from patients."""
    kept = told.get("importlinter:contract:centre", "source_modules", fallback="")
    return {room for room in rooms & CENTRE if f"tabard.{room}" not in kept.split()}


def test_the_centre_never_touches_patients() -> None:
    """As soon as the store, the catalogue or accreditation exist, a contract forbids them the rooms that hold patients."""
    rooms = {path.name for path in (ROOT / "src/tabard").iterdir() if path.is_dir()}
    assert rooms >= PATIENTS
    assert what_is_owed(rooms, contracts()) == set()
    assert what_is_owed(rooms, ConfigParser()) == CENTRE, "this test could not fail"


def test_faces_reach_patients_by_the_door_only() -> None:
    """The command line, the pages and the hospital are all under the contract of the door."""
    told = contracts()["importlinter:contract:door"]
    assert told["source_modules"].split() == ["tabard.cli", "tabard.web", "tabard.hospital"]
    assert told["forbidden_modules"].split() == ["tabard.record", "tabard.journal"]
