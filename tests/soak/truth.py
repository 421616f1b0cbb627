"""The truth of a pretend hospital as a clerk would keep it on paper: who is known, who lies where, who turned out to be whom.

It knows nothing of FHIR, of records or of how we translate; what the house holds in the end is held against `World.census`.
"""

from dataclasses import dataclass, field
from enum import Enum


class Status(Enum):
    """How a visit stands."""

    planned = "planned"
    inside = "inside"
    away = "away"
    """On leave, the bed kept."""
    gone = "gone"
    never = "never"
    """It was cancelled."""
    deleted = "deleted"
    """It was a mistake."""
    part = "part"
    """It was the beginning of another."""


_IN_A_BED = frozenset({Status.inside, Status.away})


@dataclass(slots=True)
class Person:
    """Somebody under one hospital number; `house` is the number of the house they live in, which changes now and then.

    `line` is the connection on which the sender tells of them, `into` the number that they turned out to have as well.
    """

    mrn: str
    nhs: str
    family: str
    given: str
    born: str
    sex: str
    line: int
    house: int = 1
    into: str | None = None
    told: bool = False


@dataclass(slots=True)
class Visit:
    """A stay: `trail` are the beds so far (ward, bed), the last is where the patient lies; times are epoch seconds.

    `kind` is I for an inpatient and E for one in the emergency department; `into` is the visit that it was part of.
    """

    number: str
    mrn: str
    trail: list[tuple[str, str]]
    since: int
    status: Status = Status.inside
    until: int | None = None
    kind: str = "I"
    into: str | None = None

    @property
    def place(self) -> tuple[str, str]:
        """Ward and bed of now, or the last there were."""
        return self.trail[-1]


@dataclass(frozen=True, slots=True)
class Census:
    """What must be found at the end, in plain values.

    `houses` by number in use; `merges` a given-up number to the one in use now; `visits` by visit number: whose, how it
    stands, and for those who are in the ward and bed; `values` a result's number to its last value and status.
    """

    houses: dict[str, str]
    merges: dict[str, str]
    visits: dict[str, tuple[str, str, tuple[str, ...]]]
    values: dict[str, tuple[str, str, str]]


@dataclass(slots=True)
class World:
    """Everybody and every visit."""

    people: dict[str, Person] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)
    inside: dict[str, str] = field(default_factory=dict)
    """Number of who is in, to the visit."""
    values: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """A result's number, to whose it was, its value and status."""

    def now(self, mrn: str) -> str:
        """The number in use of whoever was once known by `mrn`."""
        while (into := self.people[mrn].into) is not None:
            mrn = into
        return mrn

    def give_up(self, prior: str, survivor: str) -> None:
        """Two numbers were one person: what was the prior's is the survivor's from now on."""
        self.people[prior].into = survivor
        if prior in self.inside:
            self.inside[survivor] = self.inside.pop(prior)

    def take_up(self, prior: str) -> None:
        """They were two after all: what is under the prior's number is the prior's again."""
        survivor = self.now(prior)
        self.people[prior].into = None
        visit = self.inside.get(survivor)
        if visit is not None and self.now(self.visits[visit].mrn) != survivor:
            self.inside[self.now(self.visits[visit].mrn)] = self.inside.pop(survivor)

    def census(self) -> Census:
        """What must be found of all that was told."""
        return Census(
            houses={one.mrn: f"{one.house} ROAD" for one in self.people.values() if one.told and one.into is None},
            merges={one.mrn: self.now(one.mrn) for one in self.people.values() if one.into is not None},
            visits={
                visit.number: (
                    self.now(visit.mrn),
                    f"part of {visit.into}" if visit.into else visit.status.value,
                    visit.place if visit.status in _IN_A_BED else (),
                )
                for visit in self.visits.values()
            },
            values={number: (self.now(mrn), value, status) for number, (mrn, value, status) in self.values.items()},
        )
