"""One write as it is wished for: what is told of it, what says that it may be there already, and what a PUT must say. Pure."""

from dataclasses import dataclass
from datetime import datetime

from tabard.fhir import Resource
from tabard.link.ehr import writes
from tabard.link.ehr.driver import Searched
from tabard.link.ehr.outward import Abroad, outward
from tabard.link.ehr.written import WriteReason

_SERVERS_OWN = frozenset({"meta", "text"})


@dataclass(frozen=True, slots=True)
class Wish:
    """One write: about whom, since when it may be there, and whether it was tried before."""

    resource: Resource
    patient: str
    system: str
    value: str
    since: datetime
    is_again: bool

    @property
    def kind(self) -> str:
        """The resource's type."""
        return str(self.resource["resourceType"])

    @property
    def named(self) -> Resource:
        """The resource with the identifier by which it is found again."""
        if writes.holds(self.resource, self.system, self.value):
            return self.resource
        told = self.resource.get("identifier")
        held = told if isinstance(told, list) else []
        return {**self.resource, "identifier": [*held, {"system": self.system, "value": self.value}]}


def doubt_of(wish: Wish, body: Resource, found: Searched) -> WriteReason | None:
    """Why it cannot be said that what was not found is not there."""
    if found.next is not None or found.is_partial:
        return WriteReason.not_findable
    is_like = any(writes.may_be(one, body, wish.since) for one in found.resources)
    return WriteReason.maybe_there if is_like else None


def written_over(theirs: Resource, shown: Resource, wished: Resource, abroad: Abroad) -> Resource:
    """What a PUT must say: all that it leaves out is emptied there, so what was not shown, or not changed, stays theirs."""
    changed = {name: value for name, value in wished.items() if name not in shown or shown[name] != value}
    kept = {
        name: value
        for name, value in theirs.items()
        if name not in _SERVERS_OWN and (name not in shown or (name in wished and name not in changed))
    }
    return {**kept, **outward(changed, abroad), "resourceType": theirs["resourceType"], "id": theirs["id"]}
