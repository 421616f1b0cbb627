"""A record that an older Tabard indexed is indexed anew when it is next opened for writing."""

from datetime import UTC, datetime

import pytest

from tabard.database import Place, migrate, open_writer
from tabard.fhir import Resource, canonical, encode
from tabard.ground.errors import InternalError
from tabard.ground.time import to_us
from tabard.record import RecordReader, RecordWriter
from tabard.record.schema import STEPS

PLACES_AND_KINDS = 3
"""The first step that came with places: what stood before kept rows by parameter."""

OLD: Resource = {"resourceType": "Patient", "id": "old", "name": [{"family": "Smith"}], "telecom": [{"value": "1"}]}


def written_by_an_older_tabard(place: Place) -> None:
    connection = open_writer(place, durable=False)
    migrate(connection, STEPS[:PLACES_AND_KINDS])
    now = to_us(datetime(2026, 3, 1, tzinfo=UTC))
    with connection.transaction():
        connection.execute(
            "INSERT INTO resource (key, seq, version, updated, digest, type, id) VALUES (1, 1, 1, ?, ?, 'Patient', 'old')",
            (now, canonical(OLD)),
        )
        connection.execute(
            "INSERT INTO version (seq, key, version, updated, source, body) VALUES (1, 1, 1, ?, 'lorenzo', ?)",
            (now, encode(OLD)),
        )
        connection.execute("INSERT INTO token (parameter, code, system, key) VALUES (7, 'stale', '', 1)")
        connection.execute("INSERT INTO about (name, value) VALUES ('index', ?)", (b"older",))
    connection.close()


def test_an_older_record_is_indexed_anew(place: Place) -> None:
    """What it holds is found by all parameters; what was made by the older table is gone."""
    written_by_an_older_tabard(place)
    writer, reader = RecordWriter(place, durable=False), RecordReader(place)
    assert [each.id for each in reader.search("Patient", [("telecom", "1"), ("name", "smith")]).matches] == ["old"]
    with writer.transaction() as writing:
        assert writing.find("Patient", "phonetic", "smyth") == ("old",)
    reader.close()
    writer.close()


def test_a_reader_does_not_read_an_older_index(place: Place) -> None:
    """Before that nobody is answered from rows that mean something else."""
    RecordWriter(place, durable=False).close()
    connection = open_writer(place, durable=False)
    connection.execute("UPDATE about SET value = ? WHERE name = 'index'", (b"older",))
    connection.close()
    reader = RecordReader(place)
    with pytest.raises(InternalError, match="another edition"):
        reader.search("Patient", [])
    reader.close()
