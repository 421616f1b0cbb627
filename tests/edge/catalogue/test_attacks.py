"""Attacks on real repositories, from a folder and over loopback HTTP: each is refused for its own reason."""

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from edge.catalogue.mirror import Mirror
from tabard.catalogue import Client, Entry, Fault, Level, Listed, Untrusted, roles
from tabard.catalogue.metadata import Targets, to_bytes
from tabard.catalogue.model import RecallList, write
from tabard.catalogue.rotating import next_root
from tabard.decision import BadTrust, NotAccredited, Reason, Trust, judge
from tabard.ground.errors import CallerError, NotFound
from tabard.ground.keys import SigningKey, new_signing_key
from unit.catalogue.centre import EVIL, GOOD, VERIFIER, Centre, steal


def refused(client: Client, reason: Fault) -> Untrusted:
    """That a refresh is refused for this reason, told whole, and remembered; what was known still answers."""
    before, trust, recalls = client.state(), client.trust(), client.recalls()
    with pytest.raises(Untrusted) as caught:
        client.refresh()
    fault = caught.value
    assert fault.reason is reason, str(fault)
    assert all((fault.message, fault.where, fault.expected, fault.got, fault.remedy))
    state = client.state()
    assert (state.fault, state.refreshed_at, state.expires) == (reason, before.refreshed_at, before.expires)
    assert (client.trust(), client.recalls()) == (trust, recalls)
    return fault


def online_keys(centre: Centre) -> list[SigningKey]:
    """All keys that lie at the store."""
    return [centre.online(role) for role in roles.ONLINE]


def publish_more(centre: Centre) -> None:
    """A further version of ward-board."""
    centre.publishing.publish(centre.entry(centre.listed("1.1.0", b"a better package"), centre.listed()))


def test_an_honest_mirror_is_believed(centre: Centre, mirror: Mirror, site: Client) -> None:
    """What the centre published comes through any mirror, and what it publishes next too."""
    assert site.package(site.entry("ward-board").newest) == GOOD
    publish_more(centre)
    mirror.copy(centre.public)
    site.refresh()
    assert site.entry("ward-board").newest.version == "1.1.0"
    assert site.state().fault is None
    with pytest.raises(NotFound):
        site.entry("observations")


def test_rolled_back(centre: Centre, mirror: Mirror, site: Client, tmp_path: Path) -> None:
    """The complete catalogue of yesterday, still in date, is refused by a site that has seen today's."""
    shutil.copytree(mirror.folder, tmp_path / "yesterday")
    publish_more(centre)
    mirror.copy(centre.public)
    site.refresh()
    mirror.copy(tmp_path / "yesterday")
    refused(site, Fault.rolled_back)


def test_rolled_back_by_a_thief_of_the_freshness_keys(centre: Centre, mirror: Mirror, site: Client) -> None:
    """With the snapshot and timestamp keys an old recall list is made to look new: a site that saw the newer refuses."""
    old = centre.edition().role(roles.RECALL)
    centre.publishing.recall(centre.recall(), centre.keys("recall")[0])
    mirror.copy(centre.public)
    site.refresh()
    thief = centre.edition()
    thief._roles[roles.RECALL], thief._changed[roles.RECALL] = old, to_bytes(old)
    thief.publish()
    mirror.copy(centre.public)
    refused(site, Fault.rolled_back)
    assert site.recalls() == (centre.recall(),)


def test_frozen(centre: Centre, mirror: Mirror, site: Client) -> None:
    """A mirror that stands still is out of date after a day: nothing new is installed, what is known still answers."""
    centre.clock.move(hours=25)
    assert not site.state().is_fresh(centre.clock())
    refused(site, Fault.out_of_date)
    with pytest.raises(Untrusted, match="out of date"):
        site.entry("ward-board")
    centre.publishing.refresh()
    mirror.copy(centre.public)
    site.refresh()
    assert site.entry("ward-board").newest.version == "1.0.0"


