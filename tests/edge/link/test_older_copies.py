"""A hospital's folder after one of its files was put back from an older copy."""

import shutil
from pathlib import Path

from edge.link.linked import Hospital, hospital
from unit.link.itk import adt


def lying(served: Hospital) -> list[str]:
    """Where the one patient lies."""
    (visit,) = served.all("Encounter")
    return [one["location"]["display"] for one in visit["location"] if one["status"] == "active"]


def test_an_older_record_catches_up_from_the_journal(tmp_path: Path) -> None:
    """What the record lost is applied again before anything new, and it is not told as applied until then."""
    with hospital(tmp_path, "itk-2.4") as served:
        served.send([adt("A01")])
    shutil.copy(tmp_path / "record.db", tmp_path / "copy")
    with hospital(tmp_path, "itk-2.4") as served:
        served.send([adt("A02", place="WARD2^BED2", at="202603011100")])
    shutil.copy(tmp_path / "copy", tmp_path / "record.db")
    with hospital(tmp_path, "itk-2.4") as served:
        assert lying(served) == ["WARD2", "BED2"]
        assert served.journal.counts().states["applied"] == 2


def test_an_older_journal_loses_no_new_message(tmp_path: Path) -> None:
    """Numbers that the record holds as applied are not given again."""
    with hospital(tmp_path, "itk-2.4") as served:
        served.send([adt("A01")])
    (tmp_path / "journal.db").unlink()
    with hospital(tmp_path, "itk-2.4") as served:
        served.send([adt("A02", place="WARD2^BED2", at="202603011100")])
        assert lying(served) == ["WARD2", "BED2"]
