"""Keeping: what was written stays beside the record no longer than the links keep the content of messages."""

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from tabard.ground.time import Clock
from tabard.link.out import OUTBOX_FILE, Outbound
from tabard.link.out.outbox import Outbox
from tabard.link.retention import before
from tabard.link.settings import LinkSettings
from tabard.link.writeback.book import BOOK_FILE, Book

EVERY = timedelta(hours=1)
"""How often what is old is looked for."""


class Keeping:
    """A turn comes after the outbox's changes were heard: what the book has not heard of yet must not go from the outbox."""

    def __init__(self, book: Book, outbound: Outbound, links: Sequence[LinkSettings], clock: Clock) -> None:
        self._book = book
        self._outbound = outbound
        self._links = tuple(links)
        self._clock = clock
        self._next: datetime | None = None

    def turn(self) -> None:
        """Where an hour is over: what is older than it may be goes from the book and the outbox."""
        now = self._clock()
        if self._next is not None and now < self._next:
            return
        self._next = now + EVERY
        since = before(self._links, now, "keep_days")
        if since is not None:
            self._outbound.prune(since)
            self._book.forget(since)


def forget_left(folder: Path, links: Sequence[LinkSettings], clock: Clock) -> None:
    """The same for what is left of a time when products wrote here, while no link lets them.

    What the book has not heard of from the outbox stays, until it hears again. Raises InternalError, OSError.
    """
    since = before(links, clock(), "keep_days")
    if since is None or not (folder / BOOK_FILE).exists():
        return
    with closing(Book(folder, clock)) as book:
        book.forget(since)
        heard = book.seen
    if (folder / OUTBOX_FILE).exists():
        with closing(Outbox(folder / OUTBOX_FILE, clock)) as outbox:
            outbox.prune(since, heard)
