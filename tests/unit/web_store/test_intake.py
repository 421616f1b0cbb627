"""Submissions that come slowly, or many at once, keep nobody else's store from working."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.types import Message

from tabard.product import sign_release
from tabard.web.store.api.faults import TooMany
from tabard.web.store.api.intake import Intake
from unit.web_store.world import World, ward_board, world_in

PATIENCE_S = 30
"""A story that hangs has failed."""

HEADERS = [(b"content-type", b"multipart/form-data; boundary=x")]
PARTS = (
    b'--x\r\nContent-Disposition: form-data; name="package"; filename="p"\r\n\r\npackage\r\n'
    b'--x\r\nContent-Disposition: form-data; name="release"; filename="r"\r\n\r\nrelease\r\n--x--\r\n'
)


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[World]:
    with world_in(tmp_path) as world:
        yield world


class Sender:
    """Sends a submission from `place`; its body comes once `end` is set."""

    def __init__(self, place: str) -> None:
        self.end = asyncio.Event()
        self._place = place

    @property
    def request(self) -> Request:
        """One submission more."""
        scope = {"type": "http", "method": "POST", "headers": HEADERS, "client": (self._place, 1)}
        return Request(scope, self._receive)

    async def _receive(self) -> Message:
        await self.end.wait()
        return {"type": "http.request", "body": PARTS, "more_body": False}


async def _begun(intake: Intake, sender: Sender) -> "asyncio.Task[tuple[bytes, bytes]]":
    """The taking of what that sender sends, come as far as it does before the body is there."""

    async def take() -> tuple[bytes, bytes]:
        async with intake.submission(sender.request) as sent:
            return sent

    task = asyncio.create_task(take())
    await asyncio.sleep(0)
    return task


def test_a_slow_sender_keeps_four_places_and_no_more() -> None:
    """The fifth from one address is turned away at once; others come in, and the place is free afterwards."""

    async def story() -> None:
        intake, slow, other = Intake(), Sender("a"), Sender("b")
        other.end.set()
        taking = [await _begun(intake, slow) for _ in range(4)]
        with pytest.raises(TooMany):
            await (await _begun(intake, slow))
        assert await (await _begun(intake, other)) == (b"package", b"release")
        slow.end.set()
        await asyncio.gather(*taking)
        assert await (await _begun(intake, slow)) == (b"package", b"release")

    asyncio.run(asyncio.wait_for(story(), PATIENCE_S))


def test_many_senders_together_fill_no_more_than_sixteen_places() -> None:
    """However many addresses somebody has."""

    async def story() -> None:
        intake, senders = Intake(), [Sender(str(at)) for at in range(17)]
        *taking, last = [await _begun(intake, sender) for sender in senders]
        with pytest.raises(TooMany):
            await last
        for sender in senders:
            sender.end.set()
        assert await asyncio.gather(*taking) == [(b"package", b"release")] * 16

    asyncio.run(asyncio.wait_for(story(), PATIENCE_S))


def test_two_packages_are_in_memory_at_once() -> None:
    """The others wait on the disk until one of the two is done with."""

    async def story() -> None:
        intake, sender = Intake(), Sender("a")
        sender.end.set()
        async with AsyncExitStack() as held:
            for _ in range(2):
                await held.enter_async_context(intake.submission(sender.request))
            third = await _begun(intake, sender)
            done, _ = await asyncio.wait([third], timeout=0.05)
            assert not done
        assert await third == (b"package", b"release")

    asyncio.run(asyncio.wait_for(story(), PATIENCE_S))


def test_the_page_has_no_other_way_in(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that is sent by the form waits its turn as one sent by a command does."""
    monkeypatch.setattr("tabard.web.store.api.intake._MOST", 0)
    package = ward_board()
    release = sign_release(package, world.publisher).to_bytes()
    answer = world.upload({"package": ("a.tabard", package.raw), "release": ("a.json", release)})
    assert (answer.status_code, "still coming in" in answer.text) == (httpx.codes.BAD_REQUEST, True)
    assert world.store.cases() == ()
