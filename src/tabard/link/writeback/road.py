"""The road over FHIR: what is to be written there is written once, oldest first; what stays unclear waits for a person.

That the record system made it is its acceptance. It is confirmed when it is read back: then what stands there, not what was
sent, takes its place here.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from tabard.fhir import Resource, decode
from tabard.ground.errors import PeerError, TabardError
from tabard.ground.time import Clock
from tabard.link.write_settings import FHIR
from tabard.link.writeback.book import Book
from tabard.link.writeback.marks import unmarked
from tabard.link.writeback.model import Write, WriteState
from tabard.link.writeback.ports import FhirRoad
from tabard.link.writeback.saying import fhir_identifier

_TRY_AGAIN = "Nothing need be done yet; see `tabard link test` if it goes on."


READ_BACK_EVERY = timedelta(minutes=1)
"""How long to wait before what was made there and could not be read back is asked for again."""

ToldBack = Callable[[Write, Resource], None]
"""Hears what stands in the record system in the place of what was written."""


class Road:
    """In a thread of its own: a record system that answers slowly holds up nobody else. `told_back` ends a write."""

    def __init__(self, book: Book, over: FhirRoad, told_back: ToldBack, clock: Clock) -> None:
        self._book = book
        self._over = over
        self._told_back = told_back
        self._clock = clock
        self._next: dict[int, datetime] = {}

    def turn(self) -> None:
        """Write what waits, until one could not be: the others of its patient come after it. Read back what was made."""
        for write in self._waiting():
            if not self._write(write):
                break
        for write, there in self._book.made_there():
            if self._next.get(write.id, self._clock()) <= self._clock() and not self._read_back(write, there):
                self._next[write.id] = self._clock() + READ_BACK_EVERY

    def _read_back(self, write: Write, there: str) -> bool:
        kind, _, _ = write.resource.partition("/")
        try:
            stored = self._over.read(kind, there)
        except TabardError:  # it does not answer, or whose chart it is cannot be said now
            return False
        if stored is None:
            return False
        self._told_back(write, decode(stored.body))
        self._next.pop(write.id, None)
        return True

    def _waiting(self) -> tuple[Write, ...]:
        return tuple(one for one in self._book.open() if one.destination == FHIR and one.state is WriteState.pending)

    def _write(self, write: Write) -> bool:
        body = self._book.content(write.id).body
        if body is None:
            self._book.settle(write.id, WriteState.rejected, "Over FHIR patients are not changed.", "")
            return True
        resource = unmarked(decode(body))
        since = self._book.trying(write.id)
        identifier = fhir_identifier(resource["id"])
        try:
            told = self._over.write(resource, identifier=(identifier["system"], identifier["value"]), since=since)
        except PeerError as fault:
            if since is None:
                self._book.not_tried(write.id)
            self._book.settle(write.id, WriteState.pending, fault.message, fault.remedy or _TRY_AGAIN)
            return False
        if told.state == WriteState.rejected:
            self._book.not_tried(write.id)
        if told.state == WriteState.accepted and told.id:
            self._book.made(write.id, told.id)
        self._book.settle(write.id, WriteState(told.state), told.told, told.remedy)
        return True
