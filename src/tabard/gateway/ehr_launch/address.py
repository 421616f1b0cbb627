"""A signed context address: what is in it, what is signed, and whether it is good now. Pure.

The seal is HMAC-SHA-256 (RFC 2104) over a text of seven lines: a version, where the address leads, and five values, none of
which can hold a line break. So no value can be taken for a part of another, and an address made for another hospital, link
or product is worth nothing here.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from tabard.gateway.ehr_launch.errors import NotOpened

VERSION = "tabard-context-1"
NAMES = ("user", "patient", "visit", "time", "nonce", "seal")
SMALLEST_SECRET_BYTES = 32
_VALUE = re.compile(r"[!-~]{1,64}")
_TIME = re.compile(r"[0-9]{9,11}")
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
_SEAL = re.compile(r"[A-Za-z0-9_-]{43}")
_NOT_GOOD = "The address that opened this page is not one of the record system's, or was changed on the way."
_OLD = "The address that opened this page is too old, or the clocks of the two systems differ."


@dataclass(frozen=True, slots=True)
class Signed:
    """What an address says; `visit` may be empty. `place` is where it leads: scheme, host and path, with the product in it."""

    place: str
    user: str
    patient: str
    visit: str
    time: str
    nonce: str

    @property
    def moment(self) -> datetime:
        """When it was made, to the second."""
        return datetime.fromtimestamp(int(self.time), UTC)


def canonical(signed: Signed) -> bytes:
    """The text that is sealed."""
    values = (signed.user, signed.patient, signed.visit, signed.time, signed.nonce)
    return "\n".join((VERSION, signed.place, *values, "")).encode()


def seal(secret: bytes, signed: Signed) -> str:
    """The seal: base64url without padding."""
    return urlsafe_b64encode(hmac.digest(secret, canonical(signed), sha256)).decode().rstrip("=")


def read_address(place: str, parameters: Mapping[str, str], *, is_odd: bool) -> tuple[Signed, str]:
    """What an address says, and its seal; nothing of it is believed yet. Raises NotOpened."""
    told = {name: parameters.get(name, "") for name in NAMES}
    forms = {"user": _VALUE, "patient": _VALUE, "time": _TIME, "nonce": _NONCE, "seal": _SEAL}
    is_well = all(form.fullmatch(told[name]) for name, form in forms.items())
    is_visit = not told["visit"] or bool(_VALUE.fullmatch(told["visit"]))
    if is_odd or set(parameters) - set(NAMES) or not (is_well and is_visit):
        raise NotOpened("address", _NOT_GOOD, status=400)
    return Signed(place, *(told[name] for name in NAMES[:-1])), told["seal"]


def must_be_sealed(signed: Signed, given: str, secrets: Iterable[bytes]) -> None:
    """Raises NotOpened unless one of the secrets made the seal. All are tried, each in a time that tells nothing."""
    if not any([hmac.compare_digest(seal(secret, signed).encode(), given.encode()) for secret in secrets]):  # noqa: C419  a generator would stop at the first
        raise NotOpened("seal", _NOT_GOOD)


def must_be_now(signed: Signed, now: datetime, lifetime: timedelta, skew: timedelta) -> datetime:
    """Until when the address is good. Raises NotOpened where that is over, or where it is of a time to come."""
    until = signed.moment + lifetime + skew
    if now > until:
        raise NotOpened("expired", _OLD)
    if signed.moment > now + skew:
        raise NotOpened("not_yet", _OLD)
    return until
