"""An attempt to sign in: what binds the answer of a provider to the browser that asked, and to no other.

All of it is in a cookie that is sealed by us: state, nonce and PKCE verifier are made from its secret. So an address with
somebody else's code finds no attempt in this browser (login CSRF), and nothing is kept for strangers who begin and never
come back. An attempt that came back is spent, whatever came of it. Source: RFC 6749 10.12; RFC 9700 4.7, 4.8.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from tabard.accounts import Seals
from tabard.gateway.sign_in.errors import NotSignedIn
from tabard.gateway.sign_in.once import Once
from tabard.ground.ids import MakeToken, unguessable
from tabard.ground.time import Clock, from_us, to_us

LIFETIME = timedelta(minutes=10)
_OLD = "This page was open for too long, was used before, or was not begun in this browser."


class _Kept(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    secret: str
    begun_us: int
    carried: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt. `cookie` is what the browser keeps, under a name that ends with `name`; `carried` is what is to be known afterwards."""

    state: str
    nonce: str
    verifier: str = field(repr=False)
    begun: datetime
    carried: tuple[str, ...]
    cookie: str = field(repr=False)

    @property
    def name(self) -> str:
        """A part of the state: two windows that sign in side by side do not disturb one another."""
        return name_of(self.state)

    @property
    def challenge(self) -> str:
        """The PKCE challenge, S256."""
        return str(create_s256_code_challenge(self.verifier))  # type: ignore[no-untyped-call]  # Authlib tells no types


def name_of(state: str) -> str:
    """Under which name the cookie of a state is."""
    return "".join(letter for letter in state[:8] if letter.isascii() and (letter.isalnum() or letter in "-_"))


class Attempts:
    """Begins and ends attempts of one kind (`use`)."""

    def __init__(self, use: str, seals: Seals, once: Once, clock: Clock, make_token: MakeToken = unguessable) -> None:
        self._use = use
        self._seals = seals
        self._once = once
        self._clock = clock
        self._make_token = make_token

    def begin(self, *carried: str) -> Attempt:
        """A fresh attempt that carries these texts."""
        return self._made(_Kept(self._make_token(), to_us(self._clock()), carried))

    def end(self, state: str, cookie: str) -> Attempt:
        """The attempt of this browser that `state` belongs to; it is spent. Raises NotSignedIn."""
        attempt = self._read(cookie)
        if attempt is None or not hmac.compare_digest(attempt.state.encode(), state.encode()):
            raise NotSignedIn("state", _OLD)
        until = attempt.begun + LIFETIME
        if not attempt.begun <= self._clock() <= until or not self._once.spend(self._use, attempt.state, until):
            raise NotSignedIn("state", _OLD)
        return attempt

    def _read(self, cookie: str) -> Attempt | None:
        told = self._seals.open(f"{self._use} attempt", cookie)
        if told is None:
            return None
        try:
            return self._made(msgspec.json.decode(urlsafe_b64decode(told), type=_Kept))
        except ValueError:
            return None

    def _made(self, kept: _Kept) -> Attempt:
        def derived(part: str) -> str:
            return self._seals.seal(f"{self._use} {part}", kept.secret)

        value = urlsafe_b64encode(msgspec.json.encode(kept)).decode()
        return Attempt(
            state=derived("state"),
            nonce=derived("nonce"),
            verifier=derived("verifier") + derived("verifier, second half"),
            begun=from_us(kept.begun_us),
            carried=kept.carried,
            cookie=self._seals.close(f"{self._use} attempt", value),
        )
