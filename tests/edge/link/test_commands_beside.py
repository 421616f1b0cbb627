"""Commands beside a hospital that is being served: what they change is seen at the next message, without a restart."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tabard.accounts import METADATA, Accounts, Cost
from tabard.cli.link import app
from tabard.database import engine
from tabard.hospital import init
from tabard.link import LinkSettings, add_link, journal_of, send
from tabard.record import RecordReader
from tabard.wiring import Running, running
from unit.link.itk import Who, adt, message

PATIENCE_S = 60
CHEAP = Cost(log2_n=4)
SEXES = 'base = "itk-2.4"\nname = "ours"\ntitle = "Ours"\n[person.sex]\n2 = "other"\n'


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """A hospital with two people and one link, being served in this process."""
    folder = tmp_path / "trust"
    init(folder, "Trust", "RXX", 8700, cost=CHEAP)
    tables = engine(folder / "hospital.db")
    METADATA.create_all(tables)
    for username, role in (("iain", "integration"), ("sana", "clinical_safety")):
        Accounts(tables, CHEAP).put(username, username.title(), frozenset({role}), "secret")
    tables.dispose()
    add_link(folder, LinkSettings(name="pas", dialect="itk-2.4", port=0))
    (tmp_path / "ours.toml").write_text(SEXES)
    monkeypatch.setenv("TABARD_HOSPITAL", str(folder))
    monkeypatch.setenv("TABARD_PASSWORD", "secret")
    monkeypatch.chdir(tmp_path)
    with running(folder) as hospital:
        yield hospital


def run(*arguments: str) -> Any:
    """What a command tells in JSON."""
    result = CliRunner().invoke(app, [*arguments, "--json"])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def take(served: Running, *messages: bytes) -> None:
    """Send messages to the link."""
    host, port = served.links.addresses()["pas"]
    assert all(one.is_taken for one in send(messages, host, port))


def until(holds: Callable[[], bool]) -> None:
    """Wait for another thread's work."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)  # between two looks; no test's outcome hangs on it


def states() -> dict[str, int]:
    """How many messages are in each state."""
    view = journal_of(Path("trust"))
    found = dict(view.counts().states)
    view.close()
    return found


def sexes() -> list[str]:
    """The sex of each patient of the record, by family name."""
    found = [one.resource() for one in RecordReader(Path("trust/record.db")).search("Patient", [], count=99).matches]
    return [one["gender"] for one in sorted(found, key=lambda one: one["name"][0]["family"])]


def test_a_dialect_is_switched_and_switched_back_while_messages_come(served: Running) -> None:
    """Each message is read by the dialect that is live when it is applied; replayed, by the one that is live then."""
    take(served, adt("A01", Who("1", family="A"), visit="1"))
    until(lambda: states()["applied"] == 1)
    made = run("dialect", "propose", "pas", "ours.toml", "--by", "iain", "--reason", "codes")["proposal"]
    report = run("dialect", "shadow", "pas", "--last", "9", "--by", "iain")
    assert report["elements"] == {"Patient.gender": 1}
    words = ("--version", made["digest"], "--report", report["digest"], "--role", "integration", "--by", "iain")
    run("dialect", "approve", "pas", *words)
    run("dialect", "switch", "pas", "--version", made["digest"], "--by", "iain")
    take(served, adt("A01", Who("2", family="B"), visit="2"))
    until(lambda: states()["applied"] == 2)
    assert sexes() == ["female", "other"]
    run("dialect", "back", "pas", "--by", "sana", "--reason", "wrong")
    take(served, adt("A01", Who("3", family="C"), visit="3"))
    until(lambda: states()["applied"] == 3)
    assert sexes() == ["female", "other", "female"]


def test_a_dialect_file_that_is_gone_stops_its_link_until_it_is_back(served: Running) -> None:
    """What comes meanwhile is taken and waits; the fault is told; then all of it is applied, in its order."""
    (version,) = Path("trust/dialects").glob("*.toml")
    kept = version.read_bytes()
    version.unlink()
    take(served, adt("A01", Who("1", family="A")), adt("A02", Who("1", family="A"), place="W2^B2", at="202603011100"))
    until(lambda: "no_dialect" in run("journal")["reasons"].get("waiting", {}))
    assert any("pas" in one for one in served.links.faults())
    assert run("list")[0]["fault"]
    assert states()["applied"] == 0
    version.write_bytes(kept)
    until(lambda: states()["applied"] == 2)
    assert served.links.faults() == ()


def test_parked_messages_are_given_again_once_what_was_amiss_is_mended(served: Running) -> None:
    """By their reason, through the process that serves; those that are still amiss are parked again."""
    take(served, adt("ADT^Z99", Who("1", family="A")), adt("A01", Who("2", family="B"), visit="2"))
    until(lambda: states()["parked"] == 1 and states()["applied"] == 1)
    words = ("--by", "iain", "--reason", "mended")
    assert run("replay", "pas", "--parked", "unsupported_event", *words) == {"replayed": [1]}
    until(lambda: states()["parked"] == 1)
    assert run("replay", "pas", "--parked", "nothing_such", *words) == {"replayed": []}
    assert run("journal")["reconciles"]


def test_a_person_says_whom_a_message_is_about(served: Running) -> None:
    """Who it may be is shown for a reason; the choice is carried out by the hospital that is being served."""
    twins = [message("A28", f"PID|||{number}^^^RXX||SMITH^ANN||19620717|2") for number in ("1001", "2002")]
    both = message("A31", "PID|||1001^^^RXX~2002^^^RXX||SMITH^ANN||19620717|1", at="202603011100")
    take(served, *twins, both)
    until(lambda: states()["parked"] == 1 and states()["applied"] == 2)
    words = ("--by", "iain", "--reason", "asked the ward")
    first, second = run("settle", "3", *words)
    assert {first["birthDate"], second["birthDate"]} == {"1962-07-17"}
    assert run("settle", "3", "--same-person", first["id"], *words)["decision"] == "same_person"
    until(lambda: states()["applied"] == 3)
    assert sorted(sexes()) == ["female", "male"]
    assert run("settle", "3", "--same-person", second["id"], *words)["decision"] == "same_person"
    until(lambda: sexes() == ["male", "male"] and states()["applied"] == 3)
    assert run("settle", "3", "--withdraw", *words)["decision"] == "withdraw"
    until(lambda: states()["parked"] == 1)


def test_the_list_tells_how_each_feed_fares_while_it_is_served(served: Running) -> None:
    """As the hospital itself says it, with the live dialect."""
    take(served, adt("A01"))
    until(lambda: states()["applied"] == 1)
    (one,) = run("list")
    assert (one["feed"]["state"], one["counts"]["applied"], len(one["live"])) == ("live", 1, 64)
