"""The CapabilityStatement is true: what it declares is done, what it does not is refused, with the same words."""

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tabard.fhir import Resource
from tabard.fhir.search_parameters import parameters_of
from tabard.gateway.policy import COMPARTMENT
from unit.gateway.api.keeping_world import KeepingWorld, text

ALL = ("read", "vread", "history-instance", "history-type", "search-type", "create", "update", "patch", "delete")
CHANGING = frozenset({"create", "update", "patch", "delete"})
HELD = {
    "Patient": "ann",
    "Encounter": "e-ann",
    "Observation": "o-ann",
    "Location": "w1",
    "Organization": "practice",
    "Practitioner": "gp",
}
NOTHING_THERE = frozenset(
    {
        "There is no such resource here.",
        "This is outside the context that the product was launched with.",
    }
)
PATCH = [{"op": "replace", "path": "/status", "value": "amended"}]


def resources(world: KeepingWorld) -> dict[str, dict[str, Any]]:
    """What is declared, by type."""
    told = world.ask("GET", "/fhir/metadata").json()
    return {one["type"]: one for one in told["rest"][0]["resource"]}


def tried(world: KeepingWorld, token: str, kind: str, id_: str, code: str) -> httpx.Response:
    """An interaction tried."""
    about = about_ann(kind)
    path, kind_of_patch = f"{kind}/{id_}", "application/json-patch+json"
    ways: dict[str, Callable[[], httpx.Response]] = {
        "read": lambda: world.get(path, token),
        "vread": lambda: world.get(f"{path}/_history/1", token),
        "history-instance": lambda: world.get(f"{path}/_history", token),
        "history-type": lambda: world.get(f"{kind}/_history", token),
        "search-type": lambda: world.get(kind, token),
        "create": lambda: world.send("POST", kind, token, about),
        "update": lambda: world.send("PUT", path, token, {**about, "id": id_}),
        "patch": lambda: world.send("PATCH", path, token, PATCH, content_type=kind_of_patch),
        "delete": lambda: world.send("DELETE", path, token),
    }
    return ways[code]()


def about_ann(kind: str) -> Resource:
    """The least of a type that is about Ann, with a status to be changed."""
    if kind not in COMPARTMENT:
        return {"resourceType": kind, "status": "active"}
    element = parameters_of(kind)[COMPARTMENT[kind]].places[0].path
    return {"resourceType": kind, "status": "active", element: {"reference": "Patient/ann"}}


def pairs(world: KeepingWorld) -> Iterator[tuple[str, str, bool]]:
    """Type, interaction, and whether it is declared; types of R4 that are not declared at all too.

    Of the types that are alike in what is declared, one in six is tried, and every one that holds something here.
    """
    told = resources(world)
    tried_ones = [kind for number, kind in enumerate(told) if kind in HELD or number % 6 == 0]
    for kind in (*tried_ones, "Bundle", "Group", "AuditEvent"):
        declared = {one["code"] for one in told.get(kind, {}).get("interaction", ())}
        yield from ((kind, code, code in declared) for code in ALL)


def test_every_interaction_declared_is_done_and_no_other(world: KeepingWorld) -> None:
    """Each is tried: declared ones succeed, or find nothing of that id; the others are refused with the words of their kind."""
    token = world.writer_token()
    refusals: dict[bool, set[tuple[int, str]]] = {True: set(), False: set()}
    for kind, code, is_declared in pairs(world):
        is_kept = is_declared and code in CHANGING - {"create"}
        made = world.send("POST", kind, token, about_ann(kind)).json()["id"] if is_kept else None
        response = tried(world, token, kind, made or HELD.get(kind, "none"), code)
        if not is_declared:
            refusals[code in CHANGING].add((response.status_code, text(response)))
        elif kind in HELD or made or code in {"create", "search-type", "history-type"}:
            assert response.status_code < 300, (kind, code, response.text)
        else:
            assert text(response) in NOTHING_THERE, (kind, code, response.text)
    assert [len(found) for found in refusals.values()] == [1, 1], refusals
    assert {status for found in refusals.values() for status, _ in found} == {403, 404}


def test_every_type_declared_is_searched(world: KeepingWorld) -> None:
    """Also those of which nothing is here."""
    token = world.writer_token()
    for kind in resources(world):
        assert world.get(f"{kind}?_count=1", token).status_code == 200, kind


def test_every_search_parameter_declared_is_taken(world: KeepingWorld) -> None:
    """Each parameter of each type is a search, and what is declared of includes too; another is refused."""
    token = world.writer_token()
    chosen = {"Patient", "Encounter", "Observation", "CarePlan", "Appointment", "Location", "Questionnaire"}
    values = {
        "date": "2026",
        "token": "true",
        "string": "x",
        "reference": "Patient/ann",
        "uri": "urn:x",
        "number": "1",
        "quantity": "1",
    }
    for kind, told in ((kind, told) for kind, told in resources(world).items() if kind in chosen):
        for one in told["searchParam"]:
            value = values.get(one["type"])
            if value is not None:
                response = world.get(f"{kind}?{one['name']}={value}", token)
                assert response.status_code == 200, (kind, one["name"], response.text)
        for include in told.get("searchInclude", ()):
            assert world.get(f"{kind}?_include={include}", token).status_code == 200, include
        assert world.get(f"{kind}?not-declared=1", token).status_code == 400


def test_the_flags_are_true(world: KeepingWorld) -> None:
    """Conditional create, update and read where they are declared; never an id of one's own, and no conditional delete."""
    told, token = resources(world)["Observation"], world.writer_token()
    assert (told["conditionalCreate"], told["conditionalUpdate"], told["updateCreate"]) == (True, True, False)
    assert (told["conditionalRead"], told["conditionalDelete"]) == ("full-support", "not-supported")
    assert world.send("DELETE", "Observation?status=final", token).status_code == 403
    assert resources(world)["Patient"]["operation"][0]["name"] == "everything"
    system = [one["code"] for one in world.ask("GET", "/fhir/metadata").json()["rest"][0]["interaction"]]
    assert system == ["batch", "transaction", "history-system"]


def test_what_can_be_kept_can_be_asked_for(world: KeepingWorld) -> None:
    """Discovery names the scopes by which products keep."""
    scopes = world.ask("GET", "/fhir/.well-known/smart-configuration").json()["scopes_supported"]
    assert {"patient/Observation.cud", "patient/CarePlan.cud"} <= set(scopes)
    assert not {"patient/ServiceRequest.cud", "patient/Encounter.cud"} & set(scopes)


def test_the_page_of_differences_is_as_the_code_is() -> None:
    """docs/look-up/capability.md is what the script makes."""
    root = Path(__file__).parents[4]
    path = root / "scripts" / "generate_capability_page.py"
    spec = importlib.util.spec_from_file_location("generate_capability_page", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if (root / "docs/look-up/capability.md").read_text() != module.page():
        pytest.fail("the page is old. Remedy: python scripts/generate_capability_page.py")
