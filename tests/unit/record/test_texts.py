"""Texts that a database may not like: kept exactly and found, or refused; the same on either engine."""

import pytest

from tabard.fhir import Resource
from tabard.record import BadResource, RecordReader

from .conftest import Put

ODD = ["a\0b", "\0", "\1", "\1\1", "%_'\"?$1;--", "\U0001f600", "\u00df", "e\u0301"]


def patient(resource_id: str, text: str) -> Resource:
    return {
        "resourceType": "Patient",
        "id": resource_id,
        "identifier": [{"system": f"urn:{text}", "value": text}],
        "name": [{"family": text}],
        "generalPractitioner": [{"reference": f"urn:{text}"}],
    }


@pytest.mark.parametrize("text", ODD, ids=ascii)
def test_odd_texts_are_kept_and_found(put: Put, reader: RecordReader, text: str) -> None:
    """What was put is read letter for letter and found by each of its values, and not by another's."""
    put(patient("p", text), *(patient(f"q{place}", other) for place, other in enumerate(ODD) if other != text))
    read = reader.read("Patient", "p")
    assert read is not None
    assert read.resource()["name"][0]["family"] == text
    found = reader.search("Patient", [("family:exact", text), ("_id", "p")])
    assert [each.id for each in found.matches] == ["p"]
    assert [each.id for each in reader.search("Patient", [("family:exact", text)]).matches] == ["p"]


def test_long_texts_are_kept_and_found(put: Put, reader: RecordReader) -> None:
    """A text longer than an index would take is kept whole, and found by itself and by its beginning."""
    text = "ab\u00e9" * 3000
    put(patient("p", text), patient("q", f"{text}x"))
    read = reader.read("Patient", "p")
    assert read is not None
    assert read.resource()["name"][0]["family"] == text
    assert [each.id for each in reader.search("Patient", [("family:exact", text)]).matches] == ["p"]
    assert [each.id for each in reader.search("Patient", [("identifier", text)]).matches] == ["p"]
    assert [each.id for each in reader.search("Patient", [("family", text[:100])]).matches] == ["p", "q"]
    assert [each.id for each in reader.search("Patient", [("family:contains", "abe" * 100)]).matches] == ["p", "q"]


@pytest.mark.parametrize("where", ["family", "key"])
def test_what_is_no_text_is_refused(put: Put, reader: RecordReader, where: str) -> None:
    """A lone surrogate is no character: the resource is not kept, its text is not told, and the record goes on."""
    odd = patient("p", "a\ud800b") if where == "family" else {"resourceType": "Patient", "id": "p", "a\ud800b": 1}
    with pytest.raises(BadResource) as refused:
        put(odd)
    assert "d800" not in ascii(str(refused.value))
    assert refused.value.__cause__ is None
    put(patient("p", "ab"))
    assert reader.read("Patient", "p") is not None
    assert reader.read("Patient", "p\0") is None
