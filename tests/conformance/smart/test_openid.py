"""OpenID Connect: discovery, keys and the id_token. A test's name carries the requirement.

Source: OpenID Connect Core 1.0 and Discovery 1.0; SMART App Launch 2.2, "Scopes for requesting identity data".
"""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from stat import S_IMODE
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from conformance.smart.smart_world import DOCTOR, STANDALONE, SmartWorld
from tabard.gateway import PatientContext
from tabard.gateway.smart.signing_keys import SigningKeys
from tabard.ground.errors import CallerError
from unit.gateway.world import BASE, ORIGIN, Moment

pytestmark = pytest.mark.at_both_hospitals


def claims_of(smart: SmartWorld, told: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of an id_token, its signature checked by the published keys."""
    keys = KeySet.import_key_set(smart.ask("GET", f"{ORIGIN}/auth/jwks").json())
    token = jwt.decode(told["id_token"], keys, algorithms=["RS256"])
    return dict(token.header), dict(token.claims)


def test_openid_discovery__required_fields_json_and_rs256(smart: SmartWorld) -> None:
    """200, application/json, every required field, RS256 among the algorithms, readable to pages of anybody."""
    response = smart.ask("GET", f"{BASE}/.well-known/openid-configuration")
    told = response.json()
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("application/json")
    assert response.headers["access-control-allow-origin"] == "*"
    assert told["issuer"] == BASE
    assert {"authorization_endpoint", "token_endpoint", "jwks_uri"} <= told.keys()
    assert told["response_types_supported"] == ["code"]
    assert told["subject_types_supported"] == ["public"]
    assert told["id_token_signing_alg_values_supported"] == ["RS256"]


def test_jwks__a_valid_rsa_key_with_kid_and_nothing_private(smart: SmartWorld) -> None:
    """At least one RSA key, with a kid, and no private member of any."""
    keys = smart.ask("GET", f"{ORIGIN}/auth/jwks").json()["keys"]
    assert [(one["kty"], one["use"], one["alg"]) for one in keys] == [("RSA", "sig", "RS256")]
    assert all(one["kid"] for one in keys)
    assert not any({"d", "p", "q", "dp", "dq", "qi"} & one.keys() for one in keys)


def test_id_token__header_signature_and_claims(smart: SmartWorld) -> None:
    """RS256, a kid that is found, iss the issuer, aud the client, sub of fair length, times of now, the nonce as sent."""
    header, claims = claims_of(smart, smart.opened(nonce="n-1"))
    now = int(smart.clock().timestamp())
    assert header["alg"] == "RS256"
    assert header["kid"]
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (BASE, "growth", "n-1")
    assert 1 <= len(claims["sub"]) <= 255
    assert claims["iat"] == now < claims["exp"]


def test_id_token__fhir_user_is_absolute_and_readable_with_the_token(smart: SmartWorld) -> None:
    """The fhirUser is a Practitioner of this base, 200 with the same token whatever its other scopes, and of the right type."""
    told = smart.opened("launch/patient openid fhirUser profile patient/Patient.rs")
    _, claims = claims_of(smart, told)
    assert claims["fhirUser"] == claims["profile"] == f"{BASE}/Practitioner/dr-e-ann"
    response = smart.get(claims["fhirUser"], told["access_token"])
    assert (response.status_code, response.json()["resourceType"]) == (200, "Practitioner")
    assert smart.get("Practitioner/dr-e-ben", told["access_token"]).status_code == 403


@pytest.mark.parametrize("practitioner", [None, "nobody"])
def test_id_token__no_fhir_user_is_not_granted_as_if_there_were_one(
    smart: SmartWorld, practitioner: str | None
) -> None:
    """Of a person whom the record does not know, fhirUser is neither claimed nor granted; who they are (sub) is told all the same."""
    smart.sessions.people[DOCTOR.id] = replace(DOCTOR, practitioner=practitioner)
    location = smart.authorize(smart.ask_for(), DOCTOR).headers["location"]
    person, consenting = smart.sessions.people[DOCTOR.id], smart.gateway.consenting
    handle = location.partition("asking=")[2]
    consenting.choose(person, handle, PatientContext("ann"))
    back = consenting.approve(person, handle, consenting.find(person, handle).scopes)
    told = smart.exchanged(dict(pair.split("=") for pair in back.partition("?")[2].split("&"))["code"]).json()
    _, claims = claims_of(smart, told)
    assert "fhirUser" not in claims
    assert claims["sub"]
    assert {"openid"} & {*told["scope"].split()}
    assert not {"fhirUser"} & {*told["scope"].split()}


def test_id_token__only_where_openid_was_granted(smart: SmartWorld) -> None:
    """Without openid there is none."""
    assert "id_token" not in smart.opened("launch/patient patient/*.rs")


def test_key_rotation__the_key_before_is_published_until_its_tokens_are_over(tmp_path: Path) -> None:
    """New tokens are signed by the new key; the one before stays in the JWK Set for a day, and then goes."""
    clock = Moment()
    keys = SigningKeys(clock, tmp_path / "keys.json")
    first = keys.current().kid
    second = SigningKeys(clock, tmp_path / "keys.json").rotate()  # as another process does
    assert keys.current().kid == second != first
    assert {one["kid"] for one in keys.public()["keys"]} == {first, second}
    clock.now += timedelta(hours=24)
    assert {one["kid"] for one in keys.public()["keys"]} == {second}


def test_keys__private_to_the_hospital_and_refused_where_they_are_not(tmp_path: Path) -> None:
    """Kept 0600 and the same after a restart; a file that others may read, or that is damaged, signs nothing."""
    path = tmp_path / "keys.json"
    kid = SigningKeys(Moment(), path).current().kid
    assert S_IMODE(path.stat().st_mode) == 0o600
    assert SigningKeys(Moment(), path).current().kid == kid
    path.chmod(0o640)
    with pytest.raises(CallerError, match="cannot be used"):
        SigningKeys(Moment(), path).current()
    path.chmod(0o600)
    path.write_bytes(b"[]")
    with pytest.raises(CallerError, match="cannot be used"):
        SigningKeys(Moment(), path).current()


def test_max_age__who_signed_in_too_long_ago_or_nobody_knows_when(smart: SmartWorld) -> None:
    """These sessions do not know since when: with max_age no code is given."""
    location = smart.authorize(smart.ask_for(STANDALONE, max_age="60"), DOCTOR).headers["location"]
    assert "error=login_required" in location
