"""The audit's pages: who may look, what they say in words, that each look is itself written down."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tabard.audit import AuditEvent, Index, Outcome, Search, read
from tabard.gateway.auditing import Auditing
from tabard.hospital import Role
from tabard.record import RecordReader
from tabard.web.hospital import pages
from unit.web.browsing import Surfer
from unit.web.people import RESOURCES
from unit.web.world import NOW, PASSWORD, World, hospital_world


@pytest.fixture(name="world", scope="module")
def _world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with hospital_world(tmp_path_factory.mktemp("hospital") / "h", RESOURCES) as world:
        index = Index(world.audit)
        reader = RecordReader(world.hospital.folder.root / "record.db")
        auditing = Auditing(Search(world.audit, index), reader, world.gateway.door.audit, lambda: NOW)
        world.portal = replace(world.portal, auditing=auditing)
        world.hospital.accounts.put("sana", "Sana Safety", frozenset({Role.clinical_safety}), PASSWORD)
        yield world
        index.close()
        reader.close()


def signed_in(world: World, username: str) -> Surfer:
    world.hospital.throttle._counts.clear()  # the clock of this world stands still
    surfer = Surfer(pages(world.portal))
    assert surfer.sign_in(username, PASSWORD).status_code == 303
    return surfer


@pytest.fixture(name="sana")
def _sana(world: World) -> Surfer:
    signed_in(world, "nurse").get("/patients/p1")
    signed_in(world, "nurse").get("/patients/p2")
    return signed_in(world, "sana")


def test_who_looked_at_this_patient(sana: Surfer) -> None:
    """By the record's id: each look in words with the person's name; not the looks at others, and no patient's name."""
    page = sana.get("/audit?patient=p1").text
    assert "<h1" in page
    assert "Who looked at this patient" in page
    assert "Nia Nurse" in page
    assert "patient&#39;s details" in page
    assert "Smithson" not in page


def test_by_nhs_number_too(sana: Surfer, world: World) -> None:
    """Who asks "who looked at me" brings an NHS number; the look-up is in the audit with the id, without the number."""
    page = sana.get("/audit?patient=999%20000%200026").text
    assert "Who looked at this patient" in page
    assert "No patient here has this number" in sana.get("/audit?patient=9990000999").text
    looks = list(read(world.audit, action="audit"))
    assert ["Patient/p2"] in [event.get("seen") for event in looks]
    assert all("0026" not in str(event) for event in looks)


def test_a_name_typed_for_a_patient_is_not_kept(sana: Surfer, world: World) -> None:
    """What is no id here might be a name."""
    assert "There is nothing of the kind" in sana.get("/audit?patient=Featherstonehaugh").text
    kept = b"".join(path.read_bytes() for path in world.audit.glob("*.ndjson"))
    assert b"Featherstonehaugh" not in kept
    assert b"Patient/?" in kept


def test_looking_is_written_down_before_it_is_shown(sana: Surfer, world: World) -> None:
    """The page shows the look that made it."""
    page = sana.get("/audit?patient=p1").text
    assert "Looked at the audit" in page
    event = list(read(world.audit, action="audit"))[-1]
    assert (event["resource"], event["purpose"], event["parameters"]) == (
        "Patient/p1",
        "who looked at this patient",
        ["patient"],
    )


@pytest.mark.parametrize(("username", "status"), [("nurse", 403), ("feeds", 403), ("sana", 200), ("admin", 200)])
def test_who_may_look(world: World, username: str, status: int) -> None:
    """Those who answer for safety or run the hospital; the way is shown to nobody else."""
    surfer = signed_in(world, username)
    assert surfer.get("/audit").status_code == status
    assert surfer.get("/audit.csv").status_code == status
    assert ('href="/audit"' in surfer.get("/").text) == (status == 200)
    if username in {"nurse", "admin"}:
        assert ("Who looked at this patient" in surfer.get("/patients/p1").text) == (status == 200)


def test_pages_follow_one_another(sana: Surfer, world: World) -> None:
    """Fifty to a page, with a way to the older ones that keeps what was asked."""
    events = [AuditEvent(NOW, "search", Outcome.refused, person="px", reason="scope", status=403)] * 60
    for done in [world.gateway.door.audit.write(event) for event in events]:
        done.result(30)
    page = sana.get("/audit?outcome=refused").text
    assert page.count("Refused: the product was not accredited for it") == 50
    older = page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "outcome=refused" in older
    assert sana.get(older).text.count("Refused: the product was not accredited for it") == 10


def test_a_table_to_take_away_is_no_program(sana: Surfer, world: World) -> None:
    """CSV of the same; a cell that a spreadsheet would run is quoted."""
    event = AuditEvent(NOW, "search", Outcome.granted, person="py", purpose="=HYPERLINK(1)")
    world.gateway.door.audit.write(event).result(30)
    answer = sana.get("/audit.csv?person=py")
    assert answer.headers["content-type"].startswith("text/csv")
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert row["Why"] == "'=HYPERLINK(1)"
    assert row["When"].startswith("2026-03-02T14:06:30")


@pytest.mark.parametrize("query", ["from=yesterday", "to=2026-02-31"])
def test_what_is_no_day_is_said_beside_its_field(sana: Surfer, query: str) -> None:
    """And nothing is looked for."""
    assert "This is no day" in sana.get(f"/audit?{query}").text


def test_a_line_that_was_spoiled_is_said_to_be(sana: Surfer, world: World) -> None:
    """The page shows nothing in its place, and says what to do."""
    sana.get("/audit")
    path = min(world.audit.glob("*.ndjson"))
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]) + b"x" * (len(lines[-1]) - 1) + b"\n")
    assert "gone or was changed" in sana.get("/audit").text
