"""The portal's own door, and what the audit says about everything."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from tabard.audit import verify
from tabard.gateway import PatientContext, Refused, WardContext
from tabard.ground.errors import CallerError
from unit.gateway.world import CLERK, CLINICIAN, World, observation


def test_the_portal_reads_and_searches_the_whole_hospital(world: World) -> None:
    """A clinician at the portal is not limited to one ward."""
    door = world.gateway.door
    assert door.read(CLINICIAN, "Patient", "ben", "patient page")["id"] == "ben"
    bundle = door.search(CLINICIAN, "Patient", (("_sort", "_lastUpdated"),), "patient list")
    assert {entry["resource"]["id"] for entry in bundle["entry"]} == {"ann", "ben", "cat"}
    assert bundle["total"] == 3


def test_the_portal_pages(world: World) -> None:
    """The next link's `_page` goes on."""
    world.put(*(observation(f"o-{number}", "ann") for number in range(3)))
    bundle = world.gateway.door.search(CLINICIAN, "Observation", (("_count", "4"),), "results")
    link = next(link["url"] for link in bundle["link"] if link["relation"] == "next")
    page = dict(parse_qsl(urlsplit(link).query))["_page"]
    assert len(world.gateway.door.search_on(CLINICIAN, "Observation", page, "results")["entry"]) == 2


def test_the_door_is_shut_to_who_may_not_see_patients(world: World) -> None:
    """An administrator is refused, and that is audited."""
    with pytest.raises(Refused) as refused:
        world.gateway.door.read(CLERK, "Patient", "ann", "patient page")
    assert refused.value.status == 403
    assert world.audited(person=CLERK.id)[-1]["outcome"] == "refused"


def test_the_door_says_what_is_not_there_and_what_cannot_be_searched(world: World) -> None:
    """404 for an unknown id, the record's own word for an unknown parameter."""
    with pytest.raises(Refused) as refused:
        world.gateway.door.read(CLINICIAN, "Patient", "nobody", "patient page")
    assert refused.value.status == 404
    with pytest.raises(CallerError):
        world.gateway.door.search(CLINICIAN, "Patient", (("unheard-of", "1"),), "patient list")


def test_every_step_of_a_launch_and_every_access_is_audited(world: World) -> None:
    """Launch, authorize, token, search, refresh, revoke: who, which product, which context, in order, in one whole chain."""
    told = world.open_product(WardContext("w1"))
    world.get("Encounter?patient=ann&_include=Encounter:patient", told["access_token"])
    world.get("Patient/ann", told["access_token"])
    world.refresh(told["refresh_token"])
    world.ask("POST", "/auth/revoke", data={"token": told["access_token"], "client_id": "board"})
    world.gateway.door.read(CLINICIAN, "Patient", "ann", "patient page")
    events = world.audited()
    assert [event["action"] for event in events] == [
        "launch",
        "authorize",
        "token",
        "search",
        "read",
        "refresh",
        "revoke",
        "read",
    ]
    assert {event["outcome"] for event in events} == {"granted"}
    assert {event["person"] for event in events if event["action"] != "revoke"} == {CLINICIAN.id}
    assert {event["client"] for event in events[:-1]} == {"board"}
    assert {event["context"] for event in events[:6]} == {"Location/w1"}
    search, read = events[3], events[4]
    assert search["parameters"] == ["patient", "_include"]
    assert set(search["seen"]) == {"Encounter/e-ann", "Patient/ann"}
    assert read["resource"] == "Patient/ann"
    assert search["grant"] == read["grant"] == events[2]["grant"]
    assert events[-1]["purpose"] == "patient page"
    verdict = verify(world.folder / "audit")
    assert (verdict.is_intact, verdict.events) == (True, 8)


def test_no_name_value_token_or_search_term_is_in_the_audit(world: World) -> None:
    """Ids only, whatever a product put where."""
    told = world.open_product(PatientContext("ann"))
    for path in (
        "Patient?name=Archer&family:exact=Archer",
        "Patient?Archer=1",
        "Patient/Ann Archer",
        "Patient/Archer",
        "Patient?_include=Archer",
        "Archer/Archer,Ann",
        "Patient/ann",
    ):
        world.get(path, told["access_token"])
    world.authorize(world.wishes(None, state="Archer", scope="Archer", aud="Archer"))
    kept = b"".join(path.read_bytes() for path in (world.folder / "audit").iterdir())
    assert b"Patient/ann" in kept
    for secret in ("Archer", told["access_token"], told["refresh_token"], CLINICIAN.name):
        assert secret.encode() not in kept
