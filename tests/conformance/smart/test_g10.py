"""What the ONC (g)(10) kit asks besides: wrong aud, codes, clients, verifiers and tokens; limited apps; finer scopes.

In our own words; a test's name carries the requirement.
"""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from conformance.smart.smart_world import DOCTOR, KINDS, SmartWorld
from tabard.gateway.policy import SERVED
from unit.gateway.world import CHALLENGE

pytestmark = pytest.mark.at_both_hospitals


@pytest.mark.parametrize("aud", ["https://wrong.example/fhir", "http://localhost:8000", "", None])
def test_g10__wrong_aud_gives_no_code(smart: SmartWorld, aud: str | None) -> None:
    """The app is told, and no page of ours is shown on the way."""
    location = smart.authorize(smart.ask_for(aud=aud), DOCTOR).headers["location"]
    assert dict(parse_qsl(urlsplit(location).query))["error"] == "invalid_request"


def test_g10__invalid_code_is_400(smart: SmartWorld) -> None:
    """A code that was never given: exactly 400."""
    assert smart.exchanged("invalid").status_code == 400


def test_g10__invalid_client_id_is_400_or_401(smart: SmartWorld) -> None:
    """A good code with another or an unknown client_id is refused."""
    for client in ("unknown", "board"):
        code = smart.sent(smart.ask_for())["code"]
        assert smart.exchanged(code, "growth", client_id=client).status_code in {400, 401}


@pytest.mark.parametrize("client", ["growth", "clinic", "keyed"])
@pytest.mark.parametrize("verifier", [None, "", "w" * 43, CHALLENGE])
def test_g10__pkce_missing_blank_wrong_or_the_challenge_itself(
    smart: SmartWorld, client: str, verifier: str | None
) -> None:
    """Asked of every client that brings a code, whatever else it proves: 400 or 401."""
    code = smart.sent(smart.ask_for(client=client))["code"]
    assert smart.exchanged(code, client, code_verifier=verifier).status_code in {400, 401}


@pytest.mark.parametrize("client", ["growth", "clinic", "keyed"])
@pytest.mark.parametrize("changed", [{"code_challenge": None}, {"code_challenge_method": "plain"}], ids=repr)
def test_g10__no_pkce_no_code(smart: SmartWorld, client: str, changed: dict[str, Any]) -> None:
    """Every flow with a code has S256, confidential clients too."""
    location = smart.authorize(smart.ask_for(client=client, **changed), DOCTOR).headers["location"]
    assert "error=invalid_request" in location


def test_g10__no_token_is_401(smart: SmartWorld) -> None:
    """A read without a token: exactly 401."""
    assert smart.get("Patient/ann", None).status_code == 401
    assert smart.get("Patient/ann", "made up").status_code == 401


def test_g10__expired_token_is_401(smart: SmartWorld) -> None:
    """A token whose time is over reads nothing."""
    told = smart.opened()
    smart.clock.pass_(seconds=told["expires_in"])
    assert smart.get("Patient/ann", told["access_token"]).status_code == 401


def test_g10__limited_app(smart: SmartWorld) -> None:
    """Of `patient/*.rs` the person leaves all but two types: the scope shows it, and the others are 403."""
    wishes = smart.ask_for("launch/patient patient/*.rs")
    told = smart.exchanged(smart.sent(wishes, chosen="patient/Patient.rs patient/Encounter.rs")["code"]).json()
    assert told["scope"] == "launch/patient patient/Patient.rs patient/Encounter.rs"
    assert smart.get("Patient/ann", told["access_token"]).status_code == 200
    assert smart.get("Encounter?patient=Patient/ann", told["access_token"]).status_code == 200
    for kind in [one for one in SERVED if one not in {"Patient", "Encounter"}]:
        assert smart.get(f"{kind}?_count=1", told["access_token"]).status_code in {401, 403}, kind


def test_g10__consent_gives_never_more_than_was_asked(smart: SmartWorld) -> None:
    """A form that was tampered with brings no scope, level or word that the app did not ask for."""
    wishes = smart.ask_for("launch/patient patient/Patient.r")
    more = "patient/*.cruds user/*.rs system/*.rs openid offline_access patient/Patient.rs"
    told = smart.exchanged(smart.sent(wishes, chosen=more)["code"]).json()
    assert told["scope"] == "launch/patient patient/Patient.r"


def test_g10__v1_scopes(smart: SmartWorld) -> None:
    """`.read` is granted as asked, told back in the app's own words, and enforced as reading and searching."""
    told = smart.opened("launch/patient openid patient/Patient.read patient/Observation.read")
    granted = told["scope"].split()
    assert {"patient/Patient.read", "patient/Observation.read"} <= {*granted}
    assert smart.get("Observation?patient=Patient/ann", told["access_token"]).status_code == 200
    assert smart.get("Encounter?patient=Patient/ann", told["access_token"]).status_code == 403


@pytest.mark.on_both_engines
def test_g10__granular_scopes(smart: SmartWorld) -> None:
    """`Observation.rs?category=…`: a search returns only rows of that kind, a read of another is refused, paging too."""
    vital, laboratory = (smart.results("ann", kind) for kind in ("vital-signs", "laboratory"))
    scope = f"patient/Observation.rs?category={KINDS}|vital-signs"
    told = smart.opened(f"launch/patient {scope}")
    assert scope in told["scope"].split()
    found = smart.get("Observation?patient=Patient/ann", told["access_token"]).json()
    shown = {one["resource"]["id"] for one in found["entry"] if one["search"]["mode"] == "match"}
    assert shown == vital
    assert smart.get(f"Observation/{min(vital)}", told["access_token"]).status_code == 200
    assert smart.get(f"Observation/{min(laboratory)}", told["access_token"]).status_code in {403, 404}


@pytest.mark.parametrize("scope", ["patient/*.rs", "patient/Observation.rs", "patient/Patient.r"])
def test_g10__granted_scopes_are_well_formed(smart: SmartWorld, scope: str) -> None:
    """What is granted is written as the standard writes it: level, type or wildcard, letters in order."""
    for granted in smart.opened(f"launch/patient {scope}")["scope"].split():
        assert granted in ("launch/patient", scope)
