"""Attacks on the way from the centre to a hospital: each stops the install at its step and leaves nothing behind."""

import hashlib
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from tabard.catalogue import Level
from tabard.decision import Role, Scope, Trust
from tabard.ground.dsse import Envelope
from tabard.ground.keys import new_signing_key, read_signing_key
from tabard.hospital import InstallRefused, Step
from tabard.product import Package, pack, read_package, sign_release
from unit.hospital.a_centre import START, VERIFIER, Centre, Clock, Person, Site, files, package, raw_archive


@dataclass
class World:
    """What an attack may turn."""

    centre: Centre
    clock: Clock
    here: Site
    folder: Path


@pytest.fixture(name="world")
def _world(centre: Centre, clock: Clock, here: Site, tmp_path: Path) -> World:
    return World(centre, clock, here, tmp_path)


def _tampered(world: World) -> None:
    """Somebody changes one byte of the package on the mirror."""
    listed = world.centre.publish(package())
    path = world.centre.public / f"packages/{listed.package_sha256}.tabard"
    raw = bytearray(path.read_bytes())
    raw[700] ^= 1
    path.write_bytes(raw)


def _longer(world: World) -> None:
    """Somebody lets the package never end."""
    listed = world.centre.publish(package())
    path = world.centre.public / f"packages/{listed.package_sha256}.tabard"
    path.write_bytes(path.read_bytes() + b"x" * 100_000)


def _archive(world: World, entries: Mapping[str, bytes], link: str | None = None) -> None:
    """A careless centre decides and publishes bytes that are no package."""
    raw = raw_archive(entries, link)
    made = replace(package(), raw=raw, sha256=hashlib.sha256(raw).hexdigest())
    world.centre.publish(made)


def _traversal(world: World) -> None:
    _archive(world, {"../../evil.html": b"evil", **files()})


def _absolute(world: World) -> None:
    _archive(world, {"/tmp/evil.html": b"evil", **files()})  # noqa: S108  the attack itself


def _symlink(world: World) -> None:
    _archive(world, {**files(), "secret.html": b""}, link="secret.html")


def _colliding(world: World) -> None:
    _archive(world, {**files(), "BOARD.js": b"evil"})


def _hidden_tail(world: World) -> None:
    """Bytes after the end of the archive, which an unpacker would never show."""
    made = package()
    raw = made.raw + b"evil".ljust(512, b"\0")
    world.centre.publish(replace(made, raw=raw, sha256=hashlib.sha256(raw).hexdigest()))


def _bomb(world: World) -> None:
    _archive(world, {**files(), "bomb.html": b"\0" * (17 * 1024 * 1024)})


def _one_person(world: World) -> None:
    """One person signs with both of their keys."""
    second = new_signing_key()
    ada = world.centre.safety.enrolled()
    both = replace(ada, keys=(*ada.keys, second.public))
    keys = [read_signing_key(world.centre.offline / f"targets-{n}.pem") for n in (1, 2)]
    world.centre.publishing.enrol(Trust(VERIFIER, (both, world.centre.security.enrolled())), keys)
    signed = _decision(world, world.centre.safety)
    world.centre.publish(package(), decision=signed.signed_by(second))


def _decision(world: World, *people: Person, made: Package | None = None, **other: object) -> Envelope:
    """A decision of the usual package, signed by these people."""
    made = made or package()
    decided = world.centre.decided(made, sign_release(made, world.centre.publisher), **other)
    return world.centre.signed(decided, *people)


def _same_signature_twice(world: World) -> None:
    """One signature is told twice under one key."""
    told = _decision(world, world.centre.safety)
    doubled = replace(told, signatures=told.signatures * 2)
    world.centre.publish(package(), decision=doubled)


def _one_role(world: World) -> None:
    world.centre.publish(package(), decision=_decision(world, world.centre.safety, world.centre.other))


def _other_digest(world: World) -> None:
    """A decision of other bytes, signed by both, is listed with these."""
    other = read_package(pack(files() | {"board.js": b"other"}))
    world.centre.publish(package(), decision=_decision(world, made=other))


def _other_product(world: World) -> None:
    world.centre.publish(package(), decision=_decision(world, product="other-board"))


def _unsigned(world: World) -> None:
    world.centre.publish(package(), decision=replace(_decision(world), signatures=()))


