"""Values: absent, null and present are three things, at every depth."""

import pytest

from tabard.hl7v2 import Field, parse


def _field(raw: str) -> Field:
    return parse(f"MSH|^~\\&|||||||ADT^A01|1\rPID|{raw}\r".encode()).segments[1].field(1)


def test_an_absent_field_is_not_null() -> None:
    """Absent keeps the old value."""
    absent = parse(b"MSH|^~\\&|||||||ADT^A01|1\rPID|x\r").segments[1].field(30)
    assert (absent.raw, absent.text, absent.is_absent, absent.is_null) == ("", "", True, False)
    assert absent.repetitions == ()
    assert absent.component(3).is_absent


def test_a_null_field_is_not_absent() -> None:
    """Null empties the old value."""
    null = _field('""')
    assert (null.text, null.is_absent, null.is_null) == ("", False, True)
    assert len(null.repetitions) == 1
    assert null.repetitions[0].is_null
    assert null.component(1).is_null


@pytest.mark.parametrize("raw", ["^^^", "~", "&", "^&~^"])
def test_delimiters_alone_are_absent(raw: str) -> None:
    """Senders fill fields with bare delimiters; these say nothing."""
    assert _field(raw).is_absent
    assert _field(raw).repetitions == ()


@pytest.mark.parametrize("raw", ['""^""', '""""', '"" ', 'a""', '"'])
def test_only_two_quotes_are_null(raw: str) -> None:
    """What merely holds quotes is a value."""
    assert not _field(raw).is_null
    assert not _field(raw).is_absent


def test_a_null_component_has_no_text() -> None:
    """The two quotes are never shown as a value."""
    field = _field('""^Bay 3^x&""')
    assert field.text == ""
    assert field.component(1).is_null
    assert field.component(2).text == "Bay 3"
    assert field.component(3).subcomponents == ("x", "")
    assert field.component(3).subcomponent(2) == ""


def test_repetitions_keep_their_places() -> None:
    """A blank repetition between two stays, since some senders count them."""
    field = _field("SMITH^J~~^JONES")
    assert [(each.component(1).text, each.component(2).text) for each in field.repetitions] == [
        ("SMITH", "J"),
        ("", ""),
        ("", "JONES"),
    ]
    assert field.repetitions[1].is_absent
    assert field.repetitions[1].components == ()


def test_deeper_values_are_reached_by_number() -> None:
    """Numbers are the standard's, from 1, and beyond the end is absent."""
    field = _field("a&b^c~d")
    assert field.component(1).subcomponent(2) == "b"
    assert field.component(1).text == "a"
    assert field.component(2).text == "c"
    assert field.component(3).is_absent
    assert field.component(3).subcomponents == ()
    assert field.repetitions[1].component(1).text == "d"
    assert [each.text for each in field.repetitions[0].components] == ["a", "c"]


def test_numbers_begin_at_one() -> None:
    """A zero is a programming error, not the last element."""
    with pytest.raises(IndexError):
        _field("a").component(0)
    with pytest.raises(IndexError):
        parse(b"MSH|^~\\&|||||||ADT^A01|1\r").segments[0].field(0)


def test_no_value_shows_itself_in_a_trace() -> None:
    """A value's repr tells its length and never a patient's name."""
    field = _field("ZEBEDEE^JO")
    shown = repr((field, field.component(1), field.repetitions, parse(b"MSH|^~\\&|||||||ADT^A01|1\rPID|ZEBEDEE\r")))
    assert "ZEBEDEE" not in shown
    assert "10 characters" in repr(field)
    assert "null" in repr(_field('""'))
    assert "absent" in repr(_field(""))
