"""Who may be enrolled, as what, and with which key."""

import pytest

from tabard.catalogue import NotPublished
from tabard.decision import BadTrust, Role
from tabard.ground.keys import new_signing_key
from tabard.store import NotTaken
from unit.store.world import World


def test_a_key_is_one_person_s_alone(world: World) -> None:
    """Neither an assessor's nor a publisher's key is enrolled again, as either."""
    people, publishers = world.store.assessors, world.store.publishers
    for taken in (world.key("Ada Safe"), world.begun.publisher):
        with pytest.raises(NotTaken, match="enrolled already"):
            people.enrol("Di New", Role.security, taken.public, world.targets, organisation="X26")
        with pytest.raises(NotTaken, match="enrolled already"):
            publishers.enrol("RYY", "Another trust", (taken.public,))
    assert "RYY" not in publishers.all()


def test_a_person_has_one_role(world: World) -> None:
    """Ada Safe cannot judge security too, however her name is written."""
    with pytest.raises(BadTrust):
        world.store.assessors.enrol(
            "ada  SAFE", Role.security, new_signing_key().public, world.targets, organisation="X26"
        )


def test_only_the_offline_keys_name_assessors(world: World) -> None:
    """One key of two, or other keys, name nobody; no account is left behind."""
    for keys in (world.targets[:1], [new_signing_key(), new_signing_key()], []):
        with pytest.raises(NotPublished):
            world.store.assessors.enrol(
                "Di New", Role.security, new_signing_key().public, keys, "di", organisation="X26"
            )
    assert [one.name for one in world.store.assessors.all()] == ["Ada Safe", "Bo Secure", "Cy Safe"]
    world.store.assessors.enrol(
        "Di New", Role.security, new_signing_key().public, world.targets, "di", organisation="X26"
    )


def test_an_account_is_its_assessor_s(world: World) -> None:
    """Who signs in with the password is that assessor, for as long as they are in office."""
    enrolled = world.store.assessors.enrol(
        "Di New", Role.security, new_signing_key().public, world.targets, "di", organisation="X26"
    )
    account = world.store.accounts.check("di", enrolled.password or "")
    assert account is not None
    who = world.store.assessors.of_account(account)
    assert who is not None
    assert who.name == "Di New"
    world.clock.pass_by(days=366)
    assert world.store.assessors.of_account(account) is None


@pytest.mark.parametrize("username", ["ada", "", "A", "a b", "é" * 4, "x" * 41])
def test_a_username_is_new_and_plain(world: World, username: str) -> None:
    """Nobody takes over another's account."""
    with pytest.raises(NotTaken):
        world.store.assessors.enrol(
            "Di New", Role.security, new_signing_key().public, world.targets, username, organisation="X26"
        )


def test_an_enrolment_elsewhere_is_seen(world: World) -> None:
    """A store that is served sees at once whom another process enrolled."""
    assert world.store.assessors.find("nobody") is None
    enrolled = world.opened_again().assessors.enrol(
        "Di New", Role.security, new_signing_key().public, world.targets, organisation="X26"
    )
    assert world.store.assessors.find(enrolled.assessor.id) is not None


@pytest.mark.parametrize(("ods", "name"), [("R", "Name"), ("R Z", "Name"), ("RXY", " "), ("RZZ", "Somebody else")])
def test_a_publisher_has_a_code_and_a_name(world: World, ods: str, name: str) -> None:
    """What is no ODS code, nameless, or enrolled under another name is refused."""
    with pytest.raises(NotTaken):
        world.store.publishers.enrol(ods, name, (new_signing_key().public,))


def test_a_publisher_may_have_several_keys(world: World) -> None:
    """A second key counts beside the first."""
    key = new_signing_key().public
    publisher = world.store.publishers.enrol("rzz", "St Elsewhere NHS Trust", (key,))
    assert {one.keyid for one in publisher.keys} == {key.keyid, world.begun.publisher.public.keyid}
