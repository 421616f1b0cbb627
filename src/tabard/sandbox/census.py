"""Who lies where: the state of a pretend hospital, which refuses what cannot be."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from random import Random

from tabard.sandbox.errors import Inconsistent
from tabard.sandbox.events import Event, Kind, Stay
from tabard.sandbox.laboratory import Panel, Report, measure_all
from tabard.sandbox.layout import Clinician, Layout, Place
from tabard.sandbox.people import Person


class Census:
    """The one truth of a pretend hospital. Each verb changes it and answers the event that tells so.

    Verbs name a patient by hospital number and raise Inconsistent, changing nothing, where a hospital could not
    do what was asked. A bed holds one; nobody lies in two.
    """

    def __init__(self, layout: Layout, *, seed: int) -> None:
        self.layout = layout
        self._chance = Random(f"census {seed}")  # noqa: S311  repeatable, and guards nothing
        self._persons: dict[str, Person] = {}
        self._stays: dict[str, Stay] = {}
        self._left: dict[str, Stay] = {}
        first = self._chance.randrange(100_000) * 10
        self._visits = (str(number) for number in count(1_000_000 + first))
        self._orders = (str(number) for number in count(7_000_000 + first))

    def person(self, mrn: str) -> Person:
        """Whoever has that hospital number. Raises Inconsistent when nobody has."""
        if mrn not in self._persons:
            raise Inconsistent("nobody has this hospital number", remedy="register or admit the person first")
        return self._persons[mrn]

    def stay(self, mrn: str) -> Stay | None:
        """The stay of somebody who is in now, else None."""
        return self._stays.get(mrn)

    def inpatients(self, ward: str | None = None) -> tuple[str, ...]:
        """Hospital numbers of those who are in now, on one ward or on all, in order of admission."""
        return tuple(mrn for mrn, stay in self._stays.items() if ward is None or stay.place.ward == ward)

    def outpatients(self) -> tuple[str, ...]:
        """Hospital numbers of those known who are not in now."""
        return tuple(mrn for mrn in self._persons if mrn not in self._stays)

    def gone_home(self) -> tuple[str, ...]:
        """Hospital numbers of those who went home from their latest stay, the last to leave at the end."""
        return tuple(self._left)

    def last_stay(self, mrn: str) -> Stay:
        """The stay from which somebody went home. Raises Inconsistent when there is none."""
        if mrn not in self._left:
            raise Inconsistent("this person did not go home from a stay")
        return self._left[mrn]

    def can_return(self, mrn: str) -> bool:
        """Whether somebody who went home is still out and finds the old bed free."""
        stay = self._left.get(mrn)
        return stay is not None and mrn not in self._stays and stay.place in self.free_beds(stay.place.ward)

    def can_merge(self, survivor: str, prior: str) -> bool:
        """Whether both numbers stand and at most one of them is in."""
        both_in = survivor in self._stays and prior in self._stays
        return survivor != prior and {survivor, prior} <= self._persons.keys() and not both_in

    def free_beds(self, ward: str) -> tuple[Place, ...]:
        """The beds of a ward in which nobody lies."""
        taken = {stay.place for stay in self._stays.values()}
        return tuple(place for place in self.layout.ward(ward).places() if place not in taken)

    def register(self, person: Person, at: datetime) -> Event:
        """The person becomes known (A28)."""
        if person.mrn in self._persons:
            raise Inconsistent("this hospital number is somebody's already")
        self._persons[person.mrn] = person
        return Event(Kind.registered, at, person)

    def admit(self, person: Person, bed: Place, consultant: Clinician, at: datetime) -> Event:
        """The person, known or not, comes in (A01)."""
        if person.mrn in self._stays:
            raise Inconsistent("this person is in already", remedy="transfer, or discharge first")
        self._must_be_free(bed)
        self._persons[person.mrn] = person
        self._left.pop(person.mrn, None)
        stay = Stay(next(self._visits), bed, consultant, self.layout.ward(bed.ward).specialty, at)
        return self._now(Kind.admitted, person.mrn, stay, at)

    def transfer(self, mrn: str, bed: Place, consultant: Clinician, at: datetime) -> Event:
        """The patient goes to another bed, maybe under another consultant (A02)."""
        stay = self._inside(mrn)
        self._must_be_free(bed)
        specialty = self.layout.ward(bed.ward).specialty
        moved = replace(stay, place=bed, consultant=consultant, specialty=specialty, earlier=stay)
        return self._now(Kind.moved, mrn, moved, at, before=stay.place)

    def cancel_transfer(self, mrn: str, at: datetime) -> Event:
        """The latest move never was: the patient is where, and under whom, they were before (A12)."""
        stay = self._inside(mrn)
        if stay.earlier is None:
            raise Inconsistent("this patient was not moved in this stay")
        self._must_be_free(stay.earlier.place)
        return self._now(Kind.move_cancelled, mrn, stay.earlier, at, before=stay.place)

    def discharge(self, mrn: str, at: datetime) -> Event:
        """The patient goes home (A03)."""
        stay = replace(self._inside(mrn), discharged=at)
        del self._stays[mrn]
        self._left[mrn] = stay
        return Event(Kind.discharged, at, self._persons[mrn], stay)

    def cancel_discharge(self, mrn: str, at: datetime) -> Event:
        """The patient never left: back in the same bed (A13)."""
        stay = replace(self.last_stay(mrn), discharged=None)
        self._must_be_free(stay.place)
        del self._left[mrn]
        return self._now(Kind.discharge_cancelled, mrn, stay, at)

    def cancel_admit(self, mrn: str, at: datetime) -> Event:
        """The patient never came in (A11)."""
        stay = self._inside(mrn)
        del self._stays[mrn]
        return Event(Kind.admission_cancelled, at, self._persons[mrn], stay)

    def update(self, person: Person, at: datetime) -> Event:
        """Something about the person changed: A08 with the stay when they are in, else A31."""
        self.person(person.mrn)
        self._persons[person.mrn] = person
        stay = self.stay(person.mrn)
        return Event(Kind.updated if stay else Kind.person_updated, at, person, stay)

    def merge(self, survivor: str, prior: str, at: datetime) -> Event:
        """Two numbers were one person: `prior` ends, its stay and its past go to `survivor` (A40)."""
        person = self.person(survivor)
        self.person(prior)
        if not self.can_merge(survivor, prior):
            raise Inconsistent("two numbers that are both in, or the same number twice, cannot be merged")
        for shelf in (self._stays, self._left):
            if prior in shelf:
                shelf[survivor] = shelf.pop(prior)
        del self._persons[prior]
        return Event(Kind.merged, at, person, absorbed=prior)

    def report(self, mrn: str, panel: Panel, at: datetime, values: Sequence[str] | None = None) -> Event:
        """A panel is reported; `values`, when given, in the panel's order, each marked normal."""
        drawn = measure_all(panel, self._chance)
        if values is not None:
            drawn = tuple(replace(one, value=value, mark="N") for one, value in zip(drawn, values, strict=True))
        number = next(self._orders)
        report = Report(panel, order=f"ORD{number}", specimen=f"26{number}", taken=at, results=drawn)
        return Event(Kind.reported, at, self.person(mrn), self.stay(mrn), report=report)

    def _now(self, kind: Kind, mrn: str, stay: Stay, at: datetime, before: Place | None = None) -> Event:
        self._stays[mrn] = stay
        return Event(kind, at, self._persons[mrn], stay, before)

    def _inside(self, mrn: str) -> Stay:
        self.person(mrn)
        if mrn not in self._stays:
            raise Inconsistent("this person is not in now", remedy="admit first")
        return self._stays[mrn]

    def _must_be_free(self, bed: Place) -> None:
        if bed not in self.layout.ward(bed.ward).places():
            raise Inconsistent("the ward has no such bed", got=str(bed))
        if any(stay.place == bed for stay in self._stays.values()):
            raise Inconsistent("somebody lies in this bed", got=str(bed), remedy="choose one of free_beds(ward)")
