"""What an authorize request asks for, once it is checked: kept while a person thinks about it.

Source: SMART App Launch 2.2, "Obtain authorization code"; RFC 6749 4.1.1; RFC 7636 4.3; OpenID Connect Core 1.0, 3.1.2.1.
"""

from dataclasses import replace
from datetime import datetime

import msgspec

from tabard.fhir.scopes import BadScope, Scopes, parse
from tabard.gateway.errors import OAuthRefused
from tabard.gateway.model import Client
from tabard.gateway.smart.grantable import LAUNCH, LAUNCH_ENCOUNTER, LAUNCH_PATIENT, grantable
from tabard.gateway.smart.requests import Parameters, require
from tabard.gateway.smart.secrets import is_challenge

_LONGEST = 1024
_PROMPTS = frozenset({"none", "consent"})


class Wish(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`scopes` are what could be granted of what was asked; `handle` is the launch that it names."""

    client: str
    redirect_uri: str
    scopes: str
    challenge: str
    state: str | None = None
    nonce: str | None = None
    auth_time: datetime | None = None
    handle: str | None = None

    @property
    def wants_encounter(self) -> bool:
        """Whether one of the patient's visits is to be chosen too."""
        return LAUNCH_ENCOUNTER in parse(self.scopes).words


def wish_of(base: str, client: Client, redirect_uri: str, state: str | None, parameters: Parameters) -> Wish:
    """The wish of a request whose client and redirect URI are known good. Raises OAuthRefused."""
    if require(parameters, "response_type") != "code":
        raise OAuthRefused("unsupported_response_type", "Only response_type=code is supported.")
    if parameters.get("response_mode", "query") != "query":
        raise OAuthRefused("invalid_request", "Only response_mode=query is supported.")
    if not parameters.keys().isdisjoint({"request", "request_uri"}):
        raise OAuthRefused("request_not_supported", "Request objects are not supported: send plain parameters.")
    for name in ("state", "nonce"):
        if len(parameters.get(name, "")) > _LONGEST:
            raise OAuthRefused("invalid_request", f"The {name} is longer than {_LONGEST} characters.")
    require(parameters, "state")
    if require(parameters, "aud").rstrip("/") != base:
        raise OAuthRefused("invalid_request", "The aud is not this FHIR base.")
    handle, scopes = parameters.get("launch"), _granted(client, require(parameters, "scope"))
    return Wish(
        client=client.id,
        redirect_uri=redirect_uri,
        scopes=str(_placed(scopes, is_launched=handle is not None)),
        challenge=_challenge(parameters),
        state=state,
        nonce=parameters.get("nonce"),
        handle=handle,
    )


def prompts(parameters: Parameters) -> frozenset[str]:
    """What the client says about asking the person. Raises OAuthRefused for what is not done here."""
    found = frozenset(parameters.get("prompt", "").split())
    if not found <= _PROMPTS or ("none" in found and len(found) > 1):
        raise OAuthRefused("invalid_request", "Only prompt=none or prompt=consent is supported.")
    return found


def max_age_s(parameters: Parameters) -> int | None:
    """How long ago the person may have signed in, in seconds. Raises OAuthRefused."""
    told = parameters.get("max_age")
    if told is None:
        return None
    if not (told.isascii() and told.isdigit() and len(told) <= 9):  # noqa: PLR2004  thirty years
        raise OAuthRefused("invalid_request", "The max_age is no whole number of seconds.")
    return int(told)


def _granted(client: Client, asked: str) -> Scopes:
    try:
        return parse(asked).narrow(grantable(client))
    except BadScope as error:
        raise OAuthRefused("invalid_scope", error.message) from error


def _placed(scopes: Scopes, *, is_launched: bool) -> Scopes:
    """The scopes, where they go with the way of launching: what is read here is read within a context."""
    if not scopes.resources:
        raise OAuthRefused("invalid_scope", "Ask for at least one scope on information that this client may ask for.")
    if is_launched:
        if LAUNCH not in scopes.words:
            raise OAuthRefused("invalid_scope", "A launch goes with the scope launch.")
        return scopes
    if {LAUNCH_PATIENT, LAUNCH_ENCOUNTER} & {*scopes.words}:
        return replace(scopes, words=tuple(word for word in scopes.words if word != LAUNCH))
    if LAUNCH in scopes.words:
        raise OAuthRefused("invalid_request", "The parameter launch is missing or empty.")
    raise OAuthRefused("invalid_scope", "Without a launch, ask for launch/patient: all is read within a patient.")


def _challenge(parameters: Parameters) -> str:
    if require(parameters, "code_challenge_method") != "S256":
        raise OAuthRefused("invalid_request", "Only code_challenge_method=S256 is supported.")
    challenge = require(parameters, "code_challenge")
    if not is_challenge(challenge):
        raise OAuthRefused("invalid_request", "The code_challenge is not written as one is.")
    return challenge
