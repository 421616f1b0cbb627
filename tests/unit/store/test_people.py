"""Who may be enrolled, as what, and with which key."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tabard.catalogue import NotPublished
from tabard.decision import BadTrust, Role
from tabard.ground.keys import PublicKey, new_signing_key, read_signing_key
from tabard.store import NotTaken
from unit.ground.test_one_key import compressed
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


def test_a_key_is_known_in_every_encoding(world: World, tmp_path: Path) -> None:
    """The same key as PKCS#8, as SEC 1, as a compressed point and with other line ends is nobody else's, as either."""
    private = generate_private_key(SECP256R1())
    spki = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    (tmp_path / "sec1.pem").write_bytes(
        private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    )
    others = (
        PublicKey.from_pem(spki.replace("\n", "\r\n")),
        PublicKey.from_pem(compressed(private)),
        read_signing_key(tmp_path / "sec1.pem").public,
    )
    people, publishers = world.store.assessors, world.store.publishers
    people.enrol("Di New", Role.security, PublicKey.from_pem(spki), world.targets, organisation="X26")
    for again in others:
        with pytest.raises(NotTaken, match="enrolled already"):
            people.enrol("Ed New", Role.clinical_safety, again, world.targets, organisation="X26")
        with pytest.raises(NotTaken, match="enrolled already"):
            publishers.enrol("RYY", "Another trust", (again,))


def test_a_publishers_key_is_known_in_every_encoding(world: World) -> None:
    """A publisher's key is no other publisher's and no assessor's, nor twice in one enrolment, as whatever it is written."""
    private = generate_private_key(SECP256R1())
    spki = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    one, again = PublicKey.from_pem(spki), PublicKey.from_pem(compressed(private))
    with pytest.raises(NotTaken, match="enrolled already"):
        world.store.publishers.enrol("RYY", "Another trust", (one, again))
    world.store.publishers.enrol("RYY", "Another trust", (one,))
    with pytest.raises(NotTaken, match="enrolled already"):
        world.store.publishers.enrol("RXX", "A third trust", (again,))
    with pytest.raises(NotTaken, match="enrolled already"):
        world.store.assessors.enrol("Di New", Role.security, again, world.targets, organisation="X26")


def test_a_key_of_the_catalogue_is_nobody_s(world: World) -> None:
    """What signs the catalogue unattended lies at the store: with it nobody judges, and nobody submits."""
    for role in ("catalogue", "snapshot", "timestamp"):
        key = read_signing_key(world.store.folder.catalogue / "keys" / f"{role}.pem").public
        with pytest.raises(NotTaken, match="enrolled already"):
            world.store.assessors.enrol("Di New", Role.security, key, world.targets, organisation="X26")
        with pytest.raises(NotTaken, match="enrolled already"):
            world.store.publishers.enrol("RYY", "Another trust", (key,))
