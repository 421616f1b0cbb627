"""Id_tokens and the keys that they are believed by: algorithm confusion, poisoned key sets, and what is asked how often."""

import hmac
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from tabard.fhir import encode
from tabard.gateway.sign_in import Expected, Fetch, NotSignedIn, Provider, ProviderAway, check_id_token, read_sign_in
from tabard.gateway.sign_in.model import ALGORITHMS
from tabard.gateway.sign_in.proof import Proof
from tabard.ground.errors import CallerError

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ISSUER = "https://login.example"
KEY, OTHER = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
CLAIMS = {
    "iss": ISSUER,
    "aud": "tabard",
    "sub": "ada",
    "nonce": "n",
    "iat": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 300,
}
EXPECTED = Expected(ISSUER, "tabard", "n", ALGORITHMS)


class There:
    """A provider's own HTTP end; what was asked is counted."""

    def __init__(self, *keys: dict[str, Any], **more: Any) -> None:
        self.keys = list(keys)
        self.now = 0.0
        self.asked: list[str] = []
        told = {"authorization_endpoint": "a", "token_endpoint": "t", "jwks_uri": "k"}
        self.document = {"issuer": ISSUER, **{name: f"{ISSUER}/{path}" for name, path in told.items()}, **more}
        self.answer: tuple[int, bytes] | None = None

    def provider(self) -> Provider:
        """The provider as we know it."""
        fetch = Fetch(transport=httpx.MockTransport(self._answer))
        proof = Proof("tabard", lambda: NOW)
        return Provider(f"{ISSUER}/.well-known/openid-configuration", fetch, proof, issuer=ISSUER, now=lambda: self.now)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        is_document = request.url.path.startswith("/.well-known")
        body = encode(self.document if is_document else {"keys": self.keys})
        status, content = self.answer or (200, body)
        headers = {"location": "https://evil.example/"} if status == 302 else {}
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(content))


def public(key: RSAKey | ECKey, **more: Any) -> dict[str, Any]:
    """A key as a provider publishes it."""
    return {**key.as_dict(private=False), "kid": "1", **more}


def told(key: Any = KEY, algorithm: str = "RS256", header: dict[str, Any] | None = None, **claims: Any) -> str:
    """An id_token."""
    return jwt.encode(
        {"alg": algorithm, "kid": "1", **(header or {})}, {**CLAIMS, **claims}, key, algorithms=[algorithm]
    )


@pytest.fixture
def there() -> There:
    """A provider with one key."""
    return There(public(KEY))


def must_not_be_believed(there: There, token: object, claim: str) -> None:
    """It is turned away for this."""
    with pytest.raises(NotSignedIn) as raised:
        check_id_token(token, EXPECTED, there.provider().key, NOW)
    assert raised.value.reason == f"id_token_{claim}"


def test_a_good_token_is_believed(there: There) -> None:
    """Its claims are what the person is told by."""
    assert check_id_token(told(), EXPECTED, there.provider().key, NOW)["sub"] == "ada"


def test_no_other_algorithm_than_those_of_the_list(there: There) -> None:
    """None, and a MAC under the public key, are the two oldest confusions; RS512 is simply not listed."""
    none = "eyJhbGciOiJub25lIn0." + told().split(".")[1] + "."
    must_not_be_believed(there, none, "alg")
    signed = f"{_header(b'HS256')}.{told().split('.')[1]}"
    mac = urlsafe_b64encode(hmac.digest(KEY.as_pem(private=False), signed.encode(), "sha256")).decode().rstrip("=")
    must_not_be_believed(there, f"{signed}.{mac}", "alg")
    must_not_be_believed(there, told(algorithm="RS512"), "alg")
    must_not_be_believed(there, _with_crit(), "alg")


def test_a_token_brings_no_key_of_its_own(there: There) -> None:
    """A jwk, jku or x5u in the header is not looked at."""
    token = told(OTHER, header={"jwk": OTHER.as_dict(private=False), "jku": "https://evil.example/keys"})
    must_not_be_believed(there, token, "signature")
    assert not any("evil" in one for one in there.asked)


