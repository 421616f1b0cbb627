"""A dialect's patterns are of a kind that no text can make slow."""

import pytest
from hypothesis import given, strategies as st

from tabard.dialect.table.patterns import beginning, compiled, why_not


@pytest.mark.parametrize(
    "pattern",
    [
        "C[0-9]{7}",
        "CD:[0-9]+",
        "NEWHAM.*",
        r"\d{3}",
        "(GUYS|BARTS) .*",
        "(?:[A-Z]{2})+",
        "[^ ]*",
        r"a\.b",
        "é?",
        "",
        "A-B",
    ],
)
def test_a_plain_pattern_is_taken(pattern: str) -> None:
    """Characters, classes, counted repetitions, choices, and one repetition without a bound."""
    assert why_not(pattern) is None


@pytest.mark.parametrize(
    "pattern",
    [
        *("(a+)+", "(a|a)*", "(a|ab)*b", "a*a*", ".*.*", "([a-z]+)*", "(a?){30}", "(a{1,9}){9}", "a{1,200}", "(){9}"),
        *(
            "a{1,12}b{1,12}",
            "(?=a)",
            r"(a)\1",
            "(?P<n>a)",
            "a++",
            "a*?",
            "^a",
            "a$",
            "[[a]",
            "[a--b]",
            "[",
            "(",
            ")",
            "*",
            "a{2,1}",
        ),
        *("(a|aa)" * 8, "(?:a|aa|b)(?:a|aa|b)" * 3),
        *("((((((((((a))))))))))", "a" * 201, "\\", "a|*", r"\q"),
    ],
)
def test_a_pattern_that_could_be_slow_is_refused(pattern: str) -> None:
    """Repetitions inside repetitions, choices that are repeated, look-arounds, references, and what is no expression."""
    assert why_not(pattern)


@given(st.text(alphabet="ab0[](){}|+*?.\\d^$,1-29:=!", max_size=14), st.sampled_from(["a", "0", "ab", "b0"]))
def test_a_pattern_that_is_taken_ends(pattern: str, unit: str) -> None:
    """Whatever passes is decided on long texts of one sign over and over, where slow patterns never end."""
    if why_not(pattern) is None:
        compiled(pattern).fullmatch(unit * 2000 + "!")


@given(st.from_regex(r"[A-Z:.|?*+{}0-9]{0,8}", fullmatch=True), st.text(alphabet="AB:.0", max_size=8))
def test_a_beginning_is_certain(pattern: str, text: str) -> None:
    """A text that the pattern fits begins as `beginning` says."""
    if why_not(pattern) is None and compiled(pattern).fullmatch(text):
        assert text.startswith(beginning(pattern))
