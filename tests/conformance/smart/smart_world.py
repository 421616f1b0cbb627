"""The pretend hospital with every kind of SMART client registered, and an app that behaves as the standard's own kit does."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from tabard.database import engine
from tabard.fhir.scopes import parse
from tabard.gateway import Client, ClientKind, Context, EncounterContext, Gateway, PatientContext, Person
from tabard.gateway.ports import Elsewhere
from tabard.gateway.smart.assertions import TYPE
from tabard.gateway.smart.client_secrets import digest_of_secret
from tabard.gateway.smart.jwks_fetching import JwkSets
from unit.gateway.world import BASE, CHALLENGE, CLINICIAN, ORIGIN, VERIFIER, World, observation

KINDS = "http://terminology.hl7.org/CodeSystem/observation-category"
TOKEN_URL = f"{ORIGIN}/auth/token"
APP = "https://app.example"
BACK = f"{APP}/back"
SECRET = "s" * 43
JWKS_URI = "https://service.example/jwks.json"
DOCTOR = Person("p-doctor", "A Doctor", frozenset({"clinician"}), practitioner="dr-e-ann")
STANDALONE = "launch/patient openid fhirUser offline_access patient/*.rs"
FOR_EHR = "launch openid fhirUser offline_access patient/*.rs"
MAY_ASK = (
    "launch launch/patient launch/encounter openid fhirUser profile online_access offline_access patient/*.rs user/*.rs"
)
ES384 = ECKey.generate_key("P-384", {"kid": "es", "use": "sig", "alg": "ES384"})
RS384 = RSAKey.generate_key(2048, {"kid": "rs", "use": "sig", "alg": "RS384"})
PUBLISHED = ECKey.generate_key("P-384", {"kid": "published", "use": "sig", "alg": "ES384"})


def jwks(*keys: ECKey | RSAKey) -> dict[str, Any]:
    """A JWK Set of public halves."""
    return {"keys": [dict(key.as_dict(private=False)) for key in keys]}


class Directory:
    """What people are now; a test takes somebody's roles away."""

    def __init__(self) -> None:
        self.roles: dict[str, frozenset[str]] = {one.id: one.roles for one in (CLINICIAN, DOCTOR)}

    def roles_of(self, person_id: str) -> frozenset[str] | None:
        """What the person is."""
        return self.roles.get(person_id)


