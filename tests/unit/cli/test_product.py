"""`tabard product`: build, sign, check and submit, told to a person and to a machine."""

import json
import stat
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from tabard.accreditation import criteria_for, product_class
from tabard.accreditation.claims import State
from tabard.accreditation.claims.reading import claims_of
from tabard.cli import submitting
from tabard.cli.main import command_line
from tabard.ground.errors import CallerError, PeerError, TabardError
from tabard.ground.keys import PublicKey, read_signing_key
from tabard.product import BadPackage, build, check_release, read_package
from unit.product import made

URL = "http://store.example"


def tabard(*words: str | Path, input_: str | None = None) -> Result:
    return CliRunner().invoke(command_line(["product"]), ["product", *map(str, words)], input=input_)


def told(*words: str | Path) -> Any:
    done = tabard(*words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def refused(*words: str | Path) -> TabardError:
    fault = tabard(*words).exception
    assert isinstance(fault, TabardError), fault
    return fault


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return made.folder_of(tmp_path / "tiny")


@pytest.fixture
def package(folder: Path, tmp_path: Path) -> Path:
    path = tmp_path / "tiny-1.2.0.tabard"
    assert tabard("build", folder, "--out", path).exit_code == 0
    return path


def test_build_writes_the_package_and_tells_its_digest(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Named after product and version, in the folder where one stands."""
    monkeypatch.chdir(tmp_path)
    answer = told("build", folder)
    package = read_package((tmp_path / "tiny-1.2.0.tabard").read_bytes())
    assert (answer["sha256"], answer["package"]) == (package.sha256, "tiny-1.2.0.tabard")
    assert answer["owed"] == []
    assert package.sha256 in tabard("build", folder).stdout


def test_a_package_is_not_put_into_its_own_product(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From within the folder the next build would meet it; nothing is written, and the way out is told."""
    monkeypatch.chdir(folder)
    before = sorted(folder.rglob("*"))
    assert "folder above" in (refused("build", ".").remedy or "")
    refused("build", folder, "--out", folder / "a" / ".." / "p.bin")
    assert sorted(folder.rglob("*")) == before


def test_build_tells_what_it_left_out_and_what_is_to_come(folder: Path, tmp_path: Path) -> None:
    """Nothing is left out silently, and the maker hears early what accreditation will ask for."""
    (folder / "notes.txt").write_text("x")
    text = 'leave_out = ["notes.txt"]\n' + made.MANIFEST.replace('summary = "Shows a patient\'s name."', "")
    (folder / "tabard.toml").write_text(text)
    out = tabard("build", folder, "--out", tmp_path / "p").stdout
    assert "left out  notes.txt\n" in out
    assert "to come   summary" in out


def test_what_cannot_be_built_is_told(tmp_path: Path, package: Path) -> None:
    """No folder, no package, no readable file: each a sentence."""
    assert refused("build", tmp_path / "gone").where == str(tmp_path / "gone")
    assert isinstance(refused("sign", tmp_path / "gone.tabard", "--new-key", tmp_path / "k"), CallerError)
    assert isinstance(refused("sign", tmp_path, "--new-key", tmp_path / "k"), CallerError)
    package.write_bytes(package.read_bytes() + b"x")
    assert isinstance(refused("sign", package, "--new-key", tmp_path / "k"), BadPackage)
    assert not (tmp_path / "k").exists()


def test_a_new_key_signs_and_its_public_half_is_told(package: Path, tmp_path: Path) -> None:
    """The release beside the package is good by the key that was told; the private half is for its owner's eyes."""
    key = tmp_path / "key.pem"
    answer = told("sign", package, "--new-key", key)
    public = PublicKey.from_pem(answer["public_key"])
    release = check_release(Path(answer["release"]).read_bytes(), answer["sha256"], [public])
    assert (release.product, release.version, release.keyid) == ("tiny", "1.2.0", answer["keyid"])
    assert answer["release"] == f"{package}.release.json"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert PublicKey.from_pem((tmp_path / "key.pem.pub").read_text()) == public
    again = told("sign", package, "--key", key)
    assert again["keyid"] == answer["keyid"]


def test_a_key_is_never_overwritten(package: Path, tmp_path: Path) -> None:
    """A file that is there stays; and one of the two options is needed, not both."""
    (tmp_path / "key.pem").write_text("mine")
    refused("sign", package, "--new-key", tmp_path / "key.pem")
    assert (tmp_path / "key.pem").read_text() == "mine"
    (tmp_path / "other.pem.pub").write_text("mine")
    refused("sign", package, "--new-key", tmp_path / "other.pem")
    assert not (tmp_path / "other.pem").exists()
    refused("sign", package)
    refused("sign", package, "--key", tmp_path / "a", "--new-key", tmp_path / "b")


def test_a_passphrase_comes_from_the_environment_and_is_shown_nowhere(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It encrypts a new key and opens it again; without it, or with another, nothing is signed."""
    key = tmp_path / "key.pem"
    monkeypatch.setenv("TABARD_PASSPHRASE", "open sesame")
    made_key = tabard("sign", package, "--new-key", key)
    assert made_key.exit_code == 0
    assert b"ENCRYPTED" in key.read_bytes()
    assert "sesame" not in made_key.output
    assert tabard("sign", package, "--key", key).exit_code == 0
    monkeypatch.setenv("TABARD_PASSPHRASE", "another")
    assert "sesame" not in str(refused("sign", package, "--key", key))
    monkeypatch.delenv("TABARD_PASSPHRASE")
    assert "TABARD_PASSPHRASE" in str(refused("sign", package, "--key", key).remedy)


def test_a_key_without_passphrase_is_read_whatever_the_environment_holds(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable may be set for another key."""
    tabard("sign", package, "--new-key", tmp_path / "key.pem")
    read_signing_key(tmp_path / "key.pem")
    monkeypatch.setenv("TABARD_PASSPHRASE", "for another key")
    assert tabard("sign", package, "--key", tmp_path / "key.pem").exit_code == 0


def test_check_tells_a_finding_a_line(folder: Path) -> None:
    """Rule, verdict, place, expected, got, remedy, evidence; exit 1 since the hazard log is empty."""
    done = tabard("check", folder, "--no-browser", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(
        set(line) == {"rule", "verdict", "place", "expected", "got", "remedy", "evidence", "measured"} for line in lines
    )
    verdicts = {line["rule"]: line["verdict"] for line in lines}
    assert verdicts["manifest-sound"] == "pass"
    assert verdicts["hazard-log-readable"] == "fail"
    assert done.exit_code == 1


def test_check_tells_a_person_rule_by_rule(folder: Path) -> None:
    """What failed stands with its place and remedy, and the sum at the end."""
    out = tabard("check", folder, "--no-browser").stdout
    assert "FAIL          hazard-log-readable" in out
    assert "remedy:" in out
    assert "failed." in out.splitlines()[-1] or "NOT A PASS" in out


def test_a_package_and_its_folder_are_checked_alike(folder: Path, package: Path) -> None:
    """The same findings with the same evidence."""
    one, other = (tabard("check", what, "--no-browser", "--json").stdout for what in (folder, package))
    assert one == other


def test_a_manifest_with_five_faults_is_five_findings(folder: Path) -> None:
    """What cannot be built is told in findings too, each at its key."""
    text = made.MANIFEST
    for was, becomes in (('"tiny"', '"T"'), ("1.2.0", "one"), ('"RZZ"', '"?"'), ('"patient"', '"x"'), ('"app"', '"y"')):
        text = text.replace(was, becomes)
    (folder / "tabard.toml").write_text(text)
    done = tabard("check", folder, "--no-browser", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["verdict"] for line in lines] == ["fail"] * 5
    assert {line["rule"] for line in lines} == {"manifest-sound"}
    assert "tabard.toml version" in [line["place"] for line in lines]
    assert done.exit_code == 1


def test_what_is_no_package_is_a_finding(folder: Path) -> None:
    """A hidden file is named."""
    (folder / ".env").write_text("x")
    done = tabard("check", folder, "--no-browser", "--json")
    (line,) = map(json.loads, done.stdout.splitlines())
    assert (line["verdict"], line["place"]) == ("fail", ".env")
    assert done.exit_code == 1


Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], None]:
    """Puts an answer in the place of a store."""
    plain = submitting.StoreApi

    def answering(answer: Answer) -> None:
        monkeypatch.setattr(submitting, "StoreApi", lambda url: plain(url, httpx.MockTransport(answer)))
        monkeypatch.setattr(submitting, "_BETWEEN_S", 0)

    return answering


@pytest.fixture
def release(package: Path, tmp_path: Path) -> Path:
    return Path(told("sign", package, "--new-key", tmp_path / "key.pem")["release"])


def test_submit_sends_package_and_release_and_tells_the_case(
    package: Path, release: Path, store: Callable[[Answer], None]
) -> None:
    """Both files whole; the answer names the case, and the publisher hears that it is the manufacturer."""

    def answer(request: httpx.Request) -> httpx.Response:
        assert (request.method, request.url.path) == ("POST", "/api/submissions")
        body = request.read()
        assert package.read_bytes() in body
        assert release.read_bytes() in body
        return httpx.Response(202, json={"case": "c1", "status": "checking"})

    store(answer)
    assert told("submit", package, "--release", release, "--to", URL) == {"case": "c1", "status": "checking"}
    out = tabard("submit", package, "--release", release, "--to", f"{URL}/").stdout
    assert "is case c1: checking" in out
    assert "RZZ is its manufacturer under DCB0129" in out


def test_submit_waits_until_the_rules_have_spoken(
    package: Path, release: Path, store: Callable[[Answer], None]
) -> None:
    """It asks until the case is checked; a case that failed is exit 1 with what failed."""
    states = iter(["submitted", "checking", "referred_back"])
    finding = {"rule": "no-secrets", "verdict": "fail", "place": "a.js:1", "got": "a key"}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(202, json={"case": "c1", "status": "checking", "address": "/submissions/c1/s3"})
        assert request.url.path == "/api/submissions/c1/s3"
        return httpx.Response(200, json={"case": "c1", "status": next(states), "findings": [finding]})

    store(answer)
    done = tabard("submit", package, "--release", release, "--to", URL, "--wait")
    assert done.exit_code == 1
    assert "no-secrets" in done.stdout


def test_a_case_that_was_refused_says_why(package: Path, release: Path, store: Callable[[Answer], None]) -> None:
    """Submitted again without waiting, too: the maker reads the grounds."""

    def answer(request: httpx.Request) -> httpx.Response:
        told: dict[str, object] = {"case": "c1", "status": "published", "outcome": "refused"}
        told["address"] = "/submissions/c1/s3"
        if request.method == "GET":
            told["grounds"] = ["Two patients can be taken for one."]
        return httpx.Response(202 if request.method == "POST" else 200, json=told)

    store(answer)
    done = tabard("submit", package, "--release", release, "--to", URL)
    assert done.exit_code == 1
    assert "refused: Two patients can be taken for one." in done.stdout


def test_a_store_s_reasons_are_told(package: Path, release: Path, store: Callable[[Answer], None]) -> None:
    """Refused by the caller's fault, with where, expected, got and remedy as the store says them."""
    reasons = {"error": "not enrolled", "where": "release", "expected": "e", "got": "g", "remedy": "enrol"}
    store(lambda _: httpx.Response(403, json=reasons))
    fault = refused("submit", package, "--release", release, "--to", URL)
    assert isinstance(fault, CallerError)
    assert (fault.where, fault.expected, fault.got, fault.remedy) == ("release", "e", "g", "enrol")
    assert "not enrolled" in fault.message


def _cut(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (_cut, "cannot be reached"),
        (lambda _: httpx.Response(200, text="<html>"), "not how a store answers"),
        (lambda _: httpx.Response(200, json=[]), "not how a store answers"),
        (lambda _: httpx.Response(503, json={"error": "full"}), "full"),
    ],
)
def test_a_store_that_fails_is_a_peer_that_fails(
    package: Path, release: Path, store: Callable[[Answer], None], answer: Answer, said: str
) -> None:
    """Unreachable, not a store, or broken: said plainly."""
    store(answer)
    fault = refused("submit", package, "--release", release, "--to", URL)
    assert isinstance(fault, PeerError)
    assert said in fault.message


def test_an_address_that_is_none_is_told(package: Path, release: Path) -> None:
    """Before anything is sent."""
    assert refused("submit", package, "--release", release, "--to", "store.example").where == "--to"
    assert isinstance(refused("submit", package, "--release", release, "--to", "http://localhost:99999"), PeerError)


def test_new_writes_a_product_that_owes_its_safety_officer_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It builds, and every rule that needs no browser passes but the one about a person whom nobody can make up."""
    monkeypatch.delenv("TABARD_CHECKERS")
    folder = tmp_path / "sun-dial"
    answer = told("new", folder, "--publisher", "RZZ", "--name", 'Tom\'s "sun" & <dial>')
    assert answer["product"] == "sun-dial"
    done = tabard("check", folder, "--no-browser", "--json")
    failed = [line["rule"] for line in map(json.loads, done.stdout.splitlines()) if line["verdict"] == "fail"]
    assert failed == ["safety-officer-named", "safety-log-signed", "support-named"]
    assert "Tom&#x27;s &quot;sun&quot; &amp; &lt;dial&gt;" in (folder / "index.html").read_text()
    assert told("build", folder, "--out", tmp_path / "p")["owed"] == ["safety_officer"]
    marks = [name for name in answer["files"] if b"@ID@" in (folder / name).read_bytes()]
    assert marks == []


def test_new_has_a_word_on_every_criterion_that_is_asked_of_it(tmp_path: Path) -> None:
    """What rules alone judge aside: a maker goes on from a file of claims, and not from a list of two hundred."""
    folder = tmp_path / "sun-dial"
    told("new", folder, "--publisher", "RZZ")
    made = build(folder)
    claims, asked = claims_of(made.files), criteria_for(product_class(made.manifest), date(2026, 11, 23))
    assert [one.id for one in asked if not one.by_rule_alone and claims.of(one.id) is None] == []
    states = {one.state for one in claims.claims}
    assert states == set(State)


def test_new_makes_nothing_where_something_is_or_what_will_not_do(tmp_path: Path) -> None:
    """A folder in use stays as it is; a bad id, publisher or name is told before anything is made."""
    (tmp_path / "used").mkdir()
    (tmp_path / "used/file").write_text("mine")
    assert refused("new", tmp_path / "used", "--publisher", "RZZ").where == str(tmp_path / "used")
    assert [path.name for path in (tmp_path / "used").iterdir()] == ["file"]
    fault = refused("new", tmp_path / "Bad Name", "--publisher", "rzz", "--name", "a\u202eb")
    assert {"id", "publisher", "name"} <= {line.split(":")[0].strip() for line in fault.message.splitlines()}
    assert not (tmp_path / "Bad Name").exists()
