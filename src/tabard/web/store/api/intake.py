"""How many submissions come in at once: each may be 64 MiB, and as slow as its sender likes."""

from asyncio import Semaphore
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from starlette.requests import Request

from tabard.web.store.api.bodies import submission
from tabard.web.store.api.faults import TooMany

_MOST, _MOST_OF_ONE = 16, 4
"""So many bodies come at once, and so many of one place: they wait on the disk."""

_READ_AT_ONCE = 2
"""So many are held in memory at once, and as much again while they are read."""


class Intake:
    """The one way in for packages, by a page or by the API, and for evidence. It belongs to one event loop.

    `reading` is held by whoever has a whole body in memory.
    """

    def __init__(self) -> None:
        self._coming: Counter[str] = Counter()
        self.reading = Semaphore(_READ_AT_ONCE)

    @asynccontextmanager
    async def submission(self, request: Request) -> AsyncIterator[tuple[bytes, bytes]]:
        """The package and the release of a request, held as long as the context is open.

        Raises TooMany when as many are coming already, and what `bodies.submission` raises.
        """
        with self.place(request):
            async with submission(request) as sent, self.reading:
                yield await sent.read()

    @contextmanager
    def place(self, request: Request) -> Iterator[None]:
        """One place among those whose bodies come now. Raises TooMany."""
        place = request.client.host if request.client else ""
        if self._coming.total() >= _MOST or self._coming[place] >= _MOST_OF_ONE:
            raise TooMany("other submissions are still coming in", remedy="try again in a minute")
        self._coming[place] += 1
        try:
            yield
        finally:
            self._coming[place] -= 1
            if not self._coming[place]:
                del self._coming[place]