def test_frozen_for_a_site_that_just_came(centre: Centre, mirror: Mirror, tmp_path: Path) -> None:
    """A site that has seen nothing yet is not taken in by an old catalogue either."""
    centre.clock.move(hours=25)
    client = Client(tmp_path / "new", mirror.source, centre.publishing.root(), centre.clock)
    with pytest.raises(Untrusted, match="out of date"):
        client.refresh()


@pytest.mark.parametrize("role", ["snapshot", "targets", "recall"])
def test_mixed_up(centre: Centre, mirror: Mirror, site: Client, role: str) -> None:
    """A file of yesterday under the name of today's: files of different editions are not put together."""
    publish_more(centre)
    for _ in range(2):
        centre.publishing.renew("recall", centre.keys("recall")[:1])
        centre.publishing.enrol(centre.trust(), centre.keys("targets"))
    mirror.copy(centre.public)
    newest = mirror.file(f"metadata/*.{role}.json")
    version = int(newest.name.partition(".")[0])
    shutil.copy(newest.with_name(f"{version - 1}.{role}.json"), newest)
    refused(site, Fault.mixed_up)


@pytest.mark.parametrize("role", ["catalogue", "bin"])
def test_mixed_up_where_entries_are(centre: Centre, mirror: Mirror, site: Client, role: str) -> None:
    """The entry of yesterday under the name of today's, or the role that leads to it: a recall comes, no entry does."""
    name = centre.edition().bin_of(roles.entry_path("ward-board")) if role == "bin" else role
    centre.clock.move(days=16)
    centre.publishing.refresh()
    mirror.copy(centre.public)
    newest = mirror.file(f"metadata/*.{name}.json")
    version = int(newest.name.partition(".")[0])
    shutil.copy(newest.with_name(f"{version - 1}.{name}.json"), newest)
    site.refresh()
    with pytest.raises(Untrusted) as caught:
        site.entry("ward-board")
    assert caught.value.reason is Fault.mixed_up


def test_swapped_contentsigned_with_the_stolen_online_keys(centre: Centre, mirror: Mirror, site: Client) -> None:
    """Whoever steals every key of the store can make a catalogue that is believed, and still install nothing.

    Catalogue, bins, snapshot and timestamp are signed anew over other bytes: TUF accepts them, the package has the listed
    digest. But no two people have decided on these bytes, and no decision can be made to fit them.
    """
    good = site.entry("ward-board").newest
    digest = hashlib.sha256(EVIL).hexdigest()
    (centre.public / roles.package_path(digest)).write_bytes(EVIL)
    thief, path = centre.edition(), roles.entry_path("ward-board")
    swapped = Listed(good.version, digest, len(EVIL), good.decision, good.release, centre.clock())
    bin_name = thief.bin_of(path)
    thief.put(bin_name, path, Entry("ward-board", "Ward board", "The same.", "RZY", (swapped,)).to_bytes())
    thief.sign(bin_name)
    thief.publish()
    mirror.copy(centre.public)

    site.refresh()
    listed = site.entry("ward-board").newest
    raw = site.package(listed)
    assert raw == EVIL, "the theft was not complete: this test would show nothing"

    with pytest.raises(NotAccredited) as caught:
        judge(
            listed.decision_bytes,
            trust=site.trust(),
            package_sha256=hashlib.sha256(raw).hexdigest(),
            product="ward-board",
            version=listed.version,
            now=centre.clock(),
            site="RZZ",
        )
    assert caught.value.reason is Reason.other_package


