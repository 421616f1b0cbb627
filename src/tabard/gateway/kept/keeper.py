"""The keeper: changes of what products keep, all of them in one transaction or none.

Each is checked as if it came alone: scope, who keeps what is there, the context before and after, every reference. What
is written is marked, has a Provenance in the same transaction, and is audited before the transaction ends.
Source: FHIR R4 3.1.0 (update, patch, delete, create, transaction); docs/decisions/0040-who-owns-what-is-written.md.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from uuid import uuid4

from tabard.fhir import Resource
from tabard.gateway.errors import Refused, bad_request, forbidden, not_found
from tabard.gateway.http import parameters_of
from tabard.gateway.kept.checking import check_about, check_references, outside
from tabard.gateway.kept.looking import KeptLine, noted
from tabard.gateway.kept.marks import keeper_of, marked, source_of
from tabard.gateway.kept.model import LETTERS, Action, Change, Done
from tabard.gateway.kept.patching import check_patch, patched
from tabard.gateway.kept.ports import Keep, KeepWriting, Sight
from tabard.gateway.kept.provenance import provenance
from tabard.gateway.kept.references import conditional, literal, relative_names, renamed
from tabard.gateway.kept.shape import check_shape
from tabard.gateway.model import Rights
from tabard.gateway.policy import require_write_scope
from tabard.gateway.ports import Stored
from tabard.ground.time import Clock

Audit = Callable[[Sequence[tuple[Action, str]]], None]
"""Makes durable that these changes are about to be kept. Raises Refused where it cannot."""

_ACTIVITIES = {"create": "CREATE", "update": "UPDATE", "patch": "UPDATE", "delete": "DELETE"}


@dataclass(frozen=True, slots=True)
class Keeper:
    """Blocking; safe from any thread. `types` are those that products may keep at this hospital."""

    base: str
    keep: Keep
    sight: Sight
    types: Collection[str]
    clock: Clock
    lock: Lock = field(default_factory=Lock)
    """One transaction at a time: what a condition found stays so until it is acted on."""

    def carry_out(self, rights: Rights, changes: Sequence[Change], audit: Audit) -> tuple[Done, ...]:
        """Carry out the changes in this order, atomically. Raises Refused, and then nothing is kept."""
        patients = [self._permitted(rights, change) for change in changes]
        with self.lock, self.keep() as writing:
            work = _Work(self, rights, patients[0], writing)
            done = work.carry_out(changes)
            audit([(one.change.action, one.reference) for one in done if one.is_changed])
            return done

    def _permitted(self, rights: Rights, change: Change) -> str:
        patient, _ = require_write_scope(rights, change.type, LETTERS[change.action])
        if change.type not in self.types:
            raise forbidden("not_kept", f"No {change.type} is kept here.", remedy="See the CapabilityStatement.")
        return patient


class _Work:
    """One transaction at work."""

    def __init__(self, keeper: Keeper, rights: Rights, patient: str, writing: KeepWriting) -> None:
        self._base = keeper.base
        self._sight = keeper.sight
        self._clock = keeper.clock
        self._rights = rights
        self._patient = patient
        self._writing = writing
        self._made: set[str] = set()
        self._gone: set[str] = set()

    def carry_out(self, changes: Sequence[Change]) -> tuple[Done, ...]:
        """All changes, in order, and their Provenance."""
        settled = [self._settled(change) for change in changes]
        _require_apart(settled)
        names = {change.name: f"{change.type}/{id_}" for change, id_, _ in settled if change.name}
        self._made = {f"{change.type}/{id_}" for change, id_, _ in settled if change.action != "delete"}
        self._gone = {f"{change.type}/{id_}" for change, id_, _ in settled if change.action == "delete"}
        done = tuple(
            Done(change, id_, found, is_changed=False) if found is not None else self._one(_renamed(change, names), id_)
            for change, id_, found in settled
        )
        self._tell(done)
        return done

    def _settled(self, change: Change) -> tuple[Change, str, Stored | None]:
        """The change with the id that it is about, and what answers it already where its condition says so."""
        if change.condition is None:
            return change, change.id or str(uuid4()), None
        found = self._sight.matching(self._rights, change.type, change.condition)
        if len(found) > 1:
            raise Refused(
                412, "multiple-matches", "condition", "More than one resource matches the condition.",
                where="the condition", expected="one match at most", remedy="Make it narrower.",
            )  # fmt: skip
        if change.action == "create":
            return change, found[0].id if found else str(uuid4()), found[0] if found else None
        if found:
            return _with_id(change, found[0].id), found[0].id, None
        if change.resource is not None and "id" in change.resource:
            raise _no_update_create()
        return replace(change, action="create", version=None), str(uuid4()), None

    def _one(self, change: Change, id_: str) -> Done:
        if change.action == "create":
            resource = {**(change.resource or {}), "id": id_}
            check_shape(resource, change.type, id_)
            return self._put(change, id_, resource, None)
        before = self._before(change, id_)
        if change.action == "delete":
            tombstone = self._writing.delete(change.type, id_, self._source)
            self._note(change.type, id_, is_deleted=True)
            return Done(change, id_, tombstone)
        resource = self._changed(change, before)
        check_shape(resource, change.type, id_)
        return self._put(change, id_, resource, before)

    def _changed(self, change: Change, before: Resource) -> Resource:
        if change.patch is None:
            return change.resource or {}
        check_patch(change.patch)
        return patched(before, change.patch)

    def _before(self, change: Change, id_: str) -> Resource:
        """The resource as it is, where this product may change it."""
        before = self._writing.get(change.type, id_)
        if before is None:
            gone = self._sight.current(change.type, id_)
            raise gone_or_unknown(gone)
        if not self._sight.limit(self._rights, change.type, LETTERS[change.action]).permits(id_, lambda: before):
            raise outside()
        keeper = keeper_of(before)
        if keeper is None:
            raise read_only()
        if keeper != self._rights.client:
            raise forbidden("other_product", "Another product keeps this.", remedy="Make one of your own.")
        if change.version is not None and str(change.version) != before["meta"]["versionId"]:
            raise stale()
        return before

    def _put(self, change: Change, id_: str, resource: Resource, before: Resource | None) -> Done:
        told = renamed(resource, relative_names(resource, change.type, self._base))
        told = renamed(told, self._conditional_names(told, change.type))
        check_about(self._rights, self._sight, told, change)
        check_references(self._rights, self._sight, told, change.type, self._made, self._gone)
        stored = self._writing.put(marked(told), self._source)
        if stored is None:
            return Done(change, id_, self._sight.current(change.type, id_), is_changed=False)
        self._note(change.type, id_)
        return Done(change, id_, stored, is_new=before is None)

    def _conditional_names(self, resource: Resource, kind: str) -> dict[str, str]:
        """What each conditional reference finds. Raises Refused (412) unless it is exactly one."""
        names = {}
        for where, told in literal(resource, kind):
            if (asked := conditional(told)) is None:
                continue
            found = self._sight.matching(self._rights, asked[0], _pairs(asked[1]))
            if len(found) != 1:
                raise Refused(
                    412, "multiple-matches" if found else "not-found", "conditional_reference",
                    "A conditional reference does not find exactly one resource.", where=where,
                    expected="one match", got="none" if not found else "several", remedy="Refer to it by its id.",
                )  # fmt: skip
            names[told] = f"{asked[0]}/{found[0].id}"
        return names

    def _tell(self, done: Sequence[Done]) -> None:
        """One Provenance for each activity."""
        targets: dict[str, list[str]] = {}
        for one in done:
            if one.is_changed and one.stored is not None:
                version = f"{one.reference}/_history/{one.stored.version}"
                targets.setdefault(_ACTIVITIES[one.change.action], []).append(version)
        for activity, named in targets.items():
            told = provenance(str(uuid4()), self._rights, activity, named, self._clock())
            self._writing.put(told, self._source)

    def _note(self, kind: str, id_: str, *, is_deleted: bool = False) -> None:
        client = self._rights.client or ""
        line = KeptLine(type=kind, id=id_, client=client, at=self._clock(), is_deleted=is_deleted)
        noted(self._writing, self._patient, line)

    @property
    def _source(self) -> str:
        return source_of(self._rights.client or "")


def read_only() -> Refused:
    """403: what came by a link."""
    return forbidden(
        "read_only", "What came by a link is read-only to products.", remedy="Write in the hospital's own system."
    )


def stale() -> Refused:
    """412: another version by now. Source: FHIR R4 3.1.0.1.5 (managing resource contention)."""
    return Refused(
        412, "conflict", "outdated", "The resource has another version now.", where="If-Match",
        expected="the version that the change was made on", remedy="Read it, and make the change on that.",
    )  # fmt: skip


def gone_or_unknown(found: Stored | None) -> Refused:
    """410 for what was deleted, 404 for what never was; there is no making of one with an id of one's own."""
    return not_found() if found is None else gone()


