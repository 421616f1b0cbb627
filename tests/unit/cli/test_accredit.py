"""`tabard accredit` on the command line, against a store that answers in this process."""

import asyncio
import os
import re
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

from tabard.accreditation import Status
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
    for name in ("Ada Safe", "Bo Secure"):
        world.store.assign(case, world.who(name), "none")
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
    assert (told["status"], len(told["unreviewed"])) == ("in_review", 2)
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
    with pytest.raises(CallerError, match="criteria that must be met"):
        run("sign", case, *as_(world, "Ada"), "--accept", accept, "--yes")
    for name in ("Ada", "Bo"):
        told = msgspec.json.decode(run("criteria", case, *as_(world, name), "--waiting", "--json").stdout)
        mine = [one["criterion"] for one in told["criteria"] if told["role"] in one["judges"]]
        words = ("--status", "met", "--reason", "I looked at all that stands beside it.")
        run("judge", case, *as_(world, name), *words, *(f"--criterion={one}" for one in mine))
    assert "Every criterion that must be met is met" in run("criteria", case, *as_(world, "Bo")).output
    first = run("sign", case, *as_(world, "Ada"), "--condition", "Only on wards.", typed="y\n")
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
    assert re.search(r"Reviewed: 1. Assessors must judge \d+ criteria that must be met.", output)
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


def maker(world: World) -> tuple[str, str]:
    """The publisher's key in a file."""
    path = world.folder / "publisher.pem"
    if not path.exists():
        write_signing_key(path, world.begun.publisher)
    return ("--key", str(path))


def test_a_refusal_is_signed_by_both_and_reviewed_by_others(world: World) -> None:
    """One drafts it with its grounds and signs, the other signs; it is public, and the maker has other people look."""
    case = waiting(world)
    ground = ("--ground", "It shows a name without a birth date.")
    run("refuse", case, *as_(world, "Ada"), *ground, "--yes")
    run("sign", case, *as_(world, "Bo"), "--yes")
    world.store.release()
    told = msgspec.json.decode(run("show", case, *as_(world, "Ada"), "--json").stdout)
    assert (told["status"], told["outcome"], told["grounds"]) == ("published", "refused", [ground[1]])
    assert world.store.listings() == ()
    run("ask-review", case, *maker(world), "--reason", "The birth date stands beside the name.")
    with pytest.raises(CallerError, match="other people"):
        run("assign", case, *as_(world, "Ada"), "--conflict", "none")
    run("assign", case, *as_(world, "Cy"), "--conflict", "none")


def test_a_question_is_answered_by_the_maker_alone(world: World) -> None:
    """The service clock stands meanwhile; an assessor's key answers nothing, the publisher's does."""
    case = waiting(world)
    asked = ("--about", "pages-accessible", "--question", "What happens when a name is very long?")
    assert "referred back" in run("refer-back", case, *as_(world, "Ada"), *asked).output
    answer = ("--question", "1", "--words", "It is cut, and shown whole below.")
    with pytest.raises(CallerError, match="signed this request"):
        run("reply", case, *as_(world, "Bo"), *answer)
    assert "in_review" in run("reply", case, *maker(world), *answer).output
    with pytest.raises(CallerError):
        run("reply", case, *maker(world), *answer)
    output = run("show", case, *as_(world, "Bo")).output
    assert "Ada Safe asks, pages-accessible: What happens when a name is very long?" in output
    assert "answers 1, pages-accessible: It is cut, and shown whole below." in output


def test_who_has_a_conflict_does_not_judge(world: World) -> None:
    """It is declared on taking the case, stays, and bars."""
    case = world.submit(world.package())
    world.store.check()
    run("assign", case, *as_(world, "Ada"), "--conflict", "My sister works for its maker.")
    with pytest.raises(CallerError, match="conflict of interest"):
        run("review", case, *as_(world, "Ada"), "--accept", "pages-accessible=I opened every page of it.")
    with pytest.raises(CallerError, match="stays"):
        run("assign", case, *as_(world, "Ada"), "--conflict", "none")


def test_conditions_are_set_worked_off_and_seen_met(world: World) -> None:
    """One for hospitals, one for the maker with a date and a plan; both stand in what is signed."""
    case = world.reviewed()
    run("condition", case, *as_(world, "Ada"), "--add", "Check the wristband before you act on it.")
    told = ("--add", "Mend the contrast of the small print.", "--owner", "maker", "--due", "2026-09-01")
    run("condition", case, *as_(world, "Ada"), *told)
    run("condition", case, *as_(world, "Bo"), "--add", "This one is one too many for us.")
    run("condition", case, *as_(world, "Bo"), "--drop", "C3")
    shown = run("sign", case, *as_(world, "Ada"), "--yes").output
    assert "It is accredited, under conditions." in shown
    assert "Mend the contrast of the small print. (the maker's to do) (by 2026-09-01)" in shown
    run("sign", case, *as_(world, "Bo"), "--yes")
    world.store.release()
    step = ("--step", "2026-06-01=New colours tried with users", "--step", "2026-08-01=Released")
    run("plan", case, *maker(world), "--condition", "C2", *step)
    with pytest.raises(CallerError, match="does not lead"):
        run("plan", case, *maker(world), "--condition", "C2", "--step", "2027-06-01=Later")
    run("condition", case, *as_(world, "Bo"), "--met", "C2", "--how", "I measured every colour of 1.0.1.")
    (kept,) = world.store.case(case).case.work_off
    assert (kept.met_by, [one.text for one in kept.plan]) == ("Bo Secure", ["New colours tried with users", "Released"])
    with pytest.raises(CallerError, match="one thing at a time"):
        run("condition", case, *as_(world, "Bo"), "--met", "C2", "--drop", "C1")


