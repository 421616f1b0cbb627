"""Keys change by a draft that waits for its signatures, without a gap for any site; bad days are drilled on a copy."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tabard.catalogue import BAD_DAYS, Client, Rotation, drill, edition as editions, roles
from tabard.catalogue.errors import NotPublished, Untrusted
from tabard.catalogue.public import write_files
from tabard.ground.errors import CallerError, NotFound
from tabard.ground.keys import new_signing_key
from unit.catalogue.centre import Centre


def rotation(centre: Centre) -> Rotation:
    """The catalogue's keys, to be changed."""
    return Rotation(centre.root / "catalogue", centre.clock)


def site(centre: Centre, folder: Path) -> Client:
    """A site that pins the first root."""
    root = (centre.public / "metadata/1.root.json").read_bytes()
    return Client(folder, str(centre.public), root, centre.clock)


@pytest.mark.parametrize("role", ["root", "targets", "recall"])
def test_people_sign_one_after_the_other(centre: Centre, tmp_path: Path, role: str) -> None:
    """Each signature is kept; nothing changes before it is enough, and the store goes on meanwhile."""
    old = {name: centre.keys(name) for name in roles.OFFLINE}
    new = [new_signing_key() for _ in old[role]]
    client = site(centre, tmp_path)
    client.refresh()
    status = rotation(centre).begin(role, [key.public for key in new])
    for key in (*old["root"][:2], *old["targets"], *new):
        if status.is_done:
            break
        assert set(rotation(centre).keyids(role)) == {one.public.keyid for one in old[role]}
        centre.clock.move(hours=13)
        centre.publishing.refresh()
        client.refresh()
        status = rotation(centre).sign([key])
    assert status.is_done
    assert rotation(centre).status() is None
    assert set(rotation(centre).keyids(role)) == {one.public.keyid for one in new}
    client.refresh()
    site(centre, tmp_path / "new").refresh()


def test_a_role_keeps_its_number_of_keys_and_each_is_its_own(centre: Centre) -> None:
    """Fewer, more, one twice, one of another role, an id that is none: refused, and nothing waits."""
    fresh = [new_signing_key().public for _ in range(4)]
    for wrong in (fresh[:2], fresh, [fresh[0], fresh[0], fresh[1]], [*fresh[:2], centre.keys("targets")[0].public]):
        with pytest.raises(NotPublished):
            rotation(centre).begin("root", wrong)
    with pytest.raises(NotPublished):
        rotation(centre).begin("recall", [fresh[0], centre.online("catalogue").public])
    with pytest.raises(NotPublished, match="no key of this role"):
        rotation(centre).begin("root", fresh[:1], ["ab" * 32])
    with pytest.raises(CallerError, match="no such role"):
        rotation(centre).begin("bin-00")
    assert rotation(centre).status() is None
    with pytest.raises(CallerError, match="no change of keys"):
        rotation(centre).sign(centre.keys("root"))


def test_strangers_signatures_do_not_count(centre: Centre) -> None:
    """Keys of other roles and of nobody are not even kept; one key again is one."""
    keys, made = centre.keys("root"), new_signing_key()
    rotation(centre).begin("root", [made.public], [keys[0].public.keyid])
    before = rotation(centre).sign([new_signing_key(), *centre.keys("targets"), centre.online("timestamp")])
    assert [(one.have, one.need) for one in before.missing] == [(0, 2), (0, 2)]
    assert not rotation(centre).sign([keys[1], keys[1]]).is_done
    assert (
        b"".join(path.read_bytes() for path in (centre.root / "catalogue/pending").glob("*.json")).count(
            keys[1].public.keyid.encode()
        )
        == 3
    ), "named as a key, as one of the role's, and as a signer"
    assert rotation(centre).sign([keys[2]]).is_done


def test_a_draft_that_no_longer_fits_is_told_and_abandoned(centre: Centre) -> None:
    """Something else was signed for the role in between; a second change has to wait."""
    made = [new_signing_key() for _ in range(2)]
    rotation(centre).begin("recall", [key.public for key in made])
    with pytest.raises(CallerError, match="waits for signatures"):
        rotation(centre).begin("root", [])
    centre.publishing.recall(centre.recall(), centre.keys("recall")[0])
    with pytest.raises(NotPublished, match="something else was signed"):
        rotation(centre).sign(made)
    rotation(centre).abandon()
    assert centre.rotate("recall", made, [*made, *centre.keys("targets")]).is_done


