"""The gateway as a SMART client of the record system: its launch, taken at `/launch/<link>`.

What comes with the browser is believed in no point: `iss` must be the base that the link is configured with, all else is
asked there. The access token is not kept: what is wanted to know of patient and staff, the link asks with its own rights.
Source: SMART App Launch 2.2, "App Launch: EHR Launch", "Scopes: fhirUser"; RFC 9700 (mix-up, CSRF).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tabard.gateway.ehr_launch.arrivals import Arrivals
from tabard.gateway.ehr_launch.errors import NotOpened
from tabard.gateway.ehr_launch.model import MERGED, Opening
from tabard.gateway.ehr_launch.ports import Charts
from tabard.gateway.sign_in import Attempt, Attempts, Expected, Provider, check_id_token
from tabard.gateway.sign_in.model import ALGORITHMS
from tabard.gateway.smart.requests import once_each, with_parameters
from tabard.link import LaunchSettings

Pairs = tuple[tuple[str, str], ...]
_LONGEST = 2048
_FHIR_ID = 64
_ODD = "What the record system sent is not a launch as it should be."


@dataclass(frozen=True, slots=True)
class SmartDoor:
    """One link's. `base` is the record system's FHIR base; `back` where it sends browsers back to. Blocking."""

    base: str
    back: str
    settings: LaunchSettings
    provider: Provider
    attempts: Attempts
    charts: Charts
    arrivals: Arrivals

    def begin(self, pairs: Pairs, product: str) -> tuple[str, Attempt]:
        """Where to send the browser, and the attempt whose cookie it must keep. Raises NotOpened, AuditUnavailable."""
        return self.arrivals.judged(product, lambda: self._begin(pairs, product))

    def complete(self, pairs: Pairs, cookie: str) -> Opening:
        """Whom it is about, and who comes. Raises NotOpened, AuditUnavailable."""
        parameters, repeated = once_each(pairs)
        attempt = self.arrivals.judged("", lambda: self.attempts.end(parameters.get("state", ""), cookie))
        (product,) = attempt.carried
        return self.arrivals.opened(product, lambda: self._complete(parameters, attempt, is_odd=bool(repeated)))

    def _begin(self, pairs: Pairs, product: str) -> tuple[str, Attempt]:
        parameters, repeated = once_each(pairs)
        launch = parameters.get("launch", "")
        if repeated or not launch or len(launch) > _LONGEST:
            raise NotOpened("launch", _ODD, status=400)
        if parameters.get("iss") != self.base:
            raise NotOpened(
                "iss", "This launch is of another record system than the one that this hospital is linked to."
            )
        place = self.provider.place()
        attempt = self.attempts.begin(product)
        asked = (
            ("response_type", "code"),
            ("client_id", self.settings.client_of(product)),
            ("redirect_uri", self.back),
            ("launch", launch),
            ("scope", self.settings.scopes),
            ("state", attempt.state),
            ("aud", self.base),
            ("nonce", attempt.nonce),
            ("code_challenge", attempt.challenge),
            ("code_challenge_method", "S256"),
        )
        return with_parameters(place.authorize, asked), attempt

    def _complete(self, parameters: Mapping[str, str], attempt: Attempt, *, is_odd: bool) -> Opening:
        if is_odd:
            raise NotOpened("repeated", _ODD, status=400)
        place = self.provider.place()
        if parameters.get("iss", None if place.tells_iss else place.issuer) != place.issuer:
            raise NotOpened("iss", "This answer is not the record system's that was asked.")
        if "error" in parameters:
            raise NotOpened("denied", "The record system did not let this launch go on.")
        if "code" not in parameters:
            raise NotOpened("no_code", _ODD, status=400)
        (product,) = attempt.carried
        client_id = self.settings.client_of(product)
        given = self.provider.exchange(parameters["code"], attempt.verifier, self.back, client_id)
        expected = Expected(place.issuer, client_id, attempt.nonce, ALGORITHMS)
        claims = check_id_token(given.get("id_token"), expected, self.provider.key, self.arrivals.clock())
        user = self._user(claims.get("fhirUser"))
        patient, encounter = _id(given, "patient"), _id(given, "encounter", must=False)
        named = self.settings.people.get(user)
        account = self.arrivals.person(() if named else self.charts.staff_numbers(user), named)
        with self.arrivals.by(account):
            whom = self.charts.whom(str(patient), encounter)
            self.arrivals.must_be_current(whom.patient)
        words = (MERGED,) if whom.is_merged else ()
        return Opening(account, self.arrivals.voucher(), whom.patient, whom.encounter, product, words)

    def _user(self, told: object) -> str:
        """The id of the Practitioner of a fhirUser: of this server, and of no other type."""
        reference = told.removeprefix(f"{self.base}/") if isinstance(told, str) else ""
        kind, _, id_ = reference.partition("/")
        if kind != "Practitioner" or not _is_id(id_) or urlsplit(reference).scheme:
            raise NotOpened("fhir_user", "The record system did not say which member of staff its user is.")
        return id_


def _id(given: Mapping[str, Any], name: str, *, must: bool = True) -> str | None:
    told = given.get(name)
    if told is None and not must:
        return None
    if not isinstance(told, str) or not _is_id(told):
        raise NotOpened(f"no_{name}", f"The record system did not say which {name} is open.")
    return told


def _is_id(text: str) -> bool:
    return 0 < len(text) <= _FHIR_ID and text.isascii() and all(one.isalnum() or one in "-." for one in text)
