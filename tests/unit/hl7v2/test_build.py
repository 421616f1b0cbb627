"""The builder: what it writes, the parser reads back."""

from collections.abc import Iterator

import pytest
from hypothesis import given

from strategies.hl7v2 import Written, messages
from tabard.hl7v2 import EMPTIED, STANDARD, Delimiters, Field, FieldValue, SegmentValue, Unwritable, build, parse

_HEADER: SegmentValue = ("MSH", {3: "PAS", 9: ("ADT", "A01"), 10: "1"})


def _leaves(value: FieldValue) -> Iterator[tuple[int, int, int, str]]:
    """Each text of a field value with its place: repetition, component, subcomponent."""
    for r, repetition in enumerate(value if isinstance(value, list) else [value], start=1):
        for c, component in enumerate(repetition if isinstance(repetition, tuple) else (repetition,), start=1):
            for s, leaf in enumerate(component if isinstance(component, tuple) else (component,), start=1):
                yield r, c, s, leaf if isinstance(leaf, str) else ""


def _is_absent(value: FieldValue) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_absent(each) for each in value)
    return not value


def _assert_reads(field: Field, value: FieldValue) -> None:
    assert field.is_absent == _is_absent(value)
    assert field.is_null == (field.raw == '""')
    if value is EMPTIED:
        assert field.is_null
    for r, c, s, text in _leaves(value):
        if field.is_absent:
            assert text == ""
        else:
            assert field.repetitions[r - 1].component(c).subcomponent(s) == text


@given(messages())
def test_what_is_built_is_read_back(written: Written) -> None:
    """Every text, null and absence comes back from its own place, whatever the delimiters."""
    message = parse(written.raw)
    assert message.delimiters == written.delimiters
    for segment, (name, fields) in zip(message.segments, written.segments, strict=True):
        assert segment.name == name
        for n in range(3, 22):
            _assert_reads(segment.field(n), fields.get(n))


@given(messages())
def test_segments_put_together_again_are_the_message(written: Written) -> None:
    """Parting loses no byte."""
    message = parse(written.raw)
    assert "".join(f"{segment.raw}\r" for segment in message.segments).encode() == written.raw
    for segment in message.segments[1:]:
        parts = (segment.name, *(field.raw for field in segment.fields))
        assert written.delimiters.field.join(parts) == segment.raw


def test_a_message_is_written_as_the_standard_writes_it() -> None:
    """Components are tuples, repetitions lists; what is absent at the end is left out."""
    raw = build(
        [
            _HEADER,
            (
                "PID",
                {1: "1", 3: [("1", None, None, "RXX"), ("9990000018", None, None, "NHS", None)], 5: ("O'NEIL", "A&B")},
            ),
            ("PV1", {3: (None, "OBS1", ("a", "b")), 10: None, 9: EMPTIED}),
            ("ZU1", {}),
        ]
    )
    assert raw == (
        b"MSH|^~\\&|PAS||||||ADT^A01|1\r"
        b"PID|1||1^^^RXX~9990000018^^^NHS||O'NEIL^A\\T\\B\r"
        b'PV1|||^OBS1^a&b||||||""\r'
        b"ZU1\r"
    )


def test_text_of_two_quotes_is_not_null() -> None:
    """A text that looks like null must not empty anything."""
    field = parse(build([_HEADER, ("PID", {5: '""'})])).segments[1].field(5)
    assert not field.is_null
    assert field.text == '""'


def test_the_declared_charset_is_written() -> None:
    """MSH-18 and the bytes agree."""
    raw = build([("MSH", {9: "ADT", 10: "1", 18: "8859/1"}), ("PID", {5: "Zoë"})])
    assert b"Zo\xeb" in raw
    assert parse(raw).segments[1].field(5).text == "Zoë"


@pytest.mark.parametrize(
    "segments",
    [
        [],
        [("PID", {1: "1"})],
        [_HEADER, _HEADER],
        [("PID", {}), _HEADER],
        [_HEADER, ("pid", {1: "1"})],
        [_HEADER, ("PID", {0: "1"})],
        [("MSH", {2: "^~\\&", 9: "ADT", 10: "1"})],
        [("MSH", {9: "ADT", 10: "1", 18: "8859/1"}), ("PID", {5: "漢"})],
    ],
)
def test_what_cannot_be_written_is_refused(segments: list[SegmentValue]) -> None:
    """The builder changes nothing to make it fit."""
    with pytest.raises(Unwritable) as refused:
        build(segments)
    assert refused.value.remedy
    assert "漢" not in str(refused.value)
    assert refused.value.__context__ is None


@pytest.mark.parametrize("delimiters", [Delimiters(component="|"), Delimiters(field="A"), Delimiters("|", *"^&~\\")])
def test_delimiters_that_a_reader_would_not_find_are_refused(delimiters: Delimiters) -> None:
    """What MSH cannot declare would be read otherwise than it was meant."""
    assert delimiters != STANDARD
    with pytest.raises(Unwritable):
        build([_HEADER], delimiters=delimiters)
