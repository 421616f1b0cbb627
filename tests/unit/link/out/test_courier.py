"""The courier: what a connection says once it was hung up is of no account."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from tabard.link.out import Destination
from tabard.link.out.courier import Awaited, Courier
from tabard.link.out.line import ConnectionBroke, Line
from tabard.link.out.outbox import Outbox


def _clock() -> datetime:
    return datetime(2026, 3, 1, tzinfo=UTC)


def test_the_end_of_an_old_connection_does_not_end_the_new_one(tmp_path: Path) -> None:
    """The system may tell late that a connection is gone: the message that is on the next one must not suffer."""
    outbox = Outbox(tmp_path / "outbound.db", _clock)
    courier = Courier(Destination("ehr", "127.0.0.1", 1), None, outbox, _clock, lambda: 0.0)

    async def run() -> None:
        old, new = (Line(courier._hear, courier._lose) for _ in range(2))
        courier._line, courier._awaited = new, Awaited("c1")
        old.connection_lost(None)
        assert courier._line is new
        assert not courier._awaited.answer.done()
        new.connection_lost(None)
        assert isinstance(courier._awaited.answer.exception(), ConnectionBroke)

    asyncio.run(run())
    assert courier._line is None
    outbox.close()
