"""What Prometheus reads: with the hospital's token alone."""

import asyncio

import httpx
import pytest
from starlette.types import ASGIApp

from tabard.web.hospital import METRICS, metrics, site


def _app() -> ASGIApp:
    async def other(*_: object) -> None:
        raise AssertionError("another application was asked")

    told = metrics(lambda: b"tabard_feed_silent 0\n", "secret")
    return site(other, other, other, "http://localhost:8000", {METRICS: told})


def ask(method: str = "GET", **headers: str) -> httpx.Response:
    """One request."""

    async def act() -> httpx.Response:
        transport = httpx.ASGITransport(app=_app())
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
            return await client.request(method, "/metrics", headers=headers)

    return asyncio.run(act())


def test_the_token_opens_the_metrics() -> None:
    """As text, in Prometheus' own format, and not to be kept."""
    answer = ask(Authorization="Bearer secret")
    assert answer.status_code == 200
    assert answer.text == "tabard_feed_silent 0\n"
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer secre", "Bearer secret2", "Basic secret", "bearer secret"])
def test_nothing_else_does(header: str) -> None:
    """Neither nothing, nor part of it, nor more."""
    answer = ask(**({"Authorization": header} if header else {}))
    assert answer.status_code == 401
    assert "tabard_feed" not in answer.text


def test_metrics_are_only_read() -> None:
    """With the token or without."""
    assert ask("POST", Authorization="Bearer secret").status_code == 405
