"""The centre writes its catalogue in one step, refuses what sites would refuse, and keeps its signatures fresh."""

import shutil
import stat
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tabard.catalogue import Client, Entry, NotPublished, Publishing, begin, edition as editions, roles
from tabard.catalogue.public import write_files
from tabard.decision import Trust
from tabard.ground.errors import CallerError, NotFound
from tabard.ground.keys import new_signing_key, read_signing_key
from unit.catalogue.centre import GOOD, VERIFIER, Centre


def site(centre: Centre, folder: Path) -> Client:
    """A site that reads the centre's folder."""
    return Client(folder / "site", str(centre.public), centre.publishing.root(), centre.clock)


def test_what_is_published_is_what_a_site_reads(centre: Centre, tmp_path: Path) -> None:
    """Entry, list, accreditors, recalls and package come through as they were written."""
    publishing, entry = centre.publishing, centre.entry()
    publishing.publish(entry)
    publishing.recall(centre.recall(), centre.keys("recall")[1])
    client = site(centre, tmp_path)
    client.refresh()
    assert client.entry("ward-board") == entry == publishing.entry("ward-board")
    assert publishing.entries() == (entry,)
    assert client.products() == publishing.summaries()
    assert client.trust() == centre.trust()
    assert client.recalls() == publishing.recalls() == (centre.recall(),)
    assert client.package(entry.newest) == GOOD


def test_a_new_version_comes_before_the_old(centre: Centre, tmp_path: Path) -> None:
    """The entry takes the place of the one before; other products stay."""
    publishing, old = centre.publishing, centre.listed()
    publishing.publish(centre.entry(old))
    publishing.publish(centre.entry(product="observations"))
    new = centre.listed("1.1.0", b"a better package")
    publishing.publish(centre.entry(new, old))
    client = site(centre, tmp_path)
    assert client.entry("ward-board").versions == (new, old)
    assert [one.version for one in client.products()] == ["1.0.0", "1.1.0"]
    assert [one.product for one in publishing.summaries()] == ["observations", "ward-board"]


def test_what_sites_would_refuse_is_not_published(centre: Centre) -> None:
    """A version whose package is not kept, of another size, or whose decision is not good, never gets listed."""
    listed = centre.listed()
    other = centre.listed("2.0.0", b"other bytes")
    for wrong in (
        replace(listed, package_sha256="ef" * 32),
        replace(listed, package_size=listed.package_size + 1),
        replace(listed, decision={}),
        replace(listed, decision=other.decision),
        replace(listed, version="1.0.1"),
    ):
        with pytest.raises((NotPublished, CallerError)):
            centre.publishing.publish(centre.entry(wrong))
    assert centre.publishing.entries() == ()


def test_an_old_version_stays_listed_when_its_decision_has_ended(centre: Centre) -> None:
    """Only what is new is judged: history is not rewritten because time passes."""
    old, never = (
        centre.listed(number, valid_until=centre.clock() + timedelta(days=30)) for number in ("1.0.0", "0.9.0")
    )
    centre.publishing.publish(centre.entry(old))
    centre.clock.move(days=31)
    new = centre.listed("1.1.0", b"a better package")
    with pytest.raises(NotPublished, match="out of date"):
        centre.publishing.publish(centre.entry(new, old, never))
    centre.publishing.publish(centre.entry(new, old))
    assert centre.publishing.entries()[0].versions == (new, old)


def test_only_the_offline_keys_enrol_accreditors(centre: Centre) -> None:
    """One key of two, the keys of another role, a stranger's: none may say who judges."""
    nobody = Trust(VERIFIER, ())
    for keys in (
        centre.keys("targets")[:1],
        centre.keys("targets")[:1] * 2,
        centre.keys("root"),
        [centre.online("catalogue"), centre.online("snapshot")],
        [],
    ):
        with pytest.raises(NotPublished):
            centre.publishing.enrol(nobody, keys)
    assert centre.publishing.trust() == centre.trust()


