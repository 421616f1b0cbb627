"""What a site keeps: recalls for ever, and how fresh its knowledge is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tabard.catalogue import CatalogueState, Fault, Level, Recall
from tabard.catalogue.kept import keep_recalls, keep_state, read_recalls, read_state
from tabard.ground.errors import InternalError

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def recall(number: int, level: Level = Level.stop) -> Recall:
    return Recall(f"r{number}", "ward-board", (), level, "Why.", "What.", NOW)


def test_no_recall_is_forgotten(tmp_path: Path) -> None:
    """Lists may grow, shrink, come back: what was once seen is kept, in the order and with the time it was seen."""
    one, two, later = recall(1), recall(2), NOW + timedelta(hours=1)
    keep_recalls(tmp_path, (one,), NOW)
    keep_recalls(tmp_path, (two, two), later)
    kept = keep_recalls(tmp_path, (), later)
    assert [(each.recall, each.seen, each.has_vanished) for each in kept] == [(one, NOW, True), (two, later, True)]
    assert [each.has_vanished for each in keep_recalls(tmp_path, (one,), later)] == [False, True]
    assert read_recalls(tmp_path) == keep_recalls(tmp_path, (one,), later)


def test_the_same_id_with_other_words_is_one_more(tmp_path: Path) -> None:
    """A recall made milder under its own id does not take the place of the graver one."""
    keep_recalls(tmp_path, (recall(1),), NOW)
    assert [each.recall.level for each in keep_recalls(tmp_path, (recall(1, Level.advisory),), NOW)] == [
        Level.stop,
        Level.advisory,
    ]


def test_recalls_that_are_spoilt_are_not_taken_for_none(tmp_path: Path) -> None:
    """A file that cannot be read is our own fault, told with its remedy, and never an empty list."""
    (tmp_path / "recalls.json").write_bytes(b"[{")
    with pytest.raises(InternalError, match="spoilt"):
        read_recalls(tmp_path)


def test_a_state_that_is_spoilt_is_that_of_a_new_site(tmp_path: Path) -> None:
    """How fresh the knowledge is can be found out again; until then it is not fresh."""
    state = CatalogueState(NOW, NOW + timedelta(days=1), Fault.too_slow, "told")
    keep_state(tmp_path, state)
    assert read_state(tmp_path) == state
    assert state.is_fresh(NOW)
    assert not state.is_fresh(NOW + timedelta(days=1))
    (tmp_path / "state.json").write_bytes(b"")
    assert read_state(tmp_path) == CatalogueState()
    assert not read_state(tmp_path).is_fresh(NOW)