class Published(httpx.BaseTransport):
    """What a client publishes at its jwks_uri; `asked` counts how often."""

    def __init__(self) -> None:
        self.asked = 0
        self.answer: Callable[[], httpx.Response] = lambda: httpx.Response(200, json=jwks(PUBLISHED))
        self.stream: httpx.SyncByteStream | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer of now."""
        assert str(request.url) == JWKS_URI
        self.asked += 1
        told = self.answer()
        headers = [pair for pair in told.headers.items() if pair[0] != "content-length"]
        return httpx.Response(told.status_code, headers=headers, stream=self.stream or httpx.ByteStream(told.content))


def registered() -> tuple[Client, ...]:
    """One client of each kind."""
    app = ("https://app.example/launch", (BACK,), APP)
    third = ClientKind.third_party
    return (
        Client("growth", "Growth charts", *app, MAY_ASK, third),
        Client("clinic", "Clinic", *app, MAY_ASK, third, secret_digest=digest_of_secret(SECRET, "salt")),
        Client("keyed", "Keyed", *app, MAY_ASK, third, jwks=jwks(ES384, RS384)),
        Client("service", "Service", "", (BACK,), None, "system/*.rs", ClientKind.backend, jwks=jwks(ES384, RS384)),
        Client("remote", "Remote", "", (), None, "system/*.rs", ClientKind.backend, jwks_uri=JWKS_URI),
        Client("server", "Server", "", (), None, "introspect", third, secret_digest=digest_of_secret(SECRET, "s2")),
        Client("own", "Own", "http://own.localhost/l", ("http://own.localhost/",), "http://own.localhost", MAY_ASK),
    )


class SmartWorld(World):
    """The hospital of the gateway's own tests, with these clients and a doctor who is a Practitioner."""

    elsewhere: Elsewhere = MappingProxyType({})
    """What is asked of another system; nothing, where all was told by HL7 v2."""

    def open(self) -> Gateway:
        """The gateway, as a start of the process makes it."""
        if not hasattr(self, "published"):
            self.published, self.directory = Published(), Directory()
        self.clients.known |= {one.id: one for one in registered()}
        self.sessions.people[DOCTOR.id] = DOCTOR
        self.engine = engine(self.folder / "gateway.db")
        return Gateway(
            base_url=BASE,
            record=self.record,
            elsewhere=self.elsewhere,
            feeds=lambda: self.feeds,
            clients=self.clients,
            sessions=self.sessions,
            audit=self.audit,
            engine=self.engine,
            clock=self.clock,
            directory=self.directory,
            jwk_sets=JwkSets(self.clock, lambda: self.published),
        )

    def results(self, patient_id: str, category: str) -> set[str]:
        """The ids of what the hospital has of a kind of observation of a patient; there is some."""
        name = f"o-{patient_id}-{category}"
        self.put({**observation(name, patient_id), "category": [{"coding": [{"system": KINDS, "code": category}]}]})
        return {name}

    def ask_for(self, scope: str = STANDALONE, client: str = "growth", **changed: str | None) -> dict[str, str]:
        """Good authorize parameters of an app, some changed, or left out where None."""
        good: dict[str, str | None] = {
            "response_type": "code",
            "client_id": client,
            "redirect_uri": self.clients.known[client].redirect_uris[0],
            "scope": scope,
            "state": "s1",
            "aud": BASE,
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (good | changed).items() if value is not None}

    def sent(
        self,
        wishes: dict[str, str],
        context: PatientContext | EncounterContext | None = None,
        chosen: str | None = None,
    ) -> dict[str, str]:
        """What the app is sent back with, once its user (the doctor) has chosen the patient and consented."""
        answer = self.authorize(wishes, DOCTOR)
        location, consenting = answer.headers["location"], self.gateway.consenting
        if location.startswith("/choose-patient"):
            location = consenting.choose(DOCTOR, handle_in(location), context or PatientContext("ann"))
        if location.startswith("/consent"):
            handle = handle_in(location)
            wanted = consenting.find(DOCTOR, handle).scopes if chosen is None else parse(chosen)
            location = consenting.approve(DOCTOR, handle, wanted)
        return dict(parse_qsl(urlsplit(location).query))

    def exchanged(self, code: str, client: str = "growth", **changed: str | None) -> httpx.Response:
        """What the token endpoint answers to a code, the client proving itself as it must."""
        form: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.clients.known[client].redirect_uris[0],
            "code_verifier": VERIFIER,
        }
        return self.prove(client, {name: value for name, value in (form | changed).items() if value is not None})

    def prove(self, client: str, form: dict[str, str], path: str = "/auth/token") -> httpx.Response:
        """One request of a client at an endpoint of its own, with what it proves itself by."""
        known, headers = self.clients.known[client], {"Origin": APP}
        if known.secret_digest is not None:
            headers["Authorization"] = basic(client, SECRET)
        elif known.is_public:
            form = {"client_id": client, **form}
        else:
            form = {"client_assertion_type": TYPE, "client_assertion": self.assertion(client), **form}
        return self.ask("POST", path, data=form, headers=headers)

    def assertion(
        self, client: str, key: ECKey | RSAKey | None = None, header: dict[str, Any] | None = None, **claims: Any
    ) -> str:
        """A good assertion, with some claims or header fields changed, or left out where None."""
        signing = key or (PUBLISHED if client == "remote" else ES384)
        alg = "RS384" if isinstance(signing, RSAKey) else "ES384"
        said = {"alg": alg, "kid": signing.kid, "typ": "JWT"} | (header or {})
        good = {"iss": client, "sub": client, "aud": TOKEN_URL, "jti": str(uuid4())}
        told = good | {"exp": int(self.clock().timestamp()) + 240} | claims
        said = {name: value for name, value in said.items() if value is not None}
        told = {name: value for name, value in told.items() if value is not None}
        return jwt.encode(said, told, signing, algorithms=[str(said["alg"])], default_type=None)

    def opened(
        self,
        scope: str = STANDALONE,
        client: str = "growth",
        context: PatientContext | EncounterContext | None = None,
        **changed: str | None,
    ) -> dict[str, Any]:
        """The token response of a whole standalone launch."""
        response = self.exchanged(self.sent(self.ask_for(scope, client, **changed), context)["code"], client)
        assert response.status_code == 200, response.text
        told: dict[str, Any] = response.json()
        return told

    def launched_app(self, context: Context, client: str = "growth") -> dict[str, str]:
        """The parameters with which an app is opened by the portal."""
        url = self.gateway.launch(DOCTOR, client, context)
        return dict(parse_qsl(urlsplit(url).query))

    def service(self, scope: str = "system/*.rs", client: str = "service") -> httpx.Response:
        """What the token endpoint answers to a backend service."""
        return self.prove(client, {"grant_type": "client_credentials", "scope": scope})

    def introspected(self, token: str, client: str = "clinic") -> httpx.Response:
        """What the introspection endpoint answers."""
        return self.prove(client, {"token": token}, "/auth/introspect")


def basic(client: str, secret: str) -> str:
    """A Basic header."""
    return "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()


def handle_in(location: str) -> str:
    """The handle of a request that waits."""
    return dict(parse_qsl(urlsplit(location).query))["asking"]


@contextmanager
def smart_world(folder: Path) -> Iterator[SmartWorld]:
    """A world that is given back."""
    world = SmartWorld(folder)
    try:
        yield world
    finally:
        world.close()
