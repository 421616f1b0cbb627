"""`tabard product evidence` as people run it, the store answering in this process."""

import asyncio
import json
from functools import partial
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.types import ASGIApp
from typer.testing import CliRunner, Result

from tabard.cli.product import app
from tabard.ground.keys import write_signing_key
from tabard.store import asking, evidence_asking, signed
from tabard.web.store import api
from unit.store.world import World


class InProcess(httpx.BaseTransport):
    """Answers from an application in this process; what is streamed comes whole."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = httpx.ASGITransport(app)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The application's answer."""
        whole = httpx.Request(request.method, request.url, headers=request.headers, content=request.read())
        return asyncio.run(self._ask(whole))

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        answer = await self._app.handle_async_request(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())


def reach(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the commands reach that store, by the maker's key where no other is named; `ada.pem` is an assessor's."""
    transport = InProcess(Starlette(routes=api.routes(world.store, world.clock)))
    monkeypatch.setattr(httpx, "Client", partial(httpx.Client, transport=transport))
    for room in (asking, evidence_asking):
        monkeypatch.setattr(room, "signed", lambda asked, key, _: signed(asked, key, world.clock()))
    monkeypatch.setenv("TABARD_STORE", "http://localhost:8600")
    monkeypatch.setenv("TABARD_KEY", str(world.folder / "maker.pem"))
    write_signing_key(world.folder / "maker.pem", world.begun.publisher)
    write_signing_key(world.folder / "ada.pem", world.key("Ada Safe"))


def run(*arguments: object, code: int = 0) -> Result:
    """`tabard product evidence` with these words."""
    result = CliRunner().invoke(app, list(map(str, ("evidence", *arguments))), catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


def answered(*arguments: object) -> Any:
    """What it answers in JSON."""
    return json.loads(run(*arguments, "--json").stdout)
