"""The watch: a recall stops a product and ends its tokens, in every process; a network that is down stops nothing."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from unittest.mock import patch

import pytest
import structlog
from sqlalchemy.exc import OperationalError

from tabard.audit import AuditLog, read
from tabard.catalogue import Level, Recall
from tabard.hospital import Hospital, Wanted, Watch, Why, install, load, uninstall
from unit.hospital.a_centre import CHEAP, START, Centre, Clock, Site, package


@dataclass
class Tokens:
    """The gateway, as far as it ends tokens: which products', and a word when one was."""

    ended: list[str] = field(default_factory=list)
    told: threading.Event = field(default_factory=threading.Event)
    fails: int = 0

    def revoke(self, *, client_id: str) -> None:
        """End the tokens of a product."""
        if self.fails:
            self.fails -= 1
            raise OperationalError("locked", None, Exception())
        self.ended.append(client_id)
        self.told.set()


@dataclass
class Watched:
    """A hospital with the ward board in it, its watch not begun."""

    centre: Centre
    clock: Clock
    here: Site
    tokens: Tokens
    audit: AuditLog
    watch: Watch

    @property
    def hospital(self) -> Hospital:
        """The hospital that is watched."""
        return self.here.hospital

    def stops(self) -> list[tuple[str, str]]:
        """What the audit says was stopped, and why."""
        return [(one["client"], one["reason"]) for one in read(self.here.folder / "audit") if one["action"] == "stop"]


@pytest.fixture(name="watched")
def _watched(centre: Centre, clock: Clock, here: Site) -> Iterator[Watched]:
    centre.publish(package())
    here.install()
    tokens, audit = Tokens(), AuditLog(here.folder / "audit", clock)
    yield Watched(centre, clock, here, tokens, audit, Watch(here.hospital, tokens, audit))
    audit.close()


def test_a_recall_stops_the_product_ends_its_tokens_and_is_in_the_audit(watched: Watched) -> None:
    """Once: at the next refresh; with the centre's reason and what to do instead."""
    watched.watch.refresh()
    assert watched.tokens.ended == []
    watched.centre.recall(Level.stop)
    watched.watch.refresh()
    watched.watch.refresh()
    found = watched.hospital.installs.get("ward-board")
    assert found.stop is not None
    assert (found.stop.why, found.stop.words) == (Why.recalled, "It may show a patient in the wrong bed.")
    assert found.stop.remedy == "Use the ward list of the record system."
    assert watched.hospital.installs.client("ward-board") is None
    assert watched.tokens.ended == ["ward-board"]
    assert watched.stops() == [("ward-board", "recalled")]


def test_no_notice_keeps_a_recall_from_being_obeyed(watched: Watched) -> None:
    """A notice without an offset in its date, by a thief of one recall key, is beside every later recall for ever."""
    dated = watched.clock.now
    watched.clock.now = dated.replace(tzinfo=None)
    with patch.object(Recall, "__post_init__", lambda _: None):
        watched.centre.recall(Level.advisory, id_="R-0")
    watched.clock.now = dated
    watched.watch.refresh()
    watched.centre.recall(Level.stop)
    watched.watch.refresh()
    assert not watched.hospital.installs.get("ward-board").is_active


def test_a_recall_is_obeyed_whatever_else_fails(watched: Watched) -> None:
    """What another process has seen holds when the catalogue breaks here, and when another product cannot be looked at."""
    watched.centre.publish(package(id_="a-product"))
    install(watched.hospital, Wanted("a-product"), lambda _: True)
    watched.centre.recall(Level.stop)
    load(watched.here.folder, watched.clock, cost=CHEAP).centre.client.refresh()
    client, installs = watched.hospital.centre.client, watched.hospital.installs
    with patch.object(client, "_new_updater", side_effect=OSError), suppress(OSError):
        watched.watch.refresh()
    shutil.rmtree(watched.centre.public)
    with patch.object(installs, "checked", side_effect=OSError), suppress(OSError):
        watched.watch.refresh()
    assert not installs.get("ward-board").is_active
    assert installs.get("a-product").is_active


@pytest.mark.parametrize("level", [Level.advisory, Level.no_new_installs])
def test_a_notice_stops_nothing(watched: Watched, level: Level) -> None:
    """What the centre does not stop goes on."""
    watched.centre.recall(level)
    watched.watch.refresh()
    assert watched.hospital.installs.get("ward-board").is_active


def test_a_recall_of_another_package_stops_nothing(watched: Watched) -> None:
    """A recall names packages: the version that was mended goes on."""
    watched.centre.recall(Level.stop, "0" * 64)
    watched.watch.refresh()
    assert watched.hospital.installs.get("ward-board").is_active


def test_a_mended_version_takes_the_place_of_a_recalled_one(watched: Watched) -> None:
    """The recalled package is refused for ever; the next version is installed and is opened."""
    old = watched.hospital.installs.get("ward-board").sha256
    watched.centre.recall(Level.stop, old)
    watched.watch.refresh()
    watched.centre.publish(package("1.1.0"))
    assert watched.here.install().is_active
    watched.watch.refresh()
    assert watched.hospital.installs.get("ward-board").is_active


