"""`tabard link add --fhir`, `key` and `test`: from nothing to a link that a Millennium lets in."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tabard.cli.link import app
from tabard.ground.errors import CallerError
from tabard.link import list_links
from tabard.sandbox import MRN_SYSTEM, NHS_SYSTEM, VISIT_SYSTEM, PretendMillennium, Trouble

MRN = "urn:tabard:authority:Millpond%20MRN"


@pytest.fixture
def millennium() -> Iterator[PretendMillennium]:
    """A pretend Millennium that answers, and tells nobody of its day."""
    found = PretendMillennium("127.0.0.1", 1, seed=3)
    found.start()
    yield found
    found.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty hospital, named by the environment."""
    (tmp_path / "hospital.toml").touch()
    monkeypatch.setenv("TABARD_HOSPITAL", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def run(*arguments: str, code: int = 0) -> str:
    """What a command prints that ends with `code`."""
    result = CliRunner().invoke(app, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout


def add(base: str, *more: str, visit: str = f"urn:tabard:visit:VISITID={VISIT_SYSTEM}") -> str:
    """Add the link."""
    nhs = f"https://fhir.nhs.uk/Id/nhs-number={NHS_SYSTEM}"
    named = [part for one in (f"{MRN}={MRN_SYSTEM}", nhs, visit) if one for part in ("--identifier", one)]
    return run(
        "add",
        "millennium",
        "--port",
        "0",
        "--dialect",
        "millennium-uk",
        "--fhir",
        base,
        "--client-id",
        "tabard",
        *named,
        *more,
    )


def test_a_link_is_added_registered_and_tried(folder: Path, millennium: PretendMillennium) -> None:
    """Added, it has a key of its own; before that is registered the test fails and says why, afterwards all is well."""
    assert "tabard link key millennium" in add(millennium.fhir_base)
    (link,) = list_links(folder)
    assert link.fhir is not None
    assert link.fhir.identifiers[MRN] == MRN_SYSTEM
    assert (folder / "keys" / link.fhir.key).stat().st_mode & 0o077 == 0
    refused = run("test", "millennium", code=1)
    assert "FAIL" in refused
    assert "registration" in refused
    pem = run("key", "millennium")
    told = json.loads(run("key", "millennium", "--json"))
    assert told["pem"].strip() == pem.strip()
    assert told["jwk"]["alg"] == "ES384"
    assert "d" not in told["jwk"], "the private half stays here"
    millennium.register_client("tabard", pem)
    report = json.loads(run("test", "millennium", "--json"))
    assert [(step["name"], step["is_well"]) for step in report["steps"]] == [
        ("token", True),
        ("metadata", True),
        ("search", True),
        ("visits", True),
    ]
    assert [(one["reason"], one["times"]) for one in report["refusals"]] == []
    assert [one.type for one in millennium.refused if one.type in {"Patient", "Observation"}] == []


def test_a_link_without_visit_numbers_is_told_so(folder: Path, millennium: PretendMillennium) -> None:
    """Without them one of the proofs is missing: the test fails, and names the setting."""
    del folder
    add(millennium.fhir_base, visit="")
    millennium.register_client("tabard", run("key", "millennium"))
    told = run("test", "millennium", code=1)
    assert "ok    search" in told
    assert "FAIL  visits" in told
    assert "links/millennium.toml" in told


def test_what_was_refused_before_is_told(folder: Path, millennium: PretendMillennium) -> None:
    """A search that failed is counted, and the next test tells of it."""
    del folder
    add(millennium.fhir_base)
    millennium.register_client("tabard", run("key", "millennium"))
    millennium.trouble(Trouble.plain_text, times=9)
    assert "FAIL  search" in run("test", "millennium", code=1)
    millennium.trouble(Trouble.plain_text, times=0)
    assert "bad_answer" in run("test", "millennium")


def test_a_secret_will_do(folder: Path, millennium: PretendMillennium, tmp_path: Path) -> None:
    """Registered with a secret, it is kept among the keys, and there is no public key to show."""
    secret = tmp_path / "secret.txt"
    secret.write_text(millennium.register_secret("tabard") + "\n")
    add(millennium.fhir_base, "--secret", str(secret))
    assert '"is_well":true' in run("test", "millennium", "--json")
    assert (folder / "keys" / "link-millennium.secret").stat().st_mode & 0o077 == 0
    with pytest.raises(CallerError, match="secret"):
        run("key", "millennium")


@pytest.mark.parametrize(
    "more",
    [
        ("--client-id", "x"),
        ("--fhir", "http://ehr.example/r4/t", "--client-id", "x", "--identifier", "a=b"),
        ("--fhir", "https://ehr.example/r4/t", "--identifier", "a=b"),
        ("--fhir", "https://ehr.example/r4/t", "--client-id", "x"),
        ("--fhir", "https://ehr.example/r4/t", "--client-id", "x", "--identifier", "a"),
    ],
)
def test_what_cannot_stand_makes_no_link(folder: Path, more: tuple[str, ...]) -> None:
    """Refused with what was expected; neither a link nor a key is left behind."""
    with pytest.raises(CallerError) as told:
        run("add", "millennium", "--port", "0", *more)
    assert told.value.remedy or told.value.expected
    assert list_links(folder) == ()
    assert not (folder / "keys").exists()


@pytest.mark.parametrize("command", ["key", "test"])
def test_a_link_without_a_fhir_side_says_so(folder: Path, command: str) -> None:
    """There is nothing to show or try."""
    del folder
    run("add", "lorenzo", "--port", "0")
    with pytest.raises(CallerError, match="no FHIR side"):
        run(command, "lorenzo")
