"""What happens to people: they become known, twice even, move house, turn out to be one, or two after all; and results."""

from soak import words
from soak.tale import LABORATORY, Teller, Told
from soak.truth import Person


class OfPeople(Teller):
    """Registrations and results."""

    def __init__(self, *, seed: int, messages: int, patients: int) -> None:
        super().__init__(seed=seed, messages=messages, patients=patients)
        self._doubles: list[tuple[str, str]] = []
        self._merged: list[tuple[str, str]] = []
        self._results: list[str] = []
        self._renumbered = 0

    def _register(self) -> Told | None:
        return None if self._is_full() else self._adt("A28", self._somebody_new())

    def _register_double(self) -> Told | None:
        """Somebody known gets a second number; a later merge finds it out."""
        person = self._anybody()
        if person is None or self._is_full():
            return None
        mrn = f"M{len(self._numbers) + 1:07d}"
        double = Person(mrn, "", person.family, person.given, person.born, person.sex, person.line, person.house)
        self._doubles.append((person.mrn, mrn))
        return self._adt("A28", self._known(double))

    def _merge(self) -> Told | None:
        """By A40, or as older senders do by A34."""
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
        self._merged.append((one, other))
        return self._adt(self._chance.choice(("A34", "A40", "A40")), survivor, lambda: words.mrg(prior))

    def _unmerge(self) -> Told | None:
        """The latest merge was wrong: what had come under the number given up is its own again (A37)."""
        if not self._merged or self._chance.random() < 0.7:
            return None
        one, other = self._merged.pop()
        survivor, prior = self.world.people[self.world.now(one)], self.world.people[other]
        self.world.take_up(other)
        return self._adt("A37", survivor, lambda: words.pid(prior))

    def _renumber(self) -> Told | None:
        """Somebody gets another number in the place of theirs (A47)."""
        old = self._anybody()
        if old is None or self._renumbered * 10 >= self._patients:
            return None
        self._renumbered += 1
        mrn = f"M{len(self._numbers) + 1:07d}"
        new = self._known(Person(mrn, old.nhs, old.family, old.given, old.born, old.sex, old.line, old.house))
        self.world.give_up(old.mrn, mrn)
        return self._adt("A47", new, lambda: words.mrg(old))

    def _move_house(self) -> Told | None:
        person = self._anybody()
        if person is None:
            return None
        person.house += 1
        inside = self.world.inside.get(person.mrn)
        if inside is None:
            return self._adt("A31", person)
        return self._adt("A08", person, lambda: words.pv1(self.world.visits[inside]))

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
