"""The NHS number's own check: ten digits, the last of which is a modulus 11 check digit.

Source: NHS Data Model and Dictionary, attribute NHS NUMBER (modulus 11 algorithm).
"""

from operator import mul

SYSTEM = "https://fhir.nhs.uk/Id/nhs-number"
"""The identifier system of an NHS number. Source: UK Core, Patient.identifier:nhsNumber."""

_LENGTH = 10
_WEIGHTS = range(_LENGTH, 1, -1)
_MODULUS = 11


def is_valid(text: str) -> bool:
    """Whether `text` is exactly ten digits and the last agrees with the others. Spaces are not forgiven."""
    return _is_digits(text, _LENGTH) and check_digit(text[:-1]) == int(text[-1])


def check_digit(first_nine: str) -> int | None:
    """The tenth digit (0 to 9) that belongs to the first nine; None where no NHS number begins so.

    Raises ValueError when `first_nine` is not exactly nine digits.
    """
    if not _is_digits(first_nine, _LENGTH - 1):
        raise ValueError("the first nine digits of an NHS number are exactly nine digits")
    total = sum(map(mul, _WEIGHTS, map(int, first_nine)))
    digit = (_MODULUS - total % _MODULUS) % _MODULUS
    return None if digit == _LENGTH else digit


def _is_digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()
