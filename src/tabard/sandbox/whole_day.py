"""A whole day of a large hospital, drawn from a seed: every kind of event at its hours; to be played, or told at once."""

from bisect import bisect
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from tabard.sandbox import curves
from tabard.sandbox.curves import Flow
from tabard.sandbox.day import Day
from tabard.sandbox.events import Event
from tabard.sandbox.further import FurtherCensus
from tabard.sandbox.layout import Layout, large_hospital
from tabard.sandbox.people import People

_LOCAL = ZoneInfo("Europe/London")
_SOON = timedelta(hours=4)
_Choice = Callable[[datetime], Event | None]
_CLINICS = ("Clinic 1", "Clinic 2", "Fracture Clinic", "Eye Clinic", "Infusion Suite")


class WholeDay(Day):
    """A day of a hospital of `beds` beds that begins at `begin`; the same seed, beds and beginning tell the same day.

    It keeps its own time, by which it swells and ebbs: `gap` says how long until the next event, `happen` makes it happen
    at whatever time the player says. `told` tells some hours at once. A census and people of its own unless given.
    """

    def __init__(
        self,
        seed: int,
        *,
        beds: int = curves.BEDS,
        begin: datetime = datetime(2026, 10, 14, tzinfo=UTC),
        layout: Layout | None = None,
        census: FurtherCensus | None = None,
        people: People | None = None,
    ) -> None:
        where = layout or large_hospital(beds)
        self._further = census or FurtherCensus(where, seed=seed)
        super().__init__(self._further, people or People(where, seed=seed, today=begin.date()), seed=seed)
        self._beds = sum(len(ward.beds) for ward in where.wards)
        self._time = begin
        self._next: _Choice = self._register
        self._may, flows = zip(*self._flows(), strict=True)
        self._sums = [list(accumulate(flow.rate(hour, self._beds) for flow in flows)) for hour in range(24)]
        self._busiest = max(sums[-1] for sums in self._sums)

    def gap(self) -> timedelta:
        """How long until the next event by the day's own time, which goes on by it."""
        before = self._time
        while True:
            self._time += timedelta(hours=self._chance.expovariate(self._busiest))
            sums = self._sums[self._time.astimezone(_LOCAL).hour]
            if (drawn := self._chance.random() * self._busiest) < sums[-1]:
                self._next = self._may[bisect(sums, drawn)]
                return self._time - before

    def happen(self, at: datetime) -> Event:
        """The next event, at that time; what cannot be now gives way to a result, or to somebody new."""
        return self._next(at) or self._result(at) or self._register(at)

    def told(self, start: datetime, hours: float) -> Iterator[Event]:
        """The events of so many hours from `start`, at once."""
        self._time = start
        while (self.gap(), self._time)[1] < start + timedelta(hours=hours):
            yield self.happen(self._time)

    def _pre_admit(self, at: datetime) -> Event | None:
        ward = self._ward_with_room()
        if ward is None:
            return None
        person, doctor = self.people.draw(ward.ages), self._chance.choice(ward.consultants)
        start = at + timedelta(hours=self._chance.randrange(12, 200))
        return self._further.pre_admit(person, self._chance.choice(ward.places()), doctor, start, at)

    def _arrive(self, at: datetime) -> Event | None:
        mrn = next(iter(self._further.expected()), None)
        ward = self._ward_with_room()
        return (
            self._further.arrive(mrn, self._chance.choice(self.census.free_beds(ward.code)), at)
            if mrn and ward
            else None
        )

    def _cancel_pre_admit(self, at: datetime) -> Event | None:
        waiting = self._further.expected()
        return self._further.cancel_pre_admit(self._chance.choice(waiting), at) if waiting else None

    def _pend_transfer(self, at: datetime) -> Event | None:
        mrn = self._inpatient()
        bed = self._bed_to_go_to(mrn, at) if mrn else None
        return self._further.pend_transfer(mrn, bed, at) if mrn and bed else None

    def _cancel_pend_transfer(self, at: datetime) -> Event | None:
        waiting = self._further.awaiting_move()
        return self._further.cancel_pend_transfer(self._chance.choice(waiting), at) if waiting else None

    def _pend_discharge(self, at: datetime) -> Event | None:
        mrn = self._inpatient()
        return self._further.pend_discharge(mrn, at + _SOON, at) if mrn else None

    def _leave(self, at: datetime) -> Event | None:
        mrn = self._inpatient()
        return self._further.leave(mrn, at) if mrn and mrn not in self._further.on_leave() else None

    def _come_back(self, at: datetime) -> Event | None:
        away = self._further.on_leave()
        return self._further.come_back(away[0], at) if away else None

    def _swap(self, at: datetime) -> Event | None:
        one, other = self._inpatient(), self._inpatient()
        return self._further.swap(one, other, at) if one and other and one != other else None

    def _book(self, at: datetime) -> Event | None:
        outside = self.census.outpatients()
        if not outside:
            return None
        ward = self._chance.choice(self.census.layout.wards)
        clinic, doctor = self._chance.choice(_CLINICS), self._chance.choice(ward.consultants)
        return self._further.book(self._chance.choice(outside), self._clinic_time(at), clinic, doctor, at)

    def _rebook(self, at: datetime) -> Event | None:
        booked = self._further.booked()
        return self._further.rebook(self._chance.choice(booked), self._clinic_time(at), at) if booked else None

    def _clinic_time(self, at: datetime) -> datetime:
        """A time of a clinic, on this day or within two months."""
        day = at + timedelta(days=self._chance.choice((0, 0, 1, *range(2, 60))))
        hour, minute = self._chance.randrange(8, 17), self._chance.randrange(0, 60, 10)
        return day.astimezone(_LOCAL).replace(hour=hour, minute=minute, second=0, microsecond=0).astimezone(UTC)

    def _cancel_appointment(self, at: datetime) -> Event | None:
        booked = self._further.booked()
        return self._further.cancel_appointment(self._chance.choice(booked), at) if booked else None

    def _miss(self, at: datetime) -> Event | None:
        due = self._further.booked(until=at)
        return self._further.miss_appointment(self._chance.choice(due), at) if due else None

    def _write(self, at: datetime) -> Event | None:
        mrn = next(iter(reversed(self.census.gone_home())), None) or self._inpatient()
        lines = ("Admitted unwell, treated, and better.", "Please review medicines in two weeks.")
        return self._further.write(mrn, "DS", "Discharge summary", lines, at) if mrn else None

    def _flows(self) -> tuple[tuple[_Choice, Flow], ...]:
        return (
            (self._admit, Flow(115, curves.FRONT_DOOR)),
            (self._arrive, Flow(55, curves.MORNING)),
            (self._transfer, Flow(190, curves.ROUNDS)),
            (self._discharge, Flow(165, curves.ROUNDS)),
            (self._result, Flow(3600, curves.REPORTS)),
            (self._update, Flow(220, curves.OFFICE)),
            (self._update_person, Flow(160, curves.OFFICE)),
            (self._register, Flow(260, curves.FRONT_DOOR)),
            (self._cancel_transfer, Flow(14, curves.ROUNDS)),
            (self._cancel_discharge, Flow(6, curves.ROUNDS)),
            (self._cancel_admit, Flow(5, curves.FRONT_DOOR)),
            (self._merge, Flow(25, curves.OFFICE)),
            (self._pre_admit, Flow(60, curves.OFFICE)),
            (self._cancel_pre_admit, Flow(4, curves.OFFICE)),
            (self._pend_transfer, Flow(110, curves.ROUNDS)),
            (self._cancel_pend_transfer, Flow(15, curves.ROUNDS)),
            (self._pend_discharge, Flow(140, curves.ROUNDS)),
            (self._leave, Flow(12, curves.OFFICE)),
            (self._come_back, Flow(12, curves.OFFICE)),
            (self._swap, Flow(6, curves.ROUND_THE_CLOCK)),
            (self._book, Flow(900, curves.OFFICE)),
            (self._rebook, Flow(150, curves.OFFICE)),
            (self._cancel_appointment, Flow(90, curves.OFFICE)),
            (self._miss, Flow(70, curves.OFFICE)),
            (self._write, Flow(150, curves.ROUNDS)),
        )
