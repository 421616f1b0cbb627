"""Launches: an app opened by a doctor on a patient, told to the app by a code and a token.

A handle is opaque, good once, for five minutes, and only in the browser of the doctor who opened it.
Source: SMART App Launch 2.2, "App Launch: EHR Launch"; RFC 6749 4.1; RFC 7636; OpenID Connect Core 1.0, 2.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey

from tabard.ground.time import Clock
from tabard.sandbox.millennium.address import Address
from tabard.sandbox.millennium.authority import Authority, NoToken

LIFETIME_S = 570
_HANDLE, _CODE, _ID_TOKEN = timedelta(minutes=5), timedelta(minutes=1), timedelta(minutes=5)
_WORDS = frozenset({"launch", "openid", "fhirUser", "profile"})


@dataclass(frozen=True, slots=True)
class App:
    """An app that can be opened."""

    id: str
    launch_uri: str
    redirect_uris: tuple[str, ...]
    has_key: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """An app as a doctor opened it: their Practitioner's id, and the ids of who is open."""

    app: str
    doctor: str
    patient: str
    encounter: str
    until: datetime
    asked: Mapping[str, str] | None = None


class Launches:
    """Knows the apps, and what is on its way to them. For several threads, as one hospital's."""

    def __init__(self, address: Address, authority: Authority, clock: Clock, make_token: Callable[[], str]) -> None:
        self._address = address
        self._authority = authority
        self._clock = clock
        self._make_token = make_token
        self._apps: dict[str, App] = {}
        self._handles: dict[str, Opened] = {}
        self._codes: dict[str, Opened] = {}
        self._named: tuple[str, str | None] | None = None
        self._claims: Mapping[str, Any] = {}
        self._is_forged = False

    @cached_property
    def _key(self) -> RSAKey:
        return RSAKey.generate_key(2048)

    @property
    def apps(self) -> tuple[App, ...]:
        """Those that a doctor can open."""
        return tuple(self._apps.values())

    def register(self, app: App) -> None:
        """Let doctors open it."""
        self._apps[app.id] = app

    def forge(self, claims: Mapping[str, Any], *, by_another_key: bool) -> None:
        """What id_tokens say besides from now on, and whether somebody else signs them."""
        self._claims, self._is_forged = claims, by_another_key

    def name(self, patient: str | None, encounter: str | None) -> None:
        """Whom launches name from now on."""
        self._named = None if patient is None else (patient, encounter)

    def open(self, app: str, doctor: str, patient: str, encounter: str) -> str:
        """Where the doctor's browser goes: the app, with this server as `iss` and a handle as `launch`."""
        handle = self._make_token()
        self._handles[handle] = Opened(app, doctor, patient, encounter, self._clock() + _HANDLE)
        return _with(self._apps[app].launch_uri, {"iss": self._address.base, "launch": handle})

    def authorize(self, asked: Mapping[str, str], doctor: str | None) -> str | None:
        """Where the browser of this doctor is sent back to; None where there is nowhere safe."""
        app = self._apps.get(asked.get("client_id", ""))
        redirect_uri = asked.get("redirect_uri", "")
        if app is None or redirect_uri not in app.redirect_uris:
            return None
        opened = self._handles.pop(asked.get("launch", ""), None)
        state = {"state": asked.get("state", "")}
        if not _is_well(asked, self._address.base):
            return _with(redirect_uri, {"error": "invalid_request", **state})
        if opened is None or opened.app != app.id or opened.doctor != doctor or opened.until < self._clock():
            return _with(redirect_uri, {"error": "access_denied", **state})
        code = self._make_token()
        self._codes[code] = replace(opened, asked=asked, until=self._clock() + _CODE)
        return _with(redirect_uri, {"code": code, **state})

    def token(self, form: Mapping[str, str]) -> dict[str, Any]:
        """What a code is worth, once. Raises NoToken."""
        opened = self._codes.pop(form.get("code", ""), None)
        if opened is None or opened.asked is None or opened.until < self._clock():
            raise NoToken("invalid_grant", "the code is unknown, used or too old")
        has_key = self._apps[opened.app].has_key
        client = self._authority.prove(form, self._address.token_url) if has_key else form.get("client_id")
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        is_proved = challenge.decode().rstrip("=") == opened.asked["code_challenge"]
        if client != opened.app or form.get("redirect_uri") != opened.asked["redirect_uri"] or not is_proved:
            raise NoToken("invalid_grant", "the code is another's, or its verifier is")
        patient, encounter = self._named or (opened.patient, opened.encounter)
        told = {
            "access_token": self._make_token(),
            "token_type": "Bearer",
            "expires_in": LIFETIME_S,
            "scope": " ".join(one for one in opened.asked["scope"].split() if one in _WORDS),
            "id_token": self._id_token(opened, opened.asked),
            "patient": patient,
            "need_patient_banner": True,
        }
        return told if encounter is None else {**told, "encounter": encounter}

    def jwks(self) -> dict[str, Any]:
        """The public keys."""
        return {"keys": [{**self._key.as_dict(private=False), "kid": "1", "use": "sig", "alg": "RS256"}]}

    def _id_token(self, opened: Opened, asked: Mapping[str, str]) -> str:
        now = self._clock()
        claims = {
            "iss": self._address.issuer,
            "sub": f"doctor-{opened.doctor}",
            "aud": opened.app,
            "iat": int(now.timestamp()),
            "exp": int((now + _ID_TOKEN).timestamp()),
            "fhirUser": f"{self._address.base}/Practitioner/{opened.doctor}",
            **({"nonce": asked["nonce"]} if "nonce" in asked else {}),
            **self._claims,
        }
        key = RSAKey.generate_key(2048) if self._is_forged else self._key
        return jwt.encode({"alg": "RS256", "kid": "1", "typ": "JWT"}, claims, key)


def _is_well(asked: Mapping[str, str], base: str) -> bool:
    return (
        asked.get("response_type") == "code"
        and asked.get("aud") == base
        and asked.get("code_challenge_method") == "S256"
        and bool(asked.get("code_challenge"))
        and bool(asked.get("state"))
        and "launch" in asked.get("scope", "").split()
    )


def _with(address: str, parameters: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(parameters)}"
