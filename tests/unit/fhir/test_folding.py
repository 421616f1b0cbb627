"""Folding of names."""

import pytest
from hypothesis import given

from strategies.fhir import words
from tabard.fhir.folding import fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Smith", "SMITH"),
        ("Zoë", "zoe"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("O\u2019Brien", "o'brien"),
        ("Łukasz", "lukasz"),
        ("Sørensen", "SORENSEN"),
        ("Straße", "strasse"),
        ("Smith\u2011Jones", "smith-jones"),
        ("  van  der Berg ", "van der berg"),
        ("İpek", "ipek"),
    ],
)
def test_spellings_of_one_name(one: str, other: str) -> None:
    """Case, accents, apostrophes, hyphens and spaces make no difference."""
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("Smith", "Smyth"), ("O'Brien", "OBrien"), ("Ann", "Anna"), ("李", "王")])
def test_other_names_stay_others(one: str, other: str) -> None:
    """Letters that differ still differ."""
    assert fold(one) != fold(other)


@given(words)
def test_folding_twice_changes_nothing(text: str) -> None:
    """What is folded is compared as it is."""
    assert fold(fold(text)) == fold(text)
