"""A record of its own for each test, on SQLite and again on PostgreSQL; its clock ticks a second at each look."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from postgres import Postgres
from tabard.database import Place
from tabard.fhir import Resource
from tabard.ground.time import Clock
from tabard.record import RecordReader, RecordWriter, Stored

Put = Callable[..., list[Stored | None]]
NewPlace = Callable[[], Place]
START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def ticking() -> Clock:
    ticks = count()
    return lambda: START + timedelta(seconds=next(ticks), microseconds=789)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def new_place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> NewPlace:
    """Makes places for records, of the engine that is the parameter; for tests that need many, such as of examples."""
    if request.param == "postgresql":
        running: Postgres = request.getfixturevalue("postgres")
        return running.new_place
    return lambda: tmp_path_factory.mktemp("record") / "record.db"


@pytest.fixture
def place(new_place: NewPlace) -> Place:
    """Where this test's record is, on either engine."""
    return new_place()


@pytest.fixture
def writer(place: Place) -> Iterator[RecordWriter]:
    opened = RecordWriter(place, ticking(), durable=False)
    yield opened
    opened.close()


@pytest.fixture
def reader(writer: RecordWriter, place: Place) -> Iterator[RecordReader]:
    del writer  # it makes the file
    opened = RecordReader(place)
    yield opened
    opened.close()


@pytest.fixture
def put(writer: RecordWriter) -> Put:
    def keep(*resources: Resource) -> list[Stored | None]:
        with writer.transaction() as writing:
            return [writing.put(each, "lorenzo") for each in resources]

    return keep
