"""How much of what was found is answered: summaries, elements, counts, pretty, HEAD, and what the caller already holds."""

import json

import pytest

from tabard.gateway import WardContext
from unit.gateway.api.keeping_world import ANN, KeepingWorld
from unit.gateway.world import BOARD, ids, is_outcome

SUBSETTED = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"


def tags(resource: dict[str, object]) -> list[str]:
    """The codes of a resource's tags."""
    meta: dict[str, list[dict[str, str]]] = resource.get("meta", {})  # type: ignore[assignment]  # JSON
    return [one["code"] for one in meta.get("tag", ())]


def put_a_full_patient(world: KeepingWorld) -> None:
    """Ann, with a narrative and more."""
    world.put(
        {
            "resourceType": "Patient",
            "id": "ann",
            "text": {"status": "generated", "div": "<div>Ann</div>"},
            "active": True,
            "name": [{"family": "Archer"}],
            "gender": "female",
            "photo": [{"title": "x"}],
            "contact": [{"gender": "male"}],
            "link": [{"other": {"reference": "Patient/x"}, "type": "seealso"}],
        }
    )


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("_summary=true", {"active", "name", "gender", "link"}),
        ("_summary=text", {"text", "active", "link"}),
        ("_summary=data", {"active", "name", "gender", "photo", "contact", "link"}),
        ("_elements=name", {"name", "active", "link"}),
        ("_elements=Patient.name,gender", {"name", "gender", "active", "link"}),
    ],
)
def test_a_part_says_that_it_is_one(world: KeepingWorld, query: str, kept: set[str]) -> None:
    """Only these elements, what modifies them, and the tag SUBSETTED, alone and in a search."""
    put_a_full_patient(world)
    token = world.access(ANN)
    alone = world.get(f"Patient/ann?{query}", token).json()
    (found,) = [one["resource"] for one in world.get(f"Patient?{query}", token).json()["entry"]]
    assert alone == found
    assert set(alone) - {"resourceType", "id", "meta"} == kept
    assert tags(alone) == ["SUBSETTED"]
    assert alone["meta"]["tag"][0]["system"] == SUBSETTED
    assert alone["meta"]["versionId"]


def test_the_whole_has_no_such_tag(world: KeepingWorld) -> None:
    """_summary=false is all of it."""
    put_a_full_patient(world)
    told = world.get("Patient/ann?_summary=false", world.access(ANN)).json()
    assert "photo" in told
    assert tags(told) == []


def test_a_choice_is_named_by_its_beginning(world: KeepingWorld) -> None:
    """`value` keeps valueQuantity, and a summary what of a component belongs there."""
    token = world.writer_token()
    made = world.kept(token, component=[{"code": {"text": "x"}, "valueString": "y", "referenceRange": [{"text": "z"}]}])
    told = world.get(f"Observation/{made['id']}?_elements=value", token).json()
    assert {"valueQuantity", "status", "code"} <= set(told)
    assert "subject" not in told
    summary = world.get(f"Observation/{made['id']}?_summary=true", token).json()
    assert summary["component"] == [{"code": {"text": "x"}, "valueString": "y"}]
    assert "not-in-ehr" in tags(summary)


@pytest.mark.parametrize(
    "query",
    ["_summary=some", "_summary=true&_summary=text", "_summary=true&_elements=name", "_elements=", "_elements=a b", "_elements=" + ",".join("a" * 60)],
)  # fmt: skip
def test_an_odd_wish_is_refused(world: KeepingWorld, query: str) -> None:
    """What is not understood is not ignored."""
    assert is_outcome(world.get(f"Patient?{query}", world.access(ANN)), 400)


def test_a_count_counts_what_may_be_seen(world: KeepingWorld) -> None:
    """No entries; the number is that of the policy, also where each is judged by itself."""
    for context, kind, total in (
        (ANN, "Encounter", 2),
        (WardContext("w1"), "Encounter", 1),
        (WardContext("w1"), "Patient", 1),
    ):
        told = world.get(f"{kind}?_summary=count", world.access(context)).json()
        assert told["total"] == total
        assert not [one for one in told.get("entry", ()) if one["search"]["mode"] == "match"]
    accurate = world.get("Encounter?_total=accurate", world.access(WardContext("w1"))).json()
    assert accurate["total"] == 1
    assert "total" not in world.get("Encounter?_total=none", world.access(ANN)).json()


def test_a_shape_holds_on_the_next_page(world: KeepingWorld) -> None:
    """What was asked for on the first page is asked for on the second."""
    token = world.access(ANN)
    first = world.get("Encounter?_count=1&_elements=status", token).json()
    link = next(one["url"] for one in first["link"] if one["relation"] == "next")
    (found,) = [one["resource"] for one in world.get(link, token).json()["entry"]]
    assert "subject" not in found
    assert tags(found) == ["SUBSETTED"]


def test_pretty_is_the_same_with_lines(world: KeepingWorld) -> None:
    """Indented, and nothing else."""
    token = world.access(ANN)
    pretty, plain = world.get("Patient/ann?_pretty=true", token), world.get("Patient/ann", token)
    assert b"\n" in pretty.content
    assert json.loads(pretty.content) == plain.json()


def test_head_is_get_without_the_body(world: KeepingWorld) -> None:
    """The same status and headers, its length too, also for what is refused; audited as the same."""
    token = world.access(ANN)
    for path in ("Patient/ann", "Patient", "Patient/ben", "Patient/ann/_history"):
        headers = {"Authorization": f"Bearer {token}", "Origin": BOARD}
        got, head = (world.ask(method, f"/fhir/{path}", headers=headers) for method in ("GET", "HEAD"))
        assert head.content == b""
        assert (head.status_code, head.headers["content-length"]) == (got.status_code, str(len(got.content)))
        assert world.audited()[-1]["action"] == world.audited()[-2]["action"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"if_modified_since": "Sun, 01 Mar 2026 08:30:00 GMT"}, 304),
        ({"if_modified_since": "Sun, 01 Mar 2026 08:29:59 GMT"}, 200),
        ({"if_modified_since": "yesterday"}, 200),
        ({"if_modified_since": "Sun, 01 Mar 2026 08:30:00 GMT", "if_none_match": 'W/"9"'}, 200),
        ({"if_none_match": 'W/"1"'}, 304),
        ({"if_none_match": "*"}, 304),
    ],
)
def test_what_the_caller_holds_is_not_sent_again(world: KeepingWorld, headers: dict[str, str], status: int) -> None:
    """304 by tag or date, the tag outweighing; a date that is none is overlooked, as HTTP wants it."""
    response = world.get("Patient/ann", world.access(ANN), **headers)
    assert response.status_code == status
    assert bool(response.content) == (status == 200)


def test_a_read_takes_no_search_parameters(world: KeepingWorld) -> None:
    """They would be ignored, and the reader believe in them."""
    assert is_outcome(world.get("Patient/ann?name=Bell", world.access(ANN)), 400)
    assert ids(world.get("Patient?name=Archer", world.access(ANN))) == {"Patient/ann"}
