"""One translated message laid into the record: which of its resources are taken, and what they become there."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from tabard.dialect import Draft, Event, PatientKey, Translation
from tabard.fhir import Resource
from tabard.link import encounter, patient_merge
from tabard.link.errors import Parked, ParkedReason
from tabard.link.identity import Known, contradicts, holders, is_by_old_number, is_overwritten, survivor
from tabard.link.merging import merge
from tabard.link.moments import as_text
from tabard.link.repeated_hour import in_order
from tabard.link.results import RESULT_TYPES, Results, is_of
from tabard.link.stays import place_of
from tabard.link.telling import CLOCKS_DIFFER, is_ahead

_NOT_FROM_RESULTS = frozenset({"Patient", "Encounter", "Location"})


class Record(Known, Protocol):
    """What filing asks of the record's transaction."""

    def put(self, resource: Resource, source: str, /) -> object:
        """Write the resource; one that is unchanged is not written."""


class Filing:
    """Files one translation. `key` and `prior_key` are whom its identifiers named; `told` is when its sender sent it."""

    def __init__(
        self, record: Record, source: str, told: datetime, key: PatientKey | None, prior_key: PatientKey | None
    ) -> None:
        self._record = record
        self._source = source
        self._told = told
        self._key = key
        self._prior_key = prior_key

    def file(self, translation: Translation) -> tuple[str, ...]:
        """Write what the message brings; gives flags of filing. Raises Parked, and may then have written a part."""
        if translation.event is Event.result:
            return self._result(translation)
        if translation.event is Event.merge:
            return self._merge(translation)
        flags = [flag for draft in translation.drafts for flag in self._draft(draft, translation)]
        if translation.occurred is not None and is_ahead(translation.occurred, self._told):
            # Taken at its word, it would make all that truly follows it the past.
            flags.append("EVN-6:after-it-was-told")
        return tuple(flags)

    def _draft(self, draft: Draft, translation: Translation) -> Iterator[str]:
        kind = draft.resource["resourceType"]
        if kind == "Encounter":
            yield from self._visit(draft, translation)
        elif kind == "Patient":
            yield from self._patient(draft)
        else:
            self._lay_over(draft)

    def _patient(self, draft: Draft) -> Iterator[str]:
        held = self._held(draft)
        if is_by_old_number(held, self._key):
            yield "PID-3:number-out-of-use"
            return
        if held is not None and self._key is not None and is_overwritten(held, self._key):
            yield "PID-3:another-person"
        if "name" in draft.cleared and held is not None and "name" in held:
            yield "PID-5:name-not-emptied"
        self._put(merge(held, draft))

    def _lay_over(self, draft: Draft) -> None:
        self._put(merge(self._held(draft), draft))

    def _visit(self, draft: Draft, translation: Translation) -> Iterator[str]:
        held = self._held(draft)
        if held is not None and not is_of(self._record, held, translation.patient_id):
            raise Parked(ParkedReason.visit_of_another_patient)
        known = None if held is None else encounter.visit_of(held)
        said = in_order(known, translation.event, self._said(draft, translation), self._told + CLOCKS_DIFFER)
        visit = encounter.after(known, translation.event, said)
        self._put(encounter.with_state(merge(encounter.before(held, visit), draft), visit))
        if flag := encounter.unbelieved(known, translation.event, said):
            yield flag

    def _said(self, draft: Draft, translation: Translation) -> encounter.Said:
        places = draft.resource.get("location", [])
        period = draft.resource.get("period", {})
        begun = places[0].get("period", {}).get("start") if places else None
        occurred = translation.occurred or self._told
        return encounter.Said(
            at=as_text(self._told) if is_ahead(occurred, self._told) else begun or as_text(occurred),
            place=place_of(places),
            start=period.get("start"),
            end=period.get("end"),
            status=draft.resource.get("status"),
            is_nowhere="location" in draft.cleared,
        )

    def _result(self, translation: Translation) -> tuple[str, ...]:
        patient = self._record.get("Patient", translation.patient_id)
        if patient is None:
            raise Parked(ParkedReason.unknown_patient)
        if self._key and not is_by_old_number(patient, self._key) and contradicts(patient, self._key):
            raise Parked(ParkedReason.ambiguous_patient)
        results = Results(self._record, translation.patient_id, translation.drafts)
        for draft in translation.drafts:
            if results.is_older(draft):
                continue
            if draft.resource["resourceType"] in RESULT_TYPES:
                self._put(results.taken(draft))
            elif draft.resource["resourceType"] not in _NOT_FROM_RESULTS:
                self._lay_over(draft)
        return results.flags

    def _merge(self, translation: Translation) -> tuple[str, ...]:
        survivor_id, key = translation.patient_id, self._prior_key
        prior = self._record.get("Patient", translation.prior_patient_id or "")
        now = {survivor(self._record, prior["id"])} if prior else frozenset()
        others = (holders(self._record, key) | now) - {translation.prior_patient_id}
        if others - {survivor_id} or translation.prior_patient_id == survivor_id:
            raise Parked(ParkedReason.merge_conflict)
        flags = [flag for draft in translation.drafts for flag in self._draft(draft, translation)]
        patient = self._record.get("Patient", survivor_id) or {"resourceType": "Patient", "id": survivor_id}
        self._put(patient_merge.surviving(patient, prior, key))
        if prior is None:
            return (*flags, "MRG-1:merge-of-unknown")
        if prior["id"] in now:
            self._put(patient_merge.replaced(prior, survivor_id))
            self._move(prior["id"], survivor_id)
        return tuple(flags)

    def _move(self, prior_id: str, survivor_id: str) -> None:
        for kind in patient_merge.MOVED_TYPES:
            for id_ in self._record.find(kind, "patient", f"Patient/{prior_id}"):
                if (held := self._record.get(kind, id_)) is not None:
                    self._put(patient_merge.repointed(held, survivor_id))

    def _held(self, draft: Draft) -> Resource | None:
        return self._record.get(draft.resource["resourceType"], draft.resource["id"])

    def _put(self, resource: Resource) -> None:
        self._record.put(resource, self._source)
