"""What a SMART conformance suite asks of discovery, the CapabilityStatement and the token response.

Source: SMART App Launch 2.2; the checks that the ONC (g)(10) test kit makes, in our own words.
"""

from typing import Any

import pytest

from conformance.smart.smart_world import SmartWorld
from tabard.gateway import EncounterContext
from tabard.gateway.policy import SERVED
from unit.gateway.world import BASE, ORIGIN, World, is_outcome

pytestmark = pytest.mark.at_both_hospitals

OWN_DOORS = {"AuditEvent", "Subscription"}
"""Types that are told where their door is open; tests of their own ask there."""
WHOLE = {"read", "vread", "history-instance", "search-type"}


@pytest.fixture
def world(smart: SmartWorld) -> SmartWorld:
    """A fresh pretend hospital, one and the other."""
    return smart


def test_discovery_is_public_json_with_what_is_required(world: World) -> None:
    """200, JSON, CORS for anybody, required fields of their types, S256 and not plain."""
    response = world.ask("GET", "/fhir/.well-known/smart-configuration", headers={"Accept": "application/json"})
    told = response.json()
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("application/json")
    assert response.headers["access-control-allow-origin"] == "*"
    assert told["authorization_endpoint"] == f"{ORIGIN}/auth/authorize"
    assert told["token_endpoint"] == f"{ORIGIN}/auth/token"
    assert "authorization_code" in told["grant_types_supported"]
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert all(isinstance(each, str) for each in told["capabilities"])
    assert "launch-ehr" in told["capabilities"]


def test_discovery_claims_nothing_that_is_not_built(world: World) -> None:
    """No registration by clients themselves, no app state, no user-access brands, no smart web messaging."""
    told = world.ask("GET", "/fhir/.well-known/smart-configuration").json()
    assert not {"smart-app-state", "smart-web-messaging"} & set(told["capabilities"])
    assert not {"registration_endpoint", "management_endpoint", "user_access_brand_bundle"} & told.keys()


def test_each_endpoint_that_discovery_lists_is_there(world: World) -> None:
    """None of the addresses is a 404."""
    told = world.ask("GET", "/fhir/.well-known/smart-configuration").json()
    for name in ("authorization_endpoint", "token_endpoint", "revocation_endpoint", "introspection_endpoint"):
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert world.ask("POST", told[name], headers=form, content=b"x=1").status_code in {303, 400, 401}, name
    assert world.ask("GET", told["jwks_uri"]).status_code == 200


def test_the_capability_statement_is_true(world: SmartWorld) -> None:
    """Each type, interaction and search parameter that it names works; a type that it does not name is not served."""
    response = world.ask("GET", "/fhir/metadata")
    told = response.json()
    assert response.headers["content-type"].startswith("application/fhir+json")
    assert (told["resourceType"], told["fhirVersion"], told["kind"]) == ("CapabilityStatement", "4.0.1", "instance")
    assert told["implementation"]["url"] == BASE
    resources = told["rest"][0]["resource"]
    assert {each["type"] for each in resources} - OWN_DOORS == set(SERVED) - OWN_DOORS
    token = world.access(EncounterContext("e-ann", "ann"))
    values = {"token": "true", "string": "x", "date": "2026", "reference": "Patient/ann"}
    values |= {"quantity": "5", "number": "5", "uri": "http://x.example"}
    chosen = {"Patient", "Encounter", "Observation", "Condition", "DocumentReference", "Location", "Practitioner"}
    for each in resources:
        offered = {one["code"] for one in each["interaction"]}
        if each["type"] in world.elsewhere:
            _must_be_absent_as_declared(world, each, token)
        if each["type"] in SERVED:
            assert ({"read", "search-type"} if each["type"] in world.elsewhere else WHOLE) <= offered
        if each["type"] not in chosen:  # the others are tried where the record's search is
            continue
        for parameter in (one for one in each["searchParam"] if one["type"] in values):
            path = f"{each['type']}?{parameter['name']}={values[parameter['type']]}"
            assert world.get(path, token).status_code == 200, path
        for include in each.get("searchInclude", ()):
            assert world.get(f"{each['type']}?_include={include}", token).status_code == 200, include
    assert is_outcome(world.get("Bundle", token), 404, "not-supported")


def _must_be_absent_as_declared(world: World, told: dict[str, Any], token: str) -> None:
    """Of what is asked of the record system no version is told, and no search that it has not; both are refused in words."""
    assert "vread" not in {one["code"] for one in told["interaction"]}
    assert not {"include", "revinclude"} & {one["name"] for one in told["searchParam"]}
    assert is_outcome(world.get(f"{told['type']}/any/_history", token), 404, "not-supported")
    assert is_outcome(world.get(f"{told['type']}?patient=ann&status=final", token), 400)


def test_the_capability_statement_is_json_only(world: World) -> None:
    """XML is 406."""
    response = world.ask("GET", "/fhir/metadata", headers={"Accept": "application/fhir+xml"})
    assert is_outcome(response, 406, "not-supported")


def test_the_token_response_has_what_is_required_and_the_context_is_readable(world: World) -> None:
    """Types as the standard says; patient and encounter of the response are read with the token."""
    told = world.open_product(EncounterContext("e-ann", "ann"))
    assert {type(told[name]) for name in ("access_token", "token_type", "scope", "patient", "encounter")} == {str}
    assert type(told["expires_in"]) is int
    assert world.get(f"Patient/{told['patient']}", told["access_token"]).status_code == 200
    assert world.get(f"Encounter/{told['encounter']}", told["access_token"]).status_code == 200
