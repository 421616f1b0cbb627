"""A person at the portal and the product they launch, over plain HTTP, as a browser would do it.

Product pages live at `<product>.localhost`, which Python does not resolve: such addresses are asked at `localhost`
with their own Host. Source: SMART App Launch 2.2, EHR launch; RFC 7636.
"""

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from tabard.fhir import Resource, decode
from tabard.ground.errors import InternalError
from tabard.ground.ids import unguessable

_TOKEN = re.compile(r'name="token" value="([^"]+)"')
_SCOPE = "launch online_access user/Encounter.rs user/Patient.rs user/Practitioner.rs user/Location.rs"
_TIMEOUT_S = 10.0


class Visitor:
    """A browser's memory of cookies, and the portal's forms filled in. Answers are never redirected by themselves."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._http = httpx.Client(timeout=_TIMEOUT_S, trust_env=False)
        self._cookies: dict[str, str] = {}

    def get(self, address: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """GET a path of the portal, or a whole address; cookies go to the portal's own host alone."""
        return self._ask("GET", address, headers or {}, None)

    def post(self, path: str, page: str, fields: Mapping[str, str]) -> httpx.Response:
        """Fill in and send the form that stands on `page`."""
        found = _TOKEN.search(self.get(page).text)
        if found is None:
            raise InternalError("there is no form on the page", where=page, remedy="is somebody signed in?")
        return self._ask("POST", path, {"Origin": self.base}, {"token": found[1], **fields})

    def sign_in(self, username: str, password: str) -> None:
        """Sign in. Raises InternalError when the portal does not let them."""
        answer = self.post("/sign-in", "/sign-in", {"next": "/", "username": username, "password": password})
        if answer.status_code != httpx.codes.SEE_OTHER:
            raise InternalError("signing in failed", expected="303", got=str(answer.status_code))

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def _ask(
        self, method: str, address: str, headers: Mapping[str, str], form: Mapping[str, str] | None
    ) -> httpx.Response:
        url = urlsplit(address if "://" in address else self.base + address)
        own = url.netloc == urlsplit(self.base).netloc
        cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())} if own else {}
        target = url._replace(netloc=urlsplit(self.base).netloc).geturl()
        answer = self._http.request(method, target, headers={**headers, **cookies, "Host": url.netloc}, data=form)
        for told in answer.headers.get_list("set-cookie") if own else ():
            for name, morsel in SimpleCookie(told).items():
                self._cookies[name] = morsel.value
        return answer


class Board:
    """A launched ward board: its token, its ward, and its own queries."""

    def __init__(self, fhir: str, token: Mapping[str, Any]) -> None:
        self._http = httpx.Client(
            base_url=fhir,
            headers={"Authorization": f"Bearer {token['access_token']}", "Accept": "application/fhir+json"},
            timeout=_TIMEOUT_S,
            trust_env=False,
        )
        self.scope = str(token["scope"])
        self.ward = str(token["fhirContext"][0]["reference"]).removeprefix("Location/")

    def get(self, path: str) -> httpx.Response:
        """One question to the gateway."""
        return self._http.get(path)

    def feed(self) -> str:
        """The Tabard-Feed header of an answer."""
        return str(self.get(f"/Location?_id={self.ward}").headers.get("Tabard-Feed", ""))

    def beds(self) -> dict[str, str]:
        """Who lies where on the ward now: the bed's name by each of the patient's identifiers."""
        found = self._search()
        by = {f"{one['resourceType']}/{one['id']}": one for one in found}
        return {
            identifier["value"]: bed
            for visit in found
            if visit["resourceType"] == "Encounter" and (bed := _bed(visit, by)) is not None
            for identifier in by.get(visit["subject"]["reference"], {}).get("identifier", ())
        }

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def _search(self) -> list[Resource]:
        """All pages of the board's own query."""
        asked = [("location", f"Location/{self.ward}"), ("status", "in-progress"), ("_count", "100")]
        included = [("_include", f"Encounter:{name}") for name in ("patient", "practitioner", "location")]
        address: str | None = f"/Encounter?{urlencode(asked + included)}"
        found: list[Resource] = []
        while address:
            answer = self._http.get(address)
            if answer.status_code != httpx.codes.OK:
                raise InternalError("the gateway did not answer the board", expected="200", got=str(answer.status_code))
            bundle = decode(answer.content)
            found += [entry["resource"] for entry in bundle.get("entry", []) if entry["search"]["mode"] != "outcome"]
            address = next((link["url"] for link in bundle.get("link", []) if link["relation"] == "next"), None)
        return found


def launch(visitor: Visitor, product: str, ward: str) -> Board:
    """Open a product on a ward from the portal: EHR launch, authorization code with PKCE, tokens."""
    opened = visitor.post(f"/products/{product}/launch", "/products", {"context": "ward", "id": ward})
    asked = _query(_redirected(opened, "the launch"))
    page = visitor.get(opened.headers["location"])
    if page.status_code != httpx.codes.OK:
        raise InternalError("the product's launch page did not come", expected="200", got=str(page.status_code))
    issuer = asked["iss"]
    ends = visitor.get(f"{issuer}/.well-known/smart-configuration").json()
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(opened.headers["location"]))
    verifier = unguessable()
    known = {"client_id": product, "redirect_uri": f"{origin}/index.html"}
    question = {**known, "aud": issuer, "launch": asked["launch"], "code_challenge": _challenge(verifier)}
    code = _authorize(visitor, ends["authorization_endpoint"], question)
    return Board(issuer, _exchange(ends["token_endpoint"], {**known, "code": code, "code_verifier": verifier}))


def _authorize(visitor: Visitor, endpoint: str, question: Mapping[str, str]) -> str:
    """The code that the gateway gives whoever is signed in. Raises InternalError when it gives none."""
    state = unguessable()
    asked = {"response_type": "code", "scope": _SCOPE, "state": state, "code_challenge_method": "S256", **question}
    back = _query(_redirected(visitor.get(f"{endpoint}?{urlencode(asked)}"), "authorization"))
    if back.get("state") != state or "code" not in back:
        raise InternalError(
            "the gateway did not authorise the product", got=back.get("error_description", "another state")
        )
    return back["code"]


def _exchange(endpoint: str, proof: Mapping[str, str]) -> Mapping[str, Any]:
    """What the gateway gives for a code. Raises InternalError when it gives no token."""
    asked = {"grant_type": "authorization_code", **proof}
    told = httpx.post(endpoint, data=asked, timeout=_TIMEOUT_S, trust_env=False)
    if told.status_code != httpx.codes.OK:
        raise InternalError("the gateway gave no token", expected="200", got=str(told.status_code))
    answer: dict[str, Any] = told.json()
    return answer


def _bed(visit: Resource, by: Mapping[str, Resource]) -> str | None:
    """The bed in which the patient of a visit lies now; None where what was asked for does not tell."""
    places = (by.get(at["location"]["reference"], {}) for at in visit["location"] if at["status"] == "active")
    return next((str(place["name"]) for place in places if "partOf" in place), None)


def _redirected(answer: httpx.Response, what: str) -> str:
    if not answer.has_redirect_location:
        raise InternalError(f"{what} did not lead on", expected="a redirect", got=str(answer.status_code))
    return str(answer.headers["location"])


def _query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
