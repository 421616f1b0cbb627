"""What is real of what products keep: transactions of the hospital's own record."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from tabard.database import Place
from tabard.gateway.kept import Keep
from tabard.ground.time import Clock
from tabard.record import RecordWriter, Writing


@contextmanager
def keeping(record: Place, clock: Clock) -> Iterator[Keep]:
    """Opens transactions, each on the one writer that stays open, one at a time, until the context is left."""
    writer, turn = RecordWriter(record, clock), Lock()

    @contextmanager
    def keep() -> Iterator[Writing]:
        with turn, writer.transaction() as writing:
            yield writing

    try:
        yield keep
    finally:
        with turn:
            writer.close()
