"""Amounts: what a number means by its digits, and what an element of a resource holds."""

from decimal import Decimal

import pytest

from tabard.fhir.amount_elements import money, number, quantity, quantity_range, sampled_data
from tabard.fhir.amounts import MOST, amount, as_float, kept

MG = {"unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}
UNIT = ("mg", "http://unitsofmeasure.org", "mg")


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("100", 99.5, 100.5),
        ("100.00", 99.995, 100.005),
        ("1e2", 50, 150),
        ("1.0e2", 95, 105),
        ("5.4", 5.35, 5.45),
        ("-3", -3.5, -2.5),
        ("0", -0.5, 0.5),
        ("+2E-1", 0.15, 0.25),
    ],
)
def test_digits_tell_a_range(text: str, low: float, high: float) -> None:
    """Half of the last digit to either side. Source: FHIR R4 3.1.1.4.6."""
    found = amount(text)
    assert (found.low, found.high) == (low, high)
    assert found.value == float(text)


@pytest.mark.parametrize(
    "text", ["", "x", "1,5", "1.", ".5", "NaN", "inf", "1e9999", "0x10", "1_000", "--1", "1" * 50, "\u0661"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    """Nothing that only resembles a number is taken for one."""
    with pytest.raises(ValueError, match=r"^not a number$"):
        amount(text)


def test_what_is_beyond_all_bounds_is_the_most() -> None:
    """Huge numbers neither fail nor wrap; what is no number is not kept."""
    assert (as_float(Decimal("1e999")), as_float(-(10**400))) == (MOST, -MOST)
    assert kept(Decimal("1.50")) == 1.5
    assert [kept(each) for each in (True, "1", None, Decimal("NaN"))] == [None] * 4


def test_elements_are_closed_ranges() -> None:
    """A number is a range of itself; comparators, ranges and samples are wider."""
    assert number(3) == ((3.0, 3.0),)
    assert quantity({"value": Decimal("5.40"), **MG}) == ((5.4, 5.4, *UNIT),)
    [(low, high, *_)] = quantity({"value": 5, "comparator": "<", **MG})
    assert (low, 4.999 < high < 5) == (-MOST, True)
    assert quantity({"value": 5, "comparator": ">=", **MG}) == ((5.0, MOST, *UNIT),)
    assert quantity_range({"low": {"value": 1, **MG}}) == ((1.0, MOST, *UNIT),)
    assert quantity_range({"high": {"value": 2, **MG}}) == ((-MOST, 2.0, *UNIT),)
    assert money({"value": 9, "currency": "GBP"}) == ((9.0, 9.0, "GBP", "urn:iso:std:iso:4217", ""),)
    samples = {"origin": {"value": 10, **MG}, "factor": Decimal("0.5"), "data": "2 E 4 L -2 U nan"}
    assert sampled_data(samples) == ((9.0, 12.0, *UNIT),)


@pytest.mark.parametrize(
    "element",
    [
        None,
        "5",
        5,
        [],
        {},
        {"value": "5"},
        {"value": None},
        {"low": "1"},
        {"origin": {}},
        {"origin": {"value": 1}, "data": 7},
    ],
)
def test_what_is_of_another_form_is_left_out(element: object) -> None:
    """A bad element is found by nothing and stops nothing."""
    for read in (quantity, quantity_range, money, sampled_data):
        assert not read(element)
