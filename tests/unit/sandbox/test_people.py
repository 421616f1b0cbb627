"""Synthetic people look real, differ from each other, and can be nobody."""

import re
from datetime import date

from tabard.fhir.nhs_number import is_valid
from tabard.sandbox import People, Person, st_elsewhere

TODAY = date(2026, 3, 2)
DRAMA = re.compile(
    r"01632 960\d{3}|(0113|0121|0151|0161) 496 0\d{3}|0191 498 0\d{3}|020 7946 0\d{3}|029 2018 0\d{3}|07700 900\d{3}"
)


def crowd(size: int, seed: int = 1) -> list[Person]:
    people = People(st_elsewhere(), seed=seed, today=TODAY)
    return [people.draw() for _ in range(size)]


def test_nhs_numbers_are_of_the_999_range_valid_and_never_twice() -> None:
    """No living person has a number of 999, each passes its check, and no two people share one."""
    numbers = [person.nhs_number for person in crowd(2000) if person.nhs_number is not None]
    assert all(number.startswith("999") and is_valid(number) for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_the_untraced_have_no_number_and_say_so() -> None:
    """A person without a number is NSTS03, one with a number 01 or 02, and some are untraced."""
    statuses = {(person.nhs_number is None, person.nhs_status) for person in crowd(500)}
    assert statuses == {(True, "NSTS03"), (False, "NSTS01"), (False, "NSTS02")}


def test_phones_and_postcodes_reach_nobody() -> None:
    """Phones are Ofcom's for drama and postcodes of the area ZZ99."""
    for person in crowd(500):
        assert DRAMA.fullmatch(person.phone)
        assert DRAMA.fullmatch(person.mobile)
        assert re.fullmatch(r"ZZ99 \d[A-Z]{2}", person.postcode)


def test_people_are_of_the_age_asked_for() -> None:
    """Ages lie between the two that were asked for."""
    people = People(st_elsewhere(), seed=4, today=TODAY)
    ages = [(TODAY - people.draw((70, 99)).born).days / 365.25 for _ in range(300)]
    assert min(ages) > 69.9
    assert max(ages) < 100.1


def test_names_are_many() -> None:
    """Five hundred people have hundreds of different names, some with letters that are not ASCII."""
    names = {(person.given, person.family) for person in crowd(500)}
    assert len(names) > 300
    assert any(not "".join(name).isascii() for name in names)
