"""Opening a product from the portal as its own page would: the whole SMART launch, its own scopes, its own questions.

Source: SMART App Launch 2.2, EHR launch; RFC 7636.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from tabard.demo.visitor import Visitor
from tabard.fhir import Resource, decode
from tabard.ground.errors import InternalError
from tabard.ground.ids import unguessable
from tabard.product import Manifest

_TIMEOUT_S = 10.0


class App:
    """A launched product: its token, and its own questions to the gateway."""

    def __init__(self, fhir: str, token: Mapping[str, Any]) -> None:
        self.token = token
        self._http = httpx.Client(
            base_url=fhir,
            headers={"Authorization": f"Bearer {token['access_token']}", "Accept": "application/fhir+json"},
            timeout=_TIMEOUT_S,
            trust_env=False,
        )

    def get(self, path: str) -> httpx.Response:
        """One question to the gateway."""
        return self._http.get(path)

    def search(self, path: str) -> tuple[Resource, ...]:
        """All pages of a search. Raises InternalError when one does not come."""
        address: str | None = path
        found: list[Resource] = []
        while address:
            answer = self._http.get(address)
            if answer.status_code != httpx.codes.OK:
                raise InternalError(
                    "the gateway did not answer the product", expected="200", got=str(answer.status_code)
                )
            bundle = decode(answer.content)
            found += [entry["resource"] for entry in bundle.get("entry", []) if entry["search"]["mode"] != "outcome"]
            address = next((link["url"] for link in bundle.get("link", []) if link["relation"] == "next"), None)
        return tuple(found)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()


def launch(visitor: Visitor, product: Manifest, page: str, kind: str, id_: str) -> App:
    """Open a product on a patient, visit or ward (`kind`) by its form on `page`: launch, code with PKCE, tokens.

    Raises InternalError where any of it is refused.
    """
    part = product.parts[0]
    opened = visitor.post(f"/products/{product.id}/launch", page, {"context": kind, "id": id_})
    asked = _query(_redirected(opened, "the launch"))
    shown = visitor.get(opened.headers["location"])
    if shown.status_code != httpx.codes.OK:
        raise InternalError("the product's launch page did not come", expected="200", got=str(shown.status_code))
    issuer = asked["iss"]
    ends = visitor.get(f"{issuer}/.well-known/smart-configuration").json()
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(opened.headers["location"]))
    verifier = unguessable()
    known = {"client_id": product.id, "redirect_uri": f"{origin}/{part.start}"}
    question = {**known, "aud": issuer, "launch": asked["launch"], "code_challenge": _challenge(verifier)}
    code = _authorize(visitor, ends["authorization_endpoint"], part.scopes, question)
    return App(issuer, _exchange(ends["token_endpoint"], {**known, "code": code, "code_verifier": verifier}))


def _authorize(visitor: Visitor, endpoint: str, scopes: Sequence[str], question: Mapping[str, str]) -> str:
    """The code that the gateway gives whoever is signed in. Raises InternalError when it gives none."""
    state = unguessable()
    fixed = {"response_type": "code", "scope": " ".join(scopes), "state": state, "code_challenge_method": "S256"}
    back = _query(_redirected(visitor.get(f"{endpoint}?{urlencode({**fixed, **question})}"), "authorization"))
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


def _redirected(answer: httpx.Response, what: str) -> str:
    if not answer.has_redirect_location:
        raise InternalError(f"{what} did not lead on", expected="a redirect", got=str(answer.status_code))
    return str(answer.headers["location"])


def _query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
