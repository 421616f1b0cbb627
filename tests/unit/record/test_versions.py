"""Versions, history and the change feed: nothing is lost, nothing is written twice."""

from decimal import Decimal

import pytest
from hypothesis import given, settings, strategies as st

from strategies.fhir import patients
from tabard.database import Place
from tabard.fhir import Resource, decode
from tabard.record import BadResource, RecordReader, RecordWriter

from .conftest import START, NewPlace, Put


def patient(**elements: object) -> Resource:
    return {"resourceType": "Patient", "id": "p", **elements}


def test_a_read_returns_the_bytes_that_were_stored(put: Put, reader: RecordReader) -> None:
    """The version, the time and the link are in the body, in FHIR's place and form, decimals as they came."""
    [stored] = put(patient(extension=[{"url": "u", "valueDecimal": Decimal("98.00")}]))
    read = reader.read("Patient", "p")
    assert read == stored
    assert read is not None
    assert read.body == (
        b'{"resourceType":"Patient","id":"p","meta":{"versionId":"1","lastUpdated":"2026-03-01T08:00:00.000Z",'
        b'"source":"lorenzo"},"extension":[{"url":"u","valueDecimal":98.00}]}'
    )
    assert (read.version, read.source, read.updated.isoformat()) == (1, "lorenzo", "2026-03-01T08:00:00+00:00")


def test_nothing_is_read_that_was_never_kept(reader: RecordReader) -> None:
    """An unknown id, type or version is None, and has no history."""
    assert reader.read("Patient", "p") is None
    assert reader.read_version("Patient", "p", 1) is None
    assert reader.history("Patient", "p") == ()
    assert reader.changes(0, 10) == ()
    assert reader.last_change() == 0


def test_what_is_unchanged_is_not_written_again(put: Put, reader: RecordReader) -> None:
    """Another order of keys or the record's own meta is no change; another precision or a tag is one."""
    put(patient(active=True, gender="male", multipleBirthInteger=2))
    read = reader.read("Patient", "p")
    assert read is not None
    assert put(patient(multipleBirthInteger=2, gender="male", active=True)) == [None]
    assert put(decode(read.body)) == [None]
    assert reader.last_change() == 1
    tag = {"tag": [{"code": "local"}]}
    for version, changed in enumerate(
        (patient(x=Decimal("1.0")), patient(x=Decimal("1.00")), patient(meta=tag)), start=2
    ):
        [stored] = put(changed)
        assert stored is not None
        assert stored.version == version
    tagged = reader.read("Patient", "p")
    assert tagged is not None
    assert tagged.resource()["meta"]["tag"] == tag["tag"]


def test_putting_leaves_the_callers_resource_alone(put: Put) -> None:
    """The resource that was given is not written into."""
    given_one = patient(meta={"versionId": "9", "profile": ["urn:p"]})
    put(given_one)
    assert given_one == patient(meta={"versionId": "9", "profile": ["urn:p"]})


def test_a_writing_sees_its_own_writes_and_readers_do_not(writer: RecordWriter, reader: RecordReader) -> None:
    """Inside a transaction get and find see what it put; readers see it only when it is committed."""
    with writer.transaction() as writing:
        writing.put(patient(identifier=[{"system": "s", "value": "1"}]), "lorenzo")
        held = writing.get("Patient", "p")
        assert held is not None
        assert held["meta"]["versionId"] == "1"
        assert writing.find("Patient", "identifier", "s|1") == ("p",)
        assert writing.get("Patient", "q") is None
        assert reader.read("Patient", "p") is None
        assert reader.search("Patient", [("identifier", "1")]).total == 0
    assert reader.read("Patient", "p") is not None


@pytest.mark.parametrize(
    "resource",
    [
        {},
        {"resourceType": "Patient"},
        {"id": "p"},
        patient(id=""),
        patient(id="a/b"),
        patient(id="x" * 65),
        patient(id=5),
        patient(id="p\n"),
        patient(resourceType="patient"),
        patient(resourceType="P'; --"),
        patient(meta=[]),
    ],
)
def test_what_cannot_be_named_is_refused(put: Put, resource: Resource) -> None:
    """A resource without type or id of FHIR's form is not kept."""
    with pytest.raises(BadResource):
        put(resource)


def test_a_clock_that_steps_back_does_not_turn_history_round(place: Place) -> None:
    """A later version is never told as older than the one before it."""
    moments = iter([START.replace(hour=9), START])
    writer = RecordWriter(place, lambda: next(moments), durable=False)
    with writer.transaction() as writing:
        first = writing.put(patient(active=True), "lorenzo")
        second = writing.put(patient(active=False), "lorenzo")
    writer.close()
    assert first is not None
    assert second is not None
    assert second.updated == first.updated


@settings(max_examples=25)
@given(written=st.lists(patients(st.sampled_from(["a", "b"])), max_size=8))
def test_history_is_exact(written: list[Resource], new_place: NewPlace) -> None:
    """History holds each different version once, newest first; the feed holds them all, oldest first."""
    place = new_place()
    writer, reader = RecordWriter(place, durable=False), RecordReader(place)
    expected: dict[str, list[Resource]] = {"a": [], "b": []}
    order = []
    for resource in written:
        with writer.transaction() as writing:
            stored = writing.put(resource, "lorenzo")
        own = expected[resource["id"]]
        assert (stored is None) == (bool(own) and own[-1] == resource)
        if stored is not None:
            own.append(resource)
            order.append((resource["id"], len(own)))
    for found, versions in expected.items():
        history = reader.history("Patient", found)
        assert [each.version for each in history] == list(range(len(versions), 0, -1))
        for stored, resource in zip(reversed(history), versions, strict=True):
            assert {key: value for key, value in stored.resource().items() if key != "meta"} == resource
            assert reader.read_version("Patient", found, stored.version) == stored
        assert reader.read("Patient", found) == (history[0] if history else None)
    changes = reader.changes(0, 100)
    assert [(each.id, each.version) for each in changes] == order
    assert [each.seq for each in changes] == list(range(1, len(order) + 1))
    assert reader.changes(1, 2) == changes[1:3]
    writer.close()
    reader.close()
