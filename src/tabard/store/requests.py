"""Signed requests: an assessor's key in the place of a password, each good once and for a minute.

The signature is over the store's address, the method, the path with its query, the digest of the body, the time and a
number used once, under a payload type of its own: no signed request can be taken for a signed decision, and none that was
made for one store is good at another, should somebody judge at both.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec
from sqlalchemy import Engine, delete, insert
from sqlalchemy.exc import IntegrityError

from tabard.ground.canonical import canonical
from tabard.ground.dsse import Envelope
from tabard.ground.errors import CallerError
from tabard.ground.ids import unguessable
from tabard.ground.keys import PublicKey, SigningKey
from tabard.ground.time import to_us
from tabard.store.errors import Unknown
from tabard.store.tables import REQUESTS

SCHEME = "Tabard-Key"
KIND = "application/vnd.tabard.request+json"
GOOD_FOR = timedelta(seconds=60)
_LONGEST_HEADER = 4096


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came, and the address of the store that it is for: what a signature must be over.

    Where its body is not at hand whole, `sha256` is what its sender says of it: see `body_sha256_told`.
    """

    store: str
    method: str
    path: str
    body: bytes
    sha256: str = ""


def signed(asked: Asked, key: SigningKey, now: datetime) -> str:
    """The value of the `Authorization` header for that request."""
    envelope = Envelope(KIND, canonical({**_facts(asked), "time": to_us(now), "once": unguessable()})).signed_by(key)
    return f"{SCHEME} {b64encode(envelope.to_bytes()).decode()}"


def signer_of(header: str, asked: Asked, keys: Iterable[PublicKey], now: datetime) -> tuple[PublicKey, str]:
    """Whose of `keys` signed that request, and the digest by which it is used up. Raises Unknown, saying why."""
    envelope = _envelope(header)
    told = _told(envelope)
    signers = envelope.signers(keys)
    if len(signers) != 1:
        raise _refused("no key that is enrolled here and in force signed this request")
    if abs(to_us(now) - told.time) > GOOD_FOR // timedelta(microseconds=1):
        raise _refused(
            "the request was signed too long ago, or in time to come",
            expected=f"within {GOOD_FOR.total_seconds():.0f} s of this machine's time",
            remedy="set the clock right and try again",
        )
    facts = _facts(asked)
    if told.store != facts["store"]:
        raise _refused(
            "this was signed for another address", expected=asked.store, remedy="name the store as it names itself"
        )
    if (told.method, told.path, told.body_sha256) != (facts["method"], facts["path"], facts["body_sha256"]):
        raise _refused("what was signed is not what was sent")
    return next(iter(signers)), sha256(envelope.payload).hexdigest()


def body_sha256_told(header: str) -> str:
    """The SHA-256 that a signed request tells of its body, before any of that came: whoever reads it holds it against this.

    Believe it only of a header that `signer_of` has taken. Raises Unknown.
    """
    return _told(_envelope(header)).body_sha256


class Once:
    """Remembers requests for as long as they would be good, also across a restart: a second one is refused."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def use(self, digest: str, now: datetime) -> None:
        """Use that request up. Raises Unknown when it was used before."""
        old = to_us(now - 4 * GOOD_FOR)
        try:
            with self._engine.begin() as connection:
                connection.execute(delete(REQUESTS).where(REQUESTS.c.at_us < old))
                connection.execute(insert(REQUESTS).values(digest=digest, at_us=to_us(now)))
        except IntegrityError as fault:
            raise _refused("this request came before: each is good once", remedy="sign a new one") from fault


class _Told(msgspec.Struct, forbid_unknown_fields=True):
    store: str
    method: str
    path: str
    body_sha256: str
    time: int
    once: str


def _facts(asked: Asked) -> dict[str, str]:
    body = asked.sha256 or sha256(asked.body).hexdigest()
    return {"store": asked.store.lower(), "method": asked.method, "path": asked.path, "body_sha256": body}


def _envelope(header: str) -> Envelope:
    scheme, _, value = header.partition(" ")
    if scheme != SCHEME or len(header) > _LONGEST_HEADER:
        raise _refused("this wants a signed request", expected=f"Authorization: {SCHEME} BASE64")
    try:
        envelope = Envelope.from_bytes(b64decode(value, validate=True))
    except (ValueError, CallerError) as fault:
        raise _refused("the signed request cannot be read", expected="a DSSE envelope in base64") from fault
    if envelope.payload_type != KIND:
        raise _refused("this signature was made for another use", expected=KIND)
    return envelope


def _told(envelope: Envelope) -> _Told:
    try:
        return msgspec.json.decode(envelope.payload, type=_Told)
    except msgspec.DecodeError as fault:
        raise _refused("the signed request cannot be read", expected=KIND) from fault


def _refused(message: str, *, expected: str | None = None, remedy: str | None = None) -> Unknown:
    return Unknown(message, where="Authorization", expected=expected, remedy=remedy)
