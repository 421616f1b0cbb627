"""Merges and visits in any order, against a plain model of who is whom."""

from typing import NamedTuple

from hypothesis import given, settings, strategies as st

from tabard.link.identity import survivors
from unit.link.an_applier import Bench
from unit.link.itk import Who, adt, message, pid

NUMBERS = "1234"


class Merge(NamedTuple):
    """An A40."""

    survivor: str
    priors: list[str]

    @property
    def mrg(self) -> str:
        """MRG."""
        return "MRG|" + "~".join(f"{prior}^^^RXX" for prior in self.priors)


class Happening(NamedTuple):
    """An event of a visit."""

    trigger: str
    number: str
    visit: str


numbers = st.sampled_from(NUMBERS)
merges = st.builds(Merge, numbers, st.lists(numbers, min_size=1, max_size=2, unique=True))
events = st.builds(Happening, st.sampled_from(("A01", "A02", "A03", "A08")), numbers, st.sampled_from("ab"))


class People:
    """Which numbers are of one person by the merges that were applied, and whose each visit is."""

    def __init__(self) -> None:
        self.merged: dict[str, str] = {}
        self.visits: dict[str, str] = {}

    def who(self, number: str) -> str:
        """The last survivor of a number."""
        while number in self.merged:
            number = self.merged[number]
        return number

    def merge(self, survivor: str, priors: list[str]) -> None:
        """A merge was applied."""
        for prior in priors:
            if self.who(prior) != self.who(survivor):
                self.merged[self.who(prior)] = self.who(survivor)

    def event(self, number: str, visit: str) -> str:
        """What an event of a visit must come to."""
        owner = self.visits.setdefault(visit, number)
        return "applied" if self.who(owner) == self.who(number) else "visit_of_another_patient"


@settings(max_examples=60)
@given(st.lists(st.one_of(merges, merges, events), min_size=6, max_size=14))
def test_each_number_reaches_one_person_whatever_merges_came(
    happened: list[Merge | Happening],
) -> None:
    """A merge is applied whole or parked: no number is of two people, and every visit is of the one who is there now."""
    bench, people = Bench(), People()
    for one in happened:
        if isinstance(one, Happening):
            assert bench.told(adt(one.trigger, Who(one.number), one.visit)) == [people.event(one.number, one.visit)]
        elif (told := bench.told(message("A40", pid(Who(one.survivor)), one.mrg))) == ["applied"]:
            people.merge(one.survivor, one.priors)
        elif told == ["ambiguous_patient"]:
            bench.reject()
    found: dict[str, set[str]] = {}
    for number in NUMBERS:
        named = bench.record.find("Patient", "identifier", f"urn:tabard:authority:RXX|{number}")
        found.setdefault(people.who(number), set()).update(survivors(bench.record, named))
    reached = [ids for ids in found.values() if ids]
    assert all(len(ids) == 1 for ids in reached)
    assert len(set().union(*reached)) == len(reached)
    here = {f"Patient/{one['id']}" for one in bench.record.all("Patient") if one.get("active", True)}
    assert {visit["subject"]["reference"] for visit in bench.record.all("Encounter")} <= here
