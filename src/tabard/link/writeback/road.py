"""The road over FHIR: what is to be written there is written once, oldest first; what stays unclear waits for a person."""

from tabard.fhir import decode
from tabard.ground.errors import PeerError
from tabard.link.write_settings import FHIR
from tabard.link.writeback.book import Book
from tabard.link.writeback.marks import unmarked
from tabard.link.writeback.model import Write, WriteState
from tabard.link.writeback.ports import FhirRoad
from tabard.link.writeback.saying import fhir_identifier

_TRY_AGAIN = "Nothing need be done yet; see `tabard link test` if it goes on."


class Road:
    """In a thread of its own: a record system that answers slowly holds up nobody else."""

    def __init__(self, book: Book, over: FhirRoad) -> None:
        self._book = book
        self._over = over

    def turn(self) -> None:
        """Write what waits, until one could not be: the others of its patient come after it."""
        for write in self._waiting():
            if not self._write(write):
                return

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
        self._book.settle(write.id, WriteState(told.state), told.told, told.remedy)
        return True
