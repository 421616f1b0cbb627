"""Search and index agree on everything that can be generated."""

from collections.abc import Callable

from hypothesis import given, settings, strategies as st

from strategies.fhir import encounters, patients
from tabard.fhir import Resource
from tabard.fhir.elements import Value
from tabard.fhir.indexing import find
from tabard.fhir.search_parameters import Parameter, parameters_of
from tabard.fhir.search_values import escape
from tabard.ground.time import from_us
from tabard.record import RecordReader, RecordWriter

from .conftest import NewPlace

resources = st.lists(
    st.one_of(patients(st.sampled_from("abcd")), encounters(st.sampled_from("abcd"))), min_size=1, max_size=6
)


@settings(max_examples=40)
@given(written=resources)
def test_every_value_finds_its_resources_and_no_other(written: list[Resource], new_place: NewPlace) -> None:
    """Each value that any resource has finds exactly those that have it now, whatever was written over what."""
    place = new_place()
    writer, reader = RecordWriter(place, durable=False), RecordReader(place)
    now: dict[tuple[str, str], Resource] = {}
    for resource in written:
        with writer.transaction() as writing:
            writing.put(resource, "lorenzo")
        now[resource["resourceType"], resource["id"]] = resource
    for resource_type in ("Patient", "Encounter"):
        for parameter in parameters_of(resource_type).values():
            for value in {
                value
                for each in written
                if each["resourceType"] == resource_type
                for value in find(each, parameter.name)
            }:
                expected = {
                    each["id"]
                    for each in now.values()
                    if each["resourceType"] == resource_type and value in find(each, parameter.name)
                }
                for name, text in asked(parameter, value):
                    page = reader.search(resource_type, [(name, text)])
                    assert {each.id for each in page.matches} == expected
                    assert page.total == len(page.matches) == len(expected)
    writer.close()
    reader.close()


def asked(parameter: Parameter, value: Value) -> list[tuple[str, str]]:
    """Searches that ask for exactly this value; a range of days is not always one that a search can ask for."""
    name, (one, other) = parameter.name, value
    if parameter.kind == "token":
        return [(name, f"{escape(str(other))}|{escape(str(one))}")]
    if parameter.name == "phonetic":
        return []
    if parameter.kind == "string":
        return [(f"{name}:exact", escape(str(other)))]
    if parameter.kind == "reference":
        return [(name, f"{other}/{one}")]
    return []


@settings(max_examples=60)
@given(written=st.lists(encounters(), min_size=1, max_size=5, unique_by=lambda each: each["id"]), data=st.data())
def test_dates_compare_as_ranges(written: list[Resource], data: st.DataObject, new_place: NewPlace) -> None:
    """Each prefix finds what the definition says of the two ranges, drawn apart from any SQL."""
    place = new_place()
    writer, reader = RecordWriter(place, durable=False), RecordReader(place)
    with writer.transaction() as writing:
        for resource in written:
            writing.put(resource, "lorenzo")
    edges = [
        us
        for each in written
        for value in find(each, "date")
        for us in value
        if isinstance(us, int) and abs(us) < 2**60
    ]
    at = data.draw(st.sampled_from(edges or [0])) // 1_000_000 * 1_000_000 + data.draw(
        st.sampled_from([-1_000_000, 0, 1_000_000])
    )
    low, high = at, at + 1_000_000
    text = from_us(at).strftime("%Y-%m-%dT%H:%M:%SZ")
    rules: dict[str, Callable[[int, int], bool]] = {
        "eq": lambda start, end: low <= start and end <= high,
        "ne": lambda start, end: not (low <= start and end <= high),
        "gt": lambda start, end: end > high,  # noqa: ARG005  one face for all
        "lt": lambda start, end: start < low,  # noqa: ARG005  the same
        "ge": lambda start, end: end > high or (low <= start and end <= high),
        "le": lambda start, end: start < low or (low <= start and end <= high),
        "sa": lambda start, end: start >= high,  # noqa: ARG005  the same
        "eb": lambda start, end: end <= low,  # noqa: ARG005  the same
    }
    for prefix, holds in rules.items():
        expected = {
            each["id"] for each in written if any(holds(int(start), int(end)) for start, end in find(each, "date"))
        }
        assert {each.id for each in reader.search("Encounter", [("date", prefix + text)]).matches} == expected
    writer.close()
    reader.close()
