"""A hospital's watch sends its signed receipt to a store's API, over HTTP; one that is not taken stops nothing."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from tabard.audit import AuditLog
from tabard.catalogue import Level, Sites, send_receipt
from tabard.ground.errors import CallerError, PeerError
from tabard.hospital import Watch, receipt_key, sealed_receipt
from tabard.store import Store, init, load
from tabard.web.store.api.routes import routes
from unit.hospital.a_centre import Centre, Clock, Site, package

URL = "http://localhost:8600/api/receipts"


class Tokens:
    """The gateway, which ends tokens and says nothing."""

    def revoke(self, *, client_id: str) -> None:
        """End the tokens of a product."""


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """A store that is begun, and its book of sites."""
    init(tmp_path / "s", tmp_path / "s-offline", "Store", 8600, clock)
    store = load(tmp_path / "s", clock)
    with closing(store.sites):
        yield store


def posted(app: Starlette, *bodies: bytes) -> list[httpx.Response]:
    """What the API answers to each, one after the other."""

    async def post() -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:8600") as client:
            return [await client.post("/api/receipts", content=body) for body in bodies]

    return asyncio.run(post())


def test_the_api_takes_a_receipt_once(store: Store, here: Site, centre: Centre, clock: Clock) -> None:
    """202, then refused; a stranger's, junk and too much are refused in words; too many are put off."""
    centre.publish(package())
    here.install()
    app, raw = Starlette(routes=routes(store, clock)), sealed_receipt(here.hospital)
    assert [one.status_code for one in posted(app, raw)] == [422]
    store.sites.enrol("RXX", "St Elsewhere", receipt_key(here.hospital))
    first, again, junk, large = posted(app, raw, raw, b"{}", b"x" * 70_000)
    assert [one.status_code for one in (first, again, junk, large)] == [202, 422, 422, 413]
    assert again.json()["error"] == "this receipt, or a later one, was here before"
    assert [one.product for one in store.sites.all()[0].products] == ["ward-board"]
    assert {one.status_code for one in posted(app, *[b""] * 130)} == {422, 429}


def test_the_watch_answers_last_and_lives_on_when_nobody_listens(
    here: Site, centre: Centre, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is recalled is stopped first; the receipt tells it; a centre that is away is news once, and no more than that."""
    centre.publish(package())
    here.install()
    pinned = here.hospital.settings.catalogue
    assert pinned is not None
    hospital = replace(here.hospital, settings=replace(here.hospital.settings, catalogue=replace(pinned, receipts=URL)))
    sent: list[bytes] = []

    def take(url: str, raw: bytes) -> None:
        assert url == URL
        sent.append(raw)
        if len(sent) > 1:
            raise PeerError("away")

    monkeypatch.setattr("tabard.hospital.receipts.send_receipt", take)
    centre.recall(Level.stop)
    with closing(AuditLog(here.folder / "audit", clock)) as audit, closing(Sites(centre.folder, clock)) as sites:
        watch = Watch(hospital, Tokens(), audit)
        watch.refresh()
        sites.enrol("RXX", "St Elsewhere", receipt_key(hospital))
        assert [one.standing.value for one in sites.receive(sent[0]).products] == ["stopped"]
        watch.refresh()
        assert len(sent) == 2


def test_sending_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other schemes, another status, a redirect, nobody there: told; nothing followed."""
    with pytest.raises(CallerError):
        send_receipt("file:///etc/passwd", b"")
    with pytest.raises(PeerError, match="cannot be reached"):
        send_receipt("http://127.0.0.1:1/api/receipts", b"{}")
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(302, headers={"Location": "/elsewhere"})

    real = httpx.Client
    monkeypatch.setattr(
        httpx, "Client", lambda **told: real(transport=httpx.MockTransport(answer), timeout=told["timeout"])
    )
    with pytest.raises(PeerError, match="did not take"):
        send_receipt(URL, b"{}")
    assert asked == ["/api/receipts"]
