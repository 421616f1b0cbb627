"""The teller: time that goes on, people and beds to draw from, and a message of what was drawn. What may happen is told elsewhere."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from soak import words
from soak.truth import Person, Status, Visit, World

LINES = 5
"""Connections of the patient administration system; the laboratory has one of its own after them."""
LABORATORY = LINES
_BEGIN = int(datetime(2026, 10, 15, tzinfo=UTC).timestamp())
_SPAN_S = 20 * 24 * 3600  # with the night of 25 October in it
_BEDS_IN_WARD = 24
_FAMILIES = ("ABARA", "BELL", "CHAN", "DUNN", "ELLIS", "FOX", "GRANT", "HALE", "IQBAL", "JOSHI", "KAYE", "LOWE")
_GIVEN = ("ANN", "BEN", "CARYS", "DEV", "ESME", "FINN", "GITA", "HUGH", "IONA", "JAI", "KIM", "LEO")
_IN_ORDER = frozenset({"A34", "A37", "A40", "A44", "A45", "A47"})


@dataclass(frozen=True, slots=True)
class Told:
    """One message of the story. `may_straggle` says that the network may bring it late, or bring it again later.

    Not so what makes two numbers one, or one number another, or gives a visit to somebody else: a sender keeps that in order
    with all about both. And not what was recorded in the hour that the clock shows twice, of which nobody could say later
    when it was.
    """

    raw: bytes
    control_id: str
    line: int
    about: str
    trigger: str
    may_straggle: bool


class Teller:
    """Tells `messages` messages of about `patients` people. The truth so far is in `world`."""

    def __init__(self, *, seed: int, messages: int, patients: int) -> None:
        self.world = World()
        self._chance = Random(f"soak {seed}")  # noqa: S311  repeatable, and guards nothing
        self._messages, self._patients = messages, patients
        self._gap_s = _SPAN_S / messages
        self._at = _BEGIN
        self._count = 0
        beds = max(_BEDS_IN_WARD, patients // 3)
        self._free = [(f"W{n // _BEDS_IN_WARD + 1}", f"B{n % _BEDS_IN_WARD + 1}") for n in range(beds)]
        self._nhs = _nhs_numbers()
        self._numbers: list[str] = []

    def _next(self) -> str:
        """Time goes on by at least a second, and the next message gets its number."""
        self._at += 1 + int(self._chance.expovariate(1 / self._gap_s))
        self._count += 1
        return f"S{self._count:09d}"

    def _adt(self, trigger: str, person: Person, *segments: Callable[[], str]) -> Told:
        control_id = self._next()
        raw = words.adt(trigger, control_id, self._at, words.pid(person), *(make() for make in segments))
        person.told = True
        may_straggle = trigger not in _IN_ORDER and not words.is_ambiguous(self._at)
        return Told(raw, control_id, person.line, person.mrn, trigger, may_straggle)

    def _somebody_new(self) -> Person:
        n = len(self._numbers) + 1
        chance = self._chance
        nhs = next(self._nhs) if chance.random() < 0.9 else ""
        born = f"{chance.randrange(1930, 2020)}{chance.randrange(1, 13):02d}{chance.randrange(1, 29):02d}"
        name = (chance.choice(_FAMILIES), chance.choice(_GIVEN))
        return self._known(Person(f"M{n:07d}", nhs, *name, born, chance.choice("12"), chance.randrange(LINES)))

    def _known(self, person: Person) -> Person:
        self.world.people[person.mrn] = person
        self._numbers.append(person.mrn)
        return person

    def _anybody(self) -> Person | None:
        if not self._numbers:
            return None
        person = self.world.people[self.world.now(self._chance.choice(self._numbers))]
        return person if person.told else None

    def _neighbour(self, person: Person) -> Person | None:
        """Somebody else of whom the same connection tells."""
        found = self._anybody()
        return found if found and found.mrn != person.mrn and found.line == person.line else None

    def _somebody_there(self) -> tuple[Person, Visit] | None:
        """Somebody who is in and not on leave."""
        found = self._somebody_in()
        return None if found is None or found[1].status is Status.away else found

    def _somebody_in(self) -> tuple[Person, Visit] | None:
        person = self._anybody()
        number = self.world.inside.get(person.mrn) if person else None
        return (person, self.world.visits[number]) if person and number else None

    def _take_bed(self) -> tuple[str, str]:
        n = self._chance.randrange(len(self._free))
        self._free[n], self._free[-1] = self._free[-1], self._free[n]
        return self._free.pop()

    def _give_bed(self, bed: tuple[str, str]) -> None:
        if bed[0] != CHAIRS:
            self._free.append(bed)

    def _is_full(self) -> bool:
        return len(self._numbers) >= self._patients


CHAIRS = "ED"
"""The ward of which there is always a place."""


def _nhs_numbers() -> Iterator[str]:
    """Numbers of the range that no living person has, whose last digit agrees. Source: NHS Data Dictionary, NHS NUMBER."""
    for nine in range(999_000_000, 1_000_000_000):
        digit = 11 - sum(int(d) * w for d, w in zip(str(nine), range(10, 1, -1), strict=True)) % 11
        if digit != 10:
            yield f"{nine}{digit % 11}"