def test_only_a_recall_key_recalls(centre: Centre) -> None:
    """No other key of the centre recalls, and an id is used once."""
    publishing = centre.publishing
    for key in (*centre.keys("targets"), centre.online("catalogue"), new_signing_key()):
        with pytest.raises(NotPublished):
            publishing.recall(centre.recall(), key)
    assert publishing.recalls() == ()
    publishing.recall(centre.recall(), centre.keys("recall")[0])
    with pytest.raises(NotPublished, match="this id already"):
        publishing.recall(centre.recall(), centre.keys("recall")[0])


def test_signatures_are_kept_fresh_unattended(centre: Centre, tmp_path: Path) -> None:
    """Nothing is done while all is fresh; later what is due is signed anew, for a year of half days if need be."""
    publishing, client = centre.publishing, site(centre, tmp_path)
    assert publishing.refresh() is False
    for hours in (13, 24 * 4, 24 * 16, 24 * 40):
        centre.clock.move(hours=hours)
        assert publishing.refresh() is True
        assert publishing.refresh() is False
        client.refresh()
        assert client.state().is_fresh(centre.clock())


def test_a_store_that_was_away_for_long_recovers(centre: Centre, tmp_path: Path) -> None:
    """Everything online had run out: one turn later a site believes it again."""
    client = site(centre, tmp_path)
    client.refresh()
    centre.clock.move(days=60)
    assert centre.publishing.refresh()
    client.refresh()


def test_people_must_sign_in_time_and_can(centre: Centre) -> None:
    """How long the offline roles hold is told, and their keys make it longer."""
    publishing = centre.publishing
    before = publishing.expiries()
    assert {role: (until - centre.clock()).days for role, until in before.items()} == {
        "root": 365,
        "targets": 90,
        "recall": 90,
    }
    centre.clock.move(days=60)
    for role in before:
        publishing.renew(role, centre.keys(role))
    assert {role: (until - centre.clock()).days for role, until in publishing.expiries().items()} == {
        "root": 365,
        "targets": 90,
        "recall": 90,
    }
    with pytest.raises(NotPublished):
        publishing.renew("root", centre.keys("root")[:1])
    publishing.refresh()
    assert Client(centre.root / "s", str(centre.public), publishing.root(), centre.clock).trust() == centre.trust()


def test_stolen_online_keys_are_replaced(centre: Centre, tmp_path: Path) -> None:
    """After the ceremony a site with the old root follows, and the stolen keys sign nothing any more."""
    centre.publishing.publish(centre.entry())
    client, thief = site(centre, tmp_path), centre.edition()
    client.refresh()
    stolen = {role: centre.online(role) for role in roles.ONLINE}
    assert centre.rotate("online", [], [*centre.keys("root"), *centre.keys("targets")]).is_done
    client.refresh()
    assert client.entry("ward-board").product == "ward-board"
    assert {centre.online(role).public for role in roles.ONLINE} & {key.public for key in stolen.values()} == set()
    centre.publishing.publish(centre.entry(product="observations"))
    client.refresh()
    thief = centre.edition(**stolen)
    with pytest.raises(NotPublished):
        thief.sign(roles.CATALOGUE)


def test_keys_are_private_and_kept_apart(centre: Centre) -> None:
    """The store's folder holds online keys alone, none of them readable by others; no key lies in what is served."""
    kept = sorted(path.name for path in (centre.root / "catalogue/keys").iterdir())
    assert kept == ["catalogue.pem", "snapshot.pem", "timestamp.pem"]
    assert len(list((centre.root / "offline").iterdir())) == 7
    for path in centre.root.rglob("*.pem"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [
        path for path in centre.public.rglob("*") if b"PRIVATE" in (path.read_bytes() if path.is_file() else b"")
    ] == []
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o644 for path in centre.public.rglob("*.json"))


