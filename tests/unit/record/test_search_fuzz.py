"""Malformed searches: whatever is asked, the answer is a page or a BadSearch, and the record is as it was.

TABARD_SEARCHES=100000 for the soak's figure.
"""

import os
from collections.abc import Iterator
from contextlib import closing, suppress
from random import Random

import pytest
from hypothesis import given, settings, strategies as st

from tabard.fhir import Resource
from tabard.fhir.matching import matches
from tabard.fhir.search_parameters import parameters_of, searchable_types
from tabard.record import BadSearch, RecordReader, RecordWriter

from .conftest import NewPlace, Put
from .searching import WORLD, everywhere

SEARCHES = int(os.environ.get("TABARD_SEARCHES", "3000"))
HOSTILE = (
    "' OR '1'='1", "x'); DROP TABLE resource; --", "1; DELETE FROM version", "x' UNION SELECT key FROM token --", "?", "$1", ":a",
    "%", "_", "*", "\x00", "\ud800", "\U0010ffff", "\\", "\\,", "|", "||", "|||", "$", "$$", ",", ",,", "", " ", "a" * 5000, "9" * 400,
    "1e999", "1e-999", "-1e999", "NaN", "ge", "geNaN", "0x1", "1e9999999999", "9999-12-31", "0001-01-01", "0000", "2026-02-30",
    "2026-03-01T25:00:00Z", "ge2026-03-01T10:00:00+99:99", "ap0001", "ap9999", "http://", "http://x/" + "/" * 90, "Patient/", "/a", "a/b/c/d",
    "#a", "Patient/a/_history/1", "true", "false", "maybe", "NULL", "{}", "{0}", "%s", "\u202e", "\n", "٣", "1,2,3,4,5,6", "a|b$c|d", "é",
)  # fmt: skip
NAMES = (
    "_id", "_lastUpdated", "_tag", "_profile", "_security", "_source", "_sort", "_count", "_total", "_include", "_revinclude",
    "_include:iterate", "_has", "_has:", "_has:::", "_has:Observation:patient:code", "_has:Observation:patient:_has:Observation:focus:code",
    "_filter", "_text", "_content", "_list", "_query", "near", "", ".", "..", ":", "a.b", "subject.", ".name", "patient.name", "subject:Patient.name",
    "patient.organization.partof.name", "focus.name", "_type", "_elements", "_summary", "_format",
)  # fmt: skip
MODIFIERS = ("", "", "", "not", "missing", "exact", "contains", "text", "in", "above", "below", "of-type", "identifier", "Patient", "Group", "iterate", "x", "'", "not:not")  # fmt: skip


@pytest.fixture
def world(put: Put, reader: RecordReader) -> RecordReader:
    put(*WORLD)
    return reader


@pytest.fixture(scope="module")
def shared(new_place: NewPlace) -> Iterator[RecordReader]:
    """A record that no test writes to, for tests of many examples."""
    place = new_place()
    with closing(RecordWriter(place, durable=False)) as writer, closing(RecordReader(place)) as opened:
        with writer.transaction() as writing:
            for each in WORLD:
                writing.put(each, "lorenzo")
        yield opened


def outcome(reader: RecordReader, kind: str, pairs: list[tuple[str, str]], cursor: str | None = None) -> str:
    """How it ended; anything but a page or a BadSearch leaves the test by itself."""
    with suppress(BadSearch):
        page = reader.search(kind, pairs, cursor=cursor, may_reach=everywhere)
        assert page.total is None or page.total <= len(WORLD)
        return "found"
    return "refused"


def drawn(random: Random) -> tuple[str, list[tuple[str, str]]]:
    kind = random.choice([*{each["resourceType"] for each in WORLD}, *searchable_types(), random.choice(HOSTILE)])
    known = [*parameters_of(kind)] or ["name"]
    pairs = []
    for _ in range(random.randint(1, 3)):
        name = random.choice([*known, *known, *NAMES, *HOSTILE])
        modifier = random.choice(MODIFIERS)
        value = random.choice(["", *HOSTILE])
        for _ in range(random.choice([0, 0, 1, 2])):
            value += random.choice([",", "|", "$", "\\", ":", "/", "."]) + random.choice(HOSTILE)
        pairs.append((f"{name}:{modifier}" if modifier else name, random.choice(["", "ge", "ap", "ne"]) + value))
    return kind, pairs


def test_thousands_of_malformed_searches(world: RecordReader, writer: RecordWriter) -> None:
    """Neither the record's search nor matching fails otherwise than by BadSearch, and nothing is changed."""
    random = Random(7)  # noqa: S311  the same searches each time
    before = world.last_change()
    ends = {"found": 0, "refused": 0}
    for _ in range(SEARCHES):
        kind, pairs = drawn(random)
        ends[outcome(world, kind, pairs)] += 1
        with suppress(BadSearch):
            matches(random.choice(WORLD), pairs)
    assert min(ends.values()) > SEARCHES // 100  # both roads were gone
    assert world.last_change() == before
    assert world.search("Patient", []).total == 3
    with writer.transaction() as writing:
        assert writing.put({"resourceType": "Patient", "id": "new"}, "lorenzo")


anything = st.text(max_size=30) | st.sampled_from(HOSTILE)


@settings(max_examples=150)
@given(
    kind=st.sampled_from(searchable_types()) | anything,
    pairs=st.lists(st.tuples(st.sampled_from(NAMES) | anything, anything), max_size=4),
    cursor=st.none() | anything,
)
def test_any_text_is_answered(
    shared: RecordReader, kind: str, pairs: list[tuple[str, str]], cursor: str | None
) -> None:
    """Whatever text stands for the type, a name, a value or a cursor."""
    outcome(shared, kind, pairs, cursor)


def json_values() -> st.SearchStrategy[object]:
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    )


KEYS = ("coding", "code", "system", "value", "reference", "identifier", "start", "end", "low", "high", "family", "given", "type", "use", "event", "repeat", "origin", "data", "unit")  # fmt: skip


@settings(max_examples=200)
@given(data=st.data())
def test_any_content_is_indexed(data: st.DataObject) -> None:
    """A resource whose elements are of any other form is kept, found by what it has, and stops nothing."""
    kind = data.draw(st.sampled_from(searchable_types()))
    firsts = sorted(
        {place.path.split(".")[0].split("[")[0] for each in parameters_of(kind).values() for place in each.places}
    )
    elements = data.draw(st.dictionaries(st.sampled_from(firsts), json_values(), max_size=6)) if firsts else {}
    resource: Resource = {"resourceType": kind, "id": "x", **elements}
    assert matches(resource, [("_id", "x")])
