"""`tabard rules`, `tabard store advisories` and what `tabard product check` goes by: told on the command line, from end to end."""

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tabard.accreditation import RULES, Report, open_advisories, rules_sha256
from tabard.accreditation.probing.known import sign_advisories
from tabard.catalogue import Publishing, begin
from tabard.cli.main import command_line
from tabard.ground.errors import PeerError, TabardError
from tabard.ground.keys import new_signing_key, write_signing_key
from tabard.store import init
from unit.accreditation.tiny import tiny

ENTRY = {
    "id": "GHSA-1",
    "summary": "It trusts all.",
    "aliases": ["CVE-2026-1"],
    "affected": [
        {
            "package": {"ecosystem": "npm", "name": "small"},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "2.0.1"}]}],
        }
    ],
}
KEY = new_signing_key()
NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _no_checkers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The static checkers take their time, and have nothing to do with this."""
    monkeypatch.setenv("TABARD_CHECKERS", str(tmp_path / "none"))


def tabard(*words: str | Path) -> Result:
    told = [str(one) for one in words]
    return CliRunner().invoke(command_line(told), told)


def refused(*words: str | Path) -> TabardError:
    fault = tabard(*words).exception
    assert isinstance(fault, TabardError), fault
    return fault


def lines(done: Result) -> list[Any]:
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A package of the tiny product, a component of which is vulnerable."""
    path = tmp_path / "tiny.tabard"
    path.write_bytes(tiny().raw)
    return path


@pytest.fixture
def signed_set(tmp_path: Path) -> Path:
    """A set of one advisory, made by the command."""
    (tmp_path / "osv").mkdir()
    (tmp_path / "osv" / "GHSA-1.json").write_text(json.dumps(ENTRY))
    write_signing_key(tmp_path / "key.pem", KEY)
    (tmp_path / "key.pub").write_text(KEY.public.pem)
    out = tmp_path / "set.json"
    done = tabard("rules", "advisories", tmp_path / "osv", "--key", tmp_path / "key.pem", "--out", out)
    assert done.exit_code == 0, done.output
    return out


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small catalogue that carries that advisory."""
    folder = tmp_path_factory.mktemp("centre")
    begin(folder / "catalogue", folder / "offline", "urn:test", bin_bits=1)
    publishing = Publishing(folder / "catalogue")
    publishing.publish_advisories(sign_advisories([ENTRY], KEY, NOW))
    (folder / "root.json").write_bytes(publishing.root())
    return folder


def checked(made: Path, *words: str | Path) -> dict[str, Any]:
    """What the rule about vulnerabilities says of the one component, as JSON."""
    done = tabard("product", "check", made, "--no-browser", "--no-trial", "--json", *words)
    (told,) = [one for one in lines(done) if one["rule"] == "no-known-vulnerability"]
    return dict(told)


def test_rules_are_listed_a_line_each() -> None:
    """With id, family and criteria, for a machine; all of them for a person too."""
    told = lines(tabard("rules", "list", "--json"))
    assert {one["id"] for one in told} == {one.id for one in RULES}
    assert all(one["criteria"] and one["family"] and one["title"] and one["source"] and one["judges"] for one in told)
    assert all(one.id in tabard("rules", "list").stdout for one in RULES)


def test_what_is_no_advisory_makes_no_set(tmp_path: Path) -> None:
    """It is named, and nothing is written."""
    write_signing_key(tmp_path / "key.pem", KEY)
    (tmp_path / "osv").mkdir()
    (tmp_path / "osv" / "x.json").write_text("[]")
    fault = refused("rules", "advisories", tmp_path / "osv", "--key", tmp_path / "key.pem", "--out", tmp_path / "set")
    assert "x.json" in (fault.where or "")
    assert not (tmp_path / "set").exists()


def test_a_check_goes_by_a_file_of_advisories(made: Path, signed_set: Path, tmp_path: Path) -> None:
    """Its hit fails, its age stands beside it, and a person is told what was gone by."""
    words = ("--advisories", signed_set, "--advisories-key", tmp_path / "key.pub")
    told = checked(made, *words)
    assert (told["verdict"], "CVE-2026-1" in told["got"]) == ("fail", True)
    assert ["advisories' age", "0 days"] in told["measured"]
    done = tabard("product", "check", made, "--no-browser", "--no-trial", *words)
    assert "Looked up among 1 advisories" in done.stdout
    assert done.exit_code == 1


def test_a_check_without_advisories_says_what_to_do(made: Path) -> None:
    """It is no pass."""
    told = checked(made)
    assert told["verdict"] == "not_assessed"
    assert "--advisories" in told["remedy"]
    assert "tabard store advisories import" in told["remedy"]


def test_a_set_needs_the_key_that_signed_it(made: Path, signed_set: Path, tmp_path: Path) -> None:
    """No set is believed without, nor by another's."""
    (tmp_path / "other.pub").write_text(new_signing_key().public.pem)
    words = ("product", "check", made, "--advisories", signed_set)
    assert "go together" in refused(*words).message
    assert "not signed" in refused(*words, "--advisories-key", tmp_path / "other.pub").message
    assert "without a set" in refused("product", "check", made, "--advisories-key", tmp_path / "key.pub").message


