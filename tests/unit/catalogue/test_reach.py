"""Receipts of sites: signed, each once, in order; and how far a recall has come, site by site, by name."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tabard.catalogue import Channel, Here, How, Level, Receipt, Sites, Standing
from tabard.catalogue.receipts import LARGEST_BYTES, Because, NotReceived
from tabard.ground.errors import CallerError
from tabard.ground.keys import new_signing_key
from unit.catalogue.centre import Centre
from unit.catalogue.many_sites import a_recall_reaches

KEY, OTHER = new_signing_key(), new_signing_key()


@pytest.fixture
def sites(centre: Centre) -> Iterator[Sites]:
    """A book with one site in it."""
    sites = Sites(centre.root / "catalogue", centre.clock)
    sites.enrol("RXX", "St Elsewhere", KEY.public)
    yield sites
    sites.close()


def receipt(centre: Centre, number: int = 1, *, list_version: int = 1, standing: Standing = Standing.active) -> Receipt:
    """What St Elsewhere says."""
    here = Here("ward-board", "1.0.0", "ab" * 32, standing)
    return Receipt("RXX", number, centre.clock(), list_version, Channel.live, (here,))


def refused(sites: Sites, raw: bytes) -> Because:
    """Why this is not taken; and nothing of it was kept."""
    before = sites.all()
    with pytest.raises(NotReceived) as caught:
        sites.receive(raw)
    assert sites.all() == before
    return caught.value.reason


def test_a_receipt_is_kept_with_what_it_says(centre: Centre, sites: Sites) -> None:
    """Who, when, which list, which products; the envelope as it came."""
    raw = receipt(centre, list_version=3).sealed(KEY)
    sites.receive(raw)
    (site,) = sites.all()
    assert (site.id, site.heard, site.list_version) == ("RXX", centre.clock(), 3)
    assert site.products == receipt(centre).products
    assert sites.receipts("RXX") == (raw,)


def test_what_is_no_receipt_of_an_enrolled_site_is_refused(centre: Centre, sites: Sites) -> None:
    """Junk, too much, a stranger, another's key, a payload that was changed, a time to come: each for its own reason."""
    good = receipt(centre)
    for junk in (b"", b"{}", b"[" * 9000, b"x" * (LARGEST_BYTES + 1)):
        assert refused(sites, junk) is Because.unreadable
    assert refused(sites, replace(good, number=-1).sealed(KEY)) is Because.unreadable
    assert refused(sites, replace(good, site="RYY").sealed(KEY)) is Because.unknown_site
    assert refused(sites, good.sealed(OTHER)) is Because.not_signed
    late = replace(good, made=centre.clock() + timedelta(days=365))
    assert refused(sites, late.sealed(KEY)) is Because.of_time_to_come


def test_a_receipt_counts_once_and_not_too_often(centre: Centre, sites: Sites) -> None:
    """The same again, an older one later, and a second within seconds."""
    first, second = receipt(centre, 1).sealed(KEY), receipt(centre, 2).sealed(KEY)
    sites.receive(first)
    assert refused(sites, second) is Because.too_soon
    centre.clock.move(seconds=6)
    assert refused(sites, first) is Because.replayed
    sites.receive(second)
    centre.clock.move(days=1)
    assert refused(sites, first) is Because.replayed
    assert refused(sites, second) is Because.replayed


def test_old_receipts_give_way(centre: Centre, sites: Sites) -> None:
    """A site that answers for years fills no disk."""
    for number in range(1, 31):
        sites.receive(receipt(centre, number).sealed(KEY))
        centre.clock.move(minutes=5)
    assert len(sites.receipts("RXX")) == 20


def test_one_key_is_one_site(centre: Centre, sites: Sites) -> None:
    """The same key for two sites is refused; another key for the same site takes the first one's place."""
    with pytest.raises(CallerError, match="enrolled already"):
        sites.enrol("RYY", "Other", KEY.public)
    with pytest.raises(CallerError, match="ODS code"):
        sites.enrol("not one", "Other", OTHER.public)
    sites.enrol("RXX", "St Elsewhere", OTHER.public)
    assert refused(sites, receipt(centre).sealed(KEY)) is Because.not_signed
    sites.receive(receipt(centre).sealed(OTHER))


@pytest.mark.parametrize(
    ("level", "standing", "how"),
    [
        (Level.stop, Standing.active, How.reached),
        (Level.stop, Standing.overridden, How.reached),
        (Level.stop, Standing.stopped, How.acted),
        (Level.suspend, Standing.active, How.reached),
        (Level.suspend, Standing.overridden, How.acted),
        (Level.no_new_installs, Standing.active, How.acted),
        (Level.advisory, Standing.active, How.acted),
    ],
)
def test_what_counts_as_acted(centre: Centre, sites: Sites, level: Level, standing: Standing, how: How) -> None:
    """By the recall's level: a stop is stopped, a suspension stopped or answered for, the others known."""
    sites.receive(receipt(centre, list_version=2, standing=standing).sealed(KEY))
    assert sites.reach(centre.recall(level=level), 2).named(how) == ("St Elsewhere",)


def test_who_is_behind_and_who_is_silent(centre: Centre, sites: Sites) -> None:
    """A site that answers with an older list is behind; one that has not answered since is silent."""
    sites.receive(receipt(centre, 1).sealed(KEY))
    centre.clock.move(minutes=1)
    recall = centre.recall()
    assert sites.reach(recall, 2).named(How.silent) == ("St Elsewhere",)
    centre.clock.move(minutes=1)
    sites.receive(receipt(centre, 2).sealed(KEY))
    assert sites.reach(recall, 2).named(How.behind) == ("St Elsewhere",)


def test_a_recall_reaches_all_that_are_online_and_names_the_others(centre: Centre, tmp_path: Path) -> None:
    """Sixty sites that poll each quarter of an hour, a tenth offline: within half an hour all others have acted and said so."""
    centre.publishing.publish(centre.entry())
    reach, offline, needed = a_recall_reaches(centre, tmp_path, 60)
    assert set(reach.named(How.silent)) == offline
    assert len(offline) == 6
    assert len(reach.named(How.acted)) == 54
    assert 0 < needed <= 30
