"""Signed envelopes: bytes, what kind they are, and who signed them.

Source: DSSE 1.0 (Dead Simple Signing Envelope), protocol and envelope.
"""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from tabard.ground.canonical import canonical
from tabard.ground.errors import CallerError
from tabard.ground.keys import PublicKey, SigningKey

IN_TOTO = "application/vnd.in-toto+json"
"""The payload type of an in-toto statement. Source: in-toto attestation framework 1.0, envelope."""

_MOST_SIGNATURES = 32
_LARGEST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload, its type, and signatures by the id of the key that claims to have made each."""

    payload_type: str
    payload: bytes
    signatures: tuple[tuple[str, bytes], ...] = ()

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Envelope":
        """The envelope of a JSON text. Raises CallerError when it is none, too large, or signed twice under one id."""
        try:
            if len(raw) > _LARGEST_BYTES:
                raise ValueError("too large")  # noqa: TRY301  told as one
            told = msgspec.json.decode(raw, type=_Told)
            pairs = tuple((one.keyid, _base64(one.sig)) for one in told.signatures)
            payload = _base64(told.payload)
        except (msgspec.DecodeError, ValueError, RecursionError) as fault:
            raise CallerError("this is no signed envelope", expected="DSSE 1.0 as JSON", got=str(fault)) from fault
        if len({keyid for keyid, _ in pairs}) != len(pairs) or len(pairs) > _MOST_SIGNATURES:
            raise CallerError("the envelope is signed twice under one key", got=f"{len(pairs)} signatures")
        return cls(told.payloadType, payload, pairs)

    def to_bytes(self) -> bytes:
        """The envelope as JSON, always the same text."""
        return canonical(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """The envelope as a JSON object."""
        signatures = [{"keyid": keyid, "sig": b64encode(sig).decode()} for keyid, sig in self.signatures]
        payload = b64encode(self.payload).decode()
        return {"payload": payload, "payloadType": self.payload_type, "signatures": signatures}

    @property
    def to_sign(self) -> bytes:
        """The bytes that a signature is over: the pre-authentication encoding."""
        kind = self.payload_type.encode()
        return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(self.payload), self.payload)

    def signed_by(self, key: SigningKey) -> "Envelope":
        """The envelope with this key's signature too, in place of an earlier one of the same key."""
        return self.with_signature(key.public.keyid, key.sign(self.to_sign))

    def with_signature(self, keyid: str, signature: bytes) -> "Envelope":
        """The envelope with a signature that was made elsewhere; nothing is judged here."""
        others = tuple(pair for pair in self.signatures if pair[0] != keyid)
        return Envelope(self.payload_type, self.payload, (*others, (keyid, signature)))

    def signers(self, keys: Iterable[PublicKey]) -> frozenset[PublicKey]:
        """Which of `keys` have signed; a key counts once, whatever it is called."""
        known = {key.keyid: key for key in keys}
        found = ((known.get(keyid), signature) for keyid, signature in self.signatures)
        return frozenset(key for key, signature in found if key is not None and key.is_signed(self.to_sign, signature))


class _Signature(msgspec.Struct):
    keyid: str
    sig: str


class _Told(msgspec.Struct):
    payload: str
    payloadType: str  # noqa: N815  the standard's name
    signatures: list[_Signature]


def _base64(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except binascii.Error as fault:
        raise ValueError("not base64") from fault