def test_the_first_of_its_type_names_its_sites(world: World) -> None:
    """And what must be shown there before another may follow."""
    case = world.reviewed()
    asked = ("--site", "RZZ", "--exit", "Ten weeks without a wrong name.", "--yes")
    assert "for these sites only: RZZ;" in run("sign", case, *as_(world, "Ada"), *asked).output
    run("sign", case, *as_(world, "Bo"), "--yes")
    world.store.release()
    assert world.store.listing("tiny").newest.decision.first_of_type is not None


def test_a_version_is_suspended_by_one_and_reinstated_by_two(world: World) -> None:
    """The catalogue lists it no more, until two people of different roles have said so; the maker may take it back for good."""
    case = world.decided()
    world.store.release()
    why = ("--reason", "It froze on one ward last night.")
    run("suspend", case, *as_(world, "Ada"), *why)
    world.store.release()
    assert world.store.listings() == ()
    run("reinstate", case, *as_(world, "Ada"), "--reason", "It was the network of that ward.")
    with pytest.raises(CallerError, match="another role"):
        run("reinstate", case, *as_(world, "Cy"), "--reason", "It was the network of that ward.")
    assert world.store.case(case).row.status == "suspended"
    run("reinstate", case, *as_(world, "Bo"), "--reason", "It was the network of that ward.")
    world.store.release()
    assert [one.version for one in world.store.listing("tiny").versions] == ["1.0.0"]
    run("withdraw", case, *maker(world), "--reason", "We have a better one for you.")
    world.store.release()
    assert world.store.listings() == ()


def test_a_case_is_checked_again(world: World) -> None:
    """By whoever took it on; the rules run, and what was said of what they find again stands."""
    case = world.reviewed()
    before = world.store.case(case).case
    assert "once more" in run("recheck", case, *as_(world, "Bo")).output
    assert world.store.case(case).case.status is Status.checking
    world.store.check()
    after = world.store.case(case).case
    assert (after.status, after.judgements) == (before.status, before.judgements)


def test_a_statement_is_dropped_with_its_signature(world: World) -> None:
    """What somebody signed and others will not sign is dropped; nothing of it counts."""
    case = world.reviewed()
    run("sign", case, *as_(world, "Ada"), "--yes")
    assert "dropped" in run("reopen", case, *as_(world, "Bo")).output
    assert world.store.case(case).row.signed_by == ()


def test_the_decision_log_is_read_and_verified(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line follows from the one before, and the head that the catalogue signs stands in it; a changed line is found."""
    transport = InProcess(Starlette(routes=api.routes(world.store, world.clock)))
    monkeypatch.setattr(httpx, "get", lambda url, **_: httpx.Client(transport=transport).get(url))
    assert "no head is published yet" in run("log", "verify").output
    world.decided()
    world.store.release()
    world.decided("1.1.0")
    world.store.release()
    assert "2 line(s) hold together" in run("log", "verify").output
    assert "decided" in run("log", "show").output
    entries = msgspec.json.decode(run("log", "show", "--json").stdout)
    assert [one["version"] for one in entries] == ["1.0.0", "1.1.0"]
    told = [{name: value for name, value in one.items() if name != "sha256"} for one in entries]
    (world.folder / "log.json").write_bytes(msgspec.json.encode(told))
    run("log", "verify", "--file", str(world.folder / "log.json"))
    told[0]["outcome"] = "refused"
    (world.folder / "log.json").write_bytes(msgspec.json.encode(told))
    with pytest.raises(CallerError, match="does not hold together"):
        run("log", "verify", "--file", str(world.folder / "log.json"))
    (world.folder / "log.json").write_bytes(msgspec.json.encode(told[:0]))
    with pytest.raises(CallerError, match="published head"):
        run("log", "verify", "--file", str(world.folder / "log.json"))


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
        {
            "id": "x",
            "product": "\x1b[2Jtiny",
            "version": "1",
            "publisher": "RZZ",
            "status": "in_review",
            "next_step": "-",
        }
    ]
    monkeypatch.setattr(asking.StoreAt, "cases", lambda _: rows)
    output = run("list", *as_(world, "Ada")).output
    assert "\x1b[2J" not in output
    assert "tiny 1" in output
