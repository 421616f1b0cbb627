"""The map leads both ways, can be made again, and tells when its file was changed."""

from pathlib import Path

import apsw
from hypothesis import given, strategies as st

from tabard.ground.ids import KeyedIds
from tabard.link.ehr.id_map import SPOILT, IdMap, Row

ANN, BEN = Row("Patient", "ann", "1", "ann"), Row("Patient", "ben", "2", "ben")


def test_a_row_is_found_by_either_id(tmp_path: Path) -> None:
    """What was kept is found from both sides, also by the next process."""
    for _ in range(2):
        found = IdMap(tmp_path / "ids.db", "ehr", KeyedIds(b"k"))
        found.keep([ANN, BEN])
        assert found.by_ours("Patient", "ann") == ANN
        assert found.by_theirs("Patient", "2") == BEN
        assert found.by_ours("Encounter", "ann") is None
        found.close()


def test_one_of_theirs_is_one_of_ours(tmp_path: Path) -> None:
    """Kept for another patient, an id of the EHR's is no longer the first one's."""
    found = IdMap(tmp_path / "ids.db", "ehr", KeyedIds(b"k"))
    found.keep([ANN])
    found.keep([Row("Patient", "cat", "1", "cat")])
    assert found.by_ours("Patient", "ann") is None
    found.keep([ANN])
    assert found.by_ours("Patient", "ann") == ANN
    found.close()


def test_rows_that_were_changed_in_the_file_are_dropped(tmp_path: Path) -> None:
    """Two rows swapped by hand lead nowhere any more, and that is counted."""
    told: list[str] = []
    found = IdMap(tmp_path / "ids.db", "ehr", KeyedIds(b"k"), told.append)
    found.keep([ANN, BEN])
    other = apsw.Connection(str(tmp_path / "ids.db"))
    other.execute("UPDATE map SET theirs = CASE theirs WHEN '1' THEN 'x' ELSE '1' END")
    other.execute("UPDATE map SET theirs = '2' WHERE theirs = 'x'")
    other.close()
    assert (found.by_ours("Patient", "ann"), found.by_ours("Patient", "ben")) == (None, None)
    assert told == [SPOILT, SPOILT]
    found.close()


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
def test_ids_are_the_same_again_and_give_nothing_away(one: str, other: str) -> None:
    """The same id of theirs makes the same id of ours, another another, by another key too."""
    ids = [KeyedIds(key).make("ehr", "ehr", "Observation", one) for key in (b"k", b"k", b"l")]
    assert ids[0] == ids[1] != ids[2]
    assert (one == other) is (ids[0] == KeyedIds(b"k").make("ehr", "ehr", "Observation", other))
    assert one not in ids[0] or len(one) < 4
