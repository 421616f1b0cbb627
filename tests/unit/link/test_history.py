"""The history of what a feed was taken to mean: added to, never changed unseen."""

from pathlib import Path

import pytest

from tabard.ground.errors import CallerError
from tabard.link.history import BrokenHistory, Entry, Step, changing, head_path, history_path, read_history
from unit.link.a_feed import NOW


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A hospital's folder in which a history of three lines is."""
    with changing(tmp_path, "pas") as history:
        for digest in ("one", "two", "three"):
            history.add(Entry(NOW, Step.live, digest, by="iain"))
    return tmp_path


def test_what_was_added_is_read_in_its_order(folder: Path) -> None:
    """Lines come back as they were written, also after the file was opened anew."""
    with changing(folder, "pas") as history:
        history.add(Entry(NOW, Step.back, "two"))
    assert [(one.step, one.digest) for one in read_history(folder, "pas")] == [
        ("live", "one"),
        ("live", "two"),
        ("live", "three"),
        ("back", "two"),
    ]


def test_a_history_that_has_not_begun_is_empty(tmp_path: Path) -> None:
    """A link without a history has none, and that is no fault."""
    assert read_history(tmp_path, "pas") == ()


@pytest.mark.parametrize("line", range(3))
def test_a_changed_line_is_found(folder: Path, line: int) -> None:
    """Whichever line is edited, the first, one between or the last."""
    path = history_path(folder, "pas")
    lines = path.read_bytes().splitlines(keepends=True)
    lines[line] = lines[line].replace(b"iain", b"eve!")
    path.write_bytes(b"".join(lines))
    with pytest.raises(BrokenHistory):
        read_history(folder, "pas")


@pytest.mark.parametrize("line", range(3))
def test_a_line_taken_out_is_found(folder: Path, line: int) -> None:
    """Also the last: its number and hash are kept elsewhere."""
    path = history_path(folder, "pas")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:line] + lines[line + 1 :]))
    with pytest.raises(BrokenHistory):
        read_history(folder, "pas")


@pytest.mark.parametrize("lost", [history_path, head_path])
def test_a_history_that_lost_a_file_is_no_new_one(folder: Path, lost: object) -> None:
    """Taking one of its two files away does not begin it anew."""
    assert callable(lost)
    lost(folder, "pas").unlink()
    with pytest.raises(BrokenHistory):
        read_history(folder, "pas")


def test_a_fall_between_its_two_writes_breaks_no_history(folder: Path) -> None:
    """The head of the line before is met, and the next line puts it right."""
    old = head_path(folder, "pas").read_bytes()
    with changing(folder, "pas") as history:
        history.add(Entry(NOW, Step.live, "four"))
    head_path(folder, "pas").write_bytes(old)
    assert len(read_history(folder, "pas")) == 4
    with changing(folder, "pas") as history:
        history.add(Entry(NOW, Step.live, "five"))
    assert len(read_history(folder, "pas")) == 5


def test_lines_added_by_hand_are_found(folder: Path) -> None:
    """More than the one line that a fall explains is a line that nobody wrote here."""
    old = head_path(folder, "pas").read_bytes()
    with changing(folder, "pas") as history:
        history.add(Entry(NOW, Step.live, "four"))
        history.add(Entry(NOW, Step.live, "five"))
    head_path(folder, "pas").write_bytes(old)
    with pytest.raises(BrokenHistory):
        read_history(folder, "pas")


def test_only_one_changes_a_history_at_a_time(folder: Path) -> None:
    """Two who would decide on the same state do not both write."""
    with changing(folder, "pas"), pytest.raises(CallerError, match="in use"), changing(folder, "pas"):
        pass
