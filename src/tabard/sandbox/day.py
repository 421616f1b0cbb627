"""A hospital day: what happens next, drawn from a seed, always what the census allows."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from tabard.sandbox.census import Census
from tabard.sandbox.events import Event
from tabard.sandbox.laboratory import PANELS, VITAL_SIGNS
from tabard.sandbox.layout import Place, Ward
from tabard.sandbox.people import People, Person

_MEAN_GAP_S = 210.0
_BEDSIDE_WEIGHT = 90
_FULL = 0.9
_MOVES_REMEMBERED = 6

_Choice = tuple[Callable[["Day", datetime], Event | None], int]
"""Something that may happen, and its weight among the others."""


class Day:
    """Draws what happens next and makes it happen in the census.

    `gap` then `happen`, again and again: whoever plays the day waits the gap and says what time it is by then, so
    the same day can be told at once, in real time, or sped up. With `is_at_bedside` vital signs are measured too,
    some six times a day for each patient; all else keeps its pace.
    """

    def __init__(self, census: Census, people: People, *, seed: int, is_at_bedside: bool = False) -> None:
        self.census = census
        self.people = people
        self._chance = Random(f"day {seed}")  # noqa: S311  repeatable, and guards nothing
        bedside: tuple[_Choice, ...] = ((Day._measure, _BEDSIDE_WEIGHT),) if is_at_bedside else ()
        self._choices: tuple[_Choice, ...] = (*self._CHOICES, *bedside)
        self._pace = sum(weight for _, weight in self._CHOICES) / sum(weight for _, weight in self._choices)
        self._moved: list[str] = []
        self._came: list[str] = []
        self._doubles: list[tuple[str, str]] = []

    def gap(self) -> timedelta:
        """How long until the next event: three and a half minutes in the mean but for vital signs, as in a middling hospital."""
        return timedelta(seconds=self._chance.expovariate(1 / (_MEAN_GAP_S * self._pace)))

    def happen(self, at: datetime) -> Event:
        """The next event, at that time. What was drawn and cannot be now gives way to the next draw."""
        while True:
            (chosen,) = self._chance.choices(self._choices, [weight for _, weight in self._choices])
            event = chosen[0](self, at)
            if event is not None:
                return event

    def told(self, start: datetime, hours: float) -> Iterator[Event]:
        """The events of so many hours from `start`, at once."""
        at = start
        while (at := at + self.gap()) < start + timedelta(hours=hours):
            yield self.happen(at)

    def fill(self, at: datetime, share: float = 0.7) -> Iterator[Event]:
        """The admissions, over the nine days before `at`, that leave each ward so full (share of its beds)."""
        wanted = [
            (at - timedelta(minutes=self._chance.randrange(90, 9 * 24 * 60)), ward)
            for ward in self.census.layout.wards
            for _ in range(round(len(ward.beds) * share))
        ]
        for when, ward in sorted(wanted, key=lambda pair: pair[0]):
            yield self.admit_to(ward, when)

    def admit_to(self, ward: Ward, at: datetime) -> Event:
        """Somebody new, of an age for the ward, into one of its free beds."""
        bed = self._chance.choice(self.census.free_beds(ward.code))
        person = self.people.draw(ward.ages)
        return self.census.admit(person, bed, self._chance.choice(ward.consultants), at)

    def _ward_with_room(self) -> Ward | None:
        wards = self.census.layout.wards
        roomy = [ward for ward in wards if len(self.census.free_beds(ward.code)) > len(ward.beds) * (1 - _FULL)]
        return self._chance.choice(roomy) if roomy else None

    def _inpatient(self) -> str | None:
        inside = self.census.inpatients()
        return self._chance.choice(inside) if inside else None

    def _admit(self, at: datetime) -> Event | None:
        ward = self._ward_with_room()
        if ward is None:
            return None
        event = self.admit_to(ward, at)
        _remember(self._came, event.person.mrn)
        return event

    def _admit_unrecognised(self, at: datetime) -> Event | None:
        """Somebody who went home comes back to the same ward and is given a second number."""
        mrn = next(iter(self.census.gone_home()), None)
        if mrn is None or not self.census.can_return(mrn):
            return None
        stay = self.census.last_stay(mrn)
        double = self._double(mrn)
        return self.census.admit(double, stay.place, stay.consultant, at)

    def _transfer(self, at: datetime) -> Event | None:
        mrn = self._inpatient()
        bed = self._bed_to_go_to(mrn, at) if mrn else None
        if mrn is None or bed is None:
            return None
        ward, stay = self.census.layout.ward(bed.ward), self.census.stay(mrn)
        same = stay is not None and stay.consultant in ward.consultants
        consultant = stay.consultant if same and stay else self._chance.choice(ward.consultants)
        _remember(self._moved, mrn)
        return self.census.transfer(mrn, bed, consultant, at)

    def _bed_to_go_to(self, mrn: str, at: datetime) -> Place | None:
        """A free bed on a ward that takes that age; half of all moves stay on the ward."""
        stay, age = self.census.stay(mrn), (at.date() - self.census.person(mrn).born).days // 365.25
        wards = [ward for ward in self.census.layout.wards if ward.ages[0] <= age <= ward.ages[1]]
        here = [ward for ward in wards if stay and ward.code == stay.place.ward]
        choice = here if here and self._chance.random() < 0.5 else wards  # noqa: PLR2004  half, as said
        beds = [bed for ward in choice for bed in self.census.free_beds(ward.code)]
        return self._chance.choice(beds) if beds else None

    def _cancel_transfer(self, at: datetime) -> Event | None:
        mrn = _forget(self._moved)
        stay = self.census.stay(mrn) if mrn else None
        if mrn is None or stay is None or stay.earlier is None:
            return None
        before = stay.earlier.place
        return self.census.cancel_transfer(mrn, at) if before in self.census.free_beds(before.ward) else None

    def _discharge(self, at: datetime) -> Event | None:
        mrn = self._inpatient()
        return self.census.discharge(mrn, at) if mrn else None

    def _cancel_discharge(self, at: datetime) -> Event | None:
        mrn = next(iter(reversed(self.census.gone_home())), None)
        free = mrn is not None and self.census.can_return(mrn)
        return self.census.cancel_discharge(mrn, at) if mrn and free else None

    def _cancel_admit(self, at: datetime) -> Event | None:
        mrn = _forget(self._came)
        return self.census.cancel_admit(mrn, at) if mrn and self.census.stay(mrn) else None

    def _change(self, at: datetime, mrn: str | None) -> Event | None:
        if mrn is None:
            return None
        address, postcode = self.people.new_home()
        return self.census.update(replace(self.census.person(mrn), address=address, postcode=postcode), at)

    def _update(self, at: datetime) -> Event | None:
        return self._change(at, self._inpatient())

    def _update_person(self, at: datetime) -> Event | None:
        outside = self.census.outpatients()
        return self._change(at, self._chance.choice(outside) if outside else None)

    def _register(self, at: datetime) -> Event:
        """Somebody new becomes known; one in three is somebody who is in and was not recognised."""
        mrn = self._inpatient()
        if mrn is None or self._chance.random() > 1 / 3:
            return self.census.register(self.people.draw(), at)
        return self.census.register(self._double(mrn), at)

    def _double(self, mrn: str) -> Person:
        """The same person under a second number, not traced yet; a later merge finds it out."""
        person = self.census.person(mrn)
        double = replace(person, mrn=self.people.another_number(), nhs_number=None, nhs_status="NSTS03")
        self._doubles.append((mrn, double.mrn))
        return double

    def _merge(self, at: datetime) -> Event | None:
        if not self._doubles or not self.census.can_merge(*self._doubles[0]):
            return None
        survivor, prior = self._doubles.pop(0)
        return self.census.merge(survivor, prior, at)

    def _result(self, at: datetime) -> Event | None:
        mrn = self._inpatient()
        return self.census.report(mrn, self._chance.choice(PANELS), at) if mrn else None

    def _measure(self, at: datetime) -> Event | None:
        mrn = self._inpatient()
        return self.census.report(mrn, VITAL_SIGNS, at) if mrn else None

    _CHOICES: tuple[_Choice, ...] = (
        (_admit, 17),
        (_admit_unrecognised, 1),
        (_transfer, 16),
        (_discharge, 15),
        (_result, 30),
        (_update, 6),
        (_update_person, 2),
        (_register, 4),
        (_cancel_transfer, 3),
        (_cancel_discharge, 3),
        (_cancel_admit, 2),
        (_merge, 2),
    )


def _remember(mrns: list[str], mrn: str) -> None:
    mrns.append(mrn)
    del mrns[:-_MOVES_REMEMBERED]


def _forget(mrns: list[str]) -> str | None:
    return mrns.pop() if mrns else None
