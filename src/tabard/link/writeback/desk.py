"""The operators' look at writes, whether the hospital is being served or not, and what they decide of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tabard.ground.errors import CallerError
from tabard.ground.time import Clock, system_clock
from tabard.link.out import DestinationState, Outbound, OutState
from tabard.link.writeback.book import Book
from tabard.link.writeback.carrying import reason_of
from tabard.link.writeback.model import Write, WriteState


@dataclass(frozen=True, slots=True)
class Standing:
    """How the writes of a hospital stand: how many are in each state, and some of them, newest first."""

    counts: dict[str, int]
    writes: tuple[Write, ...]


class Outlook:
    """Made by `Outlook.of`. What a person decides is seen by the hospital that is being served within a second."""

    def __init__(self, book: Book, outbound: Outbound) -> None:
        self._book = book
        self._outbound = outbound

    @classmethod
    @contextmanager
    def of(cls, folder: Path, clock: Clock = system_clock) -> Iterator["Outlook"]:
        """That of the hospital in `folder`."""
        book, outbound = Book(folder, clock), Outbound(folder, clock)
        try:
            yield cls(book, outbound)
        finally:
            outbound.stop()
            book.close()

    def standing(self, state: WriteState | None = None, limit: int = 50) -> Standing:
        """The counts, and the newest writes: those in `state` where given."""
        return Standing(self._book.counts(), self._book.list(state, None, limit))

    def destinations(self) -> tuple[DestinationState, ...]:
        """How much waits for each destination, as kept on disk."""
        return self._outbound.states()

    def send_again(self, number: int, *, by: str, why: str) -> Write:
        """Have a write that is rejected or unclear sent again, the same bytes. Raises NotFound, and CallerError where it is neither."""
        write = self._book.entry(number)
        if write.number is None:
            self._require_open(write)
            self._book.settle(number, WriteState.pending, f"{by} has it written again.", "")
        else:
            message = self._outbound.send_again(write.number, by=by, why=why)
            self._book.settle(number, WriteState.pending, reason_of(message), message.remedy)
        return self._book.entry(number)

    def decide(self, number: int, state: WriteState, *, by: str, why: str) -> Write:
        """A person looked in the record system: what is rejected or unclear is accepted or rejected. Raises as `send_again`."""
        write = self._book.entry(number)
        reason = f"{by} looked in the record system and settled it."
        if write.number is None:
            self._require_open(write)
        else:
            self._outbound.settle(write.number, OutState(state.value), by=by, why=why)
        self._book.settle(number, state, reason, "")
        return self._book.entry(number)

    @staticmethod
    def _require_open(write: Write) -> None:
        if write.state not in {WriteState.rejected, WriteState.unclear}:
            raise CallerError("there is nothing to decide", got=write.state.value, expected="rejected or unclear")