@pytest.mark.parametrize("survives", range(6))
def test_killed_in_the_middle_of_it_a_site_believes_all_the_same(
    centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, survives: int
) -> None:
    """Killed before its first, second, ... write: sites see no gap, the store signs on, and the same command ends it."""
    client, written = site(centre, tmp_path), 0
    client.refresh()
    rotation(centre).begin("online")
    signers = [*centre.keys("root"), *centre.keys("targets")]

    def dying(files: Mapping[Path, bytes]) -> None:
        nonlocal written
        if files and written == survives:
            raise KeyboardInterrupt
        written += bool(files)
        write_files(files)

    with monkeypatch.context() as patched:
        patched.setattr(editions, "write_files", dying)
        if survives < 5:
            with pytest.raises(KeyboardInterrupt):
                rotation(centre).sign(signers)
    client.refresh()
    centre.publishing.recall(centre.recall(), centre.keys("recall")[0])
    client.refresh()
    site(centre, tmp_path / "new").refresh()
    assert client.recalls() == (centre.recall(),)
    if rotation(centre).status() is not None:
        assert rotation(centre).sign(signers).is_done
    client.refresh()
    assert rotation(centre).status() is None


def test_every_moment_of_a_change_is_believed(centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After each single file that is written while online keys change, a site of before and a new one both believe."""
    client, seen = site(centre, tmp_path / "old"), 0
    client.refresh()

    def watched(files: Mapping[Path, bytes]) -> None:
        nonlocal seen
        write_files(files)
        seen += 1
        client.refresh()
        site(centre, tmp_path / f"new-{seen}").refresh()

    monkeypatch.setattr(editions, "write_files", watched)
    assert centre.rotate("online", [], [*centre.keys("root"), *centre.keys("targets")]).is_done
    assert seen > 4


def test_a_lost_online_key_is_told_with_the_way_out(centre: Centre) -> None:
    """The store signs nothing with a key that is not the catalogue's."""
    (centre.root / "catalogue/keys/snapshot.pem").unlink()
    with pytest.raises(NotFound, match="lost") as caught:
        centre.publishing.publish(centre.entry())
    assert "rotate STORE_DIR snapshot" in str(caught.value.remedy)


@pytest.mark.parametrize("name", BAD_DAYS)
def test_a_bad_day_is_come_through(centre: Centre, name: str) -> None:
    """Every drill comes out well, step by step, and leaves the catalogue as it was."""
    centre.publishing.publish(centre.entry())
    before = {path: path.read_bytes() for path in centre.root.rglob("*") if path.is_file()}
    outcome = drill(centre.root / "catalogue", name, centre.clock)
    assert outcome.is_well, [one for one in outcome.steps if not one.is_well]
    assert len(outcome.steps) >= 3
    assert {path: path.read_bytes() for path in centre.root.rglob("*") if path.is_file()} == before


def test_a_drill_that_fails_says_so(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where sites do not follow, the outcome is not well: a drill that cannot fail drills nothing."""

    def nobody(_: Client) -> None:
        from tabard.catalogue.errors import Fault  # noqa: PLC0415
        from tabard.catalogue.telling import untrusted  # noqa: PLC0415

        raise untrusted(Fault.not_signed, "metadata", "nothing")

    monkeypatch.setattr(Client, "refresh", nobody)
    assert not drill(centre.root / "catalogue", "lost-root", centre.clock).is_well
    with pytest.raises(CallerError, match="no such drill"):
        drill(centre.root / "catalogue", "flood")


def test_a_stolen_key_of_before_is_nobody_s(centre: Centre, tmp_path: Path) -> None:
    """After the change a timestamp by the old key is refused."""
    client, stolen = site(centre, tmp_path), {role: centre.online(role) for role in roles.ONLINE}
    client.refresh()
    assert centre.rotate("timestamp", [], centre.keys("root")).is_done
    client.refresh()
    centre.edition(**stolen).publish()
    with pytest.raises(Untrusted, match="not signed"):
        client.refresh()
