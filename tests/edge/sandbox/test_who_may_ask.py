"""Tokens: who gets one, for what, how long, and what is said to the others."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from edge.sandbox.conftest import Millpond

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
EC_KEY = ECKey.generate_key("P-384", private=True)
RSA_KEY = RSAKey.generate_key(2048, private=True)


def public(key: ECKey | RSAKey) -> str:
    return key.as_pem(private=False).decode()


def asked(
    millpond: Millpond,
    key: ECKey | RSAKey = EC_KEY,
    alg: str = "ES384",
    scope: str = "system/Patient.rs",
    **claims: Any,
) -> httpx.Response:
    now = int(millpond.clock[0].timestamp())
    whole = {
        "iss": "key-us",
        "sub": "key-us",
        "aud": millpond.hospital.token_url,
        "exp": now + 240,
        "jti": "j1",
        **claims,
    }
    told = jwt.encode({"alg": alg}, {name: value for name, value in whole.items() if value is not None}, key, [alg])
    form = {"grant_type": "client_credentials", "scope": scope}
    return httpx.post(
        millpond.hospital.token_url, data={**form, "client_assertion_type": _ASSERTION, "client_assertion": told}
    )


@pytest.mark.parametrize(("key", "alg"), [(EC_KEY, "ES384"), (RSA_KEY, "RS384")], ids=["ES384", "RS384"])
def test_a_signed_assertion_gets_a_token_once(millpond: Millpond, key: ECKey | RSAKey, alg: str) -> None:
    """Both algorithms are taken; the same assertion is not taken twice; the token is good for 570 seconds."""
    millpond.hospital.register_client("key-us", public(key))
    answer = asked(millpond, key, alg)
    assert (answer.status_code, answer.json()["expires_in"], answer.json()["scope"]) == (200, 570, "system/Patient.rs")
    assert asked(millpond, key, alg).json()["error"] == "invalid_client"
    assert asked(millpond, key, alg, jti="j2").status_code == 200
    bearer = {"authorization": f"Bearer {answer.json()['access_token']}"}
    url = f"{millpond.hospital.fhir_base}/Patient?_id=1"
    millpond.pass_by(seconds=569)
    assert httpx.get(url, headers=bearer).status_code == 200
    millpond.pass_by(seconds=1)
    assert httpx.get(url, headers=bearer).status_code == 401


def _lies(millpond: Millpond) -> dict[str, dict[str, Any]]:
    now = int(millpond.clock[0].timestamp())
    return {
        "another aud": {"aud": millpond.hospital.fhir_base},
        "another iss": {"iss": "them"},
        "another sub": {"sub": "them"},
        "over": {"exp": now},
        "too long": {"exp": now + 301},
        "no exp": {"exp": None},
        "no jti": {"jti": None},
        "another key": {"key": ECKey.generate_key("P-384", private=True)},
    }


@pytest.mark.parametrize(
    "lie", ["another aud", "another iss", "another sub", "over", "too long", "no exp", "no jti", "another key"]
)
def test_an_assertion_that_is_wrong_anywhere_gets_none(millpond: Millpond, lie: str) -> None:
    """Each claim counts, the signature too; OAuth's word is told and no description; the log says why."""
    millpond.hospital.register_client("key-us", public(EC_KEY))
    answer = asked(millpond, **_lies(millpond)[lie])
    assert (answer.status_code, set(answer.json())) == (400, {"error", "error_uri"})
    assert answer.json()["error"] == "invalid_client"
    assert [refused.type for refused in millpond.hospital.refused] == ["token"]


def test_a_secret_gets_a_token_and_another_does_not(millpond: Millpond) -> None:
    """client_secret_basic; a wrong secret is 401."""
    form = {"grant_type": "client_credentials", "scope": "system/Observation.read"}
    url = millpond.hospital.token_url
    assert httpx.post(url, data=form, auth=("us", millpond.secret)).status_code == 200
    assert httpx.post(url, data=form, auth=("us", "guess")).status_code == 401
    assert httpx.post(url, data=form, auth=("them", millpond.secret)).status_code == 401
    assert httpx.post(url, data=form).status_code == 400


@pytest.mark.parametrize(
    "scope",
    [
        "",
        "system/*.read",
        "user/Patient.read",
        "patient/Patient.rs",
        "system/Patient.crus",
        "system/Goal.rs",
        "openid",
        "x y",
    ],
)
def test_a_scope_that_is_not_offered_gets_none(millpond: Millpond, scope: str) -> None:
    """A wildcard, another level, letters or types that are not there are invalid_scope."""
    form = {"grant_type": "client_credentials", "scope": scope}
    answer = httpx.post(millpond.hospital.token_url, data=form, auth=("us", millpond.secret))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


def test_a_client_gets_no_more_than_it_is_registered_for(millpond: Millpond) -> None:
    """What another client may, this one may not."""
    secret = millpond.hospital.register_secret("small", ["system/Patient.read"])
    form = {"grant_type": "client_credentials", "scope": "system/Observation.rs"}
    assert httpx.post(millpond.hospital.token_url, data=form, auth=("small", secret)).status_code == 400


def test_scopes_end_at_their_type(millpond: Millpond) -> None:
    """A token for Patients reads no Observation; one that reads does not write."""
    millpond.sign_in("system/Patient.read system/Observation.rs")
    assert millpond.get("Patient", _id="1").status_code == 200
    assert millpond.get("Encounter", _id="1").status_code == 403
    assert millpond.http.post(f"{millpond.hospital.fhir_base}/Observation", json={}).status_code == 403


STRANGERS: dict[str, Callable[[Millpond], httpx.Response]] = {
    "no token": lambda there: httpx.get(f"{there.hospital.fhir_base}/Patient?_id=1"),
    "made up": lambda there: httpx.get(
        f"{there.hospital.fhir_base}/Patient?_id=1", headers={"authorization": "Bearer made-up"}
    ),
}


@pytest.mark.parametrize("stranger", STRANGERS)
def test_without_a_good_token_nothing_is_read(millpond: Millpond, stranger: str) -> None:
    """401 with WWW-Authenticate."""
    answer = STRANGERS[stranger](millpond)
    assert (answer.status_code, answer.content) == (401, b"")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_tokens_can_be_forgotten(millpond: Millpond) -> None:
    """A token that was good is not when the server forgets it."""
    millpond.hospital.forget_tokens()
    assert millpond.get("Patient", _id="1").status_code == 401


def test_another_tenant_is_forbidden(millpond: Millpond) -> None:
    """The path's tenant decides before anything else, at every end."""
    there = millpond.hospital
    for url in (f"{there.fhir_base}/Patient?_id=1", f"{there.fhir_base}/metadata"):
        answer = millpond.http.get(url.replace(there.tenant, "ec2458f2-1e24-41c8-b71b-0e701af7583d"))
        assert (answer.status_code, answer.text) == (403, "Tenant not valid or accessible")
    token = there.token_url.replace(there.tenant, "ec2458f2-1e24-41c8-b71b-0e701af7583d")
    assert httpx.post(token, data={}, auth=("us", millpond.secret)).status_code == 403
