"""One translated message laid into the record: which of its resources are taken, and what they become there."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from tabard.dialect import Draft, Event, PatientKey, Translation
from tabard.fhir import Resource
from tabard.link import encounter, patient_merge
from tabard.link.errors import Parked, ParkedReason
from tabard.link.identity import contradicts, holders, is_by_old_number, survivor
from tabard.link.merging import merge
from tabard.link.moments import as_text
from tabard.link.stays import place_of

_CLOCKS_DIFFER = timedelta(minutes=5)
_RESULTS = frozenset({"DiagnosticReport", "Observation"})
_NOT_FROM_RESULTS = frozenset({"Patient", "Encounter", "Location"})


class Record(Protocol):
    """What filing asks of the record's transaction."""

    def get(self, resource_type: str, resource_id: str, /) -> Resource | None:
        """The resource as it is now, or None."""

    def find(self, resource_type: str, parameter: str, value: str, /) -> Sequence[str]:
        """Ids of the resources that a search parameter finds; `value` is one value as it is."""

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
        if translation.occurred is not None and self._is_ahead(translation.occurred):
            flags.append("EVN-6:after-it-was-told")
        return tuple(flags)

    def _draft(self, draft: Draft, translation: Translation) -> Iterator[str]:
        kind = draft.resource["resourceType"]
        if kind == "Encounter":
            self._visit(draft, translation)
        elif kind == "Patient" and is_by_old_number(self._held(draft), self._key):
            yield "PID-3:number-out-of-use"
        else:
            self._lay_over(draft)

    def _lay_over(self, draft: Draft) -> None:
        self._put(merge(self._held(draft), draft))

    def _visit(self, draft: Draft, translation: Translation) -> None:
        held = self._held(draft)
        if held is not None and not self._is_of(held, translation.patient_id):
            raise Parked(ParkedReason.visit_of_another_patient)
        visit = encounter.after(
            None if held is None else encounter.visit_of(held), translation.event, self._said(draft, translation)
        )
        self._put(encounter.with_state(merge(held, draft), visit))

    def _said(self, draft: Draft, translation: Translation) -> encounter.Said:
        places = draft.resource.get("location", [])
        period = draft.resource.get("period", {})
        begun = places[0].get("period", {}).get("start") if places else None
        occurred = translation.occurred or self._told
        return encounter.Said(
            at=as_text(self._told) if self._is_ahead(occurred) else begun or as_text(occurred),
            place=place_of(places),
            start=period.get("start"),
            end=period.get("end"),
            status=draft.resource.get("status"),
            is_nowhere="location" in draft.cleared,
        )

    def _is_ahead(self, occurred: datetime) -> bool:
        """Whether an event is dated after it was told. Taken at its word, it would make all that truly follows it the past."""
        return occurred - self._told > _CLOCKS_DIFFER

    def _result(self, translation: Translation) -> tuple[str, ...]:
        patient = self._record.get("Patient", translation.patient_id)
        if patient is None:
            raise Parked(ParkedReason.unknown_patient)
        if self._key and not is_by_old_number(patient, self._key) and contradicts(patient, self._key):
            raise Parked(ParkedReason.ambiguous_patient)
        visits: dict[str, Resource | None] = {}
        flags: dict[str, None] = {}
        for draft in translation.drafts:
            if draft.resource["resourceType"] in _RESULTS:
                flags |= dict.fromkeys(self._snapshot(draft, translation.patient_id, visits))
            elif draft.resource["resourceType"] not in _NOT_FROM_RESULTS:
                self._lay_over(draft)
        return tuple(flags)

    def _snapshot(self, draft: Draft, patient_id: str, visits: dict[str, Resource | None]) -> Iterator[str]:
        """A result sent again takes the place of the earlier one whole: a corrected value may be of another type.

        `visits` are those looked up for this message; they are looked up once.
        """
        held = self._held(draft)
        if held is not None and not self._is_of(held, patient_id):
            raise Parked(ParkedReason.result_of_another_patient)
        told = dict(draft.resource)
        visit = told.pop("encounter", None)
        if visit is not None:
            visit_id = visit["reference"].partition("/")[2]
            if visit_id not in visits:
                visits[visit_id] = self._record.get("Encounter", visit_id)
            known = visits[visit_id]
            if known is None:
                told["encounter"] = {key: value for key, value in visit.items() if key != "reference"}
                yield "PV1-19:visit-not-known"
            elif self._is_of(known, patient_id):
                told["encounter"] = visit
            else:
                yield "PV1-19:visit-of-another-patient"
        self._put(told)

    def _merge(self, translation: Translation) -> tuple[str, ...]:
        survivor_id, key = translation.patient_id, self._prior_key
        prior = self._record.get("Patient", translation.prior_patient_id or "")
        now = {survivor(self._record, prior["id"])} - {prior["id"]} if prior else holders(self._record, key)
        if now - {survivor_id} or translation.prior_patient_id == survivor_id:
            raise Parked(ParkedReason.merge_conflict)
        flags = [flag for draft in translation.drafts for flag in self._draft(draft, translation)]
        patient = self._record.get("Patient", survivor_id) or {"resourceType": "Patient", "id": survivor_id}
        self._put(patient_merge.surviving(patient, prior, key))
        if prior is None:
            return (*flags, "MRG-1:merge-of-unknown")
        if not now:
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

    def _is_of(self, resource: Resource, patient_id: str) -> bool:
        named = str(resource.get("subject", {}).get("reference", "")).partition("/")[2]
        return named == patient_id or survivor(self._record, named) == patient_id

    def _put(self, resource: Resource) -> None:
        self._record.put(resource, self._source)