def test_a_decision_signed_with_the_stolen_online_keys(centre: Centre, mirror: Mirror, site: Client) -> None:
    """The thief's own decision on the thief's own bytes, signed with all online keys, is nobody's."""
    digest = hashlib.sha256(EVIL).hexdigest()
    keys = [centre.online(role) for role in roles.ONLINE]
    honest = (centre.ann, centre.ben)
    centre.ann, centre.ben = keys[:2]
    thief, path = centre.edition(), roles.entry_path("ward-board")
    bin_name = thief.bin_of(path)
    thief.put(bin_name, path, centre.entry(centre.listed(package=EVIL)).to_bytes())
    thief.sign(bin_name)
    thief.publish()
    centre.ann, centre.ben = honest
    mirror.copy(centre.public)
    site.refresh()
    listed = site.entry("ward-board").newest
    assert listed.package_sha256 == digest
    with pytest.raises(NotAccredited) as caught:
        judge(
            listed.decision_bytes,
            trust=site.trust(),
            package_sha256=digest,
            product="ward-board",
            version="1.0.0",
            now=centre.clock(),
            site="RZZ",
        )
    assert caught.value.reason is Reason.unknown_signer


def test_an_online_key_that_signs_for_the_accreditors(centre: Centre, mirror: Mirror, site: Client) -> None:
    """Who judges is signed offline alone: the online keys, all of them together, cannot say it."""
    evil = Trust(VERIFIER, ())
    steal(thief := centre.edition(), roles.TARGETS, roles.ACCREDITORS, evil.to_bytes(), online_keys(centre))
    thief.publish()
    mirror.copy(centre.public)
    refused(site, Fault.not_signed)


def test_an_online_role_that_lists_accreditors(centre: Centre, mirror: Mirror, site: Client) -> None:
    """A list of accreditors in the online role is not looked at: that name is not the role's to speak for."""
    evil = Trust(VERIFIER, ())
    thief = centre.edition()
    for role in (roles.CATALOGUE, thief.bin_of(roles.ACCREDITORS)):
        steal(thief, role, roles.ACCREDITORS, evil.to_bytes(), [centre.online(roles.CATALOGUE)])
    thief.publish()
    mirror.copy(centre.public)
    site.refresh()
    assert site.trust() == centre.trust()


def test_an_online_role_that_lists_recalls(centre: Centre, mirror: Mirror, tmp_path: Path) -> None:
    """Nor is a list of recalls there: also a site that has seen none keeps to the recall role's."""
    centre.publishing.recall(centre.recall(), centre.keys("recall")[0])
    thief = centre.edition()
    steal(thief, roles.CATALOGUE, roles.RECALLS, write(RecallList()), [centre.online(roles.CATALOGUE)])
    thief.publish()
    mirror.copy(centre.public)
    client = Client(tmp_path / "new", mirror.source, centre.publishing.root(), centre.clock)
    client.refresh()
    assert client.recalls() == (centre.recall(),)


def test_a_recall_signed_by_a_wrong_key(centre: Centre, mirror: Mirror, site: Client) -> None:
    """Nobody but the holders of the recall keys recalls: not the store, not the officers who name the accreditors."""
    content = write(RecallList((centre.recall(),)))
    for keys in (online_keys(centre), centre.keys("targets"), [new_signing_key()]):
        steal(thief := centre.edition(), roles.RECALL, roles.RECALLS, content, keys)
        thief.publish()
        mirror.copy(centre.public)
        refused(site, Fault.not_signed)
    assert site.recalls() == ()


def test_a_recall_that_vanishes_stays(centre: Centre, mirror: Mirror, site: Client, tmp_path: Path) -> None:
    """A recall key can stop a product and cannot undo it: an entry taken away or made milder stays, and is flagged."""
    first, second = centre.recall(1), centre.recall(2)
    for recall in (first, second):
        centre.publishing.recall(recall, centre.keys("recall")[0])
    mirror.copy(centre.public)
    site.refresh()
    centre.clock.move(minutes=5)
    milder = centre.recall(1, Level.advisory)
    later = centre.edition()
    later.put(roles.RECALL, roles.RECALLS, write(RecallList((milder,))))
    later.sign(roles.RECALL, centre.keys("recall")[1:])
    later.publish()
    mirror.copy(centre.public)
    site.refresh()
    again = Client(tmp_path / "site", mirror.source, centre.publishing.root(), centre.clock)
    for client in (site, again):
        assert client.recalls() == (first, second, milder)
        assert [kept.has_vanished for kept in client.kept_recalls()] == [True, True, False]