def test_a_check_goes_by_a_catalogue(made: Path, catalogue: Path, tmp_path: Path) -> None:
    """Verified by its root; where a key is said both must vouch for the set. The report names the set."""
    (tmp_path / "other.pub").write_text(new_signing_key().public.pem)
    store = ("--store", catalogue / "catalogue" / "public", "--root", catalogue / "root.json")
    report = tmp_path / "report.json"
    assert checked(made, *store, "--report", report)["verdict"] == "fail"
    told = Report.from_bytes(report.read_bytes())
    carried = Publishing(catalogue / "catalogue").advisories() or b""
    assert told.advisories_sha256 == open_advisories(carried, NOW).sha256
    assert told.rules_sha256 == rules_sha256()
    assert checked(made, "--store", catalogue)["verdict"] == "fail"
    assert "not signed" in refused("product", "check", made, *store, "--advisories-key", tmp_path / "other.pub").message


def test_a_catalogue_is_believed_by_its_root_alone(made: Path, catalogue: Path, tmp_path: Path) -> None:
    """Without one, or with another's, nothing is taken from it."""
    public = catalogue / "catalogue" / "public"
    assert "by its root" in refused("product", "check", made, "--store", public).message
    assert "a root without" in refused("product", "check", made, "--root", catalogue / "root.json").message
    begin(tmp_path / "other", tmp_path / "away", "urn:other", bin_bits=1)
    (tmp_path / "root.json").write_bytes(Publishing(tmp_path / "other").root())
    with pytest.raises(TabardError):
        raise refused("product", "check", made, "--store", public, "--root", tmp_path / "root.json")


def test_a_catalogue_whose_advisories_are_old_says_so(made: Path, tmp_path: Path) -> None:
    """They judge nothing, and the finding tells of which day they are."""
    begin(tmp_path / "catalogue", tmp_path / "away", "urn:old", bin_bits=1)
    publishing = Publishing(tmp_path / "catalogue")
    publishing.publish_advisories(sign_advisories([ENTRY], KEY, NOW - timedelta(days=40)))
    (tmp_path / "root.json").write_bytes(publishing.root())
    told = checked(made, "--store", tmp_path)
    assert told["verdict"] == "not_assessed"
    assert "more than 30 days old" in told["got"]
    assert f"{NOW - timedelta(days=40):%Y-%m-%d}" in told["got"]


def test_a_store_carries_what_its_operator_brings(
    tmp_path: Path, signed_set: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said with its age and digest; before that the way to bring one is told."""
    store = _store(tmp_path, monkeypatch)
    nothing = tabard("store", "advisories", "show", store)
    assert (nothing.exit_code, "tabard store advisories import" in nothing.stdout) == (1, True)
    words = ("store", "advisories", "import", store, signed_set, "--key", tmp_path / "key.pub")
    told = json.loads(tabard(*words, "--json").stdout)
    assert (told["advisories"], told["age_days"], told["why_not"]) == (1, 0, "")
    shown = tabard("store", "advisories", "show", store)
    assert (shown.exit_code, told["sha256"] in shown.stdout) == (0, True)


def test_a_store_takes_a_new_key_when_its_operator_says_so(
    tmp_path: Path, signed_set: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another key alone is refused; what was replaced is told, and --json stays JSON."""
    store, other = _store(tmp_path, monkeypatch), new_signing_key()
    (tmp_path / "other.pub").write_text(other.public.pem)
    (tmp_path / "first.json").write_bytes(sign_advisories([], other, NOW - timedelta(days=1)))
    words = ("store", "advisories", "import", store)
    assert tabard(*words, tmp_path / "first.json", "--key", tmp_path / "other.pub").exit_code == 0
    newer = (*words, signed_set, "--key", tmp_path / "key.pub", "--json")
    assert refused(*newer).got == KEY.public.keyid
    done = tabard(*newer, "--new-key")
    assert json.loads(done.stdout)["advisories"] == 1
    assert f"{other.public.keyid} was replaced" in done.stderr
    assert f"the key was {other.public.keyid}" in (store / "store.toml").read_text()


def _store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with a catalogue of few bins."""
    monkeypatch.setattr(
        "tabard.store.store.begin_catalogue",
        lambda folder, offline, verifier, clock: begin(folder, offline, verifier, clock, bin_bits=1),
    )
    return init(tmp_path / "store", tmp_path / "offline", "The store", 8600).folder


def test_the_checkers_are_made_of_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where TABARD_CHECKERS says, with every hash; what cannot be had is told with what the tool said."""
    ran: list[list[str]] = []
    monkeypatch.setenv("TABARD_CHECKERS", str(tmp_path / "checkers"))
    monkeypatch.setattr(subprocess, "run", lambda command, **_: ran.append(command))
    told = json.loads(tabard("product", "checkers", "--json").stdout)
    assert told == {"folder": str(tmp_path / "checkers")}
    assert [one[3] for one in ran] == ["venv", "pip"]
    assert "--require-hashes" in ran[1]

    def fails(command: list[str], **_: object) -> None:
        raise subprocess.CalledProcessError(1, command, stderr=b"no route")

    monkeypatch.setattr(subprocess, "run", fails)
    fault = refused("product", "checkers")
    assert isinstance(fault, PeerError)
    assert fault.got == "no route"
