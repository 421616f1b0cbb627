"""The story: what happens next in the pretend hospital, drawn from a seed, changed in the truth and put into words."""

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


@dataclass(frozen=True, slots=True)
class Told:
    """One message of the story. `may_straggle` says that the network may bring it late, or bring it again later.

    Not so a merge, which a sender keeps in order with all about both numbers, and not what was recorded in the hour
    that the clock shows twice, of which nobody could say later when it was.
    """

    raw: bytes
    control_id: str
    line: int
    about: str
    trigger: str
    may_straggle: bool


class Story:
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
        self._gone: list[str] = []
        self._doubles: list[tuple[str, str]] = []
        self._results: list[str] = []
        self._choices, self._weights = zip(*self._WEIGHTED, strict=True)

    def __iter__(self) -> Iterator[Told]:
        while self._count < self._messages:
            (choice,) = self._chance.choices(self._choices, self._weights)
            if (told := choice(self)) is not None:
                yield told

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

    def _register(self) -> Told | None:
        if len(self._numbers) >= self._patients:
            return None
        return self._adt("A28", self._somebody_new())

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

    def _register_double(self) -> Told | None:
        """Somebody known gets a second number; a later merge finds it out."""
        person = self._anybody()
        if person is None or len(self._numbers) >= self._patients:
            return None
        mrn = f"M{len(self._numbers) + 1:07d}"
        double = Person(mrn, "", person.family, person.given, person.born, person.sex, person.line, person.house)
        self._doubles.append((person.mrn, mrn))
        return self._adt("A28", self._known(double))

    def _anybody(self) -> Person | None:
        if not self._numbers:
            return None
        person = self.world.people[self.world.now(self._chance.choice(self._numbers))]
        return person if person.told else None

    def _somebody_in(self) -> tuple[Person, Visit] | None:
        person = self._anybody()
        number = self.world.inside.get(person.mrn) if person else None
        return (person, self.world.visits[number]) if person and number else None

    def _merge(self) -> Told | None:
        if not self._doubles:
            return None
        pair = self._doubles.pop(self._chance.randrange(len(self._doubles)))
        one, other = (self.world.now(number) for number in pair)
        if one == other or (one in self.world.inside and other in self.world.inside):
            return None
        if self._chance.random() < 0.5:
            one, other = other, one
        survivor, prior = self.world.people[one], self.world.people[other]
        self.world.give_up(other, one)
        return self._adt("A40", survivor, lambda: words.mrg(prior))

    def _move_house(self) -> Told | None:
        person = self._anybody()
        if person is None:
            return None
        person.house += 1
        inside = self.world.inside.get(person.mrn)
        if inside is None:
            return self._adt("A31", person)
        return self._adt("A08", person, lambda: words.pv1(self.world.visits[inside]))

    def _admit(self) -> Told | None:
        if not self._free:
            return None
        known = self._anybody()
        person = known if self._chance.random() < 0.8 or len(self._numbers) >= self._patients else self._somebody_new()
        if person is None or person.mrn in self.world.inside:
            return None
        visit = Visit(f"V{len(self.world.visits) + 1:08d}", person.mrn, [self._take_bed()], 0)
        self.world.visits[visit.number] = visit
        self.world.inside[person.mrn] = visit.number

        def begun() -> str:
            visit.since = self._at
            return words.pv1(visit)

        return self._adt("A01", person, begun)

    def _take_bed(self) -> tuple[str, str]:
        n = self._chance.randrange(len(self._free))
        self._free[n], self._free[-1] = self._free[-1], self._free[n]
        return self._free.pop()

    def _move(self) -> Told | None:
        if not self._free or (found := self._somebody_in()) is None:
            return None
        person, visit = found
        left = visit.place
        visit.trail.append(self._take_bed())
        self._free.append(left)
        return self._adt("A02", person, lambda: words.pv1(visit, left=left))

    def _cancel_move(self) -> Told | None:
        if (found := self._somebody_in()) is None:
            return None
        person, visit = found
        if len(visit.trail) < 2 or visit.trail[-2] not in self._free:
            return None
        left = visit.trail.pop()
        self._free.remove(visit.place)
        self._free.append(left)
        return self._adt("A12", person, lambda: words.pv1(visit, left=left))

    def _discharge(self) -> Told | None:
        if (found := self._somebody_in()) is None:
            return None
        person, visit = found
        self._leave(person, visit, Status.gone)
        self._gone.append(visit.number)

        def ended() -> str:
            visit.until = self._at
            return words.pv1(visit, is_over=True)

        return self._adt("A03", person, ended)

    def _leave(self, person: Person, visit: Visit, status: Status) -> None:
        visit.status = status
        self._free.append(visit.place)
        del self.world.inside[person.mrn]

    def _cancel_discharge(self) -> Told | None:
        """The last who left comes back into the same bed, if that is free and they are not in again."""
        if not self._gone:
            return None
        visit = self.world.visits[self._gone.pop()]
        person = self.world.people[self.world.now(visit.mrn)]
        if person.mrn in self.world.inside or visit.place not in self._free:
            return None
        self._free.remove(visit.place)
        visit.status, visit.until = Status.inside, None
        self.world.inside[person.mrn] = visit.number
        return self._adt("A13", person, lambda: words.pv1(visit))

    def _cancel_admit(self) -> Told | None:
        found = self._somebody_in()
        if found is None or len(found[1].trail) > 1:
            return None
        person, visit = found
        self._leave(person, visit, Status.never)
        return self._adt("A11", person, lambda: words.pv1(visit))

    def _result(self) -> Told | None:
        """A new result, first preliminary or at once final."""
        person = self._anybody()
        if person is None:
            return None
        number = f"F{len(self._results) + 1:08d}"
        self._results.append(number)
        return self._report(person, number, self._chance.choice("PF"))

    def _result_again(self) -> Told | None:
        """One of the latest results becomes final, or is corrected; the laboratory keeps to the number of the order."""
        if not self._results:
            return None
        number = self._results[-self._chance.randrange(1, min(40, len(self._results)) + 1)]
        mrn, _, status = self.world.values[number]
        return self._report(self.world.people[mrn], number, "C" if status != "P" else "F")

    def _report(self, person: Person, number: str, status: str) -> Told:
        control_id = self._next()
        value = str(40 + self._count % 200)
        self.world.values[number] = (person.mrn, value, status)
        raw = words.result(control_id, self._at, person, number, value, status)
        return Told(raw, control_id, LABORATORY, person.mrn, "R01", not words.is_ambiguous(self._at))

    _WEIGHTED: tuple[tuple[Callable[["Story"], Told | None], int], ...] = (
        (_register, 20),
        (_register_double, 4),
        (_merge, 3),
        (_move_house, 16),
        (_admit, 60),
        (_move, 60),
        (_cancel_move, 12),
        (_discharge, 40),
        (_cancel_discharge, 4),
        (_cancel_admit, 3),
        (_result, 12),
        (_result_again, 6),
    )


_IN_ORDER = frozenset({"A40"})


def _nhs_numbers() -> Iterator[str]:
    """Numbers of the range that no living person has, whose last digit agrees. Source: NHS Data Dictionary, NHS NUMBER."""
    for nine in range(999_000_000, 1_000_000_000):
        digit = 11 - sum(int(d) * w for d, w in zip(str(nine), range(10, 1, -1), strict=True)) % 11
        if digit != 10:
            yield f"{nine}{digit % 11}"
