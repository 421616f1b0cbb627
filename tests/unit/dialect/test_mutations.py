"""Whatever stands in a field, the message is translated or refused: nothing else ever comes out."""

from collections.abc import Iterable
from contextlib import suppress

import pytest
from hypothesis import given, settings, strategies as st

from tabard.dialect import Dialect, Untranslatable, bundle, translate
from tabard.fhir import json
from tabard.hl7v2 import Unreadable, parse
from unit.dialect.messages import (
    EVENT,
    HEADER,
    ITK,
    ORDER,
    PERSON,
    PRACTICE,
    RESULT,
    SIMHOSPITAL,
    VISIT,
    ReadableIds,
    with_field,
)

SHAPES = {
    "ADT^A01": (EVENT, PERSON, PRACTICE, VISIT),
    "ADT^A03": (EVENT, PERSON, PRACTICE, VISIT),
    "ADT^A08": (EVENT, PERSON, PRACTICE, VISIT),
    "ADT^A13": (EVENT, PERSON, VISIT),
    "ADT^A31": (EVENT, PERSON, PRACTICE),
    "ADT^A40": (EVENT, PERSON, "MRG|M41^^^RXX"),
    "ORU^R01": (PERSON, VISIT, ORDER, "NTE|1||note", RESULT, "NTE|1||note"),
}
NEARLY = (
    "20261301",
    "20260230",
    "202603290130",
    "999912312359-1400",
    "ABC^^^NHS",
    "9990000019^^^NHS",
    "<5",
    "1e5",
    "C9999991",
    "^^BED",
)
PIECES = (
    "",
    '""',
    "^",
    "&",
    "~",
    "\\",
    "\\T\\",
    "\\X41\\",
    "^^^",
    "-",
    "1.5",
    "é",
    "\x00",
    " ",
    "SN",
    "ED",
    "TM",
    "TS",
)
pieces = st.sampled_from(PIECES)
words = st.text(st.characters(blacklist_characters="\r\n\x0b\x1c|", codec="utf-8"), max_size=8)
texts = st.sampled_from(NEARLY) | pieces | st.lists(pieces | words, max_size=6).map("".join)


@st.composite
def mutated(draw: st.DrawFn) -> tuple[Dialect, bytes]:
    dialect = draw(st.sampled_from([ITK, SIMHOSPITAL]))
    event = draw(st.sampled_from(sorted(SHAPES)))
    segments = list(SHAPES[event])
    places = [(at, n) for at, one in enumerate(segments) for n, text in enumerate(one.split("|")) if n and text]
    for at, n in draw(st.lists(st.sampled_from(places), min_size=1, max_size=8)):
        segments[at] = with_field(segments[at], n, draw(texts))
    at = draw(st.integers(0, len(segments) - 1))
    segments[at] = with_field(segments[at], draw(st.integers(1, 46)), draw(texts))
    if draw(st.booleans()):
        segments.insert(draw(st.integers(0, len(segments))), draw(st.sampled_from(segments)))
    return dialect, written(dialect, event, segments)


def written(dialect: Dialect, event: str, segments: Iterable[str]) -> bytes:
    header = HEADER.format(event=event).replace("|2.4|", f"|{dialect.versions[0]}|")
    return "\r".join((header, *segments)).encode()


@pytest.mark.parametrize("event", SHAPES)
def test_every_field_with_every_nearly_right_value(event: str) -> None:
    """Each field that is filled holds in turn each value that is nearly right, or not at all."""
    for at, segment in enumerate(SHAPES[event]):
        for n in (n for n, text in enumerate(segment.split("|")) if n and text):
            for value in (*NEARLY, *PIECES):
                segments = [*SHAPES[event][:at], with_field(segment, n, value), *SHAPES[event][at + 1 :]]
                check(ITK, written(ITK, event, segments))


@settings(max_examples=300, derandomize=True, deadline=None)
@given(mutated())
def test_a_mutated_message_is_translated_or_refused(case: tuple[Dialect, bytes]) -> None:
    """Field-level damage gives Untranslatable or a translation whose Bundle is sound JSON, never another exception."""
    check(*case)


def check(dialect: Dialect, raw: bytes) -> None:
    with suppress(Untranslatable, Unreadable):
        ids = ReadableIds()
        translation = translate(parse(raw), dialect, ids)
        told = bundle(translation)
        assert json.decode(json.encode(told)) == told
        assert not ids.key.is_empty
        assert_nothing_empty(told)


def assert_nothing_empty(value: object) -> None:
    """FHIR knows no empty strings, lists and objects. Source: FHIR R4, 2.6.2."""
    assert value not in ("", [], {}, None)
    if isinstance(value, dict):
        for one in value.values():
            assert_nothing_empty(one)
    elif isinstance(value, list):
        for one in value:
            assert_nothing_empty(one)
