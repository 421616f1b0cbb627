"""Search values taken apart."""

import pytest
from hypothesis import given

from strategies.fhir import texts, words
from tabard.fhir.dates import range_of
from tabard.fhir.search_values import (
    Moment,
    Target,
    Token,
    alternatives,
    escape,
    moment,
    plain,
    plain_token,
    target,
    token,
)


@given(words)
def test_an_escaped_text_is_one_plain_value(text: str) -> None:
    """Whatever a text holds, its escaped form is one value, and a token without a system."""
    [only] = alternatives(escape(text))
    assert plain(only) == text
    assert token(only) == Token(None, text)


@given(words, words)
def test_commas_part_values(one: str, other: str) -> None:
    """Two escaped texts with a comma between are two values."""
    assert [plain(each) for each in alternatives(f"{escape(one)},{escape(other)}")] == [one, other]


@pytest.mark.parametrize("value", ["", ",", "a,", ",a", "a,,b"])
def test_an_empty_value_is_refused(value: str) -> None:
    """No value is not any value: a filter that came out empty must not be ignored."""
    with pytest.raises(ValueError, match="empty"):
        alternatives(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("c", Token(None, "c")),
        ("s|c", Token("s", "c")),
        ("|c", Token("", "c")),
        ("s|", Token("s", None)),
        (r"a\|b", Token(None, "a|b")),
        (r"s\|t|c\,d", Token("s|t", "c,d")),
    ],
)
def test_tokens(value: str, expected: Token) -> None:
    """The four forms of a token, and escapes in them."""
    assert token(value) == expected


def test_a_token_of_nothing_is_refused() -> None:
    """A lone bar names neither system nor code."""
    for read in (token, plain_token):
        with pytest.raises(ValueError, match="neither"):
            read("|")


@given(texts)
def test_a_plain_token_parts_at_the_first_bar(code: str) -> None:
    """What programs put together needs no escapes."""
    assert plain_token(f"urn:s|{code}|\\,") == Token("urn:s", f"{code}|\\,")


def test_moments() -> None:
    """A prefix compares; none means equal; another is refused."""
    assert moment("2026") == Moment("eq", range_of("2026"))
    assert moment("sa2026-03") == Moment("sa", range_of("2026-03"))
    for value in ("aq2026", "xx2026", "GE2026", "ge", "ge 2026"):
        with pytest.raises(ValueError, match=r"."):
            moment(value)


def test_targets() -> None:
    """A reference is `Type/id`, an id, or a URL."""
    assert target("Patient/1") == Target("Patient", "1")
    assert target("1") == Target(None, "1")
    assert target("Patient/a:b") == Target("Patient", "a:b")
    assert target("http://else.example/Patient/1") == Target("", "http://else.example/Patient/1")
    for value in ("/1", "Patient/", "a/b/c"):
        with pytest.raises(ValueError, match="reference"):
            target(value)
