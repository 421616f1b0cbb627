"""Search through other resources: chains, _has, and what comes along; what may not be reached tells nothing."""

import pytest

from tabard.record import AnyOf, BadSearch, RecordReader, RecordWriter

from .conftest import Put
from .searching import WORLD, asked, found


@pytest.fixture
def world(put: Put, reader: RecordReader) -> RecordReader:
    put(*WORLD)
    return reader


CASES = [
    ("Observation?subject:Patient.name=smith", "na"),
    ("Observation?patient.name=sm", "na low text"),
    ("Observation?patient.gender:not=female", "low text"),
    ("Observation?patient.birthdate=1980", "na"),
    ("Observation?patient._id=bob", "low text"),
    ("Observation?patient.identifier=urn:mrn|1", "na"),
    ("Observation?encounter:Encounter.status=in-progress", "na"),
    ("Observation?subject.name=smith", "na"),
    ("Observation?patient.general-practitioner:Organization.name=mill", "na"),
    ("Observation?patient.general-practitioner:Organization.partof.name=st", "na"),
    ("Observation?patient.general-practitioner:Organization.partof.name=mill", ""),
    ("Observation?patient.name=smith&code=2951-2", "na"),
    ("Observation?code=2951-2&patient.name=smyth", "low"),
    ("Observation?patient.name=smith,smyth&value-quantity:missing=true", "text"),
    ("Observation?has-member:Observation.patient.name=smith", "cc"),
    ("Patient?general-practitioner.name=ng", "bob"),
    ("Patient?_has:Observation:patient:code=2951-2", "ann bob"),
    ("Patient?_has:Observation:patient:value-quantity=gt100", "ann"),
    ("Patient?_has:Observation:subject:code=2951-2&gender=female", "ann"),
    ("Patient?gender=female&_has:Encounter:patient:status=in-progress", "ann"),
    ("Patient?_has:Encounter:patient:_has:Observation:encounter:code=2951-2", "ann"),
    ("Organization?_has:Patient:general-practitioner:name=smith", "gp"),
    ("Organization?_has:Patient:general-practitioner:_has:Encounter:patient:status=in-progress", "gp"),
    ("Encounter?patient._has:Observation:patient:value-string=grew", "out"),
    ("Encounter?patient._has:Observation:patient:code=none", ""),
]  # fmt: skip


def test_chains_and_has(world: RecordReader) -> None:
    """They find what refers to, or is referred to by, such resources; alone, leading, and behind another condition."""
    assert {query: found(world, query) for query, _ in CASES} == dict(CASES)
    for query, expected in CASES:
        assert found(world, f"{query}&_id=ann,bob,na,low,text,cc,gp,in,out") == expected, query


@pytest.mark.parametrize(
    "query", [query for query, _ in CASES[:4]] + ["Patient?_has:Encounter:patient:status=finished"]
)
def test_what_may_not_be_reached_is_refused(world: RecordReader, query: str) -> None:
    """Without leave for a type, nothing of it can be found out by way of another."""
    for may_reach in (None, lambda _: None):
        with pytest.raises(BadSearch, match="may not go through") as refused:
            found(world, query, may_reach)
        assert refused.value.reason == "forbidden"


def test_what_is_reached_is_limited(world: RecordReader) -> None:
    """Only those that the limit leaves count, at each step; alternatives of a limit are any of them."""

    def only_ann(kind: str) -> tuple[tuple[str, str], ...]:
        return (("_id", "ann"),) if kind == "Patient" else (("patient", "ann"),)

    def either(_: str) -> tuple[AnyOf, ...]:
        return (AnyOf(((("_id", "bob"),), (("name", "smith"), ("gender", "male")))),)

    assert found(world, "Observation?patient.name=sm", only_ann) == "na"
    assert found(world, "Observation?patient.name=smyth", only_ann) == ""
    assert found(world, "Patient?_has:Observation:patient:code=2951-2", only_ann) == "ann"
    assert found(world, "Observation?patient.name=sm", either) == "low text"
    assert found(world, "Observation?patient.name=sm", lambda _: (AnyOf(()),)) == ""