@pytest.mark.parametrize(
    "poisoned",
    [
        {"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlYw", "kid": "1"},
        public(KEY, use="enc"),
        public(KEY, alg="PS256"),
        {**KEY.as_dict(private=True), "kid": "1"},
        {"kty": "RSA", "n": "w" * 171, "e": "AQAB", "kid": "1"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "1"},
        {"kty": 7},
    ],
)
def test_a_key_that_should_not_be_there_is_none(poisoned: dict[str, Any]) -> None:
    """Shared, for encryption, for another algorithm, private, too short, broken: no token is believed by it."""
    must_not_be_believed(There(poisoned), told(), "kid")


def test_two_keys_of_one_id_are_no_key() -> None:
    """Which of them is meant would be anybody's guess."""
    must_not_be_believed(There(public(KEY), public(OTHER)), told(), "kid")


@pytest.mark.parametrize("token", [None, 7, "", "a.b", "a.b.c", "e30.e30.", "." * 3, "x" * 70_000, "\u20ac.a.b"])
def test_what_is_no_token_is_none(there: There, token: object) -> None:
    """Whatever it is, it is turned away and nothing breaks."""
    with pytest.raises(NotSignedIn):
        check_id_token(token, EXPECTED, there.provider().key, NOW)


@pytest.mark.parametrize("exp", [True, "soon", None, 10**30, -(10**30)])
def test_a_time_that_is_none_is_not_now(there: There, exp: object) -> None:
    """Numbers beyond all calendars, booleans and words are no time to come."""
    must_not_be_believed(there, told(exp=exp), "exp")


def test_a_strangers_kid_is_not_looked_up_again_and_again(there: There) -> None:
    """Key rotation is found at once; a flood of unknown ids asks the provider once in half a minute."""
    provider = there.provider()
    assert provider.key("1", "RS256") is not None
    for _ in range(50):
        assert provider.key("nobody's", "RS256") is None
    assert there.asked.count("/k") == 1
    there.keys.append(public(OTHER, kid="2"))
    there.now = 31.0
    assert provider.key("2", "RS256") is not None
    assert there.asked.count("/k") == 2
    assert there.asked.count("/.well-known/openid-configuration") == 1


@pytest.mark.parametrize(
    "more",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://login.example/t"},
        {"token_endpoint": "https://user:word@login.example/t"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_a_document_that_is_not_the_providers_is_not_used(more: dict[str, Any]) -> None:
    """Another issuer, an address without TLS or with a password in it, or none: the provider counts as away."""
    with pytest.raises(ProviderAway):
        There(**more).provider().place()


@pytest.mark.parametrize(
    "answer",
    [
        (302, b""),
        (500, b"{}"),
        (200, b"<html>"),
        (200, b"[" * 100_000),
        (200, b" " * 300_000),
    ],
)
def test_an_answer_that_is_none_is_bounded_and_told(there: There, answer: tuple[int, bytes]) -> None:
    """A redirect is not followed, and no answer is larger than it may be."""
    there.answer = answer
    with pytest.raises(ProviderAway):
        there.provider().place()


def test_settings_are_told_with_all_their_faults() -> None:
    """Above all: without acr or amr nobody would know how strongly people proved who they are."""
    with pytest.raises(CallerError) as raised:
        read_sign_in({"issuer": "http://login.example", "client_id": "", "roles": []}, "RXX", where="hospital.toml")
    for fault in ("issuer", "client_id", "neither acr nor amr", "identifiers", "no claim is mapped"):
        assert fault in raised.value.message
    with pytest.raises(CallerError, match="cannot be read"):
        read_sign_in({"issuer": ISSUER, "client_id": "x", "roles": [], "pasword": "x"}, "RXX", where="hospital.toml")


def _with_crit() -> str:
    return ".".join((_header(b"RS256", b',"crit":["b64"]'), *told().split(".")[1:]))


def _header(algorithm: bytes, more: bytes = b"") -> str:
    return urlsafe_b64encode(b'{"alg":"%s","kid":"1"%s}' % (algorithm, more)).decode().rstrip("=")
