"""A database that cannot go on is no fault of the message in hand."""

from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest

from tabard.database import DatabaseAway
from tabard.dialect import load
from tabard.ground.ids import KeyedIds
from tabard.journal import State, Waiting
from tabard.link import Applier
from tabard.record import RecordReader, RecordWriter, Writing
from unit.link.itk import SMITH, adt

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


def test_a_full_server_parks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the database refuses for want of room or time, the whole batch is undone and waits; then it is applied."""
    one = Waiting(seq=1, link="pas", received=NOW, raw=adt("A28", SMITH))
    applier = Applier(RecordWriter(tmp_path / "r.db"), lambda _: load("itk-2.4"), KeyedIds(b"1" * 32), lambda: NOW)

    def away(*_: object) -> NoReturn:
        raise DatabaseAway("the database cannot go on now")

    with monkeypatch.context() as full:
        full.setattr(Writing, "put", away)
        with pytest.raises(DatabaseAway):
            applier.apply([one])
    reader = RecordReader(tmp_path / "r.db")
    assert (reader.last_change(), reader.applied_to()) == (0, 0)
    [mark] = applier.apply([one])
    assert mark.outcome.state is State.applied
    assert reader.applied_to() == 1
    applier.close()
    reader.close()
