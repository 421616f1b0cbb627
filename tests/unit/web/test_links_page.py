"""The links page: how each feed fares, its last day as a picture and in words, and a record that is known to be incomplete."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tabard.web.hospital import pages
from tabard.web.hospital.views.arrivals import HEIGHT, STEPS, arrivals, begins
from tabard.web.hospital.views.feeds import freshness
from unit.web.browsing import Surfer
from unit.web.people import RESOURCES
from unit.web.world import LIVE, NOW, PASSWORD, World, hospital_world

OPENED = replace(LIVE, incomplete_since=NOW - timedelta(hours=3))


@pytest.fixture(name="world", scope="module")
def _world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with hospital_world(tmp_path_factory.mktemp("hospital") / "h", RESOURCES) as world:
        yield world


def asked(world: World, username: str, path: str) -> str:
    """A page as somebody sees it."""
    world.hospital.throttle._counts.clear()  # the clock of this world stands still
    surfer = Surfer(pages(world.portal))
    assert surfer.sign_in(username, PASSWORD).status_code == 303
    return surfer.get(path).text


def test_the_picture_says_in_words_what_it_shows(world: World) -> None:
    """Whoever does not see the bars hears the same; the tallest bar fills the picture."""
    told = arrivals({0: 5, 46: 1200, 47: 30}, NOW)
    assert told.words == "1,235 messages in the last day, at most 1,200 in half an hour, 30 in the last."
    assert [(bar.x, bar.height) for bar in told.bars] == [(0, 1), (552, HEIGHT), (564, 1.6)]
    assert "1,235 messages in the last day" in asked(world, "feeds", "/links")


def test_a_day_without_a_message_has_no_bars(world: World) -> None:
    """And says so; nothing is divided by nothing."""
    del world
    told = arrivals({}, NOW)
    assert told.bars == ()
    assert told.words.startswith("0 messages")
    assert begins(NOW) == NOW - timedelta(days=1)
    assert STEPS == 48


def test_senders_lag_and_strangers_are_told(world: World) -> None:
    """How many are connected, how long the oldest message waits, who was turned away."""
    world.links.told = (replace(LIVE, waiting=3, lag_s=300.0, connections=2, refused_peers=1, is_rhythm_learned=True),)
    text = asked(world, "feeds", "/links")
    assert "2 senders connected" in text
    assert "the oldest message that waits came 5 minutes ago" in text
    assert "1 connection of strangers refused" in text
    assert "as it is used to" in text


def test_an_incomplete_record_is_said_on_every_page(world: World) -> None:
    """A live feed does not make a page current while what was there before is not loaded."""
    world.links.told = (OPENED,)
    assert not freshness((OPENED,), NOW).is_current
    for path in ("/", "/wards", "/patients"):
        text = asked(world, "nurse", path)
        assert "Record incomplete since 11:06" in text
        assert "tabard-freshness--old" in text
