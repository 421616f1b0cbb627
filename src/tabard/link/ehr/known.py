"""The record as joining asks it: who holds a number, and who is who after merges."""

from collections.abc import Sequence

from tabard.fhir import Resource
from tabard.fhir.search_values import escape
from tabard.link.ehr.chart import Number
from tabard.link.identity import survivor, survivors
from tabard.record import RecordReader, Stored

_AT_ONCE = 100
_MOST = 200


class KnownRecord:
    """Reads committed data; safe from any thread."""

    def __init__(self, reader: RecordReader) -> None:
        self.reader = reader

    def patient(self, id_: str) -> Stored | None:
        """The patient as stored now."""
        return self.reader.read("Patient", id_)

    def get(self, resource_type: str, resource_id: str, /) -> Resource | None:
        """The resource, or None where there is none."""
        stored = self.reader.read(resource_type, resource_id)
        return None if stored is None else stored.resource()

    def find(self, resource_type: str, parameter: str, value: str, /) -> tuple[str, ...]:
        """Ids of those with this identifier, given as `system|value` and already escaped."""
        return tuple(
            one.id for one in self.reader.search(resource_type, ((parameter, value), ("_total", "none"))).matches
        )

    def holders(self, number: Number) -> frozenset[str]:
        """The patients of now who hold a number, be it as an old one."""
        return survivors(self, self.find("Patient", "identifier", token(number)))

    def visits(self, numbers: Sequence[Number]) -> tuple[Resource, ...]:
        """The visits that have one of these numbers, however many those are."""
        found: dict[str, Resource] = {}
        for start in range(0, len(numbers), _AT_ONCE):
            value = ",".join(token(number) for number in numbers[start : start + _AT_ONCE])
            page = self.reader.search("Encounter", (("identifier", value), ("_total", "none")), count=_MOST)
            found |= {one.id: one.resource() for one in page.matches}
        return tuple(found.values())

    def survivor(self, patient: str) -> str:
        """Who this patient is now."""
        return survivor(self, patient)


def token(number: Number) -> str:
    """A number as a search asks for it."""
    return f"{escape(number[0])}|{escape(number[1])}"
