"""Signed heads: how far each chain had come, said each minute with the hospital's own key. Pure.

A chain alone cannot tell that its end was cut off, or that a whole file is gone: whoever can rewrite the folder can rewrite
the chain. A head that was signed, and above all one that had left the host, can. Heads form a chain themselves. One line:
`{"signed":{"n":7,"at":"...","before":"<SHA-256 of line 6>","key":"<key id>","chains":[["<file>",<lines>,"<SHA-256>"],...]},"signature":"..."}`;
the signature is Ed25519 over the bytes of `signed` as they stand there. `chains` are those that grew since the line before.
"""

from dataclasses import dataclass
from hashlib import sha256

import msgspec

from tabard.audit.chain import NO_LINE, Head
from tabard.ground.keys import PublicKey, SigningKey


class Chained(msgspec.Struct, frozen=True, array_like=True):
    """How far one chain had come: its file, how many lines, and the hash of the last."""

    file: str
    lines: int
    digest: str

    @property
    def head(self) -> Head:
        """The same, as a chain has it."""
        return Head(self.lines, self.digest)


class Signed(msgspec.Struct, frozen=True):
    """What one line of heads says; `at` is an instant."""

    n: int
    at: str
    before: str
    key: str
    chains: tuple[Chained, ...]


class _Line(msgspec.Struct, frozen=True):
    signed: msgspec.Raw
    signature: str


_encode = msgspec.json.Encoder().encode
_line = msgspec.json.Decoder(_Line)
_signed = msgspec.json.Decoder(Signed)


@dataclass(frozen=True, slots=True)
class HeadLine:
    """One line as read back: what it says, whether the key signed it, and its own hash."""

    signed: Signed
    is_signed: bool
    digest: str


def sign(signed: Signed, key: SigningKey) -> bytes:
    """The line, without its newline."""
    told = _encode(signed)
    return b'{"signed":%s,"signature":"%s"}' % (told, key.sign(told).hex().encode())


def read_line(line: bytes, key: PublicKey | None) -> HeadLine | None:
    """What a line (without newline) says; None where it cannot be read. Without a key nothing counts as signed."""
    try:
        whole = _line.decode(line)
        said, signature = _signed.decode(whole.signed), bytes.fromhex(whole.signature)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError):
        return None
    is_signed = key is not None and said.key == key.keyid and key.is_signed(bytes(whole.signed), signature)
    return HeadLine(said, is_signed, digest_of(line))


def digest_of(line: bytes) -> str:
    """The hash of a line, which the next one names."""
    return sha256(line).hexdigest()


def following(last: HeadLine | None, at: str, chains: tuple[Chained, ...], key: SigningKey) -> bytes:
    """The line that comes after `last`, signed."""
    n, before = (0, NO_LINE) if last is None else (last.signed.n + 1, last.digest)
    return sign(Signed(n, at, before, key.public.keyid, chains), key)
