"""The schema of hospital.db: what an earlier Tabard made opens, with every row; what a newer one made is told."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from tabard.database import engine
from tabard.ground.errors import CallerError
from tabard.hospital import init, load, schema
from tabard.hospital.tables import METADATA
from unit.hospital.a_centre import CHEAP

EARLIER = """
CREATE TABLE install (
    id VARCHAR NOT NULL, title TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL, publisher TEXT NOT NULL,
    context TEXT NOT NULL, folder TEXT NOT NULL, digest TEXT NOT NULL, launch TEXT NOT NULL, start TEXT NOT NULL,
    scopes TEXT NOT NULL, installed_us BIGINT NOT NULL, PRIMARY KEY (id)
);
INSERT INTO install VALUES ('ward-board', 'Ward board', 'Ward board', '1.0.0', 'RXX', 'ward', '/somewhere', 'd',
    'launch.html', 'index.html', 'launch user/Encounter.rs', 1772442000000000);
"""
"""As the first Tabard made it, before steps were counted."""


def test_a_hospital_of_an_earlier_tabard_opens_with_its_rows(tmp_path: Path) -> None:
    """Its product is there, with what it was; on trial it can be opened as before."""
    init(tmp_path / "h", "Trial", "RXX", 8000, for_trials=True, cost=CHEAP)
    database = tmp_path / "h" / "hospital.db"
    with sqlite3.connect(database) as connection:
        connection.executescript(f"DROP TABLE install; DROP TABLE evidence; PRAGMA user_version = 0; {EARLIER}")
    connection.close()
    hospital = load(tmp_path / "h", cost=CHEAP)
    (found,) = hospital.installs.all()
    assert (found.id, found.version, found.scopes) == ("ward-board", "1.0.0", "launch user/Encounter.rs")
    assert (found.is_trial, found.is_active, found.manifest) == (True, True, None)
    assert hospital.installs.client("ward-board") is not None


def test_a_database_of_a_newer_tabard_is_told_and_left_alone(tmp_path: Path) -> None:
    """Nothing is written to a file whose steps we do not know."""
    tables = engine(tmp_path / "hospital.db")
    schema.prepare(tables)
    with tables.begin() as connection:
        connection.exec_driver_sql("PRAGMA user_version = 99")
    before = (tmp_path / "hospital.db").read_bytes()
    with pytest.raises(CallerError, match="newer Tabard"):
        schema.prepare(tables)
    assert (tmp_path / "hospital.db").read_bytes() == before
    tables.dispose()


def test_the_steps_make_the_tables_that_are_asked(tmp_path: Path) -> None:
    """What the code reads and what the steps made are one: every table, every column, and whether it may be empty."""
    made, meant = create_engine(f"sqlite:///{tmp_path}/steps.db"), create_engine(f"sqlite:///{tmp_path}/tables.db")
    schema.prepare(made)
    schema.prepare(made)
    METADATA.create_all(meant)
    told = [
        {
            (table, column["name"], str(column["type"]), column["nullable"])
            for table in METADATA.tables
            for column in inspect(one).get_columns(table)
        }
        for one in (made, meant)
    ]
    assert told[0] == told[1]
    for one in (made, meant):
        one.dispose()
