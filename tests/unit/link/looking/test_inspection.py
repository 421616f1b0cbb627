"""A message laid open: for a reason, audited first, as far as it can be read."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from tabard.audit import AuditLog
from tabard.dialect import Dialect, load
from tabard.ground.errors import CallerError, NotFound
from tabard.ground.ids import KeyedIds
from tabard.journal import Arrival, JournalWriter
from tabard.link.looking import Inspected, Inspection, Looker

NOW = datetime(2026, 3, 1, 10, 15, tzinfo=UTC)
RAW = (
    b"MSH|^~\\&|PAS|RXX01|T|RXX01|20260301101500||ADT^A28^ADT_A05|1|P|2.4\rEVN|A28|20260301101500\r"
    b"PID|||X1^^^RXX01||SMITH^ANN||19700101|2\rPV1||N"
)
LOOKER = Looker("p1", "integration", "the sender asks")
Look = Callable[..., Inspected]


@pytest.fixture
def audit_folder(tmp_path: Path) -> Path:
    """Where the audit is kept."""
    return tmp_path / "audit"


@pytest.fixture
def look(tmp_path: Path, audit_folder: Path) -> Look:
    """Journals one message and looks at it."""

    def act(raw: bytes, dialect: Dialect | None = None, seq: int = 1, *, is_known: bool = True) -> Inspected:
        writer = JournalWriter(tmp_path / "journal.db")
        writer.append(Arrival("pas", "peer", NOW, raw, "1", "PAS", "ADT^A28", b"d", len(raw)), ack_code="AA", ack=b"")
        writer.commit()
        writer.close()
        known = (dialect or load("itk-2.4")) if is_known else None
        audit = AuditLog(audit_folder, lambda: NOW)
        try:
            return Inspection(tmp_path, {"pas": known}.get, KeyedIds(b"k" * 32), audit, lambda: NOW).open(seq, LOOKER)
        finally:
            audit.close()

    return act


def test_a_message_is_shown_with_its_tree_its_fhir_and_why(look: Look) -> None:
    """The text, the tree, the resources, and for an element the field that made it."""
    found = look(RAW)
    assert found.text.splitlines()[2].startswith("PID|||X1")
    assert [node.place for node in found.tree] == ["MSH", "EVN", "PID", "PV1"]
    (patient,) = [one for one in found.resources if one["resourceType"] == "Patient"]
    assert patient["name"][0]["family"] == "SMITH"
    (born,) = [one for one in found.elements if one.element == "birthDate"]
    assert born.fields == ("PID-7",)
    assert found.fault == ""


def test_each_look_is_in_the_audit_and_names_the_patient_by_id_only(look: Look, audit_folder: Path) -> None:
    """Who looked, at which message, why, and whose it was; no name and no number."""
    look(RAW)
    lines = [line for file in audit_folder.iterdir() for line in file.read_bytes().splitlines()]
    (event,) = [msgspec.json.decode(line) for line in lines if b'"message"' in line]
    told = msgspec.json.encode(event)
    assert b"urn:tabard:message:pas:1" in told
    assert b"integration: the sender asks" in told
    assert b"Patient/" in told
    assert b"SMITH" not in told


def test_what_cannot_be_read_is_shown_as_far_as_it_can(look: Look) -> None:
    """The bytes are there and the fault says why there is no more."""
    found = look(b"MSH|^~\\&|\xff")
    assert found.tree == ()
    assert "\\xff" in found.text
    assert found.fault


def test_what_cannot_be_translated_keeps_its_tree(look: Look) -> None:
    """An event that the dialect gives no meaning has a tree and a reason, and no FHIR."""
    found = look(RAW.replace(b"A28", b"A99"))
    assert found.tree
    assert found.resources == ()
    assert "A99" in found.fault


def test_a_link_that_is_gone_still_shows_the_message(look: Look) -> None:
    """Its dialect is not known; its text is."""
    found = look(RAW, is_known=False)
    assert "SMITH" in found.text
    assert "no longer set up" in found.fault


def test_nothing_is_shown_without_a_reason() -> None:
    """Blanks are none, and a treatise is none either."""
    for reason in ("", "  a ", "x" * 201):
        with pytest.raises(CallerError, match="3 to 200"):
            Looker("p1", "integration", reason)


def test_a_message_that_is_not_there_is_said(look: Look) -> None:
    """By its number."""
    with pytest.raises(NotFound):
        look(RAW, seq=7)
