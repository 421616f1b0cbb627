"""`tabard link destination`: where messages go, how each place fares, and files gone by anew."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from edge.out.receivers import destination
from tabard.cli.link import app
from tabard.ground.errors import CallerError, NotFound
from tabard.link import Control
from tabard.link.out import Outbound
from unit.cli.people import hospital_of_people
from unit.link.writeback.a_hospital import a_hospital, temperature


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hospital, named by the environment."""
    folder = tmp_path / "trust"
    hospital_of_people(folder)
    monkeypatch.setenv("TABARD_HOSPITAL", str(folder))
    monkeypatch.setenv("COLUMNS", "240")
    return folder


@pytest.fixture
def written(folder: Path) -> Path:
    """One message waits for its destination."""
    with a_hospital(folder) as made:
        made.write(temperature(made.patient()))
    return folder


@pytest.fixture
def served(written: Path) -> Iterator[Outbound]:
    """The same, being served as far as destinations go."""
    outbound = Outbound(written)
    control = Control(written, {"destinations": outbound.states, "reload_destinations": outbound.reload})
    control.start()
    yield outbound
    control.stop()
    outbound.stop()


def run(*arguments: str) -> str:
    """What a command prints."""
    result = CliRunner().invoke(app, ["destination", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def test_where_there_is_none_that_is_said(folder: Path) -> None:
    """And no outbox is made by looking."""
    assert "No destinations yet" in run("list")
    assert json.loads(run("list", "--json")) == []
    with pytest.raises(NotFound):
        run("show", "tie")
    assert not (folder / "outbound.db").exists()


@pytest.mark.usefixtures("written")
def test_a_destination_is_listed_with_what_waits_for_it() -> None:
    """Served or not; settings and state together, for people and as JSON."""
    (listed,) = json.loads(run("list", "--json"))
    name = listed["name"]
    assert (listed["counts"]["queued"], listed["is_connected"], listed["fault"]) == (1, None, None)
    assert listed["oldest_queued"]
    assert json.loads(run("show", name, "--json")) == listed
    assert "not served" in run("list")
    shown = run("show", name)
    assert f"{listed['host']}" in shown
    assert "queued 1" in shown


@pytest.mark.usefixtures("served")
def test_a_hospital_that_is_served_says_whether_it_is_connected() -> None:
    """What is asked of it is told in place of what the files say."""
    (listed,) = json.loads(run("list", "--json"))
    assert (listed["counts"]["queued"], listed["is_connected"]) == (1, False)
    assert "not connected now" in run("list")


def test_a_file_is_gone_by_anew_at_a_word(served: Outbound, written: Path) -> None:
    """The names of those that changed are told; a wrong file is told with its place, and nothing changes."""
    (name,) = [one.name for one in served.destinations()]
    assert "Nothing in the files" in run("reload")
    destination(written, 65000, name=name)
    assert json.loads(run("reload", "--json")) == {"changed": [name]}
    assert served.destination(name).port == 65000
    destination(written, 0, name=name)
    with pytest.raises(CallerError, match="port"):
        run("reload")
    assert served.destination(name).port == 65000


def test_where_nothing_is_served_there_is_nothing_to_reload(written: Path) -> None:
    """The next start reads the files."""
    destination(written, 65000)
    with pytest.raises(CallerError, match="not being served"):
        run("reload")
