"""Drafts: a maker alone sees one, with what the rules find, until it is submitted; others are not in its way, nor it in theirs."""

from pathlib import Path

import pytest

from tabard.accreditation import NotNow, Status
from tabard.ground.errors import NotFound
from tabard.ground.keys import new_signing_key
from tabard.product import Package, sign_release
from tabard.store import NotTaken
from unit.store.product_files import package
from unit.store.world import World

BY = "St Elsewhere NHS Trust"


def draft(world: World, made: Package) -> str:
    """The case of that package, kept as a draft."""
    release = sign_release(made, world.begun.publisher).to_bytes()
    return world.store.submit(made.raw, release, is_draft=True).case.id


def test_a_draft_is_its_maker_s_alone(world: World) -> None:
    """Its maker reads what the rules found; it is in no queue, and no assessor's verb finds it."""
    case = draft(world, world.package())
    assert world.store.check()
    mine = world.store.own_case(case).case
    assert mine.status is Status.draft
    assert mine.report is not None
    assert mine.report.unassessed
    assert world.store.cases() == ()
    with pytest.raises(NotFound, match="no such case"):
        world.store.case(case)
    with pytest.raises(NotFound, match="no such case"):
        world.store.standings(case)
    with pytest.raises(NotNow):
        world.store.assign(case, world.who("Ada Safe"), "none")
    assert not world.store.check(), "it is checked once"


def test_a_draft_is_submitted_and_checked_anew(world: World) -> None:
    """From then on it is a case as any: in the queue, its lot drawn only now, its findings those of the day."""
    case = draft(world, world.package())
    world.store.check()
    before = world.store.own_case(case).case
    world.store.submit_draft(case, BY)
    after = world.store.case(case).case
    assert (after.status, after.report) == (Status.submitted, None)
    assert after.nonce != before.nonce
    world.store.check()
    assert world.store.case(case).case.status is Status.in_review
    assert [one.id for one in world.store.cases()] == [case]
    with pytest.raises(NotNow):
        world.store.submit_draft(case, BY)


def test_a_draft_is_mended_under_the_same_id(world: World) -> None:
    """Other bytes of the version take its place, its own address with them; the bytes before are kept no longer."""
    first, second = world.package(), world.package(words="Mended")
    case = draft(world, first)
    world.store.check()
    assert draft(world, second) == case
    kept = world.store.own_case(case).case
    assert (kept.package_sha256, kept.report) == (second.sha256, None)
    assert not world.store.folder.package(first.sha256).exists()
    assert world.store.folder.package(second.sha256).exists()
    world.store.check()
    assert world.store.own_case(case).case.report is not None
    assert world.submit(second) == case, "submitting the bytes is submitting the draft"
    assert world.store.case(case).case.status is Status.submitted
    assert draft(world, second) == case, "and what is submitted becomes no draft again"
    assert world.store.case(case).case.status is Status.submitted


def test_a_report_of_bytes_that_gave_way_is_not_kept(world: World) -> None:
    """While the rules looked at the old bytes, the maker sent others: what was found is not said of those."""
    case = draft(world, world.package())
    world.checker.fault = lambda: draft_once(world)
    world.store.check()
    kept = world.store.own_case(case).case
    assert kept.report is not None
    assert kept.report.package_sha256 == kept.package_sha256 == world.package(words="Mended").sha256


def draft_once(world: World) -> None:
    world.checker.fault = lambda: None
    draft(world, world.package(words="Mended"))


def test_a_publisher_has_five_drafts_at_most(world: World) -> None:
    """The sixth is refused; one of the five may be sent again, and one that is taken back makes room."""
    cases = [draft(world, world.package(f"1.{at}.0")) for at in range(5)]
    with pytest.raises(NotTaken, match="as many drafts"):
        draft(world, world.package("1.5.0"))
    draft(world, world.package("1.4.0", "Mended"))
    world.store.withdraw(cases[0], BY, "We shall not go on with this.")
    assert not world.store.folder.package(world.package("1.0.0").sha256).exists()
    draft(world, world.package("1.5.0"))


def test_a_draft_that_is_left_alone_is_dropped(world: World) -> None:
    """After thirty days, its package with it; its version is free, and the same bytes begin anew."""
    made = world.package()
    case = draft(world, made)
    world.clock.pass_by(days=29)
    world.store.release()
    assert world.store.own_case(case).case.status is Status.draft
    world.clock.pass_by(days=1)
    world.store.release()
    ended = world.store.own_case(case).case
    assert (ended.status, ended.report) == (Status.withdrawn, None)
    assert not world.store.folder.package(made.sha256).exists()
    assert world.store.decisions() == ()
    with pytest.raises(NotNow):
        world.store.submit_draft(case, BY)
    assert draft(world, made) == case
    assert world.store.own_case(case).case.status is Status.draft
    assert world.store.folder.package(made.sha256).exists()


def test_a_draft_keeps_no_name_from_others(world: World, tmp_path: Path) -> None:
    """Another publisher submits a product of that id; the draft stays its maker's, and can then not be submitted."""
    mine = draft(world, world.package())
    key = new_signing_key()
    world.store.publishers.enrol("RYY", "Another trust", (key.public,))
    made = package(tmp_path / "theirs", "1.0.0", "RYY")
    theirs = world.store.submit(made.raw, sign_release(made, key).to_bytes()).case
    assert theirs.id != mine
    assert world.store.case(theirs.id).case.publisher == "RYY"
    assert world.store.own_case(mine).case.publisher == "RZZ"
    with pytest.raises(NotTaken, match="another publisher"):
        world.store.submit_draft(mine, BY)
    assert world.store.own_case(mine).case.status is Status.draft


def test_drafts_wait_for_what_was_submitted(world: World) -> None:
    """The checker looks at submitted packages first."""
    draft(world, world.package("1.0.0"))
    world.submit(world.package("1.1.0"))
    world.store.check()
    submitted, drafted = (world.package(version).sha256 for version in ("1.1.0", "1.0.0"))
    assert [name.partition(".")[0] for name in world.checker.checked] == [submitted, drafted]
