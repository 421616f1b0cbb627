"""Who is in the pretend hospital on the day of a trial, and what is told of each: drawn from a seed, each for a purpose."""

from dataclasses import dataclass, replace
from enum import StrEnum

from tabard.sandbox import FULL_BLOOD_COUNT, VITAL_SIGNS, PretendLorenzo, PretendMillennium
from tabard.sandbox.laboratory import Panel
from tabard.sandbox.people import Person

RAN = "tabardRan"
"""What a script within a name would set in the page, were it carried out."""

_HERON = "Heron"
_GROWN_UP = (45, 69)


class Part(StrEnum):
    """A part in the day's play."""

    first = "first"
    """Somebody of whom everything is known."""
    second = "second"
    """Somebody else, on another ward, of whom everything is known: their data are never the first one's."""
    bare = "bare"
    """Somebody who went home, of whom nothing was measured; nobody else is on that ward."""
    hostile = "hostile"
    """Somebody in whose names stand scripts."""
    odd = "odd"
    """Somebody whose results are too large, in the wrong unit, below zero, or null."""


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody in the play: the hospital number, the ward, and what nobody else's page may show."""

    part: Part
    mrn: str
    ward: str
    marks: tuple[str, ...]


_WARDS = {
    Part.first: "AMU",
    Part.second: "Kestrel",
    Part.bare: "Rowan",
    Part.hostile: "Harbour",
    Part.odd: "AMU",
}
_NAMES = {
    Part.first: ("Quillmarsh", "Annis"),
    Part.second: ("Vexborough", "Tobias"),
    Part.bare: ("Ostlethwaite", "Wenna"),
    Part.hostile: (
        f'<img src=x onerror="window.{RAN}=1">',
        f"<script>window.{RAN}=1</script>\"'{{{{7*7}}}}",
    ),
    Part.odd: ("Zimmerfold", "N" * 180),
}
_VITALS = {
    Part.first: ("131", "79", "83", "37.2", "17", "97"),
    Part.second: ("118", "64", "71", "36.9", "15", "99"),
    Part.hostile: ("122", "70", "74", "36.8", "16", "98"),
    Part.odd: ("99999999999999999999", "-40", '""', "98.6", "0", "970"),
}
_BLOODS = {
    Part.first: ("141", "7.3", "251", "4.1", "88"),
    Part.second: ("128", "9.8", "317", "6.2", "93"),
    Part.odd: ("1e400", "-0.0", '""', "<", "NaN"),
}


def play(lorenzo: PretendLorenzo) -> tuple[Player, ...]:
    """Let everybody come and be told of, by the messages that a Lorenzo sends. Raises Undelivered."""
    return tuple(_come(lorenzo, part) for part in Part)


def play_at_millennium(millennium: PretendMillennium) -> Player:
    """Let the first come to a Millennium hospital: the visit is told by a message, the results are in its chart. Raises Undelivered."""
    family, given = _NAMES[Part.first]
    person = replace(millennium.people.draw(_GROWN_UP), family=family, given=given, middle=None)
    millennium.admit(_HERON, person=person)
    millennium.result(person.mrn, VITAL_SIGNS, _VITALS[Part.first])
    millennium.result(person.mrn, FULL_BLOOD_COUNT, _BLOODS[Part.first])
    return Player(Part.first, person.mrn, _HERON, _marks(Part.first, person))


def beat(ehr: PretendLorenzo | PretendMillennium, player: Player) -> None:
    """Something new is measured, so that the feed is heard from. Raises Undelivered."""
    ehr.result(player.mrn, VITAL_SIGNS, _VITALS[player.part])


def _come(lorenzo: PretendLorenzo, part: Part) -> Player:
    family, given = _NAMES[part]
    person = replace(lorenzo.people.draw(_GROWN_UP), family=family, given=given, middle=None)
    lorenzo.admit(_WARDS[part], person=person)
    if part in _VITALS:
        panel = _in_other_units(VITAL_SIGNS) if part is Part.odd else VITAL_SIGNS
        lorenzo.result(person.mrn, panel, _VITALS[part])
    if part in _BLOODS:
        lorenzo.result(person.mrn, FULL_BLOOD_COUNT, _BLOODS[part])
    if part is Part.bare:
        lorenzo.discharge(person.mrn)
    return Player(part, person.mrn, _WARDS[part], _marks(part, person))


def _in_other_units(panel: Panel) -> Panel:
    units = {"TEMP": "degF", "BPSYS": "kPa"}
    return replace(panel, assays=tuple(replace(one, unit=units.get(one.code, one.unit)) for one in panel.assays))


def _marks(part: Part, person: Person) -> tuple[str, ...]:
    """By what a page shows that it is about this person: the family name, and both numbers."""
    name = () if part is Part.hostile else (person.family,)
    return (*name, person.mrn, *(() if person.nhs_number is None else (person.nhs_number,)))
