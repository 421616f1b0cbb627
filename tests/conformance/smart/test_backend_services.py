"""Backend services and private_key_jwt: what is taken, and all that must not be. A test's name carries the requirement.

Source: SMART App Launch 2.2, "Backend Services", "Client Authentication: Asymmetric"; RFC 7523; RFC 8725.
"""

import base64
import hmac
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from joserfc import jws, jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, RSAKey

from conformance.smart.smart_world import ES384, JWKS_URI, PUBLISHED, RS384, TOKEN_URL, SmartWorld, jwks
from tabard.gateway.smart.assertions import TYPE
from unit.gateway.world import ORIGIN

FORM = {"grant_type": "client_credentials", "scope": "system/*.rs"}


def offered(smart: SmartWorld, assertion: str, **changed: str) -> httpx.Response:
    """What a service is answered to an assertion."""
    return smart.token({**FORM, "client_assertion_type": TYPE, "client_assertion": assertion, **changed})


@pytest.mark.at_both_hospitals
@pytest.mark.parametrize("key", [ES384, RS384], ids=["ES384", "RS384"])
def test_backend__valid_assertion(smart: SmartWorld, key: ECKey | RSAKey) -> None:
    """200 with access_token, bearer, a number of seconds within five minutes, and the scopes; no refresh token, no id_token."""
    response = offered(smart, smart.assertion("service", key))
    told = response.json()
    assert response.status_code == 200
    assert told["token_type"].lower() == "bearer"
    assert 0 < told["expires_in"] <= 300
    assert told["scope"] == "system/*.rs"
    assert not {"refresh_token", "id_token", "patient"} & told.keys()
    assert (response.headers["cache-control"], response.headers["pragma"]) == ("no-store", "no-cache")
    assert smart.get("Patient/ann", told["access_token"]).status_code == 200
    assert smart.get("Patient/ben", told["access_token"]).status_code == 200


@pytest.mark.at_both_hospitals
def test_backend__scopes_are_the_registered_system_ones(smart: SmartWorld) -> None:
    """What is not registered, or of a patient or user, is not given; nothing left is invalid_scope; enforced at the API."""
    told = smart.service("system/Patient.rs user/*.rs patient/*.rs launch openid offline_access").json()
    assert told["scope"] == "system/Patient.rs"
    assert smart.get("Encounter", told["access_token"]).status_code == 403
    assert smart.service("user/*.rs").json()["error"] == "invalid_scope"
    assert smart.service("system/*.cud").json()["error"] == "invalid_scope"


def test_backend__bad_grant_type_is_400(smart: SmartWorld) -> None:
    """Any other grant type is refused."""
    response = offered(smart, smart.assertion("service"), grant_type="not_a_grant_type")
    assert (response.status_code, response.json()["error"]) == (400, "unsupported_grant_type")


def test_backend__bad_client_assertion_type_is_400_or_401(smart: SmartWorld) -> None:
    """Any other kind of assertion is refused."""
    assert offered(smart, smart.assertion("service"), client_assertion_type="not_a_type").status_code in {400, 401}


def test_backend__not_for_other_clients(smart: SmartWorld) -> None:
    """An app for people gets no system's token, however it proves itself."""
    for client in ("growth", "clinic", "keyed"):
        assert smart.service(client=client).json()["error"] == "unauthorized_client"


def test_backend__a_service_gets_no_person_s_code(smart: SmartWorld) -> None:
    """The authorize endpoint does not know services."""
    wishes = smart.ask_for("launch/patient patient/*.rs") | {"client_id": "service"}
    assert smart.authorize(wishes).status_code == 400


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "growth"},
        {"iss": None},
        {"sub": "remote"},
        {"sub": None},
        {"aud": None},
        {"aud": ORIGIN},
        {"aud": f"{ORIGIN}/auth/authorize"},
        {"aud": [TOKEN_URL, "https://elsewhere.example"]},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "j" * 256},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"exp": 10**400},
        {"nbf": 10**12},
        {"iat": "now"},
    ],
    ids=repr,
)
def test_assertion__a_wrong_claim_is_refused(smart: SmartWorld, claims: dict[str, Any]) -> None:
    """iss, sub, aud, jti and exp all there, and right."""
    response = offered(smart, smart.assertion("service", **claims))
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(("seconds", "status"), [(-1, 401), (0, 401), (1, 200), (300, 200), (301, 401), (3600, 401)])
def test_assertion__exp_within_five_minutes(smart: SmartWorld, seconds: int, status: int) -> None:
    """Too old, or good for longer than five minutes, is refused."""
    expires = int(smart.clock().timestamp()) + seconds
    assert offered(smart, smart.assertion("service", exp=expires)).status_code == status


