"""`tabard accredit` on the command line, against a store that answers in this process."""

import asyncio
import os
import stat
from base64 import b64decode, b64encode
from functools import partial
from pathlib import Path

import httpx
import msgspec
import pytest
from starlette.applications import Starlette
from starlette.types import ASGIApp
from typer.testing import CliRunner, Result

from tabard.cli.accredit import app
from tabard.ground.errors import CallerError, NotFound, PeerError
from tabard.ground.keys import PublicKey, read_signing_key, write_signing_key
from tabard.store import asking, signed
from tabard.web.store import api
from unit.store.world import World, world as made


def run(*arguments: str, typed: str | None = None, code: int = 0) -> Result:
    result = CliRunner().invoke(app, list(arguments), input=typed, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


class InProcess(httpx.BaseTransport):
    """Answers from an application in this process."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = httpx.ASGITransport(app)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The application's answer."""
        return asyncio.run(self._ask(request))

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        answer = await self._app.handle_async_request(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A store that the commands reach, and everybody's key in a file."""
    world = made(tmp_path)
    transport = InProcess(Starlette(routes=api.routes(world.store, world.clock)))
    monkeypatch.setattr(httpx, "Client", partial(httpx.Client, transport=transport))
    monkeypatch.setattr(asking, "signed", lambda asked, key, _: signed(asked, key, world.clock()))
    monkeypatch.setenv("TABARD_STORE", "http://localhost:8600")
    for name, key in world.begun.people.items():
        write_signing_key(tmp_path / f"{name.split()[0]}.pem", key)
    return world


def as_(world: World, name: str) -> tuple[str, str]:
    return ("--key", str(world.folder / f"{name}.pem"))


def waiting(world: World) -> str:
    case = world.submit(world.package())
    world.store.check()
    return case


def test_a_key_to_judge_with_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The private half is encrypted and private, the public half beside it; nothing is overwritten."""
    monkeypatch.setenv("TABARD_PASSPHRASE", "correct horse")
    path = tmp_path / "me.pem"
    told = msgspec.json.decode(run("key", str(path), "--json").stdout)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"ENCRYPTED" in path.read_bytes()
    key = read_signing_key(path, "correct horse").public
    assert PublicKey.from_pem((tmp_path / "me.pem.pub").read_text()) == key
    assert told["keyid"] == key.keyid
    with pytest.raises(CallerError, match="a file already"):
        run("key", str(path))


def test_a_key_without_a_passphrase_is_asked_for_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody gets an unencrypted key without saying so."""
    monkeypatch.delenv("TABARD_PASSPHRASE", raising=False)
    with pytest.raises(CallerError, match="has a passphrase"):
        run("key", str(tmp_path / "me.pem"))
    assert os.listdir(tmp_path) == []  # noqa: PTH208  nothing at all
    run("key", str(tmp_path / "me.pem"), "--no-passphrase")
    read_signing_key(tmp_path / "me.pem")


def test_the_queue_and_a_case_are_shown(world: World) -> None:
    """Each row says what it waits for; a case shows touches, findings, hazards, changes and what needs a person."""
    assert "No case yet" in run("list", *as_(world, "Ada")).output
    case = waiting(world)
    assert "tiny 1.0.0" in run("list", *as_(world, "Ada")).output
    output = run("show", case[:6], *as_(world, "Bo")).output
    for words in (
        "Reads names, birth dates",
        "first version",
        "T1 A name that is another patient's: 3",
        "pages-accessible  the pages in a browser",
        "To be reviewed by a person",
    ):
        assert words in output
    told = msgspec.json.decode(run("show", case, *as_(world, "Bo"), "--json").stdout)
    assert (told["status"], len(told["unreviewed"])) == ("waiting", 2)
    for hazard in told["hazards"]:
        assert f"cause: {hazard['cause']}" in output
        assert hazard["controls"]
        for control in hazard["controls"]:
            assert f"{control['owner']}: {control['text']}" in output


def test_a_case_is_reviewed_drafted_and_signed(world: World) -> None:
    """What is signed is shown first; the second person signs the same words."""
    case = waiting(world)
    accept = "pages-self-contained=I read every file of it."
    with pytest.raises(CallerError, match="a person has yet to review"):
        run("sign", case, *as_(world, "Bo"), "--accept", accept, "--yes")
    accept = "pages-accessible=I opened every page of it."
    first = run("sign", case, *as_(world, "Ada"), "--accept", accept, "--condition", "Only on wards.", typed="y\n")
    assert first.output.index("Condition 1: Only on wards.") < first.output.index("Sign this?")
    second = run("sign", case, *as_(world, "Bo"), "--yes", "--json")
    assert msgspec.json.decode(second.stdout)["status"] == "decided"
    assert "What is signed" not in second.stdout
    with pytest.raises(CallerError, match="nothing to sign"):
        run("sign", case, *as_(world, "Bo"))


def test_each_reviews_and_nothing_is_signed_by_it(world: World) -> None:
    """`review` writes a person's word down and signs nothing; what the other role judges goes on waiting."""
    case = waiting(world)
    told = run("review", case, *as_(world, "Bo"), "--accept", "pages-self-contained=I read every file of it.", "--json")
    left = msgspec.json.decode(told.stdout)["unreviewed"]
    assert [(one["rule"], one["judges"]) for one in left] == [("pages-accessible", ["clinical_safety"])]
    assert "judged by clinical_safety" in run("show", case, *as_(world, "Bo")).output
    accept = "pages-accessible=I opened every page of it."
    output = run("review", case, *as_(world, "Ada"), "--accept", accept).output
    assert "Reviewed: 1. An assessor must draft the decision." in output
    assert world.store.case(case).row.signed_by == ()


def test_who_does_not_say_yes_does_not_sign(world: World) -> None:
    """No is no: the draft stands unsigned, and may be drafted anew."""
    case = world.reviewed()
    run("sign", case, *as_(world, "Ada"), "--months", "6", typed="n\n", code=1)
    assert world.store.case(case).row.signed_by == ()
    run("sign", case, *as_(world, "Ada"), "--months", "7", "--yes")
    with pytest.raises(CallerError, match="signed the draft as it stands"):
        run("sign", case, *as_(world, "Bo"), "--months", "8", "--yes")


def test_a_store_that_lies_about_the_package_gets_no_signature(world: World) -> None:
    """The statement is held against the package itself: other bytes, or another scope in it, are not signed."""
    case = world.reviewed()
    world.store.draft(case, world.who("Ada Safe"))
    kept = world.store.folder.package(world.package().sha256)
    raw = kept.read_bytes()
    kept.write_bytes(world.package(words="Other").raw)
    with pytest.raises(PeerError, match="other bytes than the case is about"):
        run("sign", case, *as_(world, "Ada"), "--yes")
    kept.write_bytes(raw)
    told = dict(asking.StoreAt("http://localhost:8600", world.key("Ada Safe")).case(case))
    other = world.reviewed("2.0.0")
    world.store.draft(other, world.who("Ada Safe"))
    told["statement"] = asking.StoreAt("http://localhost:8600", world.key("Ada Safe")).case(other)["statement"]
    with pytest.raises(PeerError, match="not about this package"):
        asking.statement_of(told, world.package())


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b'"PASSED"', b'"FAILED"'),
        (b'{"_type"', b'{"predicateType":"https://elsewhere.example","_type"'),
        (b'"predicate":{', b'"predicate":{"more":["unseen"],'),
        (b'"resourceUri":"', b'"resourceUri":"urn:other:'),
    ],
)
def test_nothing_is_signed_that_is_not_shown(world: World, was: bytes, becomes: bytes) -> None:
    """A store that was broken into drafts what reads well to us and otherwise to others: a key twice, a field more."""
    case = world.reviewed()
    world.store.draft(case, world.who("Ada Safe"))
    told = dict(asking.StoreAt("http://localhost:8600", world.key("Ada Safe")).case(case))
    asking.statement_of(told, world.package())
    payload = b64decode(told["statement"])
    told["statement"] = b64encode(payload.replace(was, becomes, 1)).decode()
    with pytest.raises(PeerError, match="not about this package"):
        asking.statement_of(told, world.package())


