"""The FHIR API's searches: what comes along, what is refused, and pages that stay within the rights of now."""

import pytest

from tabard.gateway import EncounterContext, PatientContext, WardContext
from unit.gateway.world import (
    World,
    encounter,
    ids,
    is_outcome,
    observation,
)

WARD = WardContext("w1")


ANN = PatientContext("ann")


VISIT = EncounterContext("e-ann", "ann")


def test_includes_bring_along_what_may_be_seen_and_nothing_else(world: World) -> None:
    """The board's own search: visits with patients, places and consultants of the ward; without the scope they stay away."""
    asked = "Encounter?_include=Encounter:patient&_include=Encounter:location&_include=Encounter:practitioner"
    response = world.get(asked.replace("&_include=Encounter:practitioner", ""), world.access(WARD))
    assert ids(response, "include") == {"Patient/ann", "Location/w1", "Location/w1-b1"}
    narrow = world.access(WARD, "launch user/Encounter.rs user/Location.r")
    included = ids(world.get("Encounter?_include=Encounter:patient&_include=Encounter:location", narrow), "include")
    assert included == {"Location/w1", "Location/w1-b1"}


def test_an_include_does_not_leak_another_patient(world: World) -> None:
    """A result of Ann that wrongly names Ben's visit brings neither the visit nor Ben."""
    world.put(observation("o-odd", "ann", "e-ben"))
    token = world.access(ANN)
    response = world.get("Observation?_id=o-odd&_include=Observation:encounter&_include=Observation:subject", token)
    if response.status_code == 400:  # the record may not know the parameter: then there is nothing to leak
        response = world.get("Observation?_id=o-odd&_include=Observation:subject", token)
    assert ids(response) == {"Observation/o-odd"}
    assert ids(response, "include") == {"Patient/ann"}


@pytest.mark.parametrize(
    "query",
    [
        "patient.address-city=Leeds",
        "subject:Patient.general-practitioner=gp",
        "_has:Observation:encounter:code=8310-5",
        "_has:Observation:encounter:nonsense=1",
        "_revinclude=Observation:encounter",
        "_revinclude=Patient:general-practitioner",
        "_sort=participant",
        "_revinclude=*",
        "_include=*",
        "_include=Encounter:*",
        "_include:iterate=Patient:general-practitioner",
        "_include:recurse=Encounter:patient",
        "_filter=name",
        "unheard-of=1",
        "_count=-1",
        "_count=many",
        "_count=1&_count=2",
        "status=%ff",
        "&".join(f"status=s{number}" for number in range(65)),
    ],
)
def test_what_the_search_does_not_do_is_refused(world: World, query: str) -> None:
    """Chains, reverse chains, reverse and wild includes, unknown parameters, odd counts, too many: 400, never ignored."""
    response = world.get(f"Encounter?{query}", world.access(WARD))
    assert response.status_code == 400
    assert response.json()["resourceType"] == "OperationOutcome"


def test_a_query_or_form_that_is_too_long_is_refused(world: World) -> None:
    """414 and 413, before anything is looked up."""
    token = world.access(WARD)
    assert is_outcome(world.get(f"Encounter?status={'x' * 9000}", token), 414, "too-long")
    assert is_outcome(world.post("Encounter/_search", token, {"status": "x" * 70000}), 413, "too-long")


def test_search_by_form_is_search_by_query(world: World) -> None:
    """POST _search answers as GET does, and takes nothing but a form."""
    token = world.access(ANN)
    assert ids(world.post("Encounter/_search", token, {"status": "finished"})) == {"Encounter/e-ann-old"}
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    assert is_outcome(world.ask("POST", "/fhir/Encounter/_search", headers=headers, content=b"{}"), 415)


