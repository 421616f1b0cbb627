"""Strategies for HL7 v2: values that try the delimiters, whole messages, paths, batch files, and streams of frames cut anywhere."""

import string
from collections.abc import Mapping
from dataclasses import dataclass

from hypothesis import strategies as st

from tabard.hl7v2 import EMPTIED, STANDARD, Delimiters, FieldValue, Path, SegmentValue, build

_AWKWARD = '|^~\\&#"\r\n\t\x0b\x1cFSTREX.br\x85\u2028é£漢'
_MARKS = [mark for mark in string.punctuation if mark not in '".+-']
_ROLES_OUT_OF_ORDER = "^&~\\"

texts = st.text(st.sampled_from(_AWKWARD) | st.characters(exclude_categories=["Cs"]), max_size=12)
leaves = st.none() | st.just(EMPTIED) | texts
components = leaves | st.lists(leaves, min_size=1, max_size=3).map(tuple)
repetitions = leaves | st.lists(components, min_size=1, max_size=4).map(tuple)
fields: st.SearchStrategy[FieldValue] = repetitions | st.lists(repetitions, min_size=1, max_size=3)
bodies: st.SearchStrategy[Mapping[int, FieldValue]] = st.dictionaries(st.integers(3, 20), fields, max_size=5)
segments: st.SearchStrategy[SegmentValue] = st.tuples(st.sampled_from(["PID", "PV1", "OBX", "ZU1"]), bodies)


def _delimiters(marks: list[str]) -> Delimiters:
    return Delimiters(*marks)


delimiters = (
    st.just(STANDARD)
    | st.just(Delimiters(truncation="#"))
    | st.lists(st.sampled_from(_MARKS), min_size=5, max_size=6, unique=True).map(_delimiters)
).filter(lambda marks: marks.encoding_characters != _ROLES_OUT_OF_ORDER)


@dataclass(frozen=True)
class Written:
    """A message as values, and as the bytes that the builder made of them."""

    segments: tuple[SegmentValue, ...]
    delimiters: Delimiters
    raw: bytes


@st.composite
def messages(draw: st.DrawFn) -> Written:
    """A whole message: a header that can be answered, then segments of awkward values."""
    header: SegmentValue = ("MSH", {3: draw(fields), 9: ("ADT", "A01", "ADT_A01"), 10: draw(texts.filter(bool))})
    values = (header, *draw(st.lists(segments, max_size=4)))
    marks = draw(delimiters)
    return Written(values, marks, build(values, delimiters=marks))


_frames = st.lists(st.sampled_from(b"MSH|^~\\&\r\n\x00\xff"), max_size=40).map(
    lambda content: b"\x0b" + bytes(content) + b"\x1c\r"
)
_pieces = st.sampled_from([b"\x0b", b"\x1c", b"\x1c\r", b"\r", b"\n", b"GET /", b"MSH|"])
streams = st.lists(_frames | _pieces, max_size=12).map(b"".join)
"""What a sender may put on the wire: whole frames, frames without end, ends without beginning, blanks and junk."""

_small = st.integers(0, 3)
paths = st.builds(
    Path,
    st.sampled_from(["MSH", "PID", "PV1", "OBX", "ZU1"]),
    st.integers(3, 20),
    st.integers(1, 2),
    st.integers(1, 3),
    _small,
    st.just(0),
) | st.builds(Path, st.just("PID"), st.integers(1, 20), st.just(1), st.integers(1, 3), st.integers(1, 3), _small)
"""Places that `messages` may or may not have."""

_lines = st.sampled_from(
    [
        b"FHS|^~\\&|PAS",
        b"BHS|^~\\&|PAS",
        b"BTS|1",
        b"BTS|2",
        b"BTS",
        b"BTS|x",
        b"FTS|1",
        b"FTS|",
        b"PID|||1",
        b"junk",
        b"",
        b"MSH|^~\\&|||||||ADT^A01|1",
        b"MSH|^~\\&|||||||ADT^A01|2",
        b"FHS|||",
        b"BHS!*%/@!PAS",
        b"BTS!1",
    ]
)
batch_files = st.lists(_lines, max_size=14).map(b"\r".join)
"""Lines of batch files in any order, good and bad."""
