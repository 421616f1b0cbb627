"""The authorize endpoint: a launch handle and a signed-in person become a code.

There is no consent page: a hospital approves an installed product, not the clinician in front of the patient.
Source: SMART App Launch 2.2, "Obtain authorization code"; RFC 6749 4.1.1, 4.1.2.1; RFC 7636 4.3, 4.4.1.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tabard.fhir.scopes import BadScope, Scopes, parse
from tabard.gateway.errors import OAuthRefused
from tabard.gateway.model import CLINICIAN, Client, Person
from tabard.gateway.ports import ClientRegistry, Sessions
from tabard.gateway.smart.codes import Approval, Codes
from tabard.gateway.smart.grantable import grantable
from tabard.gateway.smart.launches import Launch, Launches
from tabard.gateway.smart.requests import Parameters, once_each, require
from tabard.gateway.smart.secrets import is_challenge


@dataclass(frozen=True, slots=True)
class Asked:
    """An authorize request whose client and redirect URI are known good: from here on errors go back to the product."""

    client: Client
    redirect_uri: str
    state: str | None
    parameters: Parameters
    repeated: frozenset[str]


@dataclass(frozen=True, slots=True)
class Authorize:
    """Checks an authorize request and gives a code."""

    base: str
    clients: ClientRegistry
    sessions: Sessions
    launches: Launches
    codes: Codes

    def identify(self, pairs: tuple[tuple[str, str], ...]) -> Asked:
        """Who asks, and where the answer goes. Raises OAuthRefused, which must be shown here and never redirected."""
        parameters, repeated = once_each(pairs)
        client = self.clients.client(parameters.get("client_id", ""))
        if client is None or "client_id" in repeated:
            raise OAuthRefused("invalid_client", "No product of this client_id is installed and live here.")
        redirect_uri = parameters.get("redirect_uri", "")
        if redirect_uri not in client.redirect_uris or "redirect_uri" in repeated:
            raise OAuthRefused("invalid_request", "The redirect_uri is not one that this product registered.")
        state = None if "state" in repeated else parameters.get("state")
        return Asked(client, redirect_uri, state, parameters, repeated)

    def approve(self, asked: Asked, headers: Mapping[str, str]) -> tuple[str, Launch]:
        """A code, and the launch it came of. Raises OAuthRefused, to be sent back to the product."""
        scopes, challenge = self._check(asked)
        person, launch = self._launched(asked, headers)
        approval = Approval(asked.client.id, person, launch.context, str(scopes), asked.redirect_uri, challenge)
        return self.codes.give(approval), launch

    def _check(self, asked: Asked) -> tuple[Scopes, str]:
        if asked.repeated:
            raise OAuthRefused("invalid_request", "A parameter came more than once.")
        if require(asked.parameters, "response_type") != "code":
            raise OAuthRefused("unsupported_response_type", "Only response_type=code is supported.")
        require(asked.parameters, "state")
        if require(asked.parameters, "aud").rstrip("/") != self.base:
            raise OAuthRefused("invalid_request", "The aud is not this FHIR base.")
        return _granted(asked), _challenge(asked.parameters)

    def _launched(self, asked: Asked, headers: Mapping[str, str]) -> tuple[Person, Launch]:
        handle = require(asked.parameters, "launch")
        person = self.sessions.person_of(headers)
        launch = self.launches.take(handle)
        if person is None:
            raise OAuthRefused("access_denied", "Nobody is signed in at the portal: sign in and launch again.")
        if launch is None or launch.client != asked.client.id or launch.person != person.id:
            raise OAuthRefused(
                "access_denied", "This launch is used, too old or not yours: launch again from the portal."
            )
        if CLINICIAN not in person.roles:
            raise OAuthRefused("access_denied", "This person's roles do not let them see patients.")
        return person, launch


def _granted(asked: Asked) -> Scopes:
    try:
        requested = parse(require(asked.parameters, "scope"))
    except BadScope as error:
        raise OAuthRefused("invalid_scope", error.message) from error
    granted = requested.narrow(grantable(asked.client.scopes))
    if "launch" not in granted.words or not granted.resources:
        raise OAuthRefused(
            "invalid_scope", "Ask for launch and at least one scope that the product was accredited for."
        )
    return granted


def _challenge(parameters: Parameters) -> str:
    if require(parameters, "code_challenge_method") != "S256":
        raise OAuthRefused("invalid_request", "Only code_challenge_method=S256 is supported.")
    challenge = require(parameters, "code_challenge")
    if not is_challenge(challenge):
        raise OAuthRefused("invalid_request", "The code_challenge is not written as one is.")
    return challenge
