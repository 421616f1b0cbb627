"""A hospital keeps the servers of its live products, and no others: installed, stopped, taken away, changed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from edge.runner.prober import PROBER
from edge.runner.running import QUICK, Signalled, answering
from tabard import hospital as hospitals
from tabard.accounts import Cost
from tabard.cli.main import command_line
from tabard.hospital import Hospital, Stop, Why
from tabard.runner import Runner, State
from tabard.wiring.servers import Servers

MANIFEST = """
id = "prober"
name = "Prober"
version = "1.0.0"
publisher = "RZZ"
[server]
module = "part"
[[part]]
kind = "hook"
id = "probe"
title = "Probe"
description = "Probes."
hook = "patient-view"
scopes = ["patient/Observation.rs"]
"""


class Place:
    """A hospital for trials with a product that has a server alone, and what keeps its servers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "hospital"
        hospitals.init(self.folder, "Trial", "RZZ", 8700, for_trials=True, cost=Cost(1, 8, 1))
        self.hospital: Hospital = hospitals.load(self.folder)
        self.product = folder / "prober"
        self.product.mkdir()
        for name, content in (("tabard.toml", MANIFEST.encode()), ("part.py", PROBER), ("hazards.toml", b"")):
            (self.product / name).write_bytes(content)
        self.clock = Signalled()
        self.runner = Runner(self.folder / "parts", answering, self.clock, rhythm=QUICK)
        self.servers = Servers(self.hospital.installs, self.runner)

    def until(self, *states: State) -> None:
        """Wait until the prober is so; with no state, until it is no more."""
        for _ in range(2400):
            found = [one.state for one in self.runner.health()]
            if (not states and not found) or (found and found[0] in states):
                return
            with self.clock.changed:
                self.clock.changed.wait(0.05)
        raise AssertionError(self.runner.health())


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    with made.servers:
        yield made


def test_a_product_without_pages_is_installed_and_never_opened(place: Place) -> None:
    """It has no address to launch, none to come back to, and its scopes are its hooks'."""
    install = place.hospital.installs.install(place.product)
    client = place.hospital.installs.client("prober")
    assert (install.title, install.context, install.launch_uri) == ("Prober", "", "")
    assert client is not None
    assert (client.launch_uri, client.redirect_uris, client.scopes) == ("", (), "patient/Observation.rs")


def test_what_is_installed_runs_and_what_is_taken_away_ends(place: Place) -> None:
    """Within a second or two, while the hospital is served; nobody starts it anew."""
    place.hospital.installs.install(place.product)
    place.until(State.running)
    place.hospital.installs.uninstall("prober")
    place.until()


def test_a_stopped_product_ends(place: Place) -> None:
    """A recall stops the process too, not only its tokens."""
    install = place.hospital.installs.install(place.product)
    place.until(State.running)
    place.hospital.installs.stop(install, Stop(Why.recalled, "Recalled.", ""))
    place.until()


def test_a_new_version_is_run_in_place_of_the_old(place: Place) -> None:
    """Other files are another digest: what runs is what was installed last."""
    place.hospital.installs.install(place.product)
    place.until(State.running)
    before = place.runner.digests()
    (place.product / "more.py").write_text("x = 1")
    place.hospital.installs.install(place.product)
    for _ in range(2400):
        if place.runner.digests() not in ({}, before):
            break
        with place.clock.changed:
            place.clock.changed.wait(0.05)
    place.until(State.running)
    answer = place.runner.call("prober", "POST", "/", b"import more; answer = more.x")
    assert json.loads(answer.body) == 1


def test_a_command_beside_tells_how_they_are(place: Place) -> None:
    """State, restarts, memory and user, in words and in JSON."""
    place.hospital.installs.install(place.product)
    place.until(State.running)
    app = command_line(["hospital"])
    told = CliRunner().invoke(app, ["hospital", "parts", str(place.folder)])
    assert "prober: running since" in told.output
    (health,) = json.loads(CliRunner().invoke(app, ["hospital", "parts", str(place.folder), "--json"]).output)
    assert (health["product"], health["state"], health["restarts"]) == ("prober", "running", 0)
    assert health["memory_bytes"] > 0


def test_a_hospital_that_is_not_served_says_so(tmp_path: Path) -> None:
    """Nothing runs, and the command says why."""
    made = Place(tmp_path)
    told = CliRunner().invoke(command_line(["hospital"]), ["hospital", "parts", str(made.folder)])
    assert "No server of a product runs here" in told.output
