"""`tabard accredit report` on the command line, against a store that answers in this process."""

from functools import partial
from pathlib import Path

import httpx
import msgspec
import pytest

from tabard.accreditation.typesetting import can_typeset
from tabard.ground.errors import CallerError, NotFound
from tabard.web.store import Counter, api, site
from tabard.web.store.pages import decision
from unit.cli.test_accredit import InProcess, as_, run, waiting, world  # noqa: F401  the fixture
from unit.store.world import World, digest

CLIENT = httpx.Client
"""As it is, before a fixture puts another in its place."""


@pytest.fixture
def case(world: World, monkeypatch: pytest.MonkeyPatch) -> str:  # noqa: F811  the fixture
    """A case that is published, at a store that answers with its pages too."""
    found = world.decided()
    world.store.release()
    pages = site(Counter(world.store), api.routes(world.store, world.clock))
    monkeypatch.setattr(httpx, "Client", partial(CLIENT, transport=InProcess(pages)))
    return found


def sha256_of(world: World, case: str) -> str:  # noqa: F811  the fixture
    """The digest of what was signed."""
    statement = world.store.case(case).case.statement
    assert statement is not None
    return digest(statement.payload)


def test_a_report_is_had_by_the_case_and_by_the_decision(world: World, case: str, tmp_path: Path) -> None:  # noqa: F811  the fixture
    """As JSON and as a page; a decision needs no key."""
    told = msgspec.json.decode(run("report", case[:8], *as_(world, "Ada"), "--json").stdout)
    assert told["statement_sha256"] == sha256_of(world, case)
    assert msgspec.json.decode(run("report", told["statement_sha256"], "--json").stdout) == told
    assert msgspec.json.decode(run("report", told["statement_sha256"], *as_(world, "Ada"), "--json").stdout) == told
    run("report", told["statement_sha256"], "--html", str(tmp_path / "report.html"))
    page = (tmp_path / "report.html").read_text()
    assert '<base href="http://localhost:8600/">' in page
    assert "What was signed, in words" in page


@pytest.mark.skipif(not can_typeset(), reason="typst is not installed: `tabard[pdf]`")
def test_a_report_is_written_as_pdf(world: World, case: str, tmp_path: Path) -> None:  # noqa: F811  the fixture
    """By the store, which has typst."""
    assert "bytes" in run("report", sha256_of(world, case), "--pdf", str(tmp_path / "report.pdf")).output
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")


def test_what_there_is_not_is_said(
    world: World,  # noqa: F811  the fixture
    case: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One form at a time; no other decision; no print where the store sets none; nothing of a case that is not decided."""
    digest_of = sha256_of(world, case)
    with pytest.raises(CallerError, match="in one form"):
        run("report", digest_of)
    with pytest.raises(CallerError, match="in one form"):
        run("report", digest_of, "--json", "--html", str(tmp_path / "x"))
    with pytest.raises(NotFound):
        run("report", "0" * 64, "--json")
    with pytest.raises(CallerError, match="no digest of a decision"):
        run("report", case[:8], "--json")
    monkeypatch.setattr(decision, "can_typeset", lambda: False)
    with pytest.raises(NotFound) as no:
        run("report", digest_of, "--pdf", str(tmp_path / "x.pdf"))
    assert "--html" in (no.value.remedy or "")
    assert not (tmp_path / "x.pdf").exists()


def test_a_case_that_is_not_decided_has_no_report(world: World) -> None:  # noqa: F811  the fixture
    """It says what comes next instead."""
    with pytest.raises(CallerError, match="nothing is decided"):
        run("report", waiting(world), *as_(world, "Ada"), "--json")
