"""Charting: what happens in the hospital, written into the chart under Millennium's own ids."""

from dataclasses import replace
from datetime import datetime

from tabard.sandbox.errors import Inconsistent
from tabard.sandbox.events import Event, Kind, Stay
from tabard.sandbox.laboratory import Report
from tabard.sandbox.layout import Layout
from tabard.sandbox.millennium import measurement_resources as measured
from tabard.sandbox.millennium.allergies import allergies_of
from tabard.sandbox.millennium.chart import Chart
from tabard.sandbox.millennium.coding import Codes
from tabard.sandbox.millennium.directory import Directory
from tabard.sandbox.millennium.numbers import Numbers
from tabard.sandbox.millennium.person_resources import allergy, combined, patient
from tabard.sandbox.millennium.visit_resources import Visit, encounter
from tabard.sandbox.people import Person

_STATUS = {
    Kind.discharged: "finished",
    Kind.admission_cancelled: "cancelled",
    Kind.pre_admission_cancelled: "cancelled",
    Kind.pre_admitted: "planned",
    Kind.left_on_leave: "onleave",
}
_TELLS_NO_STATUS = frozenset(
    {Kind.reported, Kind.written, Kind.booked, Kind.rebooked, Kind.appointment_cancelled, Kind.not_attended}
)


