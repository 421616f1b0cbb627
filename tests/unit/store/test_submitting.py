"""What is taken over the counter, and what is not."""

import pytest

from tabard.accreditation import Status
from tabard.ground.errors import TabardError
from tabard.ground.keys import new_signing_key
from tabard.product import BadPackage, BadRelease, pack, read_package, sign_release
from tabard.store import LARGEST_PACKAGE_BYTES, NotTaken
from unit.store.product_files import package
from unit.store.world import World


def is_refused(world: World, package: bytes, release: bytes, error: type[TabardError], words: str) -> None:
    """Refused with these words, and nothing is kept: no case, no file."""
    before = (world.store.cases(), set(world.store.folder.packages.iterdir()))
    with pytest.raises(error) as told:
        world.store.submit(package, release)
    assert words in str(told.value)
    assert (world.store.cases(), set(world.store.folder.packages.iterdir())) == before


def test_a_signed_package_begins_a_case(world: World) -> None:
    """The submitter has an id that nobody guesses, and is told that they are the manufacturer."""
    made = world.package()
    submission = world.store.submit(made.raw, sign_release(made, world.begun.publisher).to_bytes())
    assert submission.is_new
    assert len(bytes.fromhex(submission.case.id)) == 32, "and no shell takes it for an option"
    assert submission.case.status is Status.submitted
    assert "manufacturer under DCB0129" in submission.words[0]
    assert world.store.package(made.sha256) == made.raw
    assert [one.kind for one in world.store.case(submission.case.id).happened] == ["submitted"]


def test_the_same_bytes_again_are_the_same_case(world: World) -> None:
    """Whoever sends twice has one case."""
    made = world.package()
    release = sign_release(made, world.begun.publisher).to_bytes()
    first, second = (world.store.submit(made.raw, release) for _ in range(2))
    assert (first.case.id, second.is_new) == (second.case.id, False)
    assert len(world.store.cases()) == 1


def test_a_version_is_one_package(world: World) -> None:
    """Other bytes under a version that was submitted are refused."""
    world.submit(world.package())
    other = world.package(words="Another name")
    release = sign_release(other, world.begun.publisher).to_bytes()
    is_refused(world, other.raw, release, NotTaken, "submitted before, with other bytes")


def test_one_publisher_does_not_keep_the_checker_from_the_others(world: World) -> None:
    """Twenty packages may wait; the next is refused, those that wait may be sent again, and another publisher's is taken."""
    for at in range(20):
        world.submit(world.package(f"1.{at}.0"))
    last, more, release = world.package("1.19.0"), world.package("1.20.0"), world.begun.publisher
    is_refused(world, more.raw, sign_release(more, release).to_bytes(), NotTaken, "too many packages")
    assert not world.store.submit(last.raw, sign_release(last, release).to_bytes()).is_new
    key = new_signing_key()
    world.store.publishers.enrol("RXX", "Another NHS Trust", (key.public,))
    theirs = world.package(publisher="RXX").files
    manifest = theirs["tabard.toml"].replace(b'"tiny"', b'"other"')
    other = read_package(pack({**theirs, "tabard.toml": manifest}))
    assert world.store.submit(other.raw, sign_release(other, key).to_bytes()).is_new
    world.store.check()
    world.submit(more)


def test_a_publisher_must_be_enrolled(world: World) -> None:
    """An organisation that nobody enrolled is told to be enrolled."""
    made = world.package(publisher="RXX")
    is_refused(world, made.raw, sign_release(made, new_signing_key()).to_bytes(), NotTaken, "not enrolled")


def test_only_the_publisher_s_own_keys_count(world: World) -> None:
    """Neither a stranger's key nor an assessor's nor another publisher's signs for a publisher."""
    made, stranger, other = world.package(), new_signing_key(), new_signing_key()
    world.store.publishers.enrol("RYY", "Another trust", (other.public,))
    for key in (stranger, world.key("Ada Safe"), other):
        is_refused(world, made.raw, sign_release(made, key).to_bytes(), BadRelease, "none of the publisher's keys")


def test_a_key_counts_within_its_dates(world: World) -> None:
    """A key that is out of date signs no more."""
    made = world.package()
    world.clock.pass_by(days=731)
    release = sign_release(made, world.begun.publisher).to_bytes()
    is_refused(world, made.raw, release, BadRelease, "none of the publisher's keys")


def test_a_tampered_package_is_refused(world: World) -> None:
    """One letter changed inside, the release is of other bytes."""
    made = world.package()
    raw = made.raw.replace(b"A name", b"B name")
    assert raw != made.raw
    release = sign_release(made, world.begun.publisher).to_bytes()
    is_refused(world, raw, release, BadRelease, "another package")
    is_refused(world, raw[:-1], release, BadPackage, "")


def test_a_release_of_another_product_is_refused(world: World) -> None:
    """The statement's own names must be the manifest's."""
    made, second = world.package(), world.package("2.0.0")
    release = sign_release(second, world.begun.publisher)
    forged = release.payload.replace(second.sha256.encode(), made.sha256.encode())
    envelope = type(release)(release.payload_type, forged).signed_by(world.begun.publisher)
    is_refused(world, made.raw, envelope.to_bytes(), NotTaken, "another product or version")


def test_what_is_too_large_or_no_package_is_refused(world: World) -> None:
    """Junk and what is larger than any package are told as such."""
    is_refused(world, b"junk" * 300, b"{}", BadPackage, "")
    is_refused(world, b"0" * (LARGEST_PACKAGE_BYTES + 1), b"{}", NotTaken, "too large")
    made = world.package()
    is_refused(world, made.raw, b"\xff not json", BadRelease, "")


def test_nothing_older_than_what_is_published_is_taken(world: World) -> None:
    """A publisher cannot slip an older version in after a newer one; 1.10.0 is newer than 1.9.0."""
    world.decided("1.9.0")
    world.store.release()
    older = world.package("1.8.9")
    release = sign_release(older, world.begun.publisher).to_bytes()
    is_refused(world, older.raw, release, NotTaken, "newer than 1.9.0")
    world.submit(world.package("1.10.0"))


def test_a_product_keeps_its_publisher(world: World) -> None:
    """Another organisation cannot publish under a product's id."""
    world.submit(world.package())
    other = new_signing_key()
    world.store.publishers.enrol("RYY", "Another trust", (other.public,))
    made = package(world.folder / "theirs", "2.0.0", "RYY")
    is_refused(world, made.raw, sign_release(made, other).to_bytes(), NotTaken, "another publisher")
