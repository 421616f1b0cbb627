"""What happens to visits: people come, move, go on leave, change beds and go; and clerks take back half of it."""

from soak import words
from soak.tale import CHAIRS, Teller, Told
from soak.truth import Person, Status, Visit


class OfVisits(Teller):
    """Visits, from the first plan to the end."""

    def __init__(self, *, seed: int, messages: int, patients: int) -> None:
        super().__init__(seed=seed, messages=messages, patients=patients)
        self._gone: list[str] = []
        self._planned: list[str] = []

    def _whom(self) -> Person | None:
        """Somebody who comes, known or new, and is not in."""
        is_known = self._chance.random() < 0.8 or self._is_full()
        person = self._anybody() if is_known else self._somebody_new()
        return None if person is None or person.mrn in self.world.inside else person

    def _visit(self, person: Person, bed: tuple[str, str], status: Status) -> Visit:
        visit = Visit(f"V{len(self.world.visits) + 1:08d}", person.mrn, [bed], 0, status)
        self.world.visits[visit.number] = visit
        return visit

    def _begin(self, trigger: str, person: Person, visit: Visit) -> Told:
        visit.status = Status.inside
        self.world.inside[person.mrn] = visit.number

        def begun() -> str:
            visit.since = self._at
            return words.pv1(visit)

        return self._adt(trigger, person, begun)

    def _admit(self) -> Told | None:
        if not self._free or (person := self._whom()) is None:
            return None
        return self._begin("A01", person, self._visit(person, self._take_bed(), Status.inside))

    def _come_to_emergency(self) -> Told | None:
        """An outpatient, in a chair (A04)."""
        if (person := self._whom()) is None:
            return None
        visit = self._visit(person, (CHAIRS, f"C{self._count}"), Status.inside)
        visit.kind = "E"
        return self._begin("A04", person, visit)

    def _become_inpatient(self) -> Told | None:
        """Out of the chair into a bed (A06), now and then back (A07)."""
        if not self._free or (found := self._somebody_there()) is None:
            return None
        person, visit = found
        is_out = visit.kind == "E"
        if not is_out and self._chance.random() < 0.9:
            return None
        left = visit.place
        visit.trail = [self._take_bed() if is_out else (CHAIRS, f"C{self._count}")]
        visit.kind = "I" if is_out else "E"
        self._give_bed(left)
        return self._adt("A06" if is_out else "A07", person, lambda: words.pv1(visit, left=left))

    def _plan(self) -> Told | None:
        """Somebody is to come (A05, A14), to a bed that may be somebody's until then."""
        person = self._anybody()
        if person is None or person.mrn in self.world.inside:
            return None
        visit = self._visit(person, ("W1", f"B{self._chance.randrange(1, 24)}"), Status.planned)
        self._planned.append(visit.number)
        return self._adt(self._chance.choice(("A05", "A05", "A14")), person, lambda: words.pv1(visit, kind="P"))

    def _planned_visit(self) -> tuple[Person, Visit] | None:
        if not self._planned:
            return None
        visit = self.world.visits[self._planned.pop(self._chance.randrange(len(self._planned)))]
        return self.world.people[self.world.now(visit.mrn)], visit

    def _arrive(self) -> Told | None:
        """Somebody planned comes, mostly into another bed than was planned (A01)."""
        if not self._free or (found := self._planned_visit()) is None:
            return None
        person, visit = found
        if person.mrn in self.world.inside:
            self._planned.append(visit.number)
            return None
        visit.trail = [self._take_bed()]
        return self._begin("A01", person, visit)

    def _cancel_plan(self) -> Told | None:
        if (found := self._planned_visit()) is None:
            return None
        person, visit = found
        visit.status = Status.never
        return self._adt(self._chance.choice(("A38", "A27")), person, lambda: words.pv1(visit, kind="P"))

    def _move(self) -> Told | None:
        if not self._free or (found := self._somebody_there()) is None:
            return None
        person, visit = found
        left = visit.place
        visit.trail.append(self._take_bed())
        self._give_bed(left)
        return self._adt("A02", person, lambda: words.pv1(visit, left=left))

    def _cancel_move(self) -> Told | None:
        if (found := self._somebody_there()) is None:
            return None
        person, visit = found
        if len(visit.trail) < 2 or visit.trail[-2] not in self._free:
            return None
        left = visit.trail.pop()
        self._free.remove(visit.place)
        self._give_bed(left)
        return self._adt("A12", person, lambda: words.pv1(visit, left=left))

    def _swap(self) -> Told | None:
        """Two patients change beds (A17)."""
        one, other = self._somebody_there(), self._somebody_there()
        if one is None or other is None or one[0].mrn == other[0].mrn or one[0].line != other[0].line:
            return None
        (person, visit), (second, theirs) = one, other
        if CHAIRS in {visit.place[0], theirs.place[0]}:
            return None
        mine, yours = visit.place, theirs.place
        visit.trail, theirs.trail = [yours], [mine]
        return self._adt(
            "A17",
            person,
            lambda: words.pv1(visit, left=mine),
            lambda: words.pid(second),
            lambda: words.pv1(theirs, left=yours),
        )

    def _pend(self) -> Told | None:
        """What is to come, or is not to come after all, moves nobody (A15, A16, A25, A26)."""
        if (found := self._somebody_in()) is None:
            return None
        person, visit = found
        trigger = self._chance.choice(("A15", "A16", "A25", "A26"))
        to_be = ("W1", "B1") if trigger in {"A15", "A26"} else None
        return self._adt(trigger, person, lambda: words.pv1(visit, to_be=to_be))

    def _leave_or_return(self) -> Told | None:
        """On leave, the bed kept (A21), and back (A22); or either never was (A52, A53)."""
        if (found := self._somebody_in()) is None:
            return None
        person, visit = found
        is_away = visit.status is Status.away
        if visit.kind != "I" or (not is_away and self._chance.random() < 0.5):
            return None
        visit.status = Status.inside if is_away else Status.away
        trigger = ("A52" if self._chance.random() < 0.1 else "A22") if is_away else "A21"
        return self._adt(trigger, person, lambda: words.pv1(visit))

    def _discharge(self) -> Told | None:
        if (found := self._somebody_there()) is None:
            return None
        person, visit = found
        self._end(person, visit, Status.gone)
        self._gone.append(visit.number)

        def ended() -> str:
            visit.until = self._at
            return words.pv1(visit, is_over=True)

        return self._adt("A03", person, ended)

    def _end(self, person: Person, visit: Visit, status: Status) -> None:
        visit.status = status
        self._give_bed(visit.place)
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
        """The patient never came (A11), or there never was such a visit (A23)."""
        found = self._somebody_there()
        if found is None or len(found[1].trail) > 1:
            return None
        person, visit = found
        is_deleted = self._chance.random() < 0.3
        self._end(person, visit, Status.deleted if is_deleted else Status.never)
        return self._adt("A23" if is_deleted else "A11", person, lambda: words.pv1(visit))

    def _merge_visits(self) -> Told | None:
        """An earlier visit of somebody who is in was the beginning of this one (A35, A42)."""
        if (found := self._somebody_in()) is None:
            return None
        person, visit = found
        earlier = [one for one in self._gone[-200:] if self.world.now(self.world.visits[one].mrn) == person.mrn]
        if not earlier:
            return None
        prior = self.world.visits[earlier[-1]]
        self._gone.remove(prior.number)
        prior.status, prior.into = Status.part, visit.number
        trigger = self._chance.choice(("A35", "A42"))
        return self._adt(trigger, person, lambda: words.mrg(person, prior), lambda: words.pv1(visit))

    def _give_visit(self) -> Told | None:
        """The visit was told of the wrong person: it is somebody else's (A44, A45)."""
        if (found := self._somebody_in()) is None:
            return None
        holder, visit = found
        heir = self._neighbour(holder)
        if heir is None or heir.mrn in self.world.inside:
            return None
        visit.mrn = heir.mrn
        self.world.inside[heir.mrn] = self.world.inside.pop(holder.mrn)
        trigger = self._chance.choice(("A44", "A45"))
        return self._adt(trigger, heir, lambda: words.mrg(holder, visit), lambda: words.pv1(visit))