def test_a_network_that_is_down_stops_nothing_however_long(watched: Watched) -> None:
    """No answer, and a catalogue whose word has run out weeks ago: products go on, new ones do not come."""
    away = watched.centre.public.rename(watched.centre.folder / "away")
    watched.watch.refresh()
    assert watched.hospital.installs.client("ward-board") is not None
    away.rename(watched.centre.public)
    watched.clock.now = START + timedelta(days=60)
    watched.watch.refresh()
    assert watched.hospital.installs.client("ward-board") is not None
    state = watched.hospital.centre.state
    assert state is not None
    assert not state.is_fresh(watched.clock())
    assert watched.tokens.ended == []


def test_a_fault_is_logged_when_it_is_news(watched: Watched) -> None:
    """Once when it begins, once when it is over: not at every turn."""
    with structlog.testing.capture_logs() as told:
        away = watched.centre.public.rename(watched.centre.folder / "away")
        for _ in range(3):
            watched.watch.refresh()
        away.rename(watched.centre.public)
        for _ in range(3):
            watched.watch.refresh()
    assert [(one["event"], one.get("reason")) for one in told] == [
        ("catalogue_not_refreshed", "unreachable"),
        ("catalogue_fresh_again", None),
    ]


def test_what_another_process_takes_away_is_seen_within_its_turn(watched: Watched) -> None:
    """`tabard hospital uninstall` beside a served hospital ends the tokens that this one gave."""
    with watched.watch:
        uninstall(load(watched.here.folder, watched.clock, cost=CHEAP), "ward-board")
        assert watched.tokens.told.wait(30)
    assert watched.tokens.ended == ["ward-board"]
    assert watched.stops() == [("ward-board", "uninstalled")]


def test_what_another_process_installs_can_be_opened_at_once(watched: Watched) -> None:
    """Both look at one database: no restart, no waiting."""
    uninstall(watched.hospital, "ward-board")
    other = load(watched.here.folder, watched.clock, cost=CHEAP)
    Site(watched.here.folder, other).install()
    assert watched.hospital.installs.client("ward-board") is not None


def test_tokens_of_a_product_that_was_stopped_while_nobody_served_end_first(watched: Watched) -> None:
    """Taken away and installed again between two servings: what was given before must not work afterwards."""
    uninstall(watched.hospital, "ward-board")
    watched.here.install()
    with watched.watch:
        assert watched.tokens.ended == ["ward-board"]
    assert watched.hospital.installs.client("ward-board") is not None


def test_a_known_recall_is_obeyed_at_the_start_without_asking_anybody(watched: Watched) -> None:
    """A recall once seen stays seen: the network may be gone by then."""
    watched.centre.recall(Level.stop)
    watched.hospital.centre.client.refresh()
    shutil.rmtree(watched.centre.public)
    again = load(watched.here.folder, watched.clock, cost=CHEAP)
    with Watch(again, watched.tokens, watched.audit):
        assert again.installs.client("ward-board") is None
        assert watched.tokens.ended == ["ward-board"]


def test_files_that_changed_while_nobody_served_are_found_at_the_start(watched: Watched) -> None:
    """Before anything is served the files are what was accredited, or the product is stopped."""
    board = watched.hospital.installs.get("ward-board").folder / "board.js"
    board.chmod(0o600)
    board.write_text("evil()")
    with watched.watch:
        assert watched.hospital.installs.client("ward-board") is None
    assert watched.stops() == [("ward-board", "files_changed")]


def test_a_recall_outweighs_files_that_changed(watched: Watched) -> None:
    """Whoever asks is told what matters most."""
    board = watched.hospital.installs.get("ward-board").folder / "board.js"
    board.chmod(0o600)
    board.write_text("evil()")
    watched.watch.obey()
    watched.centre.recall(Level.stop)
    watched.watch.refresh()
    stop = watched.hospital.installs.get("ward-board").stop
    assert stop is not None
    assert stop.why is Why.recalled


def test_tokens_that_could_not_be_ended_are_ended_at_the_next_turn(watched: Watched) -> None:
    """A turn that fails is told and leaves what is owed; the watch goes on."""
    watched.tokens.fails = 1
    uninstall(watched.hospital, "ward-board")
    with watched.watch:
        assert watched.tokens.told.wait(30)
    assert watched.tokens.ended == ["ward-board"]


def test_a_product_on_trial_is_left_to_its_maker(watched: Watched) -> None:
    """Files of a folder on trial may be edited while it is served, and a recall is of packages: neither stops it."""
    settings = watched.here.folder / "hospital.toml"
    settings.write_text("for_trials = true\n" + settings.read_text())
    hospital = load(watched.here.folder, watched.clock, cost=CHEAP)
    maker = watched.here.folder / "mine"
    shutil.copytree(hospital.installs.get("ward-board").folder, maker)
    hospital.installs.install(maker)
    (maker / "board.js").chmod(0o600)
    (maker / "board.js").write_text("edited()")
    watched.centre.recall(Level.stop)
    Watch(hospital, watched.tokens, watched.audit).refresh()
    assert hospital.installs.checked("ward-board").is_active
    assert hospital.installs.is_changed(hospital.installs.get("ward-board"))
