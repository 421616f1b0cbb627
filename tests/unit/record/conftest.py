"""A record of its own for each test, on a clock that ticks a second at each look."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from tabard.fhir import Resource
from tabard.ground.time import Clock
from tabard.record import RecordReader, RecordWriter, Stored

Put = Callable[..., list[Stored | None]]
START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def ticking() -> Clock:
    ticks = count()
    return lambda: START + timedelta(seconds=next(ticks), microseconds=789)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "record.db"


@pytest.fixture
def writer(path: Path) -> Iterator[RecordWriter]:
    opened = RecordWriter(path, ticking(), durable=False)
    yield opened
    opened.close()


@pytest.fixture
def reader(writer: RecordWriter, path: Path) -> Iterator[RecordReader]:
    del writer  # it makes the file
    opened = RecordReader(path)
    yield opened
    opened.close()


@pytest.fixture
def put(writer: RecordWriter) -> Put:
    def keep(*resources: Resource) -> list[Stored | None]:
        with writer.transaction() as writing:
            return [writing.put(each, "lorenzo") for each in resources]

    return keep