def gone() -> Refused:
    """410: deleted. Source: FHIR R4 3.1.0.1.3, 3.1.0.7."""
    return Refused(410, "deleted", "deleted", "This was deleted.", remedy="Its versions are in its history.")


def _no_update_create() -> Refused:
    return bad_request(
        "update_create",
        "Nothing matches, and ids are given by this hospital.",
        remedy="Send the resource without an id.",
    )


def _with_id(change: Change, id_: str) -> Change:
    """The change on what its condition found; an id in the resource must be that one. Source: FHIR R4 3.1.0.4.1."""
    resource = change.resource if change.resource is None else {"id": id_, **change.resource}
    return replace(change, id=id_, resource=resource)


def _renamed(change: Change, names: dict[str, str]) -> Change:
    return change if change.resource is None else replace(change, resource=renamed(change.resource, names))


def _require_apart(settled: Sequence[tuple[Change, str, Stored | None]]) -> None:
    """Source: FHIR R4 3.1.0.11.2: a resource stands once in a transaction."""
    named = [(change.type, id_) for change, id_, _ in settled]
    if len(set(named)) < len(named):
        raise bad_request(
            "overlapping", "Two entries are about the same resource.", remedy="Send one, or two transactions."
        )


def _pairs(query: str) -> tuple[tuple[str, str], ...]:
    return parameters_of(query.encode())
