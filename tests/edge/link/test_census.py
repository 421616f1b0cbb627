"""The soak, small: thousands of messages shuffled as networks shuffle, processes killed under them, and the census agrees.

TABARD_MESSAGES, TABARD_PATIENTS, TABARD_KILLS and TABARD_POWER_CUTS make it large.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from soak.lives import Soak
from soak.network import Sent

MESSAGES = int(os.environ.get("TABARD_MESSAGES", "20000"))
PATIENTS = int(os.environ.get("TABARD_PATIENTS", "400"))
KILLS = int(os.environ.get("TABARD_KILLS", "20"))
POWER_CUTS = int(os.environ.get("TABARD_POWER_CUTS", "3"))
LARGE = 200_000
FLAT_BYTES = 64 * 1024 * 1024


def test_the_census_agrees_after_kills_and_power_cuts(tmp_path: Path) -> None:
    """Who is known, lives where, lies where and was merged into whom is as the clerk has it; none lost, none twice.

    Each message ends applied, without effect or as a copy, and of a large run the memory in use does not grow.
    """
    figures = Soak(tmp_path, messages=MESSAGES, patients=PATIENTS).run(kills=KILLS, power_cuts=POWER_CUTS)
    print(figures, *figures.differences[:20], sep="\n")  # noqa: T201  the figures are what a soak is run for
    assert figures.differences == ()
    assert (figures.lost, figures.kept_twice, figures.faults) == ((), (), ())
    assert {state for state, number in figures.counts.items() if number} <= _FATES, figures.reasons
    early, late = figures.memory
    assert late - early < FLAT_BYTES or MESSAGES < LARGE


def test_the_accounts_show_what_is_wrong(tmp_path: Path) -> None:
    """Where a discharge never comes, or one address is told otherwise, the census says so: the soak can fail."""

    def marred(sent: Iterator[Sent]) -> Iterator[Sent]:
        for one in sent:
            if b"|ADT^A03^" not in one.raw:
                yield replace(one, raw=one.raw.replace(b"|1 ROAD^", b"|11 ROAD^"))

    figures = Soak(tmp_path, messages=300, patients=20, mar=marred).run(kills=0, power_cuts=0)
    wrong = {one.partition(" ")[0] for one in figures.differences}
    assert wrong == {"house", "visit"}


_FATES = {"received", "applied", "no_effect", "duplicate"}
