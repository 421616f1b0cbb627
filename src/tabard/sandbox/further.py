"""The census with what is rarer than coming, moving and going: plans, leave, swaps, visits that change hands, clinics and letters."""

from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import TypeVar

from tabard.sandbox.appointments import Appointment, Letter
from tabard.sandbox.census import Census
from tabard.sandbox.errors import Inconsistent
from tabard.sandbox.events import Event, Kind, Stay
from tabard.sandbox.layout import Clinician, Layout, Place
from tabard.sandbox.people import Person

_T = TypeVar("_T")


class FurtherCensus(Census):
    """As Census; each verb here too changes it, answers the event, and raises Inconsistent, changing nothing."""

    def __init__(self, layout: Layout, *, seed: int) -> None:
        super().__init__(layout, seed=seed)
        self._expected: dict[str, Stay] = {}
        self._pending: dict[str, Place] = {}
        self._away: set[str] = set()
        self._leaving: set[str] = set()
        self._booked: dict[str, tuple[str, Appointment]] = {}
        self._papers = (str(number) for number in count(30_000_000 + self._chance.randrange(100_000) * 10))

    def expected(self) -> tuple[str, ...]:
        """Hospital numbers of those for whom a bed is planned, who are not in."""
        return tuple(mrn for mrn in self._expected if mrn not in self._stays)

    def awaiting_move(self) -> tuple[str, ...]:
        """Hospital numbers of those who are in and wait for another bed."""
        return tuple(mrn for mrn in self._pending if mrn in self._stays)

    def on_leave(self) -> tuple[str, ...]:
        """Hospital numbers of those who are in and not there."""
        return tuple(mrn for mrn in sorted(self._away) if mrn in self._stays)

    def booked(self, until: datetime | None = None) -> tuple[str, ...]:
        """Numbers of the appointments that stand; with `until` only of those that were to begin by then."""
        return tuple(number for number, (_, made) in self._booked.items() if until is None or made.start <= until)

    def pre_admit(self, person: Person, bed: Place, consultant: Clinician, start: datetime, at: datetime) -> Event:
        """The person is to come on a day to come, to that ward (A05)."""
        if person.mrn in self._stays or person.mrn in self._expected:
            raise Inconsistent("this person is in, or expected, already")
        stay = Stay(next(self._visits), bed, consultant, self.layout.ward(bed.ward).specialty, start)
        self._persons[person.mrn] = person
        self._expected[person.mrn] = stay
        return Event(Kind.pre_admitted, at, person, stay)

    def cancel_pre_admit(self, mrn: str, at: datetime) -> Event:
        """The person will not come (A38)."""
        stay = self._taken(self._expected, mrn, "this person is not expected")
        return Event(Kind.pre_admission_cancelled, at, self._persons[mrn], stay)

    def arrive(self, mrn: str, bed: Place, at: datetime) -> Event:
        """Somebody expected comes in, under the number of the planned visit (A01)."""
        if mrn not in self._expected or mrn in self._stays:
            raise Inconsistent("this person is not expected")
        self._must_be_free(bed)
        planned = self._expected.pop(mrn)
        self._left.pop(mrn, None)
        return self._now(Kind.admitted, mrn, replace(planned, place=bed, admitted=at), at)

    def pend_transfer(self, mrn: str, bed: Place, at: datetime) -> Event:
        """The patient waits for another bed (A15)."""
        stay = self._inside(mrn)
        self._pending[mrn] = bed
        return Event(Kind.move_pending, at, self._persons[mrn], stay, pending=bed)

    def cancel_pend_transfer(self, mrn: str, at: datetime) -> Event:
        """The patient stays (A26)."""
        stay = self._inside(mrn)
        bed = self._taken(self._pending, mrn, "this patient waits for no bed")
        return Event(Kind.move_pending_cancelled, at, self._persons[mrn], stay, pending=bed)

    def pend_discharge(self, mrn: str, expected: datetime, at: datetime) -> Event:
        """The patient is to go home (A16)."""
        stay = self._inside(mrn)
        self._leaving.add(mrn)
        return Event(Kind.discharge_pending, at, self._persons[mrn], stay, pending=expected)

    def cancel_pend_discharge(self, mrn: str, at: datetime) -> Event:
        """The patient does not go yet (A25)."""
        stay = self._inside(mrn)
        if mrn not in self._leaving:
            raise Inconsistent("this patient was not to go home")
        self._leaving.remove(mrn)
        return Event(Kind.discharge_pending_cancelled, at, self._persons[mrn], stay)

    def leave(self, mrn: str, at: datetime) -> Event:
        """The patient goes on leave and keeps the bed (A21)."""
        stay = self._inside(mrn)
        if mrn in self._away:
            raise Inconsistent("this patient is on leave already")
        self._away.add(mrn)
        return Event(Kind.left_on_leave, at, self._persons[mrn], stay)

    def come_back(self, mrn: str, at: datetime) -> Event:
        """The patient is back from leave (A22)."""
        stay = self._inside(mrn)
        if mrn not in self._away:
            raise Inconsistent("this patient is not on leave")
        self._away.remove(mrn)
        return Event(Kind.back_from_leave, at, self._persons[mrn], stay)

    def swap(self, one: str, other: str, at: datetime) -> Event:
        """Two patients change beds (A17)."""
        first, second = self._inside(one), self._inside(other)
        if one == other:
            raise Inconsistent("a swap is of two")
        self._stays[one] = replace(first, place=second.place, earlier=first)
        self._stays[other] = replace(second, place=first.place, earlier=second)
        theirs = (self._persons[other], self._stays[other])
        return Event(Kind.swapped, at, self._persons[one], self._stays[one], before=first.place, other=theirs)

    def merge_visits(self, mrn: str, prior_visit: str, at: datetime) -> Event:
        """A visit of the patient, over by now, was the beginning of the present one (A35)."""
        stay = self._inside(mrn)
        if prior_visit == stay.visit:
            raise Inconsistent("a visit cannot be merged with itself")
        event = Event(Kind.visits_merged, at, self._persons[mrn], stay, absorbed=mrn)
        return replace(event, absorbed_visit=prior_visit)

    def move_visit(self, heir: str, holder: str, at: datetime) -> Event:
        """The stay was told of the wrong person: it is somebody else's, who is not in (A44)."""
        self.person(heir)
        stay = self._inside(holder)
        if heir in self._stays:
            raise Inconsistent("whose the stay is said to be is in already")
        self._stays[heir] = self._stays.pop(holder)
        self._left.pop(heir, None)
        event = Event(Kind.visit_moved, at, self._persons[heir], stay, absorbed=holder)
        return replace(event, absorbed_visit=stay.visit)

    def book(self, mrn: str, start: datetime, clinic: str, clinician: Clinician, at: datetime) -> Event:
        """A place in a clinic (S12)."""
        person = self.person(mrn)
        made = Appointment(next(self._papers), start, clinic, clinician)
        self._booked[made.number] = (mrn, made)
        return Event(Kind.booked, at, person, appointment=made)

    def rebook(self, number: str, start: datetime, at: datetime) -> Event:
        """The appointment is at another time (S13)."""
        mrn, old = self._appointment(number)
        self._booked[number] = (mrn, replace(old, start=start))
        return Event(Kind.rebooked, at, self.person(mrn), appointment=self._booked[number][1])

    def cancel_appointment(self, number: str, at: datetime) -> Event:
        """The appointment is cancelled (S15)."""
        return self._end_appointment(number, Kind.appointment_cancelled, "Cancelled", at)

    def miss_appointment(self, number: str, at: datetime) -> Event:
        """The patient did not come (S26)."""
        return self._end_appointment(number, Kind.not_attended, "Noshow", at)

    def write(self, mrn: str, kind: str, title: str, lines: tuple[str, ...], at: datetime) -> Event:
        """A letter or summary is signed (MDM^T02), `kind` of HL7 table 0270 such as DS or CN."""
        stay = self.stay(mrn) or self._left.get(mrn)
        author = stay.consultant if stay else self.layout.wards[0].consultants[0]
        letter = Letter(next(self._papers), kind, title, lines, author)
        return Event(Kind.written, at, self.person(mrn), stay, letter=letter)

    def merge(self, survivor: str, prior: str, at: datetime) -> Event:
        """As Census; what was planned for, or booked under, the prior goes over too."""
        event = super().merge(survivor, prior, at)
        if (planned := self._expected.pop(prior, None)) is not None:
            self._expected.setdefault(survivor, planned)
        if (bed := self._pending.pop(prior, None)) is not None:
            self._pending[survivor] = bed
        for shelf in (self._away, self._leaving):
            if prior in shelf:
                shelf.remove(prior)
                shelf.add(survivor)
        for number, (mrn, made) in self._booked.items():
            if mrn == prior:
                self._booked[number] = (survivor, made)
        return event

    def _appointment(self, number: str) -> tuple[str, Appointment]:
        if number not in self._booked:
            raise Inconsistent("there is no such appointment")
        return self._booked[number]

    def _end_appointment(self, number: str, kind: Kind, state: str, at: datetime) -> Event:
        mrn, made = self._appointment(number)
        del self._booked[number]
        return Event(kind, at, self.person(mrn), appointment=replace(made, state=state))

    def _taken(self, shelf: dict[str, _T], mrn: str, otherwise: str) -> _T:
        if mrn not in shelf:
            raise Inconsistent(otherwise)
        return shelf.pop(mrn)
