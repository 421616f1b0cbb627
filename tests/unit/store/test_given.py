"""What a check at the store goes by beside the package, and what of it stands in the decision."""

from datetime import timedelta

import pytest

from tabard.accreditation.probing.known import sign_advisories
from tabard.decision import read_statement
from tabard.ground.errors import CallerError
from tabard.ground.keys import new_signing_key
from tabard.store import NotTaken
from unit.store.world import START, World, terms

KEY, OTHER = new_signing_key(), new_signing_key()


def signed_set(days_old: int = 0) -> bytes:
    return sign_advisories([], KEY, START - timedelta(days=days_old))


def test_a_check_is_given_the_last_version_that_was_accredited(world: World) -> None:
    """As a maker gives `--before`: neither a newer one, nor one that is not published."""
    world.decided("1.0.0")
    world.store.release()
    world.submit(world.package("1.1.0", "Other"))
    world.store.check()
    world.submit(world.package("1.2.0", "Another"))
    world.store.check()
    first = world.store.folder.package(world.package("1.0.0").sha256)
    assert [one.before for one in world.checker.given] == [None, first, first]


def test_a_check_is_given_what_the_catalogue_carries(world: World) -> None:
    """Nothing before a set is brought, and the newest one from then on."""
    world.submit(world.package("1.0.0"))
    world.store.check()
    known = world.store.advisories.bring(signed_set(), KEY.public)
    world.submit(world.package("1.1.0"))
    world.store.check()
    assert [one.advisories for one in world.checker.given] == [None, signed_set()]
    carried = world.store.advisories.carried()
    assert carried is not None
    assert (carried.sha256, carried.age_days) == (known.sha256, 0)


def test_a_set_of_another_key_or_an_old_one_is_not_carried(world: World) -> None:
    """Nor one that forgets what a newer one knows; what is carried stays."""
    with pytest.raises(CallerError, match="not signed by a key that is known"):
        world.store.advisories.bring(signed_set(), OTHER.public)
    with pytest.raises(NotTaken, match="would judge nothing"):
        world.store.advisories.bring(signed_set(31), KEY.public)
    world.store.advisories.bring(signed_set(), KEY.public)
    with pytest.raises(NotTaken, match="newer set"):
        world.store.advisories.bring(signed_set(1), KEY.public)
    assert world.store.publishing.advisories() == signed_set()


def test_a_carried_set_grows_old(world: World) -> None:
    """And is said to."""
    known = world.store.advisories.bring(signed_set(), KEY.public)
    assert world.store.advisories.why_not(known) == ""
    world.clock.pass_by(days=31)
    assert "more than 30 days old" in world.store.advisories.why_not(known)


def test_a_decision_names_what_the_product_was_tried_with(world: World) -> None:
    """By the trial in the report; what somebody writes into the terms does not count."""
    case = world.reviewed()
    world.store.draft(case, world.who("Ada Safe"), terms(tabard_versions=("9.9",), dialects=("mine",)))
    detail = world.store.case(case)
    assert detail.case.statement is not None
    decision = read_statement(detail.case.statement.payload)
    assert (decision.tabard_versions, decision.dialects) == (("1.0",), ("lorenzo",))
