"""Synthetic people of modern Britain, drawn from a seed; each looks real and none can be."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import count
from random import Random
from typing import Any

from tabard.fhir.nhs_number import check_digit
from tabard.sandbox.layout import Layout, Practice

_FIRST_MRN = 400_000
_FROM_ELSEWHERE = 0.125
_NO_MIDDLE_NAME = 0.4
_UNTRACED = 0.06
_SEX_NOT_SPECIFIED = 0.01
_GROWN_UP = 18
_ETHNIC_CODES = "ABCDEFGHJKLMNPRSZ"
_POSTCODE_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the pretend hospital knows.

    `sex` is 1 male, 2 female or 9 not specified; `nhs_status` is a code NSTS01..NSTS08 and `nhs_number` is None
    where none was traced; `mrn` is the hospital's own number.
    Source: ITK HL7 v2 message specifications 1.0, PID-8 and PID-32.
    """

    mrn: str
    nhs_number: str | None
    nhs_status: str
    title: str
    given: str
    middle: str | None
    family: str
    sex: str
    born: date
    address: tuple[str, str, str, str]
    postcode: str
    phone: str
    mobile: str
    ethnic: str
    practice: Practice


class People:
    """Draws people, never twice the same number; the same seed, layout and day draw the same people."""

    def __init__(self, layout: Layout, *, seed: int, today: date) -> None:
        self._layout = layout
        self._random = Random(f"people {seed}")  # noqa: S311  repeatable, and guards nothing
        self._today = today
        self._mrns = (str(number) for number in count(_FIRST_MRN + self._random.randrange(10_000) * 10))
        self._nhs_numbers = _nhs_numbers(self._random)

    def draw(self, ages: tuple[int, int] = (18, 99)) -> Person:
        """Somebody of an age between the two, in whole years, both counted in."""
        chance = self._random
        born = _birth_date(chance, self._today, ages)
        sex = "9" if chance.random() < _SEX_NOT_SPECIFIED else chance.choice("12")
        given, middle, family = _name(chance, sex)
        traced = chance.random() >= _UNTRACED
        return Person(
            mrn=next(self._mrns),
            nhs_number=next(self._nhs_numbers) if traced else None,
            nhs_status=chance.choices(("NSTS01", "NSTS02"), (15, 1))[0] if traced else "NSTS03",
            title=_title(chance, sex, grown_up=(self._today - born).days >= _GROWN_UP * 365.25),
            given=given,
            middle=middle,
            family=family,
            sex=sex,
            born=born,
            address=_address(chance),
            postcode=_postcode(chance),
            phone=_phone(chance, "landline"),
            mobile=_phone(chance, "mobile"),
            ethnic=chance.choice(_ETHNIC_CODES),
            practice=chance.choice(self._layout.practices),
        )

    def another_number(self) -> str:
        """A fresh hospital number, as given by mistake to somebody who has one."""
        return next(self._mrns)

    def new_home(self) -> tuple[tuple[str, str, str, str], str]:
        """Another address and its postcode."""
        return _address(self._random), _postcode(self._random)


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("tabard.sandbox").joinpath("people.toml").read_text(encoding="utf-8"))


def _nhs_numbers(chance: Random) -> Iterator[str]:
    """Valid numbers from 999 000 0000 up, the range that no living person has, never the same twice."""
    given: set[str] = set()
    while True:
        first_nine = f"999{chance.randrange(1_000_000):06d}"
        if first_nine in given:
            continue
        given.add(first_nine)
        digit = check_digit(first_nine)
        if digit is not None:
            yield f"{first_nine}{digit}"


def _birth_date(chance: Random, today: date, ages: tuple[int, int]) -> date:
    youngest, oldest = ages
    middle = youngest + (oldest - youngest) * 0.68
    years = chance.triangular(youngest, oldest + 0.9, middle)
    return today - timedelta(days=int(years * 365.25) + 1)


def _name(chance: Random, sex: str) -> tuple[str, str | None, str]:
    """Given name, perhaps a middle name, and family name."""
    groups = _data()["names"]
    own = chance.choices(groups, [group["weight"] for group in groups])[0]
    other = chance.choice(groups) if chance.random() < _FROM_ELSEWHERE else own
    which = {"1": "men", "2": "women"}.get(sex) or chance.choice(("men", "women"))
    given, middle = chance.choice(other[which]), chance.choice(own[which])
    return (
        given,
        None if middle == given or chance.random() < _NO_MIDDLE_NAME else middle,
        chance.choice(own["families"]),
    )


def _title(chance: Random, sex: str, *, grown_up: bool) -> str:
    if not grown_up:
        return {"1": "Master", "2": "Miss"}.get(sex, "")
    return chance.choice(
        {"1": ("Mr",) * 19 + ("Dr",), "2": ("Mrs",) * 9 + ("Ms",) * 5 + ("Miss",) * 5 + ("Dr",)}.get(sex, ("Mx",))
    )


def _address(chance: Random) -> tuple[str, str, str, str]:
    """House and street, nothing, town, county: the four lines of an address as PID-11 has them."""
    places = _data()["places"]
    line = f"{chance.randrange(1, 140)} {chance.choice(places['streets'])}"
    return line, "", chance.choice(places["towns"]), chance.choice(places["counties"])


def _postcode(chance: Random) -> str:
    return f"ZZ99 {chance.randrange(10)}{''.join(chance.choices(_POSTCODE_LETTERS, k=2))}"


def _phone(chance: Random, kind: str) -> str:
    pattern: str = chance.choice(_data()["phones"][kind])
    return "".join(chance.choice("0123456789") if mark == "#" else mark for mark in pattern)
