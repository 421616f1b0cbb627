"""_sort: by any parameter and by several, and still paged so that what matched throughout comes exactly once."""

from base64 import urlsafe_b64decode
from contextlib import closing
from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st

from tabard.fhir import Resource
from tabard.record import BadSearch, RecordReader, RecordWriter, search

from .conftest import NewPlace, Put, ticking
from .searching import WORLD, asked, found, measured, observation, ref


@pytest.fixture
def world(put: Put, reader: RecordReader) -> RecordReader:
    put(*WORLD)
    return reader


CASES = [
    ("Patient?_sort=family", "ann bob cat"),
    ("Patient?_sort=-family", "cat bob ann"),
    ("Patient?_sort=name", "ann bob cat"),
    ("Patient?_sort=-given", "bob ann cat"),
    ("Patient?_sort=birthdate", "bob ann cat"),
    ("Patient?_sort=-birthdate", "ann bob cat"),
    ("Patient?_sort=gender,-_id", "cat ann bob"),
    ("Patient?_sort=gender,-birthdate", "ann cat bob"),
    ("Patient?_sort=-_id", "cat bob ann"),
    ("Patient?_sort=-_lastUpdated", "cat bob ann"),
    ("Patient?_sort=general-practitioner", "bob ann cat"),
    ("Patient?_sort=_tag", "ann bob cat"),
    ("Patient?_sort=-identifier,family", "bob ann cat"),
    ("Observation?_sort=value-quantity&value-quantity:missing=false", "low na"),
    ("Observation?_sort=-value-quantity&value-quantity:missing=false", "na low"),
    ("RiskAssessment?_sort=probability", "r2 r1"),
    ("RiskAssessment?_sort=-probability,_id", "r1 r2"),
    ("ValueSet?_sort=url", "v2 v1 v3"),
    ("ValueSet?_sort=status,-url", "v1 v2 v3"),
    ("Encounter?_sort=date", "out in who"),
    ("Encounter?_sort=-date,status", "in out who"),
    ("Encounter?_sort=patient", "in out who"),
]


def test_each_kind_can_be_sorted_by(world: RecordReader) -> None:
    """The lowest value of each counts, either way; what has none comes last, and equals keep their order."""
    assert {query: found(world, query) for query, _ in CASES} == dict(CASES)
    for query, expected in CASES:
        seen, cursor = [], None
        while True:
            kind, _, rest = query.partition("?")
            pairs = [(pair.split("=")[0], pair.split("=")[1]) for pair in rest.split("&")]
            page = world.search(kind, pairs, count=1, cursor=cursor)
            seen += [each.id for each in page.matches]
            cursor = page.next
            if cursor is None:
                break
        assert " ".join(seen) == expected, query


@pytest.mark.parametrize(
    "order", ["", "-", "--family", "family,", "nothing", "phonetic", "deceased", "_count", "code-value-quantity"]
)
def test_what_cannot_be_sorted_by_is_refused(reader: RecordReader, order: str) -> None:
    """An order that cannot be had is refused, and those that can are told."""
    with pytest.raises(BadSearch) as refused:
        asked(reader, f"Patient?_sort={order}")
    assert refused.value.where == "_sort"


names = st.none() | st.sampled_from(["Ant", "ant", "Bee", "Çelik", "Dör", "z" * 400, "\U0001f600", "a\x00b"])
values = st.none() | st.integers(-3, 3)
changes = st.lists(st.tuples(st.integers(0, 9), names, values, st.sampled_from(["final", "amended"])), max_size=5)
sorts = ["code", "-code", "value-quantity", "-value-quantity", "value-string,-value-quantity", "-value-string", "-subject,_id", "-_lastUpdated", "status,date"]  # fmt: skip


def made(number: int, name: str | None, value: int | None, status: str) -> Resource:
    more = {} if name is None else {"valueString": name, "subject": ref(f"Patient/{len(name)}")}
    return observation(f"o{number}", **more, **({} if value is None else {"valueQuantity": measured(value)})) | {
        "status": status
    }


@settings(max_examples=30)
@given(
    sort=st.sampled_from(sorts),
    first=st.lists(st.tuples(names, values), min_size=1, max_size=8),
    between=st.lists(changes, max_size=6),
    size=st.integers(1, 3),
)
def test_changes_between_pages_lose_and_repeat_nothing(
    sort: str,
    first: list[tuple[str | None, int | None]],
    between: list[list[tuple[int, str | None, int | None, str]]],
    size: int,
    new_place: NewPlace,
) -> None:
    """While rows come, move in the order, go, and are deleted, each that matched throughout comes exactly once."""
    place = new_place()
    with closing(RecordWriter(place, ticking(), durable=False)) as writer, closing(RecordReader(place)) as reader:
        with writer.transaction() as writing:
            for number, each in enumerate(first):
                writing.put(made(number, *each, "final"), "lorenzo")
        whole = [each.id for each in reader.search("Observation", [("_sort", sort)]).matches]
        throughout, seen, cursor, steps = set(whole), list[str](), None, iter(between)
        while True:
            page = reader.search("Observation", [("status", "final"), ("_sort", sort)], count=size, cursor=cursor)
            seen += [each.id for each in page.matches]
            cursor = page.next
            if cursor is None:
                break
            with writer.transaction() as writing:
                for number, name, value, status in next(steps, []):
                    throughout -= {f"o{number}"} if status != "final" or number == 9 else set()
                    writing.put(made(number, name, value, status), "lorenzo")
                    if number == 9:
                        writing.delete("Observation", "o9", "lorenzo")
        assert throughout <= set(seen)
        assert len(seen) == len(set(seen))
        stayed = [each for each in seen if each in throughout]
        places = {each: at for at, each in enumerate(whole)}
        assert all(places[one] < places[other] for one, other in pairwise(stayed))


def test_too_much_written_since_the_first_page_is_told(
    put: Put, reader: RecordReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sorted search that nearly everything moved under must begin again; it does not guess."""
    put(*[observation(f"o{number}", valueString="a") for number in range(4)])
    page = reader.search("Observation", [("_sort", "value-string")], count=1)
    put(*[observation(f"o{number}", valueString="b") for number in range(4)])
    monkeypatch.setattr(search, "MAX_MOVED", 3)
    with pytest.raises(BadSearch, match="Too much was written") as refused:
        reader.search("Observation", [("_sort", "value-string")], cursor=page.next)
    assert refused.value.reason == "costly"
    monkeypatch.setattr(search, "MAX_MOVED", 4)
    rest = reader.search("Observation", [("_sort", "value-string")], cursor=page.next)
    assert [each.id for each in rest.matches] == ["o1", "o2", "o3"]


def test_a_cursor_tells_no_name(put: Put, reader: RecordReader) -> None:
    """A cursor stands in addresses and logs: what the rows are sorted by is not in it."""
    put(*[{"resourceType": "Patient", "id": f"p{at}", "name": [{"family": "Featherstone"}]} for at in range(3)])
    cursor = reader.search("Patient", [("_sort", "family")], count=1).next
    assert cursor is not None
    assert b"feather" not in urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).lower()
