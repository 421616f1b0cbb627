"""Death at any moment: nothing acknowledged is lost, nothing is kept or applied twice.

TABARD_KILLS and TABARD_POWER_CUTS set the numbers of rounds.
"""

import os
from pathlib import Path

import pytest

from edge.intake.rounds import Accounts, Rounds

KILLS = int(os.environ.get("TABARD_KILLS", "20"))
POWER_CUTS = int(os.environ.get("TABARD_POWER_CUTS", "5"))
BETWEEN = 2
MOST_CUTS_TO_SEE_LOSS = 5


def is_well(accounts: Accounts) -> bool:
    return accounts == Accounts(accounts.acknowledged, (), (), (), (), ())


def test_kills_under_load_lose_nothing(tmp_path: Path) -> None:
    """After `kill -9` at random moments each acknowledged message is in the journal once and in the record once, in order."""
    rounds = Rounds(tmp_path)
    for _ in range(KILLS):
        rounds.live_and_die()
    accounts = rounds.settle()
    assert is_well(accounts), accounts
    assert accounts.acknowledged > KILLS


def test_power_cuts_lose_nothing(tmp_path: Path) -> None:
    """The same when every write that was not synced is gone with the process."""
    rounds = Rounds(tmp_path, on_lossy_disk=True)
    for _ in range(POWER_CUTS):
        rounds.live_and_die()
    accounts = rounds.settle()
    assert is_well(accounts), accounts
    assert accounts.acknowledged > POWER_CUTS


def test_a_death_between_record_and_journal_applies_nothing_twice(tmp_path: Path) -> None:
    """What the record holds and the journal does not know of is marked at the next start, and not applied again."""
    rounds = Rounds(tmp_path)
    for _ in range(BETWEEN):
        rounds.die_between()
    accounts = rounds.settle()
    assert is_well(accounts), accounts


@pytest.mark.parametrize("synchronous", ["normal", "off"])
def test_the_harness_sees_loss(tmp_path: Path, synchronous: str) -> None:
    """With commits that do not sync, a power cut does lose what was acknowledged: the harness can fail."""
    rounds = Rounds(tmp_path, on_lossy_disk=True, synchronous=synchronous)
    cuts = (cut(rounds) for _ in range(MOST_CUTS_TO_SEE_LOSS))
    assert any(accounts.lost for accounts in cuts)


def cut(rounds: Rounds) -> Accounts:
    rounds.live_and_die()
    return rounds.settle()