def test_within_may_be_any_of_several(world: RecordReader) -> None:
    """What a policy adds to a search may be alternatives; of none, nothing is found, and totals are of what is left."""
    added = (AnyOf(((("code", "1"),), (("code", "2951-2"), ("patient", "ann")))),)
    page = world.search("Observation", [], within=added)
    assert (page.total, [each.id for each in page.matches]) == (2, ["na", "text"])
    assert world.search("Observation", [], within=(AnyOf(()),)).total == 0


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("Observation?code.name=x", "code.name"),
        ("Observation?nothing.name=x", "nothing.name"),
        ("Observation?subject:Practitioner.name=x", "subject:Practitioner.name"),
        ("Observation?subject.nothing=x", "subject.nothing"),
        ("Observation?patient.", "patient."),
        ("Observation?.name=x", ".name"),
        ("Observation?patient:not.name=x", "patient:not.name"),
        ("QuestionnaireResponse?questionnaire.name=x", "questionnaire.name"),
        ("Patient?_has=x", "_has"),
        ("Patient?_has:Observation:patient=x", "_has:Observation:patient"),
        ("Patient?_has:Observation:code:code=x", "_has:Observation:code:code"),
        ("Patient?_has:Nothing:patient:code=x", "_has:Nothing:patient:code"),
        ("Practitioner?_has:Encounter:patient:status=x", "_has:Encounter:patient:status"),
        ("Patient?_has:Observation:patient:nothing=x", "nothing"),
        ("Observation?patient._count=1", "patient._count"),
        ("Encounter?_include=Observation:patient", "_include"),
        ("Encounter?_include=*", "_include"),
        ("Encounter?_revinclude=Observation:patient", "_revinclude"),
        ("Encounter?_revinclude=Nothing:encounter", "_revinclude"),
        ("Encounter?_revinclude=Observation:code", "_revinclude"),
        ("Encounter?_revinclude=Observation", "_revinclude"),
        ("Patient?_revinclude=Observation:subject:Group", "_revinclude"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(reader: RecordReader, query: str, named: str) -> None:
    """A chain that goes nowhere is refused and named."""
    with pytest.raises(BadSearch) as refused:
        asked(reader, query if "=" in query else f"{query}=x")
    assert named in (refused.value.where or "")


@pytest.mark.parametrize(
    "query",
    [
        "Location?partof.partof.partof.partof.name=x",
        "Organization?" + "partof." * 4000 + "name=x",
        "Patient?" + "_has:Encounter:patient:_has:Observation:encounter:_has:Observation:has-member:_has:Observation:has-member:code=x",
        "Patient?" + "_has:Patient:link:" * 2000 + "name=x",
        "Observation?focus.name=x",
        "&".join(["Observation?patient.name=x"] + ["patient.name=x"] * 10),
        "Encounter?" + "&".join(["_include=Encounter:patient"] * 21),
        "Encounter?_sort=date,status,type,class",
        "Patient?name=" + ",".join(map(str, range(101))),
        "Observation?code-value-quantity=" + ",".join(f"{each}$1" for each in range(101)),
        "ValueSet?url:above=http://x" + "/a" * 200,
    ],
)  # fmt: skip
def test_what_costs_too_much_is_refused(reader: RecordReader, query: str) -> None:
    """Depth, steps, values, includes and sorts are bounded, and the refusal says that it is for the cost."""
    with pytest.raises(BadSearch) as refused:
        asked(reader, query)
    assert refused.value.reason == "costly"
    assert refused.value.remedy


def brought(record: RecordReader, query: str) -> set[str]:
    page = asked(record, query)
    names = [f"{each.type}/{each.id}" for each in page.included]
    assert len(names) == len(set(names))
    assert not {f"{each.type}/{each.id}" for each in page.matches} & set(names)
    return set(names)


def test_what_comes_along(world: RecordReader) -> None:
    """Includes bring what is pointed at, reverse includes what points at the matches; iterated ones go on from there."""
    cases = {
        "Encounter?_id=in&_include=Encounter:patient": "Patient/ann",
        "Encounter?_id=in&_include=Encounter:patient&_include:iterate=Patient:general-practitioner": "Patient/ann Organization/gp",
        "Encounter?_id=in&_include=Encounter:patient&_include:iterate=Patient:general-practitioner&_include:iterate=Organization:partof": "Patient/ann Organization/gp Organization/rxx",
        "Encounter?_id=in&_include=Encounter:patient&_include:iterate=Patient:general-practitioner:Practitioner": "Patient/ann",
        "Encounter?_id=in&_revinclude=Observation:encounter": "Observation/na",
        "Encounter?_id=in&_revinclude=Observation:encounter&_revinclude:iterate=Observation:has-member": "Observation/na Observation/cc",
        "Patient?_id=ann&_revinclude=Encounter:patient&_revinclude=Observation:patient": "Encounter/in Observation/na",
        "Patient?_id=ann&_revinclude=Observation:subject:Patient": "Observation/na",
        "Patient?_revinclude=RiskAssessment:patient": "RiskAssessment/r1 RiskAssessment/r2",
        "Observation?_id=cc&_include=Observation:has-member": "Observation/na",
        "Observation?_id=cc,na&_include=Observation:has-member": "",
    }
    assert {query: brought(world, query) for query in cases} == {
        query: set(want.split()) for query, want in cases.items()
    }


def test_what_comes_along_is_limited(world: RecordReader) -> None:
    """Of a type that may not be reached nothing comes along, of others what the limit leaves."""

    def may_reach(kind: str) -> tuple[tuple[str, str], ...] | None:
        return {"Patient": (("_id", "ann"),), "Observation": (("code", "1"),)}.get(kind)

    page = asked(world, "Encounter?_include=Encounter:patient", may_reach)
    assert [each.id for each in page.included] == ["ann"]
    page = asked(world, "Patient?_revinclude=Observation:patient", may_reach)
    assert [each.id for each in page.included] == ["text"]
    with pytest.raises(BadSearch, match="may not go through"):
        asked(world, "Encounter?_include=Encounter:service-provider", may_reach)
    with pytest.raises(BadSearch, match="may not go through"):
        asked(world, "Patient?_revinclude=Encounter:patient", may_reach)


def test_a_circle_of_references_ends(put: Put, reader: RecordReader) -> None:
    """Iteration follows each reference once; too long a way, or too much, is refused and not cut short."""
    many = [
        {"resourceType": "Organization", "id": f"o{at}", "partOf": {"reference": f"Organization/o{(at + 1) % 3}"}}
        for at in range(3)
    ]
    put(*many)
    query = "Organization?_id=o0&_include:iterate=Organization:partof"
    assert brought(reader, query) == {"Organization/o1", "Organization/o2"}
    put(
        *[
            {"resourceType": "Organization", "id": f"l{at}", "partOf": {"reference": f"Organization/l{at + 1}"}}
            for at in range(20)
        ]
    )
    with pytest.raises(BadSearch, match="come along") as refused:
        asked(reader, "Organization?_id=l0&_include:iterate=Organization:partof")
    assert refused.value.reason == "costly"
    put(
        *[
            {"resourceType": "Organization", "id": f"m{at}", "partOf": {"reference": "Organization/o0"}}
            for at in range(1001)
        ]
    )
    with pytest.raises(BadSearch, match="come along"):
        asked(reader, "Organization?_id=o0&_revinclude=Organization:partof")


def test_what_is_deleted_is_not_gone_through(world: RecordReader, writer: RecordWriter) -> None:
    """A deleted resource is found by no chain and comes along with nothing."""
    with writer.transaction() as writing:
        writing.delete("Patient", "ann", "test")
        writing.delete("Observation", "na", "test")
    assert found(world, "Observation?patient.gender:missing=false") == ""
    assert found(world, "Patient?_has:Observation:patient:value-quantity=gt100") == ""
    assert brought(world, "Encounter?_include=Encounter:patient") == {"Patient/bob"}
    assert brought(world, "Encounter?_revinclude=Observation:encounter") == set()
