"""Remembering: what need not be asked of the record again, within one message and from one to the next.

A message about a visit names the ward, the bed, the site and the doctors, and says of them what the message before said. And
it asks five times for the same patient.
"""

from tabard.dialect import Draft
from tabard.fhir import Resource
from tabard.link.records import Record, Version

_MOST = 8192


class Told:
    """What was last told of each resource that belongs to no patient: the same again is not laid over again.

    For one thread. What a savepoint took back must be forgotten: `keep` and `forget` end what one message told.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[str, Resource]] = {}
        self._new: dict[tuple[str, str], tuple[str, Resource]] = {}

    def is_same(self, draft: Draft, source: str) -> bool:
        """Whether the same link told this very thing last."""
        name = draft.resource["resourceType"], draft.resource["id"]
        known = self._new.get(name) or self._known.get(name)
        return known is not None and not draft.cleared and known == (source, draft.resource)

    def tell(self, draft: Draft, source: str) -> None:
        """It was laid over."""
        self._new[draft.resource["resourceType"], draft.resource["id"]] = (source, draft.resource)

    def keep(self) -> None:
        """The message was filed."""
        if len(self._known) + len(self._new) > _MOST:
            self._known.clear()
        self._known.update(self._new)
        self._new.clear()

    def forget(self, *, everything: bool = False) -> None:
        """The message was not filed after all; with `everything`, nor were those before it."""
        if everything:
            self._known.clear()
        self._new.clear()


class Remembering:
    """The record for the length of one message: each resource is read once. What is read must not be changed in place."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._seen: dict[tuple[str, str], Resource | None] = {}
        self.find = record.find
        self.note, self.noted, self.notes = record.note, record.noted, record.notes
        self.look_up = record.look_up

    def get(self, resource_type: str, resource_id: str, /) -> Resource | None:
        """The resource, or None."""
        name = resource_type, resource_id
        if name not in self._seen:
            self._seen[name] = self._record.get(resource_type, resource_id)
        return self._seen[name]

    def put(self, resource: Resource, source: str, /) -> Version | None:
        """Write the resource."""
        stored = self._record.put(resource, source)
        if stored is not None:
            self._seen.pop((resource["resourceType"], resource["id"]), None)
        return stored
