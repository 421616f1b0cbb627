"""How far a recall has come, as assessors see it: by name, with since when each site was heard."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tabard.catalogue import Channel, Here, Level, Recall, Receipt, Standing
from tabard.ground.keys import new_signing_key, read_signing_key
from unit.web_store.judged import HARM
from unit.web_store.world import World, world_in

PACKAGE = "ab" * 32


@pytest.fixture(scope="module", name="world")
def _world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A recall of `tiny`: one site has acted, one knows it, one was heard and does not, one never spoke."""
    folder = tmp_path_factory.mktemp("reach")
    with world_in(folder) as world:
        _recalled(world, folder)
        yield world


def _recalled(world: World, folder: Path) -> None:
    store = world.store
    now = store.clock().replace(microsecond=0)
    keys = {ods: new_signing_key() for ods in ("RAC", "RRE", "RBE", "RSI")}
    for ods, key in keys.items():
        store.sites.enrol(ods, f"{ods} Hospital {HARM}", key.public)
    told = Recall("R-1", "tiny", (PACKAGE,), Level.stop, f"It shows {HARM} twice.", "Use paper.", now)
    store.publishing.recall(told, read_signing_key(folder / "offline/recall-1.pem"))
    drill = Recall("D-1", "tiny", (), Level.advisory, "A drill of the cord.", "Nothing.", now, is_drill=True)
    store.publishing.recall(drill, read_signing_key(folder / "offline/recall-1.pem"))
    version = store.publishing.recall_version("R-1")
    for ods, number, standing in (
        ("RAC", version, Standing.stopped),
        ("RRE", version, Standing.active),
        ("RBE", version - 1, Standing.active),
    ):
        here = (Here("tiny", "1.0.0", PACKAGE, standing),)
        receipt = Receipt(ods, 1, now - timedelta(minutes=1), number, Channel.live, here)
        store.sites.receive(receipt.sealed(keys[ods]))


def shown(world: World) -> str:
    """The page."""
    world.sign_in("clinical")
    return world.get("/reach").text


def test_each_site_is_told_by_name_as_it_stands(world: World) -> None:
    """Acted, reached, behind, silent: each once, with its name, its code and when it was last heard."""
    text = shown(world)
    mine = re.sub("<[^>]+>", " ", text[text.index("R-1: tiny") : text.index("Which version runs where")])
    places = {word: mine.index(word) for word in ("Silent", "Behind", "Reached", "Acted")}
    assert list(places) == sorted(places, key=lambda one: places[one]), "the worst first"
    for word, ods in (("Silent", "RSI"), ("Behind", "RBE"), ("Reached", "RRE"), ("Acted", "RAC")):
        after = mine[places[word] :]
        assert after.index(f"{ods} Hospital") < min((p for p in places.values() if p > places[word]), default=10**6)
    assert "never heard" in mine
    assert len(re.findall(r"last heard\s+\d\d-\w{3}-\d{4} \d\d:\d\d", mine)) == 3
    assert "It shows" in mine


def test_a_drill_says_that_it_is_one(world: World) -> None:
    """Nobody takes it for a recall."""
    text = shown(world)
    assert re.search(r"D-1: tiny.*?>Drill<", text[: text.index("R-1: tiny")], re.DOTALL)


def test_versions_are_told_with_the_sites_that_have_them(world: World) -> None:
    """As each site's own receipt says that it stands there."""
    text = re.sub("<[^>]+>", " ", shown(world).split("Which version runs where")[1])
    for words in ("1.0.0", "Stopped", "In use", "RAC Hospital", "Never"):
        assert words in text


def test_it_is_for_assessors_and_comes_escaped(world: World) -> None:
    """Nobody else sees which site is silent; a site's name and a recall's words are letters."""
    assert HARM not in shown(world)
    world.cookies.clear()
    assert world.get("/reach").status_code == 303
