"""Conditions due soon or past their day: told to whoever judges, the makers' in the case's log too; nothing happens by itself."""

from datetime import date

from tabard.accreditation import Milestone, Status, Terms
from tabard.decision import Condition, Owner
from unit.store.world import World

DUE = date(2026, 6, 1)


def published(world: World) -> str:
    """A version with a condition of its maker, and one of hospitals that has a day too."""
    case = world.reviewed()
    mine = Condition("C1", "Mend the small print on screens.", Owner.maker, DUE)
    theirs = Condition("C2", "Train everybody on the ward.", Owner.site, DUE)
    world.store.draft(case, world.who("Ada Safe"), Terms(conditions=(mine, theirs)))
    for name in ("Ada Safe", "Bo Secure"):
        world.sign(case, name)
    world.store.release()
    return case


def reminders(world: World, case: str) -> list[str]:
    return [one.words for one in world.store.case(case).happened if one.kind == "overdue"]


def test_what_is_overdue_is_told_and_nothing_is_suspended(world: World) -> None:
    """From the day after, with how late it is and the maker's plan; a line in the log now and every two weeks; it stays listed."""
    case = published(world)
    world.store.plan(case, "St Elsewhere", "C1", (Milestone("Write it anew.", date(2026, 5, 1)),))
    world.clock.pass_by(days=91)
    assert world.clock().date() == DUE
    world.store.release()
    assert world.store.overdue() == ()
    assert reminders(world, case) == []
    world.clock.pass_by(days=1)
    for _ in range(2):
        world.store.release()
    (one,) = world.store.overdue()
    assert (one.case, one.condition.id, one.days_late, one.publisher) == (case, "C1", 1, "RZZ")
    assert [step.text for step in one.plan] == ["Write it anew."]
    assert one.reminded == world.clock()
    assert [(due.condition.id, due.is_overdue) for due in world.store.dues()] == [("C1", True), ("C2", True)]
    assert world.store.dues()[0] == one
    assert (world.store.dues()[1].reminded, world.store.dues()[1].next_step) == (None, "")
    assert "Nothing is suspended by itself." in one.next_step
    assert reminders(world, case) == ["C1: Mend the small print on screens. It was due by 2026-06-01, 1 day(s) ago."]
    world.clock.pass_by(days=14)
    world.store.release()
    assert len(reminders(world, case)) == 2
    assert world.store.case(case).case.status is Status.published
    assert world.store.publishing.entry("tiny") is not None


def test_what_is_met_is_not_overdue(world: World) -> None:
    """Once an assessor saw it met, nobody is told any more; what is suspended is told still."""
    case = published(world)
    world.clock.pass_by(days=120)
    world.store.suspend(case, world.who("Ada Safe"), "The small print was never mended.")
    assert len(world.store.overdue()) == 1
    world.store.meet(case, world.who("Ada Safe"), "C1", "I read the small print on two screens.")
    assert world.store.overdue() == ()
    world.store.release()
    assert reminders(world, case) == []