def test_a_recall_is_had_even_when_the_rest_is_spoilt(centre: Centre, mirror: Mirror, site: Client) -> None:
    """A mirror that withholds the list of accreditors does not keep a recall back."""
    centre.publishing.recall(centre.recall(), centre.keys("recall")[0])
    trust = centre.trust()
    centre.publishing.enrol(Trust(VERIFIER, trust.accreditors[::-1]), centre.keys("targets"))
    mirror.copy(centre.public)
    for path in mirror.folder.glob("targets/*.accreditors.json"):
        path.unlink()
    with pytest.raises(Untrusted):
        site.refresh()
    assert site.state().fault is Fault.missing
    assert site.recalls() == (centre.recall(),)


def test_a_tampered_target(centre: Centre, mirror: Mirror, site: Client, tmp_path: Path) -> None:
    """One changed byte of the accreditors, or of an entry, and it is not taken."""
    client = Client(tmp_path / "new", mirror.source, centre.publishing.root(), centre.clock)
    for path in (mirror.folder / "targets").rglob("*.json"):
        path.write_bytes(path.read_bytes().replace(b"1.0.0", b"1.0.1").replace(b"Ann", b"Eve"))
    with pytest.raises(Untrusted) as caught:
        client.refresh()
    assert caught.value.reason is Fault.wrong_bytes
    with pytest.raises(Untrusted) as caught:
        site.entry("ward-board")
    assert caught.value.reason is Fault.wrong_bytes


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (EVIL[: len(GOOD)], Fault.wrong_bytes),
        (GOOD[:-1], Fault.wrong_bytes),
        (GOOD + b"!", Fault.too_large),
        (b"", Fault.wrong_bytes),
    ],
)
def test_a_tampered_package(mirror: Mirror, site: Client, content: bytes, reason: Fault, tmp_path: Path) -> None:
    """Other bytes, fewer, more, none: no package comes out, and none is written."""
    listed = site.entry("ward-board").newest
    (mirror.folder / roles.package_path(listed.package_sha256)).write_bytes(content)
    with pytest.raises(Untrusted) as caught:
        site.package(listed, tmp_path / "package")
    assert caught.value.reason is reason
    assert not (tmp_path / "package").exists()


def test_a_package_that_is_good_is_written(site: Client, tmp_path: Path) -> None:
    """The same bytes as are answered."""
    raw = site.package(site.entry("ward-board").newest, tmp_path / "package")
    assert raw == GOOD == (tmp_path / "package").read_bytes()


def test_the_entry_of_another_product(centre: Centre, mirror: Mirror, site: Client) -> None:
    """An entry that stands under another product's name is not that product's."""
    thief, path = centre.edition(), roles.entry_path("observations")
    bin_name = thief.bin_of(path)
    thief.put(bin_name, path, centre.entry().to_bytes())
    thief.sign(bin_name)
    thief.publish()
    mirror.copy(centre.public)
    site.refresh()
    with pytest.raises(Untrusted) as caught:
        site.entry("observations")
    assert caught.value.reason is Fault.wrong_bytes


def test_a_root_of_the_old_and_the_new_keys(centre: Centre, mirror: Mirror, site: Client, tmp_path: Path) -> None:
    """A site follows from its pinned root to the next, and the one after, also when it slept through one."""
    pinned, keys = centre.publishing.root(), centre.keys("root")
    for _ in range(2):
        new = [new_signing_key() for _ in range(3)]
        assert centre.rotate("root", new, [*keys[:2], *new[:2]]).is_done
        keys = new
    mirror.copy(centre.public)
    site.refresh()
    client = Client(tmp_path / "new", mirror.source, pinned, centre.clock)
    client.refresh()
    assert client.trust() == site.trust() == centre.trust()
    assert (tmp_path / "new/metadata/root.json").read_bytes() == centre.publishing.root() != pinned


