"""A hospital whose record is on PostgreSQL: the same day, read by the same door; and what happens while the server is away."""

import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from postgres import Postgres
from story.linked_hospital import PASSWORD, PATIENCE_S, LinkedHospital, linked_hospital
from tabard.database import DatabaseAway, Server
from tabard.demo.launching import App
from tabard.demo.visitor import Visitor
from tabard.fhir import decode
from tabard.record import RecordReader
from tabard.wiring import running

EVENTS = 60


@pytest.fixture
def server() -> Iterator[Postgres]:
    """A server of this test's own, for it will be stopped."""
    own = Postgres()
    yield own
    own.remove()


@pytest.fixture
def place(server: Postgres) -> Server:
    """Where the record is."""
    return server.new_place()


@pytest.fixture
def hospital(tmp_path: Path, place: Server) -> Iterator[LinkedHospital]:
    """A hospital with some patients, served."""
    with linked_hospital(tmp_path / "h", record=place.url) as linked:
        assert all(one.acknowledgement.code == "AA" for one in linked.lorenzo.fill(0.1))
        linked.settled()
        yield linked


def board_of(hospital: LinkedHospital) -> App:
    """The ward board, launched on a ward."""
    nurse = Visitor(hospital.url)
    nurse.sign_in("nurse", PASSWORD)
    ward = re.search(r'href="/wards/([^"]+)"[^>]*>\s*Fern', nurse.get("/wards").text)
    assert ward is not None
    nurse.close()
    return hospital.asked(ward[1])


def beds(found: RecordReader) -> dict[str, tuple[str, ...]]:
    """Ward and bed by hospital number of all who are in."""
    numbers: dict[str, str] = {}
    cursor, lying = None, {}
    while True:
        page = found.search(
            "Encounter", [("status", "in-progress"), ("_include", "Encounter:patient")], count=100, cursor=cursor
        )
        for one in (each.resource() for each in page.included):
            used = [
                each for each in one["identifier"] if each.get("use") != "old" and each["system"].startswith("urn:")
            ]
            numbers[f"Patient/{one['id']}"] = used[0]["value"]
        for visit in (each.resource() for each in page.matches):
            places = [one["location"]["display"] for one in visit["location"] if one["status"] == "active"]
            lying[numbers[visit["subject"]["reference"]]] = tuple(places)
        if (cursor := page.next) is None:
            return lying


def census(hospital: LinkedHospital) -> dict[str, tuple[str, ...]]:
    """The same, as the pretend Lorenzo knows it."""
    stays = {mrn: hospital.lorenzo.census.stay(mrn) for mrn in hospital.lorenzo.census.inpatients()}
    return {mrn: (stay.place.ward, stay.place.bed) for mrn, stay in stays.items() if stay}


def test_a_day_is_applied_and_read_through_the_gateway(hospital: LinkedHospital, place: Server) -> None:
    """Admissions, moves, cancels and merges leave every patient in the right bed, and a product sees its ward."""
    told = list(hospital.lorenzo.play(speed=1e9, events=EVENTS))
    hospital.settled()
    assert Counter(one.acknowledgement.code for one in told) == {"AA": len(told)}
    reader = RecordReader(place)
    assert beds(reader) == census(hospital)
    assert not (hospital.folder / "record.db").exists()
    board = board_of(hospital)
    seen = board.search("/Encounter?status=in-progress")
    inside = [one for one in seen if one["resourceType"] == "Encounter"]
    assert len(inside) == sum(1 for ward, _ in census(hospital).values() if ward == "Fern")
    assert board.get(f"/Patient/{inside[0]['subject']['reference'].partition('/')[2]}").status_code == 200
    board.close()
    reader.close()


def test_nothing_is_lost_while_the_server_is_away(hospital: LinkedHospital, server: Postgres, place: Server) -> None:
    """Messages are acknowledged and wait, requests are answered 503 and pages say so; when it is back all goes on."""
    board, nurse = board_of(hospital), Visitor(hospital.url)
    nurse.sign_in("nurse", PASSWORD)
    server.halt()
    told = [hospital.lorenzo.admit("Fern") for _ in range(3)]
    assert {one.acknowledgement.code for one in told} == {"AA"}
    for _ in range(2):  # a connection that breaks, and one that cannot be had
        answer = board.get("/Encounter?status=in-progress")
        assert answer.status_code == 503, answer.text
        [issue] = decode(answer.content)["issue"]
        assert issue["code"] == "transient"
        assert "postgres" not in answer.text.lower()
        shown = nurse.get("/wards")
        assert shown.status_code == 503
        assert "postgres" not in shown.text.lower()
    end = time.monotonic() + PATIENCE_S
    while not any("DatabaseAway" in fault for fault in hospital.links.faults()):
        assert time.monotonic() < end, hospital.links.faults()
        time.sleep(0.02)  # between two looks at another thread's work
    counts = hospital.journal.counts()
    assert counts.states["waiting"] == len(told)

    server.resume()
    hospital.settled()
    assert hospital.journal.counts().states["parked"] == 0
    reader = RecordReader(place)
    assert beds(reader) == census(hospital)
    reader.close()
    assert board.get("/Encounter?status=in-progress").status_code == 200
    assert nurse.get("/wards").status_code == 200
    assert not any("DatabaseAway" in fault for fault in hospital.links.faults())
    board.close()
    nurse.close()


def test_a_hospital_without_its_server_does_not_start(server: Postgres, tmp_path: Path) -> None:
    """It says where it looked and what to do, and lets go of the folder: started again, it goes."""
    place = server.new_place()
    with linked_hospital(tmp_path / "h", record=place.url):
        pass
    server.halt()
    with pytest.raises(DatabaseAway, match=r"does not answer.*start the server") as refused, running(tmp_path / "h"):
        pass
    assert refused.value.where == place.url
    server.resume()
    with running(tmp_path / "h") as again:
        assert again.links.faults() == ()
