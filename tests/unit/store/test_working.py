"""The store's own work: what ends it in the middle is made up for, and nothing is done twice."""

from collections.abc import Callable
from unittest.mock import patch

import pytest

from tabard.accreditation import Status
from tabard.catalogue import Client, Publishing
from tabard.store import CheckerFailed, Stopped
from tabard.store.cases import Cases
from unit.store.world import World


class Killed(BaseException):
    """The process ended here."""


def kinds(world: World, case: str) -> list[str]:
    return [one.kind for one in world.store.case(case).happened]


def client(world: World) -> Client:
    """A hospital that trusts this store."""
    root = world.store.folder.root_of_trust.read_bytes()
    found = Client(world.folder / "site", str(world.store.folder.public), root, world.clock)
    found.refresh()
    return found


def test_what_is_published_verifies_at_a_hospital(world: World) -> None:
    """A hospital that pinned the root finds the product, its decision, its release and the very bytes."""
    world.decided()
    assert world.store.release()
    site = client(world)
    (listed,) = site.entry("tiny").versions
    assert site.package(listed) == world.package().raw
    assert [one.name for one in site.trust().accreditors] == ["Ada Safe", "Bo Secure", "Cy Safe"]


@pytest.mark.parametrize(("place", "name"), [(Publishing, "keep_package"), (Publishing, "publish"), (Cases, "change")])
@pytest.mark.parametrize("is_done", [False, True])
def test_a_store_that_is_killed_while_it_publishes_publishes_later(
    world: World,
    place: type,
    name: str,
    is_done: bool,  # noqa: FBT001  a parameter of the test
) -> None:
    """Before or after each step: the next process lists the version, once, and says so once."""
    case = world.decided()
    real = getattr(place, name)

    def killed(*given: object, **named: object) -> None:
        if is_done:
            real(*given, **named)
        raise Killed

    with patch.object(place, name, killed), pytest.raises(Killed):
        world.store.release()
    store = world.opened_again()
    store.release()
    store.release()
    assert store.case(case).case.status is Status.published
    assert kinds(world, case).count("published") == 1
    assert [one.version for one in store.listing("tiny").versions] == ["1.0.0"]
    assert [one.version for one in client(world).entry("tiny").versions] == ["1.0.0"]


def test_a_store_that_is_killed_while_it_checks_checks_again(world: World) -> None:
    """What was being checked when the process died is checked by the next one."""
    case = world.submit(world.package())

    def killed() -> None:
        raise Killed

    world.checker.fault = killed
    with pytest.raises(Killed):
        world.store.check()
    world.checker.fault = lambda: None
    world.opened_again().check()
    assert world.store.case(case).case.status is Status.in_review


def test_versions_are_listed_newest_first(world: World) -> None:
    """Also where an older version was decided later; 1.10.0 is newer than 1.9.0."""
    for version in ("1.9.0", "1.10.0"):
        world.decided(version)
    world.store.release()
    assert [one.version for one in world.store.listing("tiny").versions] == ["1.10.0", "1.9.0"]


def test_a_package_that_was_changed_on_the_disk_is_not_published(world: World) -> None:
    """Two signatures are for bytes: others are not published in their name, and the log says so, once."""
    case = world.decided()
    world.store.folder.package(world.package().sha256).write_bytes(world.package(words="Other").raw)
    world.store.release()
    world.store.release()
    assert world.store.listings() == ()
    assert kinds(world, case).count("publish_failed") == 1
    assert list((world.store.folder.public / "packages").iterdir()) == []


def test_a_decision_that_went_out_of_date_before_it_was_published_is_not(world: World) -> None:
    """The catalogue judges once more, as every hospital would."""
    case = world.decided()
    world.clock.pass_by(days=366)
    world.store.release()
    assert world.store.listings() == ()
    assert "out of date" in world.store.case(case).progress


def fails(error: Exception) -> Callable[[], None]:
    def fault() -> None:
        raise error

    return fault


def test_a_checker_that_fails_is_tried_three_times_and_told(world: World) -> None:
    """It is our fault, said to be, holds nothing else up, and is no verdict; the same package again is a new try."""
    case = world.submit(world.package())
    world.checker.fault = fails(CheckerFailed("no", got="exit -9"))
    world.store.check()
    world.store.check()
    detail = world.store.case(case)
    assert (len(world.checker.checked), detail.case.status, detail.is_stuck) == (3, Status.checking, True)
    assert kinds(world, case) == ["submitted", *["check_failed"] * 3, "given_up"]
    assert "Our checker failed" in detail.row.next_step
    world.checker.fault = lambda: None
    world.submit(world.package("2.0.0"))
    world.store.check()
    assert world.store.case(case).is_stuck
    assert world.submit(world.package()) == case
    world.store.check()
    assert world.store.case(case).case.status is Status.in_review


def test_being_stopped_is_no_try(world: World) -> None:
    """A store that is stopped and started often does not give a case up."""
    case = world.submit(world.package())
    world.checker.fault = fails(Stopped("no"))
    for _ in range(5):
        world.store.check()
    assert not world.store.case(case).is_stuck
    world.checker.fault = lambda: None
    world.store.check()
    assert world.store.case(case).case.status is Status.in_review


def test_a_case_without_its_package_is_told_and_holds_nothing_up(world: World) -> None:
    """A file that is gone is our fault; the next case is checked."""
    gone, good = world.submit(world.package()), world.submit(world.package("2.0.0"))
    world.store.folder.package(world.package().sha256).unlink()
    world.store.check()
    assert world.store.case(gone).is_stuck
    assert world.store.case(good).case.status is Status.in_review


def test_signatures_are_kept_fresh(world: World) -> None:
    """Half through the timestamp's day the store signs it again by itself, and sites go on believing it."""
    assert not world.store.release()
    world.clock.pass_by(hours=13)
    assert world.store.release()
    world.clock.pass_by(hours=13)
    client(world)