def test_a_root_without_the_old_keys(centre: Centre, mirror: Mirror, site: Client) -> None:
    """A next root that the old one's keys have not signed is refused: by the centre's writer, and by a site."""
    new = [new_signing_key() for _ in range(3)]
    assert [(one.by, one.have, one.need) for one in centre.rotate("root", new, new).missing] == [
        ("the keys before", 0, 2)
    ]
    stranger = next_root(edition := centre.edition().root, centre.keys("root"), centre.clock())
    for keys in (new, centre.keys("root")[:1], online_keys(centre)):
        stranger.signatures.clear()
        for key in keys:
            stranger.sign(key.signer, append=True)
        (mirror.folder / "metadata/2.root.json").write_bytes(to_bytes(stranger))
        refused(site, Fault.not_signed)
    assert edition.signed.version == 1


def test_a_root_that_skips_a_version(centre: Centre, mirror: Mirror, site: Client) -> None:
    """The third root under the name of the second is refused."""
    second = next_root(centre.edition().root, centre.keys("root"), centre.clock())
    third = next_root(second, centre.keys("root"), centre.clock())
    (mirror.folder / "metadata/2.root.json").write_bytes(to_bytes(third))
    refused(site, Fault.mixed_up)


@pytest.mark.parametrize("junk", [b"", b"{}", b"[]", b"\xff", b'{"signed":{},"signatures":[]}', b"[" * 5_000])
def test_junk_in_place_of_metadata(mirror: Mirror, site: Client, junk: bytes) -> None:
    """What is no metadata is told so."""
    (mirror.folder / "metadata/timestamp.json").write_bytes(junk)
    refused(site, Fault.unreadable)


def test_a_file_that_is_not_there(mirror: Mirror, site: Client) -> None:
    """A mirror that withholds a file is told which."""
    (mirror.folder / "metadata/timestamp.json").unlink()
    assert refused(site, Fault.missing).where == "metadata/timestamp.json"


def test_more_than_announced(mirror: Mirror, site: Client) -> None:
    """A timestamp of a megabyte is not read to its end."""
    (mirror.folder / "metadata/timestamp.json").write_bytes(b" " * 1_000_000)
    refused(site, Fault.too_large)


def test_a_spoilt_local_copy_is_fetched_anew(centre: Centre, mirror: Mirror, site: Client, tmp_path: Path) -> None:
    """What lies in the site's own folder is verified as what comes from outside is."""
    site.entry("ward-board")
    for path in (tmp_path / "site").rglob("*.json"):
        if path.name not in {"state.json", "recalls.json"} and not path.is_symlink():
            path.write_bytes(b"spoilt")
    client = Client(tmp_path / "site", mirror.source, centre.publishing.root(), centre.clock)
    client.refresh()
    assert client.entry("ward-board").product == "ward-board"
    assert client.trust() == centre.trust()


def test_a_site_without_the_network_remembers(centre: Centre, mirror: Mirror, site: Client, tmp_path: Path) -> None:
    """Started again with no mirror, a site still has accreditors, recalls, products and how old that is; no entry."""
    centre.publishing.recall(centre.recall(), centre.keys("recall")[0])
    mirror.copy(centre.public)
    site.refresh()
    known = site.products()
    shutil.rmtree(mirror.folder)
    client = Client(tmp_path / "site", mirror.source, centre.publishing.root(), centre.clock)
    assert (client.trust(), client.products()) == (centre.trust(), known)
    assert client.recalls() == site.recalls()
    assert client.state() == replace(site.state(), fault=client.state().fault, told=client.state().told)
    assert client.state().fault in {Fault.missing, Fault.unreachable}
    with pytest.raises(Untrusted):
        client.entry("ward-board")


