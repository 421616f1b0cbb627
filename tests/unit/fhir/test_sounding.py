"""Sounding: names that sound alike."""

import pytest
from hypothesis import given, strategies as st

from tabard.fhir.sounding import sounding


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("Robert", ("r163",)),
        ("Rupert", ("r163",)),
        ("Ashcraft", ("a261",)),
        ("Tymczak", ("t522",)),
        ("Pfister", ("p236",)),
        ("Honeyman", ("h555",)),
        ("Smith-Smyth", ("s530",)),
        ("O\u2019Brien", ("o165",)),
        ("Łuk", ("l200",)),
        ("\u674e", ()),
        ("7 !", ()),
    ],
)
def test_codes_are_those_of_the_algorithm(name: str, codes: tuple[str, ...]) -> None:
    """American Soundex, word by word; what has no English letters has no code."""
    assert sounding(name) == codes


@given(st.text())
def test_any_text_has_codes_of_one_form(name: str) -> None:
    """A letter and three digits, whatever stood there."""
    assert all(len(code) == 4 and code[0].isascii() and code[1:].isdigit() for code in sounding(name))