def test_offline_keys_may_have_a_passphrase(tmp_path: Path) -> None:
    """With a passphrase no key of people is of use without it."""
    begin(tmp_path / "c", tmp_path / "o", VERIFIER, passphrase="horse battery")
    with pytest.raises(CallerError):
        read_signing_key(tmp_path / "o/root-1.pem")
    assert read_signing_key(tmp_path / "o/root-1.pem", "horse battery").public.pem
    assert len(list((tmp_path / "c/public/metadata").glob("1.bin-*.json"))) == 256
    with pytest.raises(CallerError, match="already"):
        begin(tmp_path / "c", tmp_path / "other", VERIFIER)


def test_where_there_is_no_catalogue_it_is_said(tmp_path: Path) -> None:
    """A folder without one is told, with the remedy."""
    with pytest.raises(NotFound, match="no catalogue"):
        Publishing(tmp_path)


def test_two_writers_take_turns(centre: Centre) -> None:
    """Products published at the same time by several writers are all listed in the end."""
    entries = [centre.entry(product=f"product-{number}") for number in range(6)]

    def publish(entry: Entry) -> None:
        Publishing(centre.root / "catalogue", centre.clock).publish(entry)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(publish, entries))
    assert centre.publishing.entries() == tuple(entries)


@pytest.mark.parametrize("survives", range(6))
def test_a_writer_that_is_killed_leaves_one_edition_whole(
    centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, survives: int
) -> None:
    """Killed before its first, second, ... write: sites see the old edition whole, and the next publishing goes well."""
    publishing, client, written = centre.publishing, site(centre, tmp_path), 0
    publishing.publish(centre.entry())
    listed = centre.listed("1.1.0", b"a better package")

    def dying(files: Mapping[Path, bytes]) -> None:
        nonlocal written
        if files and written == survives:
            raise KeyboardInterrupt
        written += bool(files)
        write_files(files)

    monkeypatch.setattr(editions, "write_files", dying)
    if survives < 5:
        with pytest.raises(KeyboardInterrupt):
            publishing.publish(centre.entry(listed))
        client.refresh()
        assert client.entry("ward-board").newest.version == "1.0.0"
    monkeypatch.setattr(editions, "write_files", write_files)
    publishing.publish(centre.entry(listed))
    client.refresh()
    assert client.entry("ward-board").newest == listed


def test_a_reader_in_the_middle_sees_one_edition(
    centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each single file that a publishing writes, a new reader verifies the catalogue whole, old or new."""
    centre.publishing.publish(centre.entry())
    new, seen = centre.listed("1.1.0", b"a better package"), list[str]()

    def watched(files: Mapping[Path, bytes]) -> None:
        for path, content in files.items():
            write_files({path: content})
            client = Client(tmp_path / f"site-{len(seen)}", str(centre.public), centre.publishing.root(), centre.clock)
            client.refresh()
            seen.append(client.entry("ward-board").newest.version)

    monkeypatch.setattr(editions, "write_files", watched)
    centre.publishing.publish(centre.entry(new))
    assert seen == ["1.0.0"] * (len(seen) - 1) + ["1.1.0"]
    assert len(seen) == 8


def test_no_file_is_changed_that_readers_may_hold(centre: Centre, tmp_path: Path) -> None:
    """Whatever is published, all files but the timestamp stay as they were."""
    centre.publishing.publish(centre.entry())
    shutil.copytree(centre.public, tmp_path / "before")
    centre.publishing.publish(centre.entry(centre.listed("1.1.0", b"a better package")))
    centre.publishing.recall(centre.recall(), centre.keys("recall")[0])
    before = [path for path in (tmp_path / "before").rglob("*") if path.is_file()]
    changed = [
        path.name
        for path in before
        if path.read_bytes() != (centre.public / path.relative_to(tmp_path / "before")).read_bytes()
    ]
    assert changed == ["timestamp.json"] * 2, "of each channel its own"