def test_a_root_that_is_none_is_told(mirror: Mirror, tmp_path: Path, centre: Centre) -> None:
    """Junk, another role's file, and a root that too few signed are no root."""
    few = centre.edition().root
    few.signatures.popitem()
    few.signatures.popitem()
    for root in (b"", b"{}", (mirror.folder / "metadata/timestamp.json").read_bytes(), to_bytes(few)):
        with pytest.raises(CallerError, match="no root"):
            Client(tmp_path / "new", mirror.source, root)


def test_fast_forward_is_healed_by_new_keys(centre: Centre, mirror: Mirror, site: Client) -> None:
    """A thief lets versions run far ahead, so that honest ones look old: refused until new keys are named, then believed."""
    thief = centre.edition()
    thief.hurry(2**30)
    honest = (centre.public / "metadata/timestamp.json").read_bytes()
    thief.publish()
    mirror.copy(centre.public)
    site.refresh()
    (centre.public / "metadata/timestamp.json").write_bytes(honest)
    mirror.copy(centre.public)
    refused(site, Fault.rolled_back)
    assert centre.rotate("online", [], [*centre.keys("root"), *centre.keys("targets")]).is_done
    mirror.copy(centre.public)
    site.refresh()
    assert site.entry("ward-board").newest.version == "1.0.0"


def test_an_unknown_delegation(centre: Centre, mirror: Mirror, site: Client) -> None:
    """A role that nobody named, in the snapshot and signed by the stolen keys, speaks for nothing."""
    thief = centre.edition()
    thief.start("bin-stranger", Targets())
    steal(thief, "bin-stranger", roles.entry_path("observations"), centre.entry().to_bytes(), online_keys(centre))
    steal(thief, "bin-stranger", roles.ACCREDITORS, Trust(VERIFIER, ()).to_bytes(), online_keys(centre))
    thief.publish()
    mirror.copy(centre.public)
    site.refresh()
    assert site.trust() == centre.trust()
    with pytest.raises(NotFound):
        site.entry("observations")


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b'"version":', b'"version":"1",":":'),
        (b'"version":', b'"version":-1,":":'),
        (b'"expires":"', b'"expires":"never","x":"'),
        (b'"_type":"timestamp"', b'"_type":"snapshot"'),
        (b'"snapshot.json":{', b'"snapshot.json":[],"x":{'),
        (b'"signatures":[', b'"signatures":{"a":1},"x":['),
        (b'"x-tabard-signed":"', b'"x-tabard-signed":7,"x":"'),
        (b'"x-tabard-channel":"live"', b'"x-tabard-channel":{}'),
    ],
)
def test_values_of_wrong_types(mirror: Mirror, site: Client, was: bytes, becomes: bytes) -> None:
    """Texts for numbers, lists for objects, other roles' types: refused, each told whole."""
    path = mirror.folder / "metadata/timestamp.json"
    raw = path.read_bytes()
    assert was in raw
    path.write_bytes(raw.replace(was, becomes))
    with pytest.raises(Untrusted) as caught:
        site.refresh()
    assert caught.value.reason in {Fault.unreadable, Fault.not_signed, Fault.other_channel, Fault.mixed_up}


def test_one_key_under_two_names_is_enrolled_nowhere(centre: Centre) -> None:
    """The same key for two people makes no list: not at the centre, and not at a site that a thief of targets keys tells it."""
    ann, ben = centre.trust().accreditors
    with pytest.raises(BadTrust, match="same key"):
        Trust(VERIFIER, (ann, replace(ben, keys=ann.keys)))


def test_a_site_refuses_a_list_with_one_key_twice(centre: Centre, mirror: Mirror, site: Client) -> None:
    """Signed by all targets keys, and still no list of accreditors."""
    told = centre.trust().to_bytes()
    ann, ben = (json.dumps(one.keys[0].pem).encode() for one in centre.trust().accreditors)
    edition = centre.edition()
    edition.put(roles.TARGETS, roles.ACCREDITORS, told.replace(ben, ann))
    edition.sign(roles.TARGETS, centre.keys("targets"))
    edition.publish()
    mirror.copy(centre.public)
    refused(site, Fault.unreadable)
    assert site.trust() == centre.trust()
