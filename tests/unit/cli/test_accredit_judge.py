"""`tabard accredit judge` on the command line, against a store that answers in this process: a word is about what was read."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tabard.accreditation.claims import Evidence, EvidenceKind
from tabard.ground.errors import CallerError
from tabard.store.asking import StoreAt, Told
from unit.cli.test_accredit import as_, run, world  # noqa: F401  the fixture
from unit.store.world import START, World

ONE, OTHER = "asvs-5.0/1.2.1", "asvs-5.0/1.2.2"
WORDS = ("--status", "met", "--reason", "I looked at all that stands beside it.")


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """`act` happens between what the command reads and what it says."""
    judge = StoreAt.judge

    def judged(store: StoreAt, *asked: Any) -> Told:
        act()
        return judge(store, *asked)

    monkeypatch.setattr(StoreAt, "judge", judged)


def brings(at: World, criterion: str) -> None:
    item = Evidence("review-1", "b" * 64, EvidenceKind.document, "A review", "RZZ", START.date(), (criterion,))
    at.store.evidence.add(item, "St Elsewhere NHS Trust")


def judged(at: World, case: str) -> list[str]:
    return [one.criterion for one in at.store.case(case).case.judgements]


def test_what_changed_since_it_was_read_is_not_judged(
    world: World,  # noqa: F811  the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of all that is named nothing is kept; said with which it was, and what to do."""
    case = world.seen()
    meanwhile(monkeypatch, partial(brings, world, ONE))
    with pytest.raises(CallerError, match="changed since you looked") as refused:
        run("judge", case, *as_(world, "Bo"), *WORDS, "--criterion", ONE, "--criterion", OTHER)
    assert refused.value.got == ONE
    assert "look at them again" in str(refused.value.remedy)
    assert judged(world, case) == []


def test_what_changed_beside_another_criterion_is_no_hindrance(
    world: World,  # noqa: F811  the fixture
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A word is about the criteria that it names."""
    case = world.seen()
    meanwhile(monkeypatch, partial(brings, world, ONE))
    assert "Judged: 1 met." in run("judge", case, *as_(world, "Bo"), *WORDS, "--criterion", OTHER).output
    assert judged(world, case) == [OTHER]


def test_a_condition_that_is_unknown_may_have_been_dropped(world: World) -> None:  # noqa: F811  the fixture
    """The refusal says so, and how one is set."""
    case = world.seen()
    run("condition", case, *as_(world, "Ada"), "--add", "Mend the contrast of the print.")
    run("condition", case, *as_(world, "Ada"), "--drop", "C1")
    words = ("--status", "met_with_conditions", "--condition", "C1", "--reason", WORDS[-1])
    with pytest.raises(CallerError, match="no such condition") as refused:
        run("judge", case, *as_(world, "Bo"), *words, "--criterion", ONE)
    assert "may have been dropped" in str(refused.value.remedy)
    assert "tabard accredit condition CASE --add" in str(refused.value.remedy)
