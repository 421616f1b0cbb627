"""Writing to the EHR: proven whose chart it is, sent once, and looked for before anything is sent again.

Millennium knows no conditional create: a POST that is repeated is made twice. So after a lost answer what we wrote is searched
by the identifier that we gave it. Found, it is accepted; surely not there, it may be sent once more; else a person decides.
A PUT names the version that it is against (If-Match), so that a second one can do no harm.
Source: FHIR R4 3.1.0.5, 3.1.0.8; Millennium Platform APIs, "R4 Overview" (no idempotency, 409 for a stale version).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from tabard.fhir import Resource, canonical
from tabard.ground.time import Clock
from tabard.link.ehr import writes
from tabard.link.ehr.capability import Capability
from tabard.link.ehr.driver import FhirDriver, Held, Searched
from tabard.link.ehr.errors import Busy, Conflict, Doubt, Doubtful, EhrError, NotKnown, Rejected
from tabard.link.ehr.id_map import IdMap, Row
from tabard.link.ehr.known import KnownRecord
from tabard.link.ehr.outward import Abroad, NotTold, outward, patients_named
from tabard.link.ehr.pace import Budget, Pace
from tabard.link.ehr.proving import Proof, Proving
from tabard.link.ehr.showing import Showing
from tabard.link.ehr.wishes import Wish, doubt_of, written_over
from tabard.link.ehr.written import WriteReason, WriteState, Written
from tabard.record import Stored

LOOKS_S = (1.0, 4.0, 15.0)
"""How long is waited before each look for what may have been written; the last look tells."""

_SENDS = 2
_FIRST_WAIT_S = 0.1
_OWN_CODE_SETS = "https://fhir.cerner.com/{}/codeSet/"
_Done = TypeVar("_Done")


@dataclass(frozen=True, slots=True)
class Millennium:
    """Writes to one EHR. Blocking, for up to half a minute; safe from any thread. `tell` counts what stays unclear."""

    driver: FhirDriver
    proving: Proving
    showing: Showing
    map: IdMap
    record: KnownRecord
    link: str
    systems: Mapping[str, str]
    capability: Callable[[], Capability]
    pace: Pace
    patience_s: float
    clock: Clock
    tell: Callable[[str, str], None]

    def read(self, resource_type: str, resource_id: str) -> Stored | None:
        """What was written or shown, as it is there now, in the record's ids. Raises Doubtful, EhrError."""
        row = self.map.by_ours(resource_type, resource_id)
        if row is None:
            return None
        return self._held(self.record.survivor(row.patient), row)[2]

    def write(
        self,
        resource: Resource,
        *,
        identifier: tuple[str, str],
        if_match: int | None = None,
        since: datetime | None = None,
    ) -> Written:
        """Create the resource, or write over the one of its id where `if_match` is the version that was shown of it.

        All ids are the record's; `identifier` (system, value) is the caller's own, by which it is found again. Whoever calls
        once more for the same write gives `since`, the time of the first call: then it is searched for before it is sent.
        Raises EhrError where this call has surely written nothing, and it may be tried later.
        """
        try:
            return self._write(resource, identifier, if_match, since)
        except Doubtful as doubtful:
            return self._not_written(since, doubtful.doubt, 409)
        except NotTold as told:
            reason = WriteReason.of_another if told.is_of_another else WriteReason.reference_not_known
            return self._not_written(since, reason, 422, told.where)
        except Rejected as fault:
            return self._not_written(since, WriteReason.refused, fault.status, fault.got or "")

    def _write(
        self, resource: Resource, identifier: tuple[str, str], if_match: int | None, since: datetime | None
    ) -> Written:
        kind = resource.get("resourceType")
        named = patients_named(resource)
        if kind not in writes.TABLE or not self.capability().can(kind, "create" if if_match is None else "update"):
            return self._not_written(since, WriteReason.unsupported, 405, str(kind)[:64])
        if len(named) != 1:
            raise NotTold("Patient", is_of_another=True)
        if lacking := writes.missing(resource):
            return self._not_written(since, WriteReason.incomplete, 422, ", ".join(lacking))
        (patient,) = named
        wish = Wish(resource, patient, *identifier, since or self.clock(), is_again=since is not None)
        return self._create(wish) if if_match is None else self._update(wish, if_match)

    def _not_written(
        self, since: datetime | None, reason: WriteReason | Doubt, status: int, detail: str = ""
    ) -> Written:
        """Rejected; unclear where it was tried before, for then it may be there all the same."""
        if since is None:
            return Written(WriteState.rejected, "", reason, status, detail)
        return self._unclear("", reason, detail)

    def _unclear(self, patient: str, reason: WriteReason | Doubt, detail: str = "") -> Written:
        self.tell(NotKnown.reason, patient)
        return Written(WriteState.unclear, "", reason, 504, detail)

    # Create

    def _create(self, wish: Wish) -> Written:
        nothing = Searched((), None)
        proof, found = self.proving.ask(
            wish.patient, lambda theirs, budget: self._look(wish, theirs, budget) if wish.is_again else nothing
        )
        if (there := self._there(wish, found)) is not None:
            return there
        body = outward(wish.named, self._abroad(wish.patient, proof))
        if (doubt := doubt_of(wish, body, found)) is not None:
            return self._unclear(wish.patient, doubt)
        return self._sent(wish, proof.bond.theirs, body)

    def _sent(self, wish: Wish, theirs: str, body: Resource) -> Written:
        is_failed = False
        for _ in range(_SENDS):
            try:
                made = self._patiently(lambda budget: self.driver.create(body, budget))
            except (NotKnown, Busy) as fault:
                if isinstance(fault, Busy) and fault.got != "503":  # 429, or never sent: surely not done
                    raise
                settled = self._settled(wish, theirs, body)
                if settled is not None:
                    return settled
                if fault.got is None:  # it said that it was made: then it is somewhere
                    break
                is_failed = fault.got == "rejected"
            else:
                return self._accepted(wish, made.id, WriteReason.made)
        if is_failed:
            return Written(WriteState.rejected, "", WriteReason.failed, 502)
        return self._unclear(wish.patient, WriteReason.no_answer)

    def _settled(self, wish: Wish, theirs: str, body: Resource) -> Written | None:
        """What became of a write whose answer was lost; None where it is surely not there."""
        reason: WriteReason | None = WriteReason.no_answer
        for pause in LOOKS_S:
            self.pace.wait(pause * (0.5 + self.pace.chance()))
            try:
                found = self._look(wish, theirs, self._budget())
            except EhrError:
                reason = WriteReason.no_answer
                continue
            if (there := self._there(wish, found)) is not None:
                return there
            reason = doubt_of(wish, body, found)
        return None if reason is None else self._unclear(wish.patient, reason)

    def _look(self, wish: Wish, theirs: str, budget: Budget) -> Searched:
        asked = writes.sought(wish.resource, theirs, wish.since, self.capability())
        return self.driver.search_all(wish.kind, asked, budget)

    def _there(self, wish: Wish, found: Searched) -> Written | None:
        ids = [one["id"] for one in found.resources if writes.holds(one, wish.system, wish.value)]
        if not ids:
            return None
        return self._accepted(wish, ids[0], WriteReason.found if len(ids) == 1 else WriteReason.found_twice)

    def _accepted(self, wish: Wish, theirs: str, reason: WriteReason) -> Written:
        ours = self.map.id_of(wish.kind, theirs)
        self.map.keep([Row(wish.kind, ours, theirs, wish.patient)])
        return Written(WriteState.accepted, ours, reason, 201)

    # Update

    def _update(self, wish: Wish, if_match: int) -> Written:
        row = self.map.by_ours(wish.kind, str(wish.resource.get("id")))
        if row is None or self.record.survivor(row.patient) != wish.patient:
            return self._not_written(None, WriteReason.not_there, 404)
        proof, held, stored = self._held(wish.patient, row)
        if held is None or stored is None:
            return self._not_written(None, WriteReason.not_there, 404)
        if stored.version != if_match:
            return Written(WriteState.rejected, "", WriteReason.stale, 412)
        body = written_over(held.resource, stored.resource(), wish.resource, self._abroad(wish.patient, proof))
        return self._put(wish, row, held, body)

    def _put(self, wish: Wish, row: Row, held: Held, body: Resource) -> Written:
        updated = Written(WriteState.accepted, row.ours, WriteReason.made, 200)
        is_lost = False
        for pause in LOOKS_S:
            try:
                self._patiently(lambda budget: self.driver.update(body, held.version, budget))
            except Conflict:
                if not is_lost:
                    return Written(WriteState.rejected, "", WriteReason.stale, 412)
                is_there = self._is_there(row, body)
                return updated if is_there else self._unclear(wish.patient, WriteReason.changed_there)
            except NotKnown:
                is_lost = True
                self.pace.wait(pause * (0.5 + self.pace.chance()))
            else:
                return updated
        return self._unclear(wish.patient, WriteReason.no_answer)

    def _is_there(self, row: Row, body: Resource) -> bool:
        """Whether what was sent is what stands there now."""
        try:
            held = self.driver.held(row.type, row.theirs, self._budget())
        except EhrError:
            return False
        return held is not None and all(
            name in held.resource and canonical({"": held.resource[name]}) == canonical({"": sent})
            for name, sent in body.items()
        )

    def _held(self, patient: str, row: Row) -> tuple[Proof, Held | None, Stored | None]:
        """The resource as it is there, and as it is shown; both None where there is none. Raises Doubtful."""
        last: list[Held | None] = []

        def question(_: str, budget: Budget) -> Searched:
            last.append(self.driver.held(row.type, row.theirs, budget))
            return Searched((), None) if last[-1] is None else Searched((last[-1].resource,), None)

        proof, found = self.proving.ask(patient, question)
        if not found.resources:
            return proof, None, None
        shown = self.showing.show(proof, row.type, found.resources, [row]).stored
        if not shown:
            raise Doubtful(Doubt.other_chart)
        return proof, last[-1], shown[0]

    # Both

    def _patiently(self, send: Callable[[Budget], _Done]) -> _Done:
        """Send; where the EHR says that it did nothing and asks us to wait (429), wait with jitter while there is time."""
        wait, budget = _FIRST_WAIT_S, self._budget()
        while True:
            try:
                return send(budget)
            except Busy as fault:
                pause = max(wait * (0.5 + self.pace.chance()), fault.after_s)
                if fault.got != "429" or pause >= budget.left():
                    raise
                self.pace.wait(pause)
                wait *= 2

    def _budget(self) -> Budget:
        return Budget(self.patience_s, self.pace)

    def _abroad(self, patient: str, proof: Proof) -> Abroad:
        visits = {ours: theirs for theirs, ours in proof.visits.items()}

        def known(kind: str, ours: str) -> str | None:
            if kind == "Encounter":
                return visits.get(ours)
            row = self.map.by_ours(kind, ours)
            is_theirs = row is not None and (not row.patient or self.record.survivor(row.patient) == patient)
            return row.theirs if row is not None and is_theirs else None

        tenant = self.driver.base.rpartition("/")[2]
        return Abroad(
            ours=patient,
            theirs=proof.bond.theirs,
            known=known,
            systems=self.systems,
            code_sets=f"urn:tabard:ehr:{self.link}:codeSet:",
            their_code_sets=_OWN_CODE_SETS.format(tenant),
        )