def test_who_signs_sees_in_whose_name(world: World) -> None:
    """The centre's name is signed too, and so stands with the words; and the publisher's key by its id."""
    case = world.reviewed()
    output = run("sign", case, *as_(world, "Ada"), "--yes").output
    assert "It is said in the name of http://localhost:8600/accreditation." in output
    assert world.begun.publisher.public.keyid in output


def test_a_case_is_declined_with_its_reason(world: World) -> None:
    """The publisher reads why."""
    case = waiting(world)
    run("decline", case, *as_(world, "Ada"), "--reason", "It shows a name without a birth date.")
    declined = world.store.case(case).case.declined
    assert declined is not None
    assert declined.by == "Ada Safe"
    with pytest.raises(CallerError, match="nothing to sign"):
        run("sign", case, *as_(world, "Bo"), "--yes")


@pytest.mark.parametrize("case", ["zz", "../cases", ""])
def test_a_case_that_is_not_one_is_told(world: World, case: str) -> None:
    """Neither an unknown id nor what is none reaches anything; of two that begin so, neither."""
    waiting(world)
    world.submit(world.package("2.0.0"))
    with pytest.raises(CallerError):
        run("show", case, *as_(world, "Ada"))
    with pytest.raises(NotFound):
        asking.StoreAt("http://localhost:8600", world.key("Ada Safe")).case("../submissions")


def test_words_of_strangers_move_no_cursor(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name with a terminal's orders in it is shown without them."""
    rows = [
        {"id": "x", "product": "\x1b[2Jtiny", "version": "1", "publisher": "RZZ", "status": "waiting", "next_step": "-"}
    ]
    monkeypatch.setattr(asking.StoreAt, "cases", lambda _: rows)
    output = run("list", *as_(world, "Ada")).output
    assert "\x1b[2J" not in output
    assert "tiny 1" in output
