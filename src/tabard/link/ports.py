"""What the service of the links needs of the one that applies messages to the record."""

from collections.abc import Callable, Sequence
from typing import Protocol

from tabard.journal import Mark, Waiting
from tabard.link.feeds import Feed


class Applies(Protocol):
    """Applies journaled messages to the record, in the thread of the service that owns it.

    The mark that a message was applied is written in the same transaction as what it brought, so that none is applied
    twice, whatever falls over in between; the marks returned go into the journal afterwards.
    """

    def apply(self, messages: Sequence[Waiting]) -> Sequence[Mark]:
        """Apply the messages in the order given, each fully or not at all, and say what became of each (applied or parked).

        A message that the record already holds as applied is only marked so. Raises when the record cannot be written:
        nothing of this call is then in the record, and the same messages are given again.
        """
        ...

    def close(self) -> None:
        """Let go of the record; called in the same thread."""
        ...


class Beside(Protocol):
    """A way to a record system that runs beside the messages: started and stopped with them, seen as a feed."""

    def start(self) -> None:
        """Begin."""
        ...

    def stop(self) -> None:
        """End, once what is in hand is done."""
        ...

    def feed(self) -> Feed:
        """How it stands now; from memory."""
        ...

    def faults(self) -> Sequence[str]:
        """What went wrong lately, in sentences without patient data."""
        ...


MakeApplier = Callable[[], Applies]
"""Makes the applier, in the thread that will use it."""
