"""An identity provider as we know it: what it says of itself, its keys, and what it gives for a code.

What it says is believed for ten minutes; a key that is not among those known is looked for anew, but not more often than
every half minute, whatever a stranger sends. Source: OpenID Connect Discovery 1.0, 3, 4; RFC 7517; RFC 9207.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from tabard.gateway.sign_in.errors import NotSignedIn, ProviderAway
from tabard.gateway.sign_in.fetching import Fetch
from tabard.gateway.sign_in.id_token import Key
from tabard.gateway.sign_in.proof import Proof
from tabard.gateway.sign_in.settings import is_safe

FRESH_S, APART_S = 600.0, 30.0
_MOST_KEYS = 64
_OK = 200
_KINDS: dict[str, type[Key]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
_BY_ALGORITHM = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
_SMALLEST_RSA_BITS = 2048


@dataclass(frozen=True, slots=True)
class Place:
    """Where a provider is asked what. Empty where it does not offer it."""

    issuer: str
    authorize: str
    token: str
    keys: str
    userinfo: str = ""
    end_session: str = ""
    tells_iss: bool = False


class Provider:
    """One provider. `url` is its discovery document; `issuer`, where given, is who it must say that it is. Safe from any thread."""

    def __init__(
        self,
        url: str,
        fetch: Fetch,
        proof: Proof,
        *,
        issuer: str | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._fetch = fetch
        self._proof = proof
        self._issuer = issuer
        self._now = now
        self._lock = Lock()
        self._place: tuple[float, Place] | None = None
        self._keys: tuple[float, tuple[Key, ...]] | None = None

    def place(self) -> Place:
        """What it says of itself. Raises ProviderAway."""
        with self._lock:
            if self._place is None or self._now() - self._place[0] >= FRESH_S:
                self._place = (self._now(), _place(self._fetch.get(self._url), self._issuer))
            return self._place[1]

    def key(self, kid: str | None, algorithm: str) -> Key | None:
        """Its key of that id for that algorithm; without an id its only one. Raises ProviderAway."""
        place = self.place()
        with self._lock:
            age = float("inf") if self._keys is None else self._now() - self._keys[0]
            if age >= FRESH_S or (age >= APART_S and _chosen(self._keys, kid, algorithm) is None):
                self._keys = (self._now(), _keys(self._fetch.get(place.keys)))
            return _chosen(self._keys, kid, algorithm)

    def exchange(self, code: str, verifier: str, redirect_uri: str, client_id: str | None = None) -> dict[str, Any]:
        """What it gives for a code; `client_id` where we are known there by several. Raises NotSignedIn (`code_refused`) where it gives nothing, ProviderAway."""
        place = self.place()
        proof = self._proof if client_id is None else replace(self._proof, client_id=client_id)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
            **proof.form(place.token),
        }
        status, told = self._fetch.post(place.token, form, proof.headers())
        if status >= 500 or status == 429:  # noqa: PLR2004  HTTP's own numbers
            raise ProviderAway("token_failed", "The provider's token endpoint failed.")
        if told.get("error") == "invalid_client":
            raise ProviderAway(
                "not_registered",
                "The provider does not know this hospital, or not by this key or secret.",
                remedy="Whoever runs Tabard here compares the registration at the provider with the settings.",
            )
        if status != _OK:
            raise NotSignedIn("code_refused", "The provider refused: the code was used before, or was too old.")
        return told

    def userinfo(self, access_token: str, sub: str) -> Mapping[str, Any]:
        """What it tells of the person besides. Raises NotSignedIn where that is of somebody else, ProviderAway.

        Source: OpenID Connect Core 1.0, 5.3.2: the sub must be the id_token's.
        """
        url = self.place().userinfo
        if not url:
            raise ProviderAway("no_userinfo", "The provider has no userinfo, which the settings ask for.")
        told = self._fetch.get(url, {"authorization": f"Bearer {access_token}"})
        if told.get("sub") != sub:
            raise NotSignedIn("userinfo_sub", "What the provider tells is of somebody else.")
        return told


def _place(told: Mapping[str, Any], issuer: str | None) -> Place:
    def text(name: str, *, must: bool = True) -> str:
        value = told.get(name)
        if isinstance(value, str) and (name == "issuer" or is_safe(value)):
            return value
        if must:
            raise ProviderAway("discovery", f"The provider does not say a safe {name}.")
        return ""

    place = Place(
        issuer=text("issuer"),
        authorize=text("authorization_endpoint"),
        token=text("token_endpoint"),
        keys=text("jwks_uri"),
        userinfo=text("userinfo_endpoint", must=False),
        end_session=text("end_session_endpoint", must=False),
        tells_iss=told.get("authorization_response_iss_parameter_supported") is True,
    )
    if issuer is not None and place.issuer != issuer:
        raise ProviderAway("issuer", "The provider says that it is somebody else than whom the settings name.")
    return place


def _keys(told: Mapping[str, Any]) -> tuple[Key, ...]:
    """The public keys that can sign. One with a shared secret is none; nor is an RSA key shorter than 2048 bits."""
    listed = told.get("keys")
    if not isinstance(listed, list):
        raise ProviderAway("keys", "The provider gives no keys.")
    return tuple(key for one in listed[:_MOST_KEYS] if isinstance(one, dict) and (key := _key(one)) is not None)


def _key(told: dict[str, Any]) -> Key | None:
    kind = _KINDS.get(str(told.get("kty")))
    if kind is None or told.get("use", "sig") != "sig" or "d" in told or (kind is RSAKey and _is_short(told.get("n"))):
        return None
    try:
        return kind.import_key(told)
    except (JoseError, ValueError, TypeError):
        return None


def _is_short(modulus: object) -> bool:
    """Whether a modulus (base64url) is of fewer bits than are safe, or none."""
    return not isinstance(modulus, str) or len(modulus.rstrip("=")) * 6 < _SMALLEST_RSA_BITS


def _chosen(held: tuple[float, tuple[Key, ...]] | None, kid: str | None, algorithm: str) -> Key | None:
    wanted = _BY_ALGORITHM.get(algorithm[:2])
    fitting = [one for one in (held[1] if held else ()) if one.key_type == wanted and _alg(one) in {None, algorithm}]
    named = [one for one in fitting if kid is None or one.as_dict(private=False).get("kid") == kid]
    return named[0] if len(named) == 1 else None


def _alg(key: Key) -> object:
    return key.as_dict(private=False).get("alg")
