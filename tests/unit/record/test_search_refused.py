"""Search: what is not understood is refused by its name, and a value is a value and nothing else."""

import pytest

from tabard.record import BadSearch, RecordReader

from .a_searched_world import WORLD, found, found_by, ref
from .conftest import Put


@pytest.fixture
def world(put: Put, reader: RecordReader) -> RecordReader:
    put(*WORLD)
    return reader


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("Patient?nam=x", "nam"),
        ("Patient?subject=x", "subject"),
        ("Patient?name:text=x", "name:text"),
        ("Patient?identifier:text=x", "identifier:text"),
        ("Patient?identifier:in=x", "identifier:in"),
        ("Patient?gender:of-type=a|b|c", "gender:of-type"),
        ("Patient?identifier:of-type=a|b", "identifier:of-type"),
        ("Patient?name:not=x", "name:not"),
        ("Patient?deceased:missing=true", "deceased:missing"),
        ("Patient?deceased=maybe", "deceased"),
        ("Location?near=1|2", "near"),
        ("Observation?value-quantity=many", "value-quantity"),
        ("Observation?value-quantity=5|mg", "value-quantity"),
        ("Observation?code-value-quantity=5", "code-value-quantity"),
        ("Observation?code-value-quantity=a$", "code-value-quantity"),
        ("Observation?code-value-quantity:missing=true", "code-value-quantity:missing"),
        ("ValueSet?url:contains=x", "url:contains"),
        ("RiskAssessment?probability=ge", "probability"),
        ("Patient?_text=x", "_text"),
        ("Patient?_content=x", "_content"),
        ("Patient?_list=x", "_list"),
        ("Patient?birthdate:missing=maybe", "birthdate:missing"),
        ("Encounter?patient.name=x", "patient.name"),
        ("Encounter?subject:Device=x", "subject:Device"),
        ("Encounter?subject:Patient=Group/x", "subject:Patient"),
        ("Patient?_has:Encounter:patient:status=x", "_has"),
        ("Patient?_id:not=x", "_id:not"),
        ("Patient?_filter=x", "_filter"),
        ("Patient?_elements=id", "_elements"),
        ("Patient?name=", "name"),
        ("Patient?name= ", "name"),
        ("Patient?name=a,", "name"),
        ("Patient?identifier=|", "identifier"),
        ("Patient?birthdate=17/05/1980", "birthdate"),
        ("Patient?birthdate=aq1980", "birthdate"),
        ("Patient?birthdate=1980-02-30", "birthdate"),
        ("Patient?_lastUpdated=yesterday", "_lastUpdated"),
        ("Encounter?date=2026-03-01T10:00:00 00:00", "date"),
        ("Encounter?patient=a/b/c", "patient"),
        ("Encounter?patient=\ud800", "patient"),
        ("Patient?_id=" + ",".join(map(str, range(1001))), "_id"),
        ("Patient?name=" + ",".join(map(str, range(101))), "name"),
        ("Patient?_count=-1", "_count"),
        ("Patient?_count=many", "_count"),
        ("Patient?_count=5&_count=6", "_count"),
        ("Patient?_total=perhaps", "_total"),
        ("Patient?_sort=date", "_sort"),
        ("Patient?_sort=phonetic", "_sort"),
        ("Encounter?_sort=date,,_lastUpdated", "_sort"),
        ("Encounter?_sort=date,type,status,class", "_sort"),
        ("Encounter?_include=*", "_include"),
        ("Encounter?_include=Encounter:status", "_include"),
        ("Encounter?_include=Patient:link", "_include"),
        ("Encounter?_include=Encounter:subject:Device", "_include"),
        ("Encounter?_include:iterate=Encounter:patient", "_include:iterate"),
        ("Resource?_id=x", "Resource"),
        ("Encounter?_revinclude=Observation:encounter", "_revinclude"),
        ("patient?_id=x", "patient"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(world: RecordReader, asked: str, named: str) -> None:
    """Nothing of a search is ignored: what cannot be carried out is refused and named, the value is not told on."""
    with pytest.raises(BadSearch) as refused:
        found(world, asked)
    assert named in (refused.value.where or "")
    assert "17/05/1980" not in str(refused.value)


def test_too_much_is_refused(world: RecordReader) -> None:
    """The number of parameters, and of values in all, is bounded."""
    with pytest.raises(BadSearch, match="Too many parameters"):
        world.search("Patient", [("_id", "a")] * 51)
    with pytest.raises(BadSearch, match="Too many values in all"):
        world.search("Patient", [("identifier", ",".join(["a"] * 1000))] * 21)


INJECTIONS = (
    "' OR '1'='1",
    '" OR ""="',
    "x'); DROP TABLE resource; --",
    "x' UNION SELECT key FROM token --",
    "?",
    ":a",
    "%",
    "*",
    "\x00",
    "NULL",
    "1 OR 1=1",
    "{}",
    "{0}",
)  # fmt: skip


@pytest.mark.parametrize("text", INJECTIONS)
def test_sql_in_a_value_is_a_plain_value(world: RecordReader, put: Put, text: str) -> None:
    """Whatever a value holds, it finds a resource that has it, and only that one."""
    put(
        {
            "resourceType": "Encounter",
            "id": "odd",
            "identifier": [{"value": text}],
            "subject": ref(f"Patient/{text}") if "/" not in text else ref("Patient/none"),
        },
        {"resourceType": "Practitioner", "id": "odd", "name": [{"family": f"{text}!"}]},
    )
    escaped = text.replace("\\", "\\\\").replace("|", "\\|").replace(",", "\\,")
    assert found_by(world, "Encounter", "identifier", escaped) == ["odd"]
    assert found_by(world, "Encounter", "patient", f"Patient/{escaped}") == ["odd"]
    assert found_by(world, "Practitioner", "family", f"{escaped}!") == ["odd"]
    assert found_by(world, "Practitioner", "family:exact", f"{escaped}!") == ["odd"]
    assert found_by(world, "Practitioner", "family:contains", f"{escaped}!") == ["odd"]
    assert found_by(world, "Practitioner", "_id", escaped) == []
    for name in ("date", "_lastUpdated", f"identifier{text}", text, "_sort", "_count", "_include", "_total"):
        with pytest.raises(BadSearch):
            world.search("Encounter", [(name, text)])
    with pytest.raises(BadSearch):
        world.search(text, [])
    with pytest.raises(BadSearch):
        world.search("Encounter", [], cursor=text)
    assert world.search("Encounter", []).total == 4
