"""One translated message laid into the record: which of its resources are taken, and what they become there."""

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from tabard.dialect import Draft, Event, PatientKey, Translation
from tabard.link import registrations, visits_merge
from tabard.link.belongings import repointed
from tabard.link.clinical import end_missing, is_of_older_list
from tabard.link.desk import Desk
from tabard.link.errors import NotKnown, Parked, ParkedReason
from tabard.link.identity import RecordIds, is_by_old_number, survivor
from tabard.link.likeness import contradicts
from tabard.link.moments import as_text
from tabard.link.people import file_person
from tabard.link.results import RESULT_TYPES, Results
from tabard.link.telling import is_ahead
from tabard.link.visits import file_visit, visit_now

ABOUT_THE_KNOWN = frozenset({Event.result, Event.order, Event.appointment, Event.document})
"""Events that make nobody known: what they are about must be."""

_NOT_FROM_THESE = frozenset({"Patient", "Encounter"})


class Filing:
    """Files one translation. `ids` are those it was translated with; `told` is when its sender sent it."""

    def __init__(self, desk: Desk, told: datetime, ids: RecordIds) -> None:
        self._desk = desk
        self._told = told
        self._ids = ids

    def file(self, translation: Translation) -> tuple[str, ...]:
        """Write what the message brings; gives flags of filing. Raises Parked and NotKnown, and may then have written a part."""
        flags = [flag for part in (translation, *translation.also) for flag in self._part(part)]
        if translation.also and translation.event in {Event.link_people, Event.unlink_people}:
            flags += self._pair(translation, translation.also[0])
        if translation.occurred is not None and is_ahead(translation.occurred, self._told):
            # Taken at its word, it would make all that truly follows it the past.
            flags.append("EVN-6:after-it-was-told")
        return tuple(dict.fromkeys(flags))

    def _part(self, translation: Translation) -> Iterator[str]:
        """What a message says of one patient."""
        event = translation.event
        if event in ABOUT_THE_KNOWN:
            yield from self._about_the_known(translation)
        elif event is Event.merge:
            yield from self._merge(translation)
        elif event is Event.change_numbers:
            yield from self._renumbered(translation)
        elif event is Event.move_visits:
            yield from self._moved(translation)
        else:
            yield from self._drafts(translation)
            yield from self._given_up(translation)

    def _drafts(self, translation: Translation) -> Iterator[str]:
        key = self._ids.keys.get(translation.patient_id)
        came_under = self._came_under(translation.patient_id, key)
        for draft in translation.drafts:
            kind = draft.resource["resourceType"]
            if kind == "Encounter":
                yield from file_visit(self._desk, draft, translation, self._told, came_under)
            elif kind == "Patient":
                is_settled = draft.resource["id"] in self._ids.settled
                yield from file_person(self._desk, draft, key, is_settled=is_settled)
            elif not is_of_older_list(self._desk, draft, translation):
                self._desk.lay_over(draft, came_under)
        end_missing(self._desk, translation)

    def _came_under(self, patient_id: str, key: PatientKey | None) -> str | None:
        """The registration whose number a message uses, where a merge has put that out of use."""
        held = self._desk.get("Patient", patient_id)
        return self._ids.registration(key) if key is not None and is_by_old_number(held, key) else None

    def _about_the_known(self, translation: Translation) -> Iterator[str]:
        patient_id, desk = translation.patient_id, self._desk
        patient, key = desk.get("Patient", patient_id), self._ids.key
        if patient is None:
            raise NotKnown
        is_settled = patient_id in self._ids.settled
        if key and not is_settled and not is_by_old_number(patient, key) and contradicts(patient, key):
            raise Parked(ParkedReason.ambiguous_patient)
        came_under = self._came_under(patient_id, key)
        results = Results(
            desk.record,
            patient_id,
            translation.drafts,
            is_sent_before=lambda id_: desk.is_told_since("DiagnosticReport", id_),
            visit_now=lambda id_: visit_now(desk, id_),
        )
        for draft in translation.drafts:
            kind = draft.resource["resourceType"]
            if results.is_older(draft):
                desk.is_late = True
            elif kind in RESULT_TYPES:
                if kind == "DiagnosticReport":  # its values are as old as their report
                    desk.tell(draft)
                desk.put(results.taken(draft), came_under)
            elif kind not in _NOT_FROM_THESE and not (kind == "Location" and translation.event is Event.result):
                self._of_the_known(draft, results, came_under)
        yield from results.flags

    def _of_the_known(self, draft: Draft, results: Results, came_under: str | None) -> None:
        """An order, appointment or document: its number is never another patient's."""
        results.require_own(draft)
        self._desk.lay_over(replace(draft, resource=results.on_visit(draft.resource)), came_under)

    def _merge(self, translation: Translation) -> Iterator[str]:
        prior_id = translation.prior_patient_id
        if prior_id is not None and registrations.is_past(self._desk, translation.patient_id, prior_id):
            return
        yield from self._drafts(translation)
        yield from registrations.merge(self._desk, translation.patient_id, prior_id, self._ids.prior_key)
        yield from self._given_up(translation)

    def _renumbered(self, translation: Translation) -> Iterator[str]:
        new_id, key, prior_key = translation.patient_id, self._ids.keys.get(translation.patient_id), self._ids.prior_key
        kept_id = registrations.renumber(self._desk, translation, key)
        if kept_id == new_id and translation.prior_patient_id not in {None, new_id}:
            yield from self._drafts(translation)
            yield from registrations.merge(self._desk, new_id, translation.prior_patient_id, prior_key)
            return
        for draft in translation.drafts:
            told = repointed(draft.resource, f"Patient/{new_id}", f"Patient/{kept_id}")
            if told["resourceType"] == "Patient":
                told = {**told, "id": kept_id}
            self._desk.lay_over(replace(draft, resource=told))
        if (patient := self._desk.get("Patient", kept_id)) is not None:
            self._desk.put(registrations.with_old_number(patient, prior_key))

    def _moved(self, translation: Translation) -> Iterator[str]:
        desk, prior = self._desk, translation.prior_patient_id or ""
        moved = translation.prior_visit_ids or visits_merge.visits_of(desk, prior, survivor(desk.record, prior))
        for visit_id in moved:
            yield from visits_merge.move(desk, visit_id, prior, translation.patient_id)
        yield from self._drafts(translation)

    def _given_up(self, translation: Translation) -> Iterator[str]:
        if translation.visit_id is None or not visits_merge.is_taking_place(translation.event):
            return
        at = as_text(min(translation.occurred or self._told, self._told))
        for prior_id in translation.prior_visit_ids:
            yield from visits_merge.give_up(self._desk, translation.visit_id, prior_id, translation.patient_id, at)

    def _pair(self, one: Translation, other: Translation) -> Iterator[str]:
        if one.event is Event.link_people:
            registrations.link(self._desk, one.patient_id, other.patient_id)
        else:
            yield from registrations.part(self._desk, one.patient_id, other.patient_id)