def test_pages_are_followed_by_their_links_and_come_once_each(world: World) -> None:
    """Every match once, however small the page; the link tells nothing."""
    world.put(*(observation(f"o-{number}", "ann") for number in range(7)))
    token = world.access(ANN)
    response, seen = world.get("Observation?_count=4&code=8310-5", token), []
    while True:
        seen += sorted(ids(response))
        links = {link["relation"]: link["url"] for link in response.json()["link"]}
        if "next" not in links:
            break
        assert "8310-5" not in links["next"]
        response = world.get(links["next"], token)
    assert len(seen) == len(set(seen)) == 9
    assert response.json()["total"] == 9


def next_link(world: World, token: str) -> str:
    links = world.get("Observation?_count=1", token).json()["link"]
    return str(next(link["url"] for link in links if link["relation"] == "next"))


def test_a_paging_link_under_another_token_is_refused(world: World) -> None:
    """A cursor belongs to the grant it was made for: not to another patient's, nor to the same product launched again."""
    mine = world.access(ANN)
    link = next_link(world, mine)
    assert world.get(link, mine).status_code == 200
    for other in (world.access(ANN), world.access(PatientContext("ben"))):
        assert is_outcome(world.get(link, other), 403, "forbidden")


@pytest.mark.parametrize(
    "change",
    [
        lambda link: link[:-10] + ("A" if link[-10] != "A" else "B") + link[-9:],
        lambda link: link + "&status=final",
        lambda link: link + "&_count=0",
        lambda link: link + "&_count=2&_count=2",
        lambda link: link + "&_count=many",
        lambda link: link + link[link.index("?") :].replace("?", "&"),
        lambda link: link.replace("Observation", "Encounter"),
    ],
)
def test_a_changed_paging_link_is_refused(world: World, change: object) -> None:
    """Neither a changed cursor, nor a cursor with more, nor one of another type is followed."""
    token = world.access(ANN)
    assert world.get(change(next_link(world, token)), token).status_code in {400, 403}  # type: ignore[operator]  # a function from the table


def test_a_wish_for_longer_pages_on_a_paging_link_changes_nothing(world: World) -> None:
    """Some clients add a _count to each link: a page is as long as the first was; a shorter one is not cut, but refused."""
    token = world.access(ANN)
    world.put(*(observation(f"more-{number}", "ann") for number in range(5)))
    links = world.get("Observation?_count=2", token).json()["link"]
    link = next(link["url"] for link in links if link["relation"] == "next")
    plain, wished = world.get(link, token), world.get(f"{link}&_count=1000", token)
    assert ids(wished) == ids(plain)
    assert len(wished.json()["entry"]) == 2
    assert is_outcome(world.get(f"{link}&_count=1", token), 400)


def test_a_count_of_nothing_is_told_as_a_number_alone(world: World) -> None:
    """_count=0 is the same as _summary=count. Source: FHIR R4, 3.1.1.5.8."""
    token = world.access(ANN)
    none, summary = (world.get(f"Observation?{asked}", token).json() for asked in ("_count=0", "_summary=count"))
    assert none["total"] == summary["total"] > 0
    assert "entry" not in none
    assert [link["relation"] for link in none["link"]] == ["self"]


def test_a_paging_link_survives_a_refresh(world: World) -> None:
    """The same grant with a fresh token goes on reading."""
    told = world.open_product(ANN)
    link = next_link(world, told["access_token"])
    fresh = world.refresh(told["refresh_token"]).json()["access_token"]
    assert world.get(link, fresh).status_code == 200


def test_a_later_page_obeys_the_rights_of_now(world: World) -> None:
    """Who left the ward between two pages is not on the second."""
    world.put(*(encounter(f"e-{number}", "ben", ("w1", "active")) for number in range(3)))
    token = world.access(WARD)
    first = world.get("Encounter?_count=2", token).json()
    world.put(*(encounter(f"e-{number}", "ben", ("w1", "completed")) for number in range(3)))
    link = next(link["url"] for link in first["link"] if link["relation"] == "next")
    assert ids(world.get(link, token)) == set()
