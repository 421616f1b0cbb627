"""Live and airgap: each site on one, carried copies verified again, how old they are said, clocks that are wrong told."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tabard.catalogue import Channel, Client, Fault, Untrusted, export
from tabard.catalogue.kept import CatalogueState
from tabard.ground.errors import NotFound
from unit.catalogue.centre import BEGAN, GOOD, Centre


def site(centre: Centre, folder: Path, source: Path, channel: Channel = Channel.airgap) -> Client:
    """A site that reads a folder."""
    return Client(folder, str(source), centre.publishing.root(), centre.clock, channel=channel)


def reason(client: Client) -> Fault:
    """Why a look is refused."""
    with pytest.raises(Untrusted) as caught:
        client.refresh()
    return caught.value.reason


@pytest.fixture
def stick(centre: Centre, tmp_path: Path) -> Path:
    """A stick that was filled on the day the catalogue began, with a recall on it."""
    centre.publishing.publish(centre.entry())
    centre.publishing.publish(centre.entry(product="observations"))
    centre.publishing.recall(centre.recall(), centre.keys("recall")[0])
    told = export(str(centre.public), centre.publishing.root(), tmp_path / "stick", clock=centre.clock)
    assert (told.channel, told.products, told.as_of) == (Channel.airgap, ("observations", "ward-board"), BEGAN)
    assert told.until == BEGAN + timedelta(days=14)
    return tmp_path / "stick"


def test_a_stick_is_good_for_a_fortnight_and_says_how_old_it_is(centre: Centre, stick: Path, tmp_path: Path) -> None:
    """All that is on it is verified inside; after 14 days it is out of date, and what it said still holds."""
    client = site(centre, tmp_path / "site", stick)
    centre.clock.move(days=3)
    client.refresh()
    listed = client.entry("ward-board").newest
    assert client.package(listed) == GOOD
    assert client.recalls() == (replace(centre.recall(), issued=BEGAN),)
    assert client.state().age(centre.clock()) == "as of 2 March 2026, 09:00 UTC, 3 days old"
    centre.clock.move(days=11)
    assert not client.state().is_fresh(centre.clock())
    assert reason(client) is Fault.out_of_date
    assert len(client.recalls()) == 1
    assert client.state().days_old(centre.clock()) == 14


def test_neither_channel_is_taken_for_the_other(centre: Centre, tmp_path: Path) -> None:
    """The longer word of the airgap in the place of the live one freezes nobody, nor the live one a site on the airgap."""
    live, airgap = (site(centre, tmp_path / one, centre.public, one) for one in Channel)
    for client in (live, airgap):
        client.refresh()
    places = {Channel.live: centre.public / "metadata", Channel.airgap: centre.public / "metadata/airgap"}
    raw = {channel: (place / "timestamp.json").read_bytes() for channel, place in places.items()}
    for one, other in ((Channel.live, Channel.airgap), (Channel.airgap, Channel.live)):
        (places[one] / "timestamp.json").write_bytes(raw[other])
        assert reason(live if one is Channel.live else airgap) is Fault.other_channel
        (places[one] / "timestamp.json").write_bytes(raw[one])
    for client in (live, airgap):
        client.refresh()


def test_a_channel_s_mark_is_signed(centre: Centre, tmp_path: Path) -> None:
    """A timestamp whose mark was changed is not signed any more."""
    path = centre.public / "metadata/airgap/timestamp.json"
    live = centre.public / "metadata/timestamp.json"
    live.write_bytes(path.read_bytes().replace(b'"airgap"', b'"live"'))
    assert reason(site(centre, tmp_path / "site", centre.public, Channel.live)) is Fault.not_signed


def test_a_site_may_be_pinned_to_the_other_channel(centre: Centre, stick: Path, tmp_path: Path) -> None:
    """What it saw on one does not stand in the way of the other; its recalls stay."""
    site(centre, tmp_path / "site", centre.public, Channel.live).refresh()
    client = site(centre, tmp_path / "site", stick)
    client.refresh()
    assert len(client.recalls()) == 1


def test_a_tampered_stick_is_refused_inside(centre: Centre, stick: Path, tmp_path: Path) -> None:
    """An entry, a package, a role: other bytes are other bytes."""
    for path in (*stick.glob("targets/products/*"), *stick.glob("packages/*")):
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    client = site(centre, tmp_path / "site", stick)
    client.refresh()
    with pytest.raises(Untrusted):
        client.entry("ward-board")
    for path in stick.glob("metadata/*.recall.json"):
        path.write_bytes(path.read_bytes().replace(b'"version":2', b'"version":3'))
    assert reason(site(centre, tmp_path / "new", stick)) is Fault.mixed_up


def test_a_stick_is_brought_up_to_date_and_an_old_one_is_told(centre: Centre, stick: Path, tmp_path: Path) -> None:
    """The same folder again is the newer edition; a site that saw it refuses yesterday's."""
    client, root = site(centre, tmp_path / "site", stick), centre.publishing.root()
    client.refresh()
    old = tmp_path / "old"
    export(str(centre.public), root, old, clock=centre.clock)
    centre.clock.move(hours=13)
    centre.publishing.refresh()
    told = export(str(centre.public), root, stick, products=["ward-board"], clock=centre.clock)
    assert told.products == ("ward-board",)
    client.refresh()
    assert reason(site(centre, tmp_path / "site", old)) is Fault.rolled_back
    with pytest.raises(NotFound):
        export(str(centre.public), root, stick, products=["nothing"], clock=centre.clock)


def test_an_export_for_a_mirror(centre: Centre, tmp_path: Path) -> None:
    """On the live channel: a site reads the copy as it reads the store, all bins in it."""
    centre.publishing.publish(centre.entry())
    export(str(centre.public), centre.publishing.root(), tmp_path / "mirror", Channel.live, clock=centre.clock)
    client = site(centre, tmp_path / "site", tmp_path / "mirror", Channel.live)
    client.refresh()
    assert client.package(client.entry("ward-board").newest) == GOOD
    for number in range(20):
        with pytest.raises(NotFound):
            client.entry(f"product-{number}")


def test_a_clock_a_year_ahead(centre: Centre, tmp_path: Path) -> None:
    """Everything is out of date to it: refused, and it is said to look at the clock."""
    client = site(centre, tmp_path / "site", centre.public, Channel.live)
    client.refresh()
    centre.clock.move(days=365)
    assert reason(client) is Fault.out_of_date
    assert "clock" in client.state().told


def test_a_clock_a_year_behind(centre: Centre, tmp_path: Path) -> None:
    """It would take what is long out of date for fresh: told as such, with recalls taken all the same."""
    centre.publishing.recall(centre.recall(), centre.keys("recall")[0])
    recall = centre.recall()
    centre.clock.move(days=-365)
    client = site(centre, tmp_path / "site", centre.public, Channel.live)
    assert reason(client) is Fault.wrong_clock
    assert client.recalls() == (recall,)
    with pytest.raises(Untrusted):
        client.entry("ward-board")


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (CatalogueState(), "never had"),
        (CatalogueState(BEGAN), "as of 2 March 2026, 09:00 UTC, 1 day old"),
        (CatalogueState(BEGAN, as_of=BEGAN - timedelta(days=9)), "as of 21 February 2026, 09:00 UTC, 10 days old"),
    ],
)
def test_how_old_it_is(state: CatalogueState, told: str) -> None:
    """Since the centre signed it, not since it was carried here."""
    assert state.age(BEGAN + timedelta(hours=30)) == told