def test_assertion__jti_once_also_after_a_restart(smart: SmartWorld) -> None:
    """The same assertion a second time is refused; so is another with the same jti; a restart forgets nothing."""
    assertion = smart.assertion("service", jti="j-1")
    assert offered(smart, assertion).status_code == 200
    assert offered(smart, assertion).status_code == 401
    smart.restart()
    assert offered(smart, assertion).status_code == 401
    assert offered(smart, smart.assertion("service", RS384, jti="j-1")).status_code == 401
    assert smart.audited(action="token", outcome="refused")[-1]["reason"] == "replayed"


@pytest.mark.parametrize(
    "header",
    [
        {"kid": None},
        {"kid": "unknown"},
        {"kid": ""},
        {"kid": "rs"},
        {"typ": None},
        {"typ": "at+jwt"},
        {"jku": "https://evil.example/jwks.json"},
        {"jku": JWKS_URI},
        {"jwk": dict(PUBLISHED.as_dict(private=False))},
        {"x5u": "https://evil.example/cert.pem"},
        {"x5c": ["MIIB"]},
    ],
    ids="-".join,
)
def test_assertion__a_wrong_header_is_refused(smart: SmartWorld, header: dict[str, object]) -> None:
    """The kid known, typ JWT, no key or certificate of the sender's own, no jku but the registered one."""
    assertion = smart.assertion("service", header={**header, "alg": "ES384"})
    assert offered(smart, assertion).status_code == 401


def test_assertion__another_key_under_a_known_kid_is_refused(smart: SmartWorld) -> None:
    """The right name on a wrong signature is nobody's."""
    forged = ECKey.generate_key("P-384", {"kid": "es"})
    assert offered(smart, smart.assertion("service", forged)).status_code == 401


def test_assertion__algorithm_confusion(smart: SmartWorld) -> None:
    """none, an HMAC keyed by the public key, RS256, ES256 and PS384 are all refused, whatever they claim."""
    claims = {
        "iss": "service",
        "sub": "service",
        "aud": TOKEN_URL,
        "jti": "x",
        "exp": int(smart.clock().timestamp()) + 60,
    }
    body = coded(claims)
    for alg in ("none", "None", "NONE", ""):
        head = coded({"alg": alg, "kid": "rs", "typ": "JWT"})
        assert offered(smart, f"{head}.{body}.").status_code == 401
    for alg, kind in (("HS256", "sha256"), ("HS384", "sha384")):
        signed = f"{coded({'alg': alg, 'kid': 'rs', 'typ': 'JWT'})}.{body}"
        mac = hmac.digest(RS384.as_pem(private=False), signed.encode(), kind)
        assertion = f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
        assert offered(smart, assertion).status_code == 401, alg
    plain = RSAKey.import_key(RS384.as_pem(private=True))
    for alg in ("RS256", "PS384", "RS512"):
        registry = jws.JWSRegistry(algorithms=[alg])
        assertion = jwt.encode({"alg": alg, "kid": "rs", "typ": "JWT"}, claims, plain, [alg], registry)
        assert offered(smart, assertion).status_code == 401, alg


def coded(told: dict[str, Any]) -> str:
    """A part of a JWT."""
    return base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "assertion", ["", "a", "a.b", "a.b.c", "..", "a.b.c.d", "e30.e30.", "W10.W10.W10", "é.é.é", "x" * 5000]
)
def test_assertion__what_is_no_jwt_is_refused(smart: SmartWorld, assertion: str) -> None:
    """Anything else than a signed JWT is 400 or 401, and never 500."""
    assert offered(smart, assertion).status_code in {400, 401}


def test_jwks_uri__fetched_kept_and_asked_anew_for_an_unknown_kid(smart: SmartWorld) -> None:
    """Fetched once and kept as long as Cache-Control says; a rotated key is found, at the cost of one request a minute at most."""
    published = smart.published
    published.answer = lambda: httpx.Response(200, json=jwks(PUBLISHED), headers={"cache-control": "max-age=600"})
    assert smart.service(client="remote").status_code == 200
    assert smart.service(client="remote").status_code == 200
    assert published.asked == 1
    fresh = ECKey.generate_key("P-384", {"kid": "fresh", "alg": "ES384"})
    published.answer = lambda: httpx.Response(200, json=jwks(fresh))
    for _ in range(5):
        assert offered(smart, smart.assertion("remote", fresh)).status_code == 401
    assert published.asked == 1
    smart.clock.pass_(minutes=1)
    assert offered(smart, smart.assertion("remote", fresh)).status_code == 200
    assert published.asked == 2
    assert offered(smart, smart.assertion("remote", PUBLISHED)).status_code == 401  # what was withdrawn is gone


