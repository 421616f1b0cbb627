"""The authorize endpoint: a signed-in person, and a launch handle or a patient whom they choose, become a code.

There is no consent page for an installed product: a hospital approves it, not the clinician in front of the patient. An app
that the hospital registered by itself, or one for patients, asks whoever uses it.
Source: SMART App Launch 2.2, "Obtain authorization code"; RFC 6749 4.1.1, 4.1.2.1; OpenID Connect Core 1.0, 3.1.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

import msgspec

from tabard.gateway.errors import OAuthRefused
from tabard.gateway.model import CLINICIAN, Client, ClientKind, Context, Person
from tabard.gateway.ports import ClientRegistry, Sessions, SignedIn
from tabard.gateway.smart.approving import Approving
from tabard.gateway.smart.askings import Askings, Waiting
from tabard.gateway.smart.launches import ANYBODY, Launches
from tabard.gateway.smart.requests import Parameters, once_each
from tabard.gateway.smart.wishes import Wish, max_age_s, prompts, wish_of
from tabard.ground.time import Clock

Pairs = tuple[tuple[str, str], ...]
SIGN_IN, CHOOSE_PATIENT, CONSENT = "/sign-in", "/choose-patient", "/consent"
"""The portal's pages to which a browser is sent on the way; the last two with `?asking=`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An authorize request whose client and redirect URI are known good: from here on errors go back to the client."""

    client: Client
    redirect_uri: str
    state: str | None
    parameters: Parameters
    repeated: frozenset[str]
    pairs: Pairs = ()


@dataclass(frozen=True, slots=True)
class Coded:
    """The client has its code: where the browser goes, and what was approved."""

    location: str
    person: Person
    context: Context


@dataclass(frozen=True, slots=True)
class Sent:
    """The browser goes to a page of ours first; `why` is a word for the audit."""

    location: str
    why: str
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class Authorize:
    """Checks an authorize request, and gives a code or sends the person to a page. `path` is the endpoint's own."""

    base: str
    path: str
    clients: ClientRegistry
    sessions: Sessions
    launches: Launches
    askings: Askings
    approving: Approving
    clock: Clock

    def identify(self, pairs: Pairs) -> Asked:
        """Who asks, and where the answer goes. Raises OAuthRefused, which must be shown here and never redirected."""
        parameters, repeated = once_each(pairs)
        client = self.clients.client(parameters.get("client_id", ""))
        if client is None or client.kind is ClientKind.backend or "client_id" in repeated:
            raise OAuthRefused("invalid_client", "No product of this client_id is installed and live here.")
        redirect_uri = parameters.get("redirect_uri", "")
        if redirect_uri not in client.redirect_uris or "redirect_uri" in repeated:
            raise OAuthRefused("invalid_request", "The redirect_uri is not one that this product registered.")
        state = None if "state" in repeated else parameters.get("state")
        return Asked(client, redirect_uri, state, parameters, repeated, pairs)

    def begin(self, asked: Asked, headers: Mapping[str, str]) -> Coded | Sent:
        """A code, or the page that comes first. Raises OAuthRefused, to be sent back to the client."""
        if asked.repeated:
            raise OAuthRefused("invalid_request", "A parameter came more than once.")
        wish = wish_of(self.base, asked.client, asked.redirect_uri, asked.state, asked.parameters)
        prompt, max_age = prompts(asked.parameters), max_age_s(asked.parameters)
        person = self.sessions.person_of(headers)
        if person is None:
            return self._to_sign_in(asked, wish, is_silent="none" in prompt)
        wish = msgspec.structs.replace(wish, auth_time=self._auth_time(headers, max_age))
        context = self._launched(asked.client, wish, person)
        if CLINICIAN not in person.roles:
            raise OAuthRefused("access_denied", "This person's roles do not let them see patients.")
        if context is not None and not (asks_consent(asked.client) or "consent" in prompt):
            return Coded(self.approving.whole(person, wish, context), person, context)
        if "none" in prompt:
            error = "consent_required" if context is not None else "interaction_required"
            raise OAuthRefused(error, "The person has to be asked, and prompt=none forbids that.")
        page = CHOOSE_PATIENT if context is None else CONSENT
        handle = self.askings.keep(person.id, Waiting(wish, context))
        return Sent(asking_at(page, handle), page.strip("/"), person)

    def _to_sign_in(self, asked: Asked, wish: Wish, *, is_silent: bool) -> Sent:
        """To the sign-in page and back again; a product that the portal launched was launched by somebody signed in."""
        if is_silent:
            raise OAuthRefused("login_required", "Nobody is signed in, and prompt=none forbids to ask.")
        if wish.handle is not None and not asks_consent(asked.client):
            self.launches.take(wish.handle)
            raise OAuthRefused("access_denied", "Nobody is signed in at the portal: sign in and launch again.")
        back = f"{self.path}?{urlencode(asked.pairs)}"
        return Sent(f"{SIGN_IN}?next={quote(back, safe='')}", "sign_in")

    def _launched(self, client: Client, wish: Wish, person: Person) -> Context | None:
        """The context of the launch that is named; None where none is, so that one is to be chosen."""
        if wish.handle is None:
            return None
        launch = self.launches.take(wish.handle)
        whose = {person.id, ANYBODY} if asks_consent(client) else {person.id}
        if launch is None or launch.client != client.id or launch.person not in whose:
            raise OAuthRefused(
                "access_denied", "This launch is used, too old or not yours: launch again from the portal."
            )
        return launch.context

    def _auth_time(self, headers: Mapping[str, str], max_age: int | None) -> datetime | None:
        since = self.sessions.signed_in_at(headers) if isinstance(self.sessions, SignedIn) else None
        if max_age is not None and (since is None or since + timedelta(seconds=max_age) < self.clock()):
            raise OAuthRefused("login_required", "The person signed in longer ago than max_age: sign in anew first.")
        return since


def asks_consent(client: Client) -> bool:
    """Whether whoever uses the client is asked: never for an approved product for staff."""
    return client.kind is not ClientKind.product or client.is_patient_facing


def asking_at(page: str, handle: str) -> str:
    """The address of a page about a request that waits."""
    return f"{page}?{urlencode({'asking': handle})}"
