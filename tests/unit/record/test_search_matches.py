"""Matching and searching: a resource at hand matches just where the record's search finds it."""

from collections.abc import Sequence
from random import Random

import pytest

from strategies.searches import a_query, some_resources
from tabard.fhir.matching import Matcher, matches
from tabard.ground.time import Clock
from tabard.record import BadSearch, RecordReader, RecordWriter, Stored

Pairs = Sequence[tuple[str, str]]


def answer_of_record(reader: RecordReader, kind: str, pairs: Pairs) -> set[str] | str:
    try:
        return {each.id for each in reader.search(kind, pairs, count=200).matches}
    except BadSearch as refused:
        return refused.message


def answer_of_matching(stored: Sequence[Stored], kind: str, pairs: Pairs) -> set[str] | str:
    try:
        matcher = Matcher(kind, pairs)
    except BadSearch as refused:
        return refused.message
    return {each.id for each in stored if matcher.matches(each.resource())}


SEEDS = range(12)
QUERIES = 150


@pytest.mark.parametrize("seed", SEEDS)
def test_matching_agrees_with_searching(writer: RecordWriter, reader: RecordReader, seed: int) -> None:
    """The same resources are found, or the same refusal given, for whatever is asked of whatever is kept."""
    random = Random(seed)  # noqa: S311  the same searches each time
    written = some_resources(random)
    with writer.transaction() as writing:
        stored = [one for each in written if (one := writing.put(each, "lorenzo")) is not None]
    partial = 0
    for _ in range(QUERIES):
        kind, pairs = a_query(random, written)
        answer = answer_of_record(reader, kind, pairs)
        assert answer_of_matching(stored, kind, pairs) == answer, (kind, pairs)
        partial += isinstance(answer, set) and 0 < len(answer) < 5
    assert partial > QUERIES // 3  # most searches find some and not all
    for one in stored:
        own = [("_id", one.id), ("_source", "lorenzo"), ("_lastUpdated", one.resource()["meta"]["lastUpdated"])]
        assert matches(one.resource(), own)
        assert answer_of_record(reader, one.type, own) == {one.id}


def test_times_that_are_nearly_now(writer: RecordWriter, reader: RecordReader) -> None:
    """`ap` is told by the clock of whoever asks, in the record as at hand."""
    with writer.transaction() as writing:
        writing.put({"resourceType": "Patient", "id": "a", "birthDate": "1980"}, "lorenzo")
    stored = reader.read("Patient", "a")
    assert stored is not None
    now = stored.updated
    clock: Clock = lambda: now  # noqa: E731  a clock that stands
    for value, is_near in (("ap1981", True), ("ap1950", False)):
        assert Matcher("Patient", [("birthdate", value)], clock).matches(stored.resource()) is is_near
        assert matches(stored.resource(), [("birthdate", value)]) is is_near
        assert bool(reader.search("Patient", [("birthdate", value)]).total) is is_near
