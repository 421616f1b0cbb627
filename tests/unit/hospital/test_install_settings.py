"""The settings that installing brought: trials, the centre, how often to ask it."""

from dataclasses import replace
from pathlib import Path

import pytest

from tabard.hospital import BadSettings, Pinned, init, load, settings
from unit.hospital.a_centre import CHEAP


def test_settings_come_back_as_they_were_written_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    """Trials, the centre and the interval; a line of somebody else's is kept."""
    init(tmp_path, "St Elsewhere", "RXX", 8000, for_trials=True, cost=CHEAP)
    file = tmp_path / settings.FILE
    file.write_text('refresh_s = 60\nextra = "kept"\n' + file.read_text())
    told = replace(load(tmp_path, cost=CHEAP).settings, catalogue=Pinned("http://centre.example/catalogue", "a" * 64))
    settings.write(tmp_path, told)
    assert load(tmp_path, cost=CHEAP).settings == told
    assert (told.for_trials, told.refresh_s) == (True, 60)
    assert 'extra = "kept"' in file.read_text()


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("refresh_s = 1", "refresh_s is less than 5"),
        ('[catalogue]\nsource = "x"\nroot_sha256 = "y"', r"catalogue\.root_sha256"),
        ('[catalogue]\nsource = "x"', "root_sha256 is missing"),
        ("catalogue = 1", "not readable"),
    ],
)
def test_settings_that_cannot_stand_name_their_fault(tmp_path: Path, line: str, fault: str) -> None:
    """A file edited wrongly is refused with what is wrong in it."""
    init(tmp_path, "St Elsewhere", "RXX", 8000, cost=CHEAP)
    file = tmp_path / settings.FILE
    file.write_text(f"{file.read_text()}\n{line}\n")
    with pytest.raises(BadSettings, match=fault):
        load(tmp_path, cost=CHEAP)
