"""A pretend hospital that lives and is told of: the verbs and the day, whatever voice tells them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event as Flag
from typing import Generic, TypeVar

from tabard.ground.time import Clock, system_clock
from tabard.sandbox.accent import reword
from tabard.sandbox.day import Day
from tabard.sandbox.delivery import Delivery, Sent
from tabard.sandbox.errors import Inconsistent, Undelivered
from tabard.sandbox.events import Event
from tabard.sandbox.faults import Fault, Faults, OrderedFault
from tabard.sandbox.further import FurtherCensus
from tabard.sandbox.habits import Habits
from tabard.sandbox.layout import Clinician, Layout, Place
from tabard.sandbox.mllp import Line
from tabard.sandbox.people import People, Person

Told = TypeVar("Told")
_Any = TypeVar("_Any")


class PretendHospital(ABC, Generic[Told]):
    """Makes things happen in a pretend hospital and tells each by HL7 v2, stop-and-wait, until it is acknowledged.

    What is not acknowledged (no line, a line cut, AE) is sent again, the same bytes, for `patience_s` seconds
    (None: for ever); then Undelivered is raised. AR is not sent again: the answer stands in `Sent`.
    `tell_trouble` hears, once a message, why it has to be sent again.
    `day` may be another, such as a WholeDay over this hospital's census and people. `faults` and `habits` may be set at any time: what goes wrong on the way, and in which site's manner it is worded.
    For one thread. Each verb takes `at`, an aware time, the clock's when not given.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        layout: Layout,
        seed: int = 1,
        clock: Clock = system_clock,
        patience_s: float | None = 20.0,
        tell_trouble: Callable[[str], None] = lambda _: None,
        is_at_bedside: bool = False,
    ) -> None:
        self.layout = layout
        self.census = FurtherCensus(self.layout, seed=seed)
        self.people = People(self.layout, seed=seed, today=clock().date())
        self.day = Day(self.census, self.people, seed=seed, is_at_bedside=is_at_bedside)
        self.stopping = Flag()
        self._delivery = Delivery(Line(host, port), self.stopping, patience_s=patience_s, tell_trouble=tell_trouble)
        self.faults = Faults()
        self.habits = Habits()
        self._clock = clock
        self._run = f"{clock():%y%m%d%H%M%S}"
        self._sequence = 0

    @property
    def clock(self) -> Clock:
        """By which it lives."""
        return self._clock

    def admit(
        self, ward: str, bed: str | None = None, person: Person | None = None, at: datetime | None = None
    ) -> Sent:
        """Somebody (drawn when not given) comes to a ward, into a bed (the first free when not given): A01."""
        where = self.layout.ward(ward)
        who = person or self.people.draw(where.ages)
        place = self._bed(ward, bed)
        return self.tell(self.census.admit(who, place, where.consultants[0], at or self._clock()))

    def transfer(self, mrn: str, ward: str, bed: str | None = None, at: datetime | None = None) -> Sent:
        """The patient moves to a bed of a ward, under its first consultant unless theirs works there too: A02."""
        stay, doctors = self.census.stay(mrn), self.layout.ward(ward).consultants
        doctor = _keep(stay.consultant if stay else None, doctors)
        return self.tell(self.census.transfer(mrn, self._bed(ward, bed), doctor, at or self._clock()))

    def cancel_transfer(self, mrn: str, at: datetime | None = None) -> Sent:
        """The latest move never was: A12."""
        return self.tell(self.census.cancel_transfer(mrn, at or self._clock()))

    def discharge(self, mrn: str, at: datetime | None = None) -> Sent:
        """The patient goes home: A03."""
        return self.tell(self.census.discharge(mrn, at or self._clock()))

    def cancel_discharge(self, mrn: str, at: datetime | None = None) -> Sent:
        """The patient never left: A13."""
        return self.tell(self.census.cancel_discharge(mrn, at or self._clock()))

    def cancel_admit(self, mrn: str, at: datetime | None = None) -> Sent:
        """The patient never came: A11."""
        return self.tell(self.census.cancel_admit(mrn, at or self._clock()))

    def register(self, person: Person | None = None, at: datetime | None = None) -> Sent:
        """Somebody becomes known without coming in: A28."""
        return self.tell(self.census.register(person or self.people.draw(), at or self._clock()))

    def update(self, person: Person, at: datetime | None = None) -> Sent:
        """Something about a known person changed: A08 when they are in, else A31."""
        return self.tell(self.census.update(person, at or self._clock()))

    def merge(self, survivor: str, prior: str, at: datetime | None = None) -> Sent:
        """Two numbers were one person: A40, or what the voice has for it."""
        return self.tell(self.census.merge(survivor, prior, at or self._clock()))

    def happen(self, verb: Callable[[FurtherCensus, datetime], Event], at: datetime | None = None) -> Sent:
        """Make something rarer happen, such as `lambda census, at: census.swap(one, other, at)`, and tell it."""
        return self.tell(verb(self.census, at or self._clock()))

    def double_of(self, mrn: str) -> Person:
        """A known person as not recognised: the same but for a second hospital number, and untraced."""
        person = self.census.person(mrn)
        return replace(person, mrn=self.people.another_number(), nhs_number=None, nhs_status="NSTS03")

    def fill(self, share: float = 0.7) -> Iterator[Sent]:
        """Tell the admissions of the last nine days that leave each ward so full."""
        for event in self.day.fill(self._clock(), share):
            if self.stopping.is_set():
                return
            yield self.tell(event)

    def play(self, *, speed: float = 1.0, events: int | None = None) -> Iterator[Told]:
        """Live through the day, `speed` times as fast, for so many events or until `stop`; each is told as it happens.

        Events carry the clock's time at which they are told, whatever the speed.
        """
        told = 0
        while (events is None or told < events) and not self.stopping.wait(self.day.gap().total_seconds() / speed):
            told += 1
            yield self._live(self.day.happen(self._clock()))
        if not self.stopping.is_set():
            self.let_go()

    def until_stopped(self, told: Iterator[_Any]) -> Iterator[_Any]:
        """What `fill` or `play` tells, ended quietly when `stop` came while a message was waiting for its answer."""
        try:
            yield from told
        except Undelivered:
            if not self.stopping.is_set():
                raise

    def stop(self) -> None:
        """End fill, play and waiting, from any thread."""
        self.stopping.set()

    def close(self) -> None:
        """Hang up."""
        self._delivery.close()

    def tell(self, event: Event) -> Sent:
        """Send an event until it is acknowledged. Raises Undelivered when patience ends or on `stop`."""
        self._sequence += 1
        control_id, fault = f"{self._run}{self._sequence:08d}", self.faults.take()
        skew = fault.skew if fault is not None and fault.kind is Fault.clock_skew else timedelta()
        sent = self._clock() + skew
        plain = self._worded(replace(event, at=event.at + skew), control_id, self._sequence, sent)
        worded = reword(plain, event, self.habits)
        return self._delivery.deliver(event, worded, control_id, fault)

    def fault(
        self, kind: Fault | str, times: int = 1, *, delay_s: float = 0.5, skew: timedelta = timedelta(hours=1)
    ) -> None:
        """The next so many messages meet this fault; 0 takes back all that was ordered."""
        self.faults.order(OrderedFault(Fault(kind), delay_s, skew), times)

    def let_go(self) -> None:
        """Tell what a fault keeps back; the end of `play` does so too."""
        self._delivery.let_go()

    @abstractmethod
    def _worded(self, event: Event, control_id: str, sequence: int, sent: datetime) -> bytes:
        """The message by which this system tells the event."""

    @abstractmethod
    def _live(self, event: Event) -> Told:
        """Make known an event of the day, whichever way this system has for it."""

    def _bed(self, ward: str, bed: str | None) -> Place:
        if bed is not None:
            return Place(ward, bed)
        free = self.census.free_beds(ward)
        if not free:
            raise Inconsistent("no bed of this ward is free", got=ward)
        return free[0]


def _keep(present: Clinician | None, doctors: tuple[Clinician, ...]) -> Clinician:
    return present if present is not None and present in doctors else doctors[0]