def _changed_decision(world: World) -> None:
    """What was signed is changed afterwards."""
    signed = _decision(world)
    payload = signed.payload.replace(b"Use it beside", b"Use it instead")
    assert payload != signed.payload
    world.centre.publish(package(), decision=replace(signed, payload=payload))


def _expired_decision(world: World) -> None:
    world.centre.publish(package(), decision=_decision(world, valid_until=START + timedelta(days=1)))
    _later(world, days=2)


def _early_decision(world: World) -> None:
    world.centre.publish(package(), decision=_decision(world, valid_from=START + timedelta(days=1)))


def _later(world: World, days: int) -> None:
    world.clock.now = START + timedelta(days=days)
    world.centre.publishing.refresh()


def _rolled_back(world: World) -> None:
    """A mirror hands out yesterday's catalogue whole."""
    world.centre.publish(package())
    old = world.folder / "old"
    shutil.copytree(world.centre.public, old)
    world.centre.recall(Level.advisory, "0" * 64)
    world.here.hospital.centre.client.refresh()
    _swap(world, old)


def _swap(world: World, other: Path) -> None:
    shutil.rmtree(world.centre.public)
    shutil.copytree(other, world.centre.public)


def _frozen(world: World) -> None:
    """A mirror hands out the same catalogue for ever, so that no recall arrives."""
    world.centre.publish(package())
    world.clock.now = START + timedelta(days=2)


def _mixed_up(world: World) -> None:
    """A mirror puts an older snapshot in the place of the newest."""
    world.centre.publish(package())
    world.centre.recall(Level.advisory, "0" * 64)
    told = sorted(
        (world.centre.public / "metadata").glob("*.snapshot.json"), key=lambda one: int(one.name.split(".")[0])
    )
    told[-1].write_bytes(told[-2].read_bytes())


def _foreign_keys(world: World) -> None:
    """Another catalogue, whole and fresh, signed with keys of its own, stands at the centre's address."""
    foreign = Centre(world.folder / "foreign", world.clock)
    foreign.publish(package())
    _swap(world, foreign.public)


def _stolen_online_keys(world: World) -> None:
    """Whoever has the online keys lists other bytes under the decision that was signed."""
    made = package()
    listed = world.centre.publish(made)
    evil = pack(files() | {"board.js": b"evil()"})
    digest = hashlib.sha256(evil).hexdigest()
    world.centre.list(replace(listed, package_sha256=digest, package_size=len(evil)), evil)


def _stolen_online_keys_and_own_decision(world: World) -> None:
    """Whoever has the online keys writes a decision of their own."""
    thieves = Person("Ada Safe", Role.clinical_safety), Person("Bo Secure", Role.security)
    world.centre.publish(package(), decision=_decision(world, *thieves))


def _other_publisher_key(world: World) -> None:
    """The release is signed by a key that the decision does not name."""
    made = package()
    release = sign_release(made, new_signing_key())
    decided = world.centre.signed(world.centre.decided(made, release))
    world.centre.publish(made, decision=decided, release=release)


def _other_release(world: World) -> None:
    """A second release of the same bytes, by an enrolled key, is not the one that was judged."""
    second = new_signing_key()
    made = package()
    keys = (world.centre.publisher.public.pem, second.public.pem)
    decided = world.centre.decided(made, sign_release(made, world.centre.publisher), publisher_keys=keys)
    world.centre.publish(made, decision=world.centre.signed(decided), release=sign_release(made, second))


def _release_of_another(world: World) -> None:
    release = sign_release(package("0.8.0"), world.centre.publisher)
    decided = world.centre.signed(world.centre.decided(package(), release))
    world.centre.publish(package(), decision=decided, release=release)


def _more_scopes(world: World) -> None:
    """The manifest asks for a scope that nobody judged."""
    scope = Scope("Shows a ward.", ("launch", "user/Encounter.rs"), ("ward",))
    world.centre.publish(package(), decision=_decision(world, scope=scope))


def _more_contexts(world: World) -> None:
    scope = Scope("Shows a patient.", ("launch", "user/Encounter.rs", "user/Patient.rs"), ("patient",))
    world.centre.publish(package(), decision=_decision(world, scope=scope))


