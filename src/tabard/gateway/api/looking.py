"""Looking: one resource as it is now, or one of its versions, under one policy for products and for the portal's door.

Order: scope first, then the limit of the context, then the record, then every result once more.
"""

from dataclasses import dataclass

from tabard.fhir import decode
from tabard.fhir.scopes import Letter
from tabard.gateway.api.found import Found, is_deleted, one
from tabard.gateway.api.waiting import Waiting
from tabard.gateway.errors import Refused, forbidden, not_found
from tabard.gateway.kept import gone
from tabard.gateway.model import Rights
from tabard.gateway.policy import Limit, ReachMemory, Shield, limit, require_scope
from tabard.gateway.policy.breaking import Breaking, restricted
from tabard.gateway.policy.oneself import oneself
from tabard.gateway.ports import Elsewhere, Record, Stored, Writes

_LOOKING = frozenset({"r", "s"})
_GONE = 410


@dataclass(frozen=True, slots=True)
class Looking:
    """Blocking; safe from any thread. Every method raises Refused."""

    base: str
    record: Record
    reach: ReachMemory
    elsewhere: Elsewhere
    writes: Writes | None
    waiting: Waiting
    shield: Shield
    breaking: Breaking

    def read(self, rights: Rights, resource_type: str, resource_id: str) -> Found:
        """The resource as it is now. Raises Refused (410) where it was deleted."""
        within = oneself(rights, resource_type, resource_id) or self.limit(rights, resource_type, "r")
        return self._one(rights, self._current(resource_type, resource_id, within))

    def read_version(self, rights: Rights, resource_type: str, resource_id: str, version: int) -> Found:
        """One version, where the resource as it is now may be seen, and that version too. Raises Refused (410) for a tombstone."""
        within = self.limit(rights, resource_type, "r")
        self.require_versions(resource_type)
        now = self.latest(resource_type, resource_id, within)
        stored = self.record.read_version(resource_type, resource_id, version)
        if stored is None:
            raise not_found()
        if is_deleted(stored):
            raise gone()
        _require(within, stored)
        return self._one(rights, stored, now)

    def latest(self, resource_type: str, resource_id: str, within: Limit) -> Stored:
        """The newest version that has a content, where it may be seen: of what was deleted, that before. Raises Refused."""
        try:
            return self._current(resource_type, resource_id, within)
        except Refused as refused:
            if refused.status != _GONE:
                raise
        return next(one for one in self.record.history(resource_type, resource_id) if not is_deleted(one))

    def shown(self, rights: Rights, stored: Stored, now: Stored | None = None) -> Stored:
        """A version as it may be shown to these rights, `now` being what it has become."""
        return self.breaking.shown(self.shield, rights, stored, now)

    def _one(self, rights: Rights, stored: Stored, now: Stored | None = None) -> Found:
        return one(self.shown(rights, stored, now), is_waiting=self.waiting.of_one(stored))

    def limit(self, rights: Rights, resource_type: str, letter: Letter) -> Limit:
        """What the rights leave of a type. For changes, whose scope was asked before, the context and finer scopes alone."""
        if letter in _LOOKING:
            require_scope(rights, resource_type, letter)
        within = limit(rights, resource_type, letter, lambda: self.reach.of(rights))
        return within if letter == "c" else self.breaking.closed(within, rights, resource_type, is_search=letter == "s")

    def require_versions(self, resource_type: str) -> None:
        """Refuse (404) a type of which no versions are here."""
        if resource_type in self.elsewhere:
            raise Refused(
                404,
                "not-supported",
                "no_versions",
                "Of results that are asked of the record system no versions are kept here.",
                remedy="Read it as it is now.",
            )

    def _current(self, resource_type: str, resource_id: str, within: Limit) -> Stored:
        if within.ids is not None and resource_id not in within.ids:  # without a look: whether it exists is not told
            raise outside()
        stored = self._own(resource_type, resource_id) or self.record.read(resource_type, resource_id)
        if stored is None:
            raise not_found()
        if is_deleted(stored):
            self._require_before(resource_type, resource_id, within)
            raise gone()
        _require(within, stored)
        return stored

    def _require_before(self, resource_type: str, resource_id: str, within: Limit) -> None:
        """Refuse unless what was deleted might have been seen before: that it was here is told to nobody else."""
        before = (one for one in self.record.history(resource_type, resource_id) if not is_deleted(one))
        _require(within, next(before))

    def _own(self, resource_type: str, resource_id: str) -> Stored | None:
        """Of what is asked elsewhere: what a product wrote here, for as long as it is not there."""
        if self.writes is None or resource_type not in self.elsewhere:
            return None
        return self.writes.written(resource_type, resource_id)


def may_show(within: Limit, stored: Stored) -> bool:
    """Whether a limit lets this one be shown."""
    return within.permits(stored.id, lambda: decode(stored.body))


def outside() -> Refused:
    """403: not of this context."""
    return forbidden("context", "This is outside the context that the product was launched with.")


def _require(within: Limit, stored: Stored) -> None:
    if not may_show(within, stored):
        raise restricted() if within.withheld else outside()