class Charting:
    """Takes events in the order in which they happened; keeps which id is whose.

    `base` is the address of the FHIR server, for references that are absolute.
    """

    def __init__(self, chart: Chart, layout: Layout, codes: Codes, *, seed: int, base: str) -> None:
        self._chart = chart
        self._codes = codes
        self._base = base
        self._numbers = Numbers(seed)
        self._directory = Directory(chart, layout, codes, self._numbers)
        self._patients: dict[str, str] = {}
        self._people: dict[str, Person] = {}
        self._mrns: dict[str, str | None] = {}
        self._known: dict[str, datetime] = {}
        self._visits: dict[str, Visit] = {}

    def take(self, event: Event) -> tuple[str, ...]:
        """Chart an event. Answers the ids of the Observations that it brought, in the panel's order."""
        with self._chart.lock:
            if event.kind is Kind.merged and event.absorbed is not None:
                self.combine(event.person.mrn, event.absorbed, event.at)
                return ()
            self._person(event.person, event.at)
            if event.kind is Kind.visits_merged:
                self._end_visit(event)
            elif event.stay is not None and event.kind not in _TELLS_NO_STATUS:
                self._visit(event, event.stay)
            if event.other is not None:
                person, stay = event.other
                self._visit(replace(event, person=person, stay=stay), stay)
            return () if event.report is None else self._report(event, event.report)

    def patient_id(self, mrn: str) -> str:
        """The Patient's id of a hospital number. Raises Inconsistent where the chart has nobody of it."""
        if mrn not in self._patients:
            raise Inconsistent("the chart has nobody of this hospital number")
        return self._patients[mrn]

    def encounter_id(self, visit: str) -> str:
        """The Encounter's id of a visit number. Raises Inconsistent where the chart has no such visit."""
        if visit not in self._visits:
            raise Inconsistent("the chart has no such visit")
        return self._visits[visit].id

    def inpatients(self) -> tuple[Visit, ...]:
        """The visits of who is in, as a doctor's list shows them."""
        with self._chart.lock:
            return tuple(visit for visit in self._visits.values() if visit.status == "in-progress")

    def doctors(self) -> tuple[tuple[str, str], ...]:
        """The id and the name of each doctor whom the chart knows."""
        with self._chart.lock:
            held = [one.resource for one in self._chart.every("Practitioner")]
        return tuple((one["id"], one["name"][0]["text"]) for one in held)

    def combine(self, survivor: str, prior: str, at: datetime) -> None:
        """Two Patients become one: the prior's record goes to the survivor, and only a pointer is left."""
        with self._chart.lock:
            into, gone = self.patient_id(survivor), self.patient_id(prior)
            self._repoint({gone: into}, at)
            del self._patients[prior]
            self._chart.put(combined(gone, into), at)

    def swap(self, one: str, other: str, at: datetime) -> None:
        """Two people change ids: every resource of the one goes by the other's Patient id."""
        with self._chart.lock:
            first, second = self.patient_id(one), self.patient_id(other)
            self._patients[one], self._patients[other] = second, first
            self._known[first], self._known[second] = self._known[second], self._known[first]
            self._mrns[first], self._mrns[second] = self._mrns[second], self._mrns[first]
            for mrn in (one, other):
                self._put_patient(self._people[mrn], self._patients[mrn], at)
            self._repoint({first: second, second: first}, at)

    def reassign(self, mrn: str, heir: str, at: datetime) -> None:
        """The hospital number `mrn` is taken from its Patient and given to the Patient of `heir`, in the chart only."""
        with self._chart.lock:
            loser, winner = self.patient_id(mrn), self.patient_id(heir)
            self._mrns[loser], self._mrns[winner] = None, mrn
            self._put_patient(self._people[mrn], loser, at)
            self._put_patient(self._people[heir], winner, at)

    def _person(self, person: Person, at: datetime) -> None:
        self._people[person.mrn] = person
        is_new = person.mrn not in self._patients
        if is_new:
            id_ = self._patients[person.mrn] = self._numbers.next("Patient")
            self._known[id_], self._mrns[id_] = at, person.mrn
        id_ = self._patients[person.mrn]
        self._put_patient(person, id_, at)
        if is_new:
            for known in allergies_of(person):
                self._chart.put(allergy(self._codes, self._numbers.next("AllergyIntolerance"), id_, known, at), at)

    def _put_patient(self, person: Person, id_: str, at: datetime) -> None:
        self._chart.put(patient(self._codes, id_, person, self._mrns[id_], self._known[id_]), at)

    def _visit(self, event: Event, stay: Stay) -> None:
        before = self._visits.get(stay.visit)
        person, patient_id = event.person, self._patients[event.person.mrn]
        name, status = f"{person.family}, {person.given}", _STATUS.get(event.kind, "in-progress")
        doctor = self._directory.doctor(stay.consultant, event.at)
        if before is None:
            bed = self._directory.bed(stay.place, stay.admitted)
            now = Visit(self._numbers.next("Encounter"), patient_id, name, stay, doctor, status, (bed,))
        else:
            now = replace(before, patient=patient_id, name=name, stay=stay, doctor=doctor, status=status)
        if before is not None and event.kind in {Kind.moved, Kind.swapped}:
            now = now.into(self._directory.bed(stay.place, event.at))
        elif before is not None and event.kind is Kind.move_cancelled:
            now = now.back()
        self._visits[stay.visit] = now
        self._chart.put(encounter(self._codes, now), event.at)

    def _end_visit(self, event: Event) -> None:
        """A visit that was told twice: the one given up is cancelled."""
        visit = self._visits.get(event.absorbed_visit or "")
        if visit is not None:
            self._visits[visit.stay.visit] = ended = replace(visit, status="cancelled")
            self._chart.put(encounter(self._codes, ended), event.at)

    def _report(self, event: Event, report: Report) -> tuple[str, ...]:
        visit = self._visits.get(event.stay.visit) if event.stay else None
        name = f"{event.person.family}, {event.person.given}"
        charted = measured.Charted(
            self._patients[event.person.mrn], name, visit.id if visit else None, visit.doctor if visit else None
        )
        if report.panel.is_bedside:
            return self._vital_signs(report, charted)
        ids = tuple(f"L-{self._numbers.next('event')}" for _ in report.results)
        for id_, result in zip(ids, report.results, strict=True):
            self._chart.put(measured.observation(self._codes, id_, report, result, charted), report.taken)
        named = tuple(
            f"{self._base}/Observation/{id_}" if place % 2 else f"Observation/{id_}" for place, id_ in enumerate(ids)
        )
        whole = measured.diagnostic_report(self._codes, self._numbers.next("event"), report, charted, named)
        self._chart.put(whole, report.taken)
        return ids

    def _vital_signs(self, report: Report, charted: measured.Charted) -> tuple[str, ...]:
        upper, lower, *others = report.results
        pressure = f"BP-{self._numbers.next('event')}-{self._numbers.next('event')}"
        told = measured.blood_pressure(self._codes, pressure, report, (upper, lower), charted)
        self._chart.put(told, report.taken)
        ids = [pressure]
        for result in others:
            ids.append(f"VS-{self._numbers.next('event')}")
            self._chart.put(measured.observation(self._codes, ids[-1], report, result, charted), report.taken)
        return tuple(ids)

    def _repoint(self, renamed: dict[str, str], at: datetime) -> None:
        self._chart.repoint(renamed, at)
        self._visits = {
            number: replace(visit, patient=renamed.get(visit.patient, visit.patient))
            for number, visit in self._visits.items()
        }
