"""The desk: one message's work at the record, noting what it wrote, what of it was late, and under whom things came."""

from tabard.dialect import Draft
from tabard.fhir import Resource
from tabard.link import ages
from tabard.link.ages import Stamp
from tabard.link.belongings import belong, belong_no_more, belongings, patient_of, repointed
from tabard.link.merging import merge
from tabard.link.records import Record
from tabard.link.remembering import Told

AGE, _ALL = "age", "*"
LONG_AGO: Stamp = (0, 0)
SHARED = frozenset({"Location", "Organization", "Practitioner"})
"""Types that belong to no patient: each message tells them alike, so that no age is kept of them."""


def aged_to(record: Record, kind: str, id_: str) -> Stamp:
    """When the latest message that told anything of a resource was recorded; long ago where none did."""
    return max(ages.read(record.noted(AGE, f"{kind}/{id_}")).values(), default=LONG_AGO)


class Desk:
    """For one message: `stamp` is when it was recorded and told, `seq` its number in the journal, `zone` its sender's clock's."""

    def __init__(self, record: Record, source: str, stamp: Stamp, seq: int, zone: str, told: Told) -> None:
        self.record = record
        self._told = told
        self.stamp = stamp
        self.seq = seq
        self.zone = zone
        self.written: dict[tuple[str, str], int] = {}
        """What was written, with its version."""
        self.is_late = False
        """Whether something of the message was older than what is known and therefore left out."""
        self._source = source

    def get(self, kind: str, id_: str) -> Resource | None:
        """The resource as it is now."""
        return self.record.get(kind, id_)

    def put(self, resource: Resource, came_under: str | None = None) -> None:
        """Write a resource; `came_under` is the registration it came under, where that is not whose it is."""
        kind, id_ = resource["resourceType"], resource["id"]
        stored = self.record.put(resource, self._source)
        if stored is None:
            return
        self.written[kind, id_] = stored.version
        if stored.version == 1 and (owner := patient_of(resource)) is not None:
            belong(self.record, owner, kind, id_, came_under or owner)

    def lay_over(self, draft: Draft, came_under: str | None = None) -> None:
        """Lay over what is known what the draft tells, save what was told anew since."""
        is_shared = draft.resource["resourceType"] in SHARED
        if is_shared and self._told.is_same(draft, self._source):
            return
        held = self.record.get(draft.resource["resourceType"], draft.resource["id"])
        self.put(merge(held, self.still_new(draft)), came_under)
        if is_shared:
            self._told.tell(draft, self._source)

    def still_new(self, draft: Draft) -> Draft:
        """What of the draft was not told anew since; from now on it is as old as this message."""
        kind, id_ = draft.resource["resourceType"], draft.resource["id"]
        if kind in SHARED:
            return draft
        name = f"{kind}/{id_}"
        known = ages.read(self.record.noted(AGE, name))
        new = ages.still_new(draft, known, self.stamp)
        self.is_late |= new is not draft
        self.record.note(AGE, name, ages.write(ages.aged(new, known, self.stamp)))
        return new

    def tell(self, draft: Draft) -> None:
        """The draft is told whole, and from now on as old as this message."""
        name = f"{draft.resource['resourceType']}/{draft.resource['id']}"
        self.record.note(AGE, name, ages.write({_ALL: self.stamp}))

    def is_told_since(self, kind: str, id_: str) -> bool:
        """Whether any part of the resource was told by a message recorded later."""
        known = ages.read(self.record.noted(AGE, f"{kind}/{id_}"))
        return bool(known) and self.stamp < max(known.values())

    def is_own(self, resource: Resource) -> bool:
        """Whether the resource came by the link of this message."""
        return bool(resource.get("meta", {}).get("source") == self._source)

    def move(self, old_owner: str, new_owner: str, kind: str, id_: str, came_under: str) -> None:
        """Make a resource of one patient that of another."""
        held = self.record.get(kind, id_)
        belong_no_more(self.record, old_owner, kind, id_)
        if held is None:
            return
        belong(self.record, new_owner, kind, id_, came_under)
        self.put(repointed(held, f"Patient/{old_owner}", f"Patient/{new_owner}"))

    def belongings(self, patient_id: str, kind: str = "") -> tuple[tuple[str, str, str], ...]:
        """Type and id of all that is the patient's, or all of one type, and the registration that each came under."""
        return tuple(belongings(self.record, patient_id, kind))
