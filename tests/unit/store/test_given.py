"""What a check at the store goes by beside the package, and what of it stands in the decision."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tabard.accreditation.probing.known import sign_advisories
from tabard.decision import read_statement
from tabard.ground.errors import CallerError
from tabard.ground.keys import SigningKey, new_signing_key
from tabard.store import BadSettings, NotTaken
from unit.store.world import START, World, terms

KEY, OTHER = new_signing_key(), new_signing_key()


def signed_set(days_old: int = 0, key: SigningKey = KEY, entries: Iterable[dict[str, Any]] = ()) -> bytes:
    return sign_advisories(list(entries), key, START - timedelta(days=days_old))


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


def test_the_first_key_is_kept_and_another_refused(world: World) -> None:
    """For every process that opens the store, with what to do; what is refused keeps no key either."""
    with pytest.raises(NotTaken, match="would judge nothing"):
        world.store.advisories.bring(signed_set(31, OTHER), OTHER.public)
    assert world.store.advisories.keyid == ""
    world.store.advisories.bring(signed_set(1), KEY.public)
    for store in (world.store, world.opened_again()):
        with pytest.raises(NotTaken, match="another key") as refused:
            store.advisories.bring(signed_set(0, OTHER), OTHER.public)
        assert (refused.value.expected, refused.value.got) == (KEY.public.keyid, OTHER.public.keyid)
        assert "--new-key" in str(refused.value.remedy)
    world.store.advisories.bring(signed_set(), KEY.public)
    assert world.store.publishing.advisories() == signed_set()


def test_a_new_key_takes_the_place_of_the_first_when_that_is_said(world: World) -> None:
    """The settings tell which one was replaced, and when; the first is then refused as any other."""
    path = world.store.folder.root / "store.toml"
    path.write_text(f"# ours\n{path.read_text()}")
    before = world.store.settings
    world.store.advisories.bring(signed_set(1), KEY.public, is_new_key=True)
    for days in (1, 0):
        world.store.advisories.bring(signed_set(days, OTHER), OTHER.public, is_new_key=True)
    old, new = KEY.public.keyid, OTHER.public.keyid
    assert path.read_text().startswith("# ours\n")
    assert path.read_text().endswith(f'key = "{new}"\n# until 2026-03-02T09:00:00Z the key was {old}\n')
    assert world.opened_again().settings == replace(before, advisories_key=new)
    with pytest.raises(NotTaken, match="another key"):
        world.store.advisories.bring(signed_set(), KEY.public)
    world.store.advisories.bring(signed_set(), KEY.public, is_new_key=True)
    assert world.opened_again().settings == replace(before, advisories_key=old)


def test_a_set_that_says_something_else_of_the_same_moment_is_refused(world: World) -> None:
    """The same set again is taken, and a later one that says it."""
    entry = {"id": "GHSA-1", "affected": [{"package": {"ecosystem": "PyPI", "name": "sun"}, "versions": ["1"]}]}
    world.store.advisories.bring(signed_set(1), KEY.public)
    world.store.advisories.bring(signed_set(1), KEY.public)
    with pytest.raises(NotTaken, match="same moment"):
        world.store.advisories.bring(signed_set(1, entries=[entry]), KEY.public)
    assert world.store.publishing.advisories() == signed_set(1)
    world.store.advisories.bring(signed_set(0, entries=[entry]), KEY.public)


@pytest.mark.parametrize("told", ["advisories = 7", '[advisories]\nkey = "ab"', "[advisories]\nkey = 7"])
def test_settings_whose_key_of_advisories_cannot_be_one_are_refused(world: World, told: str) -> None:
    """Nothing is then taken of anybody."""
    path = world.store.folder.root / "store.toml"
    path.write_text(f"{path.read_text()}\n{told}\n")
    with pytest.raises(BadSettings):
        world.store.advisories.bring(signed_set(), KEY.public, is_new_key=True)


def test_a_file_in_which_the_key_cannot_be_written_stays_as_it_is(world: World) -> None:
    """Its table of advisories is there without a key: a person writes it."""
    path = world.store.folder.root / "store.toml"
    path.write_text(f"{path.read_text()}\n[advisories]\n")
    text = path.read_text()
    with pytest.raises(BadSettings, match="cannot be written"):
        world.store.advisories.bring(signed_set(), KEY.public)
    assert (path.read_text(), world.store.publishing.advisories()) == (text, None)


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
