"""The NHS number's check."""

import pytest
from hypothesis import given, strategies as st

from tabard.fhir import nhs_number

nines = st.text("0123456789", min_size=9, max_size=9)


@pytest.mark.parametrize("text", ["9434765919", "3333333333", "9990000018", "4010232137"])
def test_numbers_with_their_own_check_digit_are_valid(text: str) -> None:
    """A number whose tenth digit is worked out from the first nine is valid."""
    assert nhs_number.is_valid(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "943476591",
        "94347659190",
        "9434765918",
        "943 476 5919",
        "943476591X",
        "٣٣٣٣٣٣٣٣٣٣",
        "²³³³³³³³³³",
        " 9434765919",
    ],
)
def test_anything_else_is_not(text: str) -> None:
    """Wrong length, wrong digit, spaces, letters and digits of other scripts are all refused, and none crashes."""
    assert not nhs_number.is_valid(text)


def test_a_remainder_of_ten_has_no_number() -> None:
    """Nine digits whose check would be ten begin no NHS number at all."""
    assert nhs_number.check_digit("000000001") == 9
    assert nhs_number.check_digit("000000006") is None
    assert not any(nhs_number.is_valid(f"000000006{digit}") for digit in range(10))


def test_a_number_of_another_length_is_the_callers_fault() -> None:
    """check_digit takes nine digits and says so otherwise."""
    with pytest.raises(ValueError, match="nine digits"):
        nhs_number.check_digit("1234567890")


@given(nines, st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(nine: str, place: int, change: int) -> None:
    """Modulus 11 with weights 10 to 2 finds every single wrong digit."""
    digit = nhs_number.check_digit(nine)
    if digit is None:
        return
    whole = f"{nine}{digit}"
    wrong = whole[:place] + str((int(whole[place]) + change) % 10) + whole[place + 1 :]
    assert nhs_number.is_valid(whole)
    assert not nhs_number.is_valid(wrong)


@given(st.text())
def test_no_text_makes_it_fail(text: str) -> None:
    """is_valid answers for every text there is."""
    assert nhs_number.is_valid(text) in (True, False)
