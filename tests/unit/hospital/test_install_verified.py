"""Installing from a catalogue: each step that passes is told, and what was verified is kept."""

from pathlib import Path

import pytest

from tabard.hospital import Passed, Step, TakenOn, Wanted, install
from unit.hospital.a_centre import Centre, Clock, Site, package, site


@pytest.fixture(name="clock")
def _clock() -> Clock:
    return Clock()


@pytest.fixture(name="centre")
def _centre(tmp_path: Path, clock: Clock) -> Centre:
    return Centre(tmp_path, clock)


@pytest.fixture(name="here")
def _here(tmp_path: Path, centre: Centre, clock: Clock) -> Site:
    return site(tmp_path / "h", centre, clock)


def test_every_step_is_told_in_its_order_and_kept(centre: Centre, here: Site) -> None:
    """Who decided, until when, which bytes, whose release, what is taken on: told as it passes, and shown afterwards."""
    made = package()
    centre.publish(made)
    told: list[Passed] = []
    taken: list[TakenOn] = []
    done = install(here.hospital, Wanted("ward-board"), lambda to: not taken.append(to), told.append)
    assert [one.step for one in told] == list(Step)
    assert told[2].words == (
        "Accredited by Ada Safe (clinical safety reviewer) and Bo Secure (security reviewer) "
        "on 2 March 2026 until 18 September 2026."
    )
    assert made.sha256 in told[3].words
    assert taken[0].conditions == ("Use it beside the record system, not in its place.",)
    assert [(one.hazard, one.words) for one in taken[0].controls] == [
        ("WB-1", "Tell the ward what to do when the feed is silent.")
    ]
    kept = here.hospital.installs.evidence(done)
    assert kept is not None
    assert kept.told.steps == tuple(told)
    assert kept.told.conditions == taken[0].conditions
    assert (done.version, done.sha256, done.is_active, done.is_trial) == ("1.0.0", made.sha256, True, False)
    assert here.hospital.installs.client("ward-board") is not None
