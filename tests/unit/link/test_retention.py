"""What may not be kept for ever goes: reports that name patients, when they are older than their link keeps contents."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tabard.link import LinkSettings
from tabard.link.retention import before, remove_reports
from unit.link.a_feed import NOW

PAS = LinkSettings("pas", "itk-2.4", 0, keep_days=10)
FOR_EVER = replace(PAS, name="lab", keep_days=0)


def report(folder: Path, link: str, days: int) -> Path:
    """A report of a shadow run so many days ago."""
    (folder / "shadows").mkdir(exist_ok=True)
    path = folder / "shadows" / f"{link}.{NOW - timedelta(days=days):%Y%m%dT%H%M%S%f}.0123456789ab.jsonl"
    path.touch()
    return path


def test_a_report_goes_when_its_link_keeps_no_content_of_then(tmp_path: Path) -> None:
    """Younger ones stay, and those of a link that keeps for ever; what is no report is nobody's to remove."""
    old, young = report(tmp_path, "pas", 11), report(tmp_path, "pas", 9)
    kept, other = report(tmp_path, "lab", 900), tmp_path / "shadows" / "notes.of.somebody.jsonl"
    other.touch()
    assert remove_reports(tmp_path, [PAS, FOR_EVER], NOW) == 1
    assert not old.exists()
    assert all(path.exists() for path in (young, kept, other))


def test_a_report_of_a_link_that_is_gone_stays_no_longer_than_any_other(tmp_path: Path) -> None:
    """It goes by the link that keeps longest, as the journal does."""
    old, young = report(tmp_path, "gone", 21), report(tmp_path, "gone", 19)
    assert remove_reports(tmp_path, [PAS, replace(PAS, name="lab", keep_days=20)], NOW) == 1
    assert (old.exists(), young.exists()) == (False, True)
    assert remove_reports(tmp_path, [PAS, FOR_EVER], NOW + timedelta(days=900)) == 0


def test_without_a_report_there_is_nothing_to_remove(tmp_path: Path) -> None:
    """A hospital that never ran one has no folder of them."""
    assert remove_reports(tmp_path, [PAS], NOW) == 0


def test_the_longest_of_all_links_is_kept() -> None:
    """And nothing goes where one keeps for ever, or where there is none."""
    assert before([PAS, replace(PAS, keep_days=20)], NOW, "keep_days") == NOW - timedelta(days=20)
    assert before([PAS, FOR_EVER], NOW, "keep_days") is None
    assert before([], NOW, "keep_days") is None
