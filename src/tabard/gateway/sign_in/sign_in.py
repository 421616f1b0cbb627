"""Signing in: the browser is sent to the provider, and what it brings back is a person of this hospital, or nobody.

Every end is audited before it is answered. Source: OpenID Connect Core 1.0, 3.1; RFC 9700 (security practice).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tabard.accounts import Account, Voucher
from tabard.audit import AuditEvent, AuditLog, Outcome
from tabard.gateway.sign_in.attempts import Attempt, Attempts
from tabard.gateway.sign_in.claims import is_of_here, is_strong, name_of, numbers_of, roles_of
from tabard.gateway.sign_in.errors import NotSignedIn, ProviderAway
from tabard.gateway.sign_in.id_token import Expected, check_id_token
from tabard.gateway.sign_in.model import SignInSettings
from tabard.gateway.sign_in.practitioners import Staff
from tabard.gateway.sign_in.provider import Provider
from tabard.gateway.smart.requests import once_each, with_parameters
from tabard.ground.ids import KeyedIds
from tabard.ground.time import Clock

HOW = "provider"
_CLINICIAN = "clinician"
_ASK = "If your work needs it, ask whoever runs Tabard at this hospital."
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody to begin a session for, and where they wanted to go."""

    account: Account
    voucher: Voucher
    wanted: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """Blocking: call it from a thread. `back` is the address that the provider sends browsers back to."""

    settings: SignInSettings
    back: str
    provider: Provider
    attempts: Attempts
    staff: Staff
    ids: KeyedIds
    audit: AuditLog
    clock: Clock

    def begin(self, wanted: str) -> tuple[str, Attempt]:
        """Where to send the browser, and the attempt whose cookie it must keep. Raises ProviderAway."""
        try:
            place = self.provider.place()
        except ProviderAway as fault:
            self._write(Outcome.failed, fault.reason)
            raise
        attempt = self.attempts.begin(wanted)
        asked = [
            ("response_type", "code"),
            ("client_id", self.settings.client_id),
            ("redirect_uri", self.back),
            ("scope", self.settings.scopes),
            ("state", attempt.state),
            ("nonce", attempt.nonce),
            ("code_challenge", attempt.challenge),
            ("code_challenge_method", "S256"),
        ]
        if self.settings.acr:
            asked.append(("acr_values", " ".join(self.settings.acr)))
        return with_parameters(place.authorize, tuple(asked)), attempt

    def complete(self, pairs: Pairs, cookie: str) -> SignedIn:
        """Who came back. Raises NotSignedIn, ProviderAway, AuditUnavailable."""
        try:
            signed_in = self._complete(pairs, cookie)
        except (NotSignedIn, ProviderAway) as fault:
            is_refused, person = isinstance(fault, NotSignedIn), getattr(fault, "person", None)
            self._write(Outcome.refused if is_refused else Outcome.failed, fault.reason, person)
            raise
        self._write(Outcome.granted, person=signed_in.account.id)
        return signed_in

    def signed_out(self, hint: str, address: str) -> str | None:
        """Where the browser ends the provider's session too, and then comes back to `address`; None where it offers no such place.

        Source: OpenID Connect RP-Initiated Logout 1.0, 2.
        """
        try:
            place = self.provider.place()
        except ProviderAway:
            return None
        told = {"client_id": self.settings.client_id, "post_logout_redirect_uri": address}
        if hint:
            told["id_token_hint"] = hint
        join = "&" if "?" in place.end_session else "?"
        return f"{place.end_session}{join}{urlencode(told)}" if place.end_session else None

    def _complete(self, pairs: Pairs, cookie: str) -> SignedIn:
        parameters, repeated = once_each(pairs)
        if repeated:
            raise NotSignedIn("repeated", "What the provider sent back is not as it should be.", status=400)
        attempt = self.attempts.end(parameters.get("state", ""), cookie)  # whose it is comes before what it says
        place = self.provider.place()
        if parameters.get("iss", None if place.tells_iss else place.issuer) != place.issuer:  # RFC 9207, 2.4
            raise NotSignedIn("iss", "This answer is not the provider's that was asked.")
        if "error" in parameters:
            raise _told_no(parameters["error"])
        if "code" not in parameters:
            raise NotSignedIn("no_code", "What the provider sent back is not as it should be.", status=400)
        given = self.provider.exchange(parameters["code"], attempt.verifier, self.back)
        expected = Expected(place.issuer, self.settings.client_id, attempt.nonce, self.settings.algorithms)
        told = check_id_token(given.get("id_token"), expected, self.provider.key, self.clock())
        claims = {**self._more(given, str(told["sub"])), **told}
        try:
            account = self._account(claims)
        except NotSignedIn as fault:
            fault.person = self._outsider(claims)
            raise
        return SignedIn(account, Voucher(HOW, str(given["id_token"])), attempt.carried[0])

    def _more(self, given: Mapping[str, Any], sub: str) -> Mapping[str, Any]:
        token = given.get("access_token")
        if not self.settings.userinfo:
            return {}
        if not isinstance(token, str) or not token:
            raise NotSignedIn("no_access_token", "The provider gave nothing to ask further with.")
        return self.provider.userinfo(token, sub)

    def _account(self, claims: Mapping[str, Any]) -> Account:
        """The person of the claims, with the roles that they have here. Raises NotSignedIn."""
        settings = self.settings
        if not is_strong(claims, settings):
            raise NotSignedIn(
                "mfa",
                "You signed in with less than this hospital asks for, such as a password alone.",
                remedy="Sign in again, with your card, key or phone beside the password.",
            )
        if not is_of_here(claims, settings):
            raise NotSignedIn("organisation", "The provider does not know you as one of this hospital.", remedy=_ASK)
        roles = roles_of(claims, settings)
        if not roles:
            raise NotSignedIn("no_role", "None of the roles that the provider knows you by is one here.", remedy=_ASK)
        practitioner = self.staff.one(numbers_of(claims, settings))
        if practitioner is None and settings.needs_practitioner and _CLINICIAN in roles:
            raise NotSignedIn(
                "unknown_person",
                "The provider knows you, and the hospital's record does not: nobody in it has your number.",
                remedy=_ASK,
            )
        id_ = practitioner or self._outsider(claims)
        name = name_of(claims, settings) or (self.staff.name(id_) if practitioner else "") or "Somebody without a name"
        return Account(id_, id_, name, roles, practitioner)

    def _outsider(self, claims: Mapping[str, Any]) -> str:
        """An id for somebody whom the record does not know: the same each time, and nobody goes back from it to who it is."""
        return self.ids.make("person", self.settings.issuer, str(claims["sub"]))

    def _write(self, outcome: Outcome, reason: str | None = None, person: str | None = None) -> None:
        event = AuditEvent(self.clock(), "sign-in", outcome, person=person, reason=reason, purpose=HOW)
        self.audit.write(event).result()


def _told_no(error: str) -> NotSignedIn:
    """The provider's own no. Source: RFC 6749, 4.1.2.1; OpenID Connect Core 1.0, 3.1.2.6; its word is not repeated as it came."""
    if error == "access_denied":
        return NotSignedIn("access_denied", "The provider did not let you in, or you turned back.")
    if error == "unmet_authentication_requirements":
        return NotSignedIn("mfa", "The provider could not ask you for what this hospital requires.")
    return NotSignedIn("provider_error", "The provider did not sign you in.")