def test_jwks_uri__is_asked_again_when_its_time_is_over(smart: SmartWorld) -> None:
    """After max-age the set is fetched anew, and a key that is not in it any more proves nothing."""
    smart.published.answer = lambda: httpx.Response(200, json=jwks(PUBLISHED), headers={"cache-control": "max-age=120"})
    assert smart.service(client="remote").status_code == 200
    smart.published.answer = lambda: httpx.Response(500)
    smart.clock.pass_(seconds=119)
    assert smart.service(client="remote").status_code == 200
    smart.clock.pass_(seconds=1)
    assert smart.service(client="remote").status_code == 401


@pytest.mark.parametrize(
    "answer",
    [
        lambda: httpx.Response(404),
        lambda: httpx.Response(302, headers={"location": "https://evil.example/jwks.json"}),
        lambda: httpx.Response(200, content=b"not json"),
        lambda: httpx.Response(200, json=[]),
        lambda: httpx.Response(200, json={"keys": "all"}),
        lambda: httpx.Response(200, json={"keys": []}),
        lambda: httpx.Response(200, json=jwks(PUBLISHED, PUBLISHED)),
        lambda: httpx.Response(200, json={"keys": [dict(PUBLISHED.as_dict(private=True))]}),
        lambda: httpx.Response(200, json={"keys": [{"kty": "oct", "kid": "published", "k": "c2VjcmV0"}]}),
        lambda: httpx.Response(200, json={"keys": [{**PUBLISHED.as_dict(private=False), "use": "enc"}]}),
        lambda: httpx.Response(200, json={"keys": [{**PUBLISHED.as_dict(private=False), "alg": "ES256"}]}),
        lambda: httpx.Response(200, content=b'{"keys": [' + b" " * 70_000 + b"]}"),
        lambda: httpx.Response(200, headers={"content-encoding": "br"}),
    ],
)
def test_jwks_poisoning__nothing_but_a_sound_set_proves_anything(
    smart: SmartWorld, answer: Callable[[], httpx.Response]
) -> None:
    """A redirect, a set with private or symmetric keys, doubled kids, other uses, too much of it: the client proves nothing."""
    smart.published.answer = answer
    assert smart.service(client="remote").status_code == 401


def test_jwks_poisoning__a_fault_takes_nothing_from_who_is_known(smart: SmartWorld) -> None:
    """Made-up kids while the address is broken do not shut the true client out before its keys' time is over."""
    assert smart.service(client="remote").status_code == 200
    smart.published.answer = lambda: httpx.Response(200, content=b"broken")
    smart.clock.pass_(minutes=2)
    stranger = ECKey.generate_key("P-384", {"kid": "stranger"})
    assert offered(smart, smart.assertion("remote", stranger)).status_code == 401
    assert smart.service(client="remote").status_code == 200


def test_jwks_poisoning__weak_keys_are_no_keys(smart: SmartWorld) -> None:
    """RSA below 2048 bits and other curves are passed over."""
    with pytest.warns(SecurityWarning, match="2048"):
        weak = RSAKey.generate_key(1024, {"kid": "published"})
    other = ECKey.generate_key("P-256", {"kid": "published"})
    for key in (weak, other):
        smart.published.answer = lambda key=key: httpx.Response(200, json=jwks(key))  # type: ignore[misc]  # bound now
        smart.clock.pass_(minutes=2)
        assert smart.service(client="remote").status_code == 401


def test_jwks_poisoning__an_answer_that_drips_is_ended(smart: SmartWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever answers a byte at a time holds nobody up: after five seconds in all there are no keys."""
    seconds = iter(range(100))
    monkeypatch.setattr("tabard.gateway.smart.jwks_fetching.time.monotonic", lambda: next(seconds))

    class Dripping(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield from (b" " for _ in range(50))

    smart.published.stream = Dripping()
    assert smart.service(client="remote").status_code == 401
    assert next(seconds) < 20