def _other_manifest(world: World) -> None:
    """Decision and release name the ward board; the bytes are another product, which would take that one's place."""
    made = package(id_="observations")
    world.centre.publish(replace(made, manifest=package().manifest))


def _older_manifest(world: World) -> None:
    """Decision and release name a version; the bytes call themselves another."""
    made = package("0.9.0")
    world.centre.publish(replace(made, manifest=package().manifest))


def _other_publisher(world: World) -> None:
    world.centre.publish(package(), decision=_decision(world, publisher="RYY"))


def _recalled(world: World) -> None:
    world.centre.recall(Level.stop, world.centre.publish(package()).package_sha256)


def _closed_to_installs(world: World) -> None:
    world.centre.publish(package())
    world.centre.recall(Level.no_new_installs)


def _unlisted(world: World) -> None:
    del world


def _gone(world: World) -> None:
    """The centre's server is not there."""
    world.centre.publish(package())
    shutil.rmtree(world.centre.public)


ATTACKS: dict[str, tuple[Callable[[World], None], Step, str]] = {
    "tampered package": (_tampered, Step.package, "wrong_bytes"),
    "package that never ends": (_longer, Step.package, "too_large"),
    "traversal": (_traversal, Step.package, "bad_name"),
    "absolute name": (_absolute, Step.package, "bad_name"),
    "symbolic link": (_symlink, Step.package, "not_a_file"),
    "colliding names": (_colliding, Step.package, "colliding_names"),
    "hidden tail": (_hidden_tail, Step.package, "not_canonical"),
    "bomb": (_bomb, Step.package, "too_large"),
    "one person twice": (_one_person, Step.decision, "one_person"),
    "one signature twice": (_same_signature_twice, Step.decision, "unreadable"),
    "two of one role": (_one_role, Step.decision, "one_role"),
    "other digest": (_other_digest, Step.decision, "other_package"),
    "other product": (_other_product, Step.decision, "other_product"),
    "nobody signed": (_unsigned, Step.decision, "unknown_signer"),
    "changed after signing": (_changed_decision, Step.decision, "unknown_signer"),
    "out of date": (_expired_decision, Step.decision, "out_of_date"),
    "not yet valid": (_early_decision, Step.decision, "not_yet_valid"),
    "rolled back": (_rolled_back, Step.catalogue, "rolled_back"),
    "frozen": (_frozen, Step.catalogue, "out_of_date"),
    "mixed up": (_mixed_up, Step.catalogue, "mixed_up"),
    "foreign keys": (_foreign_keys, Step.catalogue, "not_signed"),
    "stolen online keys": (_stolen_online_keys, Step.decision, "other_package"),
    "stolen online keys, own decision": (_stolen_online_keys_and_own_decision, Step.decision, "unknown_signer"),
    "release by another key": (_other_publisher_key, Step.release, "unknown_signer"),
    "release that nobody judged": (_other_release, Step.release, "other_release"),
    "release of other bytes": (_release_of_another, Step.release, "other_package"),
    "more scopes": (_more_scopes, Step.manifest, "more_scopes"),
    "more contexts": (_more_contexts, Step.manifest, "more_contexts"),
    "manifest of another product": (_other_manifest, Step.manifest, "other_product"),
    "manifest of another version": (_older_manifest, Step.manifest, "other_product"),
    "other publisher": (_other_publisher, Step.release, "other_publisher"),
    "recalled": (_recalled, Step.recall, "recalled"),
    "closed to new installs": (_closed_to_installs, Step.recall, "recalled"),
    "not listed": (_unlisted, Step.listing, "not_listed"),
    "out of reach": (_gone, Step.catalogue, "unreachable"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_stops_the_install_at_its_step_and_leaves_nothing(world: World, name: str) -> None:
    """A reason of its own, what to do about it, no file, no row, no client; and the hospital is as it was."""
    attack, step, reason = ATTACKS[name]
    attack(world)
    with pytest.raises(InstallRefused) as told:
        world.here.install()
    assert (told.value.step, told.value.reason) == (step, reason)
    assert told.value.remedy
    installs = world.here.hospital.installs
    assert world.here.unpacked() == []
    assert list((world.here.folder / "products").glob("*")) == []
    assert installs.all() == ()
    assert installs.history("ward-board") == ()
    assert installs.client("ward-board") is None
