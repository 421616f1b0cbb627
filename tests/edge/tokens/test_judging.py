"""An assessor whose key is on a token: enrolled from the token, asks the store, signs a decision; the key is nobody else's."""

from functools import partial
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from typer.testing import CliRunner, Result

from softhsm import PIN, Token
from tabard.accreditation import Status
from tabard.cli import passphrase
from tabard.cli.keys import public_key
from tabard.cli.main import command_line
from tabard.store import NotTaken, asking, signed
from tabard.web.store import api
from unit.cli.test_accredit import InProcess
from unit.store.world import World, world as made


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A store that the commands reach."""
    world = made(tmp_path)
    transport = InProcess(Starlette(routes=api.routes(world.store, world.clock)))
    monkeypatch.setattr(httpx, "Client", partial(httpx.Client, transport=transport))
    monkeypatch.setattr(asking, "signed", lambda asked, key, _: signed(asked, key, world.clock()))
    monkeypatch.setattr("tabard.cli.store.load", lambda _: world.store)
    monkeypatch.setenv("TABARD_STORE", "http://localhost:8600")
    monkeypatch.setenv(passphrase.PIN, PIN)
    return world


def run(*words: str | Path) -> Result:
    """That command, which must go well."""
    told = list(map(str, words))
    result = CliRunner().invoke(command_line(told), told, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def test_a_decision_is_signed_by_a_token(card: Token, world: World) -> None:
    """The store takes the token's public half from the token; the decision that its key signs is published."""
    uri = card.uri("sign")
    store = ("store", "enrol-assessor", world.store.folder.root, "--organisation", "X26", "--key", uri)
    run(*store, "--name", "Di Token", "--role", "security", "--offline", world.begun.offline)
    case = world.reviewed()
    run("accredit", "assign", case, "--conflict", "none", "--key", uri)
    world.store.draft(case, world.who("Ada Safe"))
    world.sign(case, "Ada Safe")
    shown = run("accredit", "sign", case, "--yes", "--key", uri)
    assert "Signed by Ada Safe (clinical_safety) and Di Token (security)" in shown.output
    assert PIN not in shown.output
    assert world.store.case(case).case.status is Status.decided
    world.store.release()
    assert world.store.listing("tiny").newest.signed_by[-1].keyid == public_key(uri).keyid


def test_a_token_s_key_is_enrolled_once(card: Token, world: World, tmp_path: Path) -> None:
    """Named by its label, by its id, or handed over in a file: it is one key, and one person's, and no publisher's too."""
    (tmp_path / "di.pub").write_text(public_key(card.uri("sign")).pem.replace("\n", "\r\n"))
    store = ("store", "enrol-assessor", world.store.folder.root, "--organisation", "X26")
    keys = ("--role", "security", "--offline", world.begun.offline, "--key")
    run(*store, "--name", "Di Token", *keys, card.uri("sign"))
    for again in (card.uri(key_id=b"\x01"), tmp_path / "di.pub"):
        with pytest.raises(NotTaken, match="enrolled already"):
            run(*store, "--name", "Ed Token", *keys, again)
        with pytest.raises(NotTaken, match="enrolled already"):
            run(
                "store", "enrol-publisher", world.store.folder.root, "--ods", "RYY", "--name", "A trust", "--key", again
            )
