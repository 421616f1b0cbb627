"""Keys that sign: Ed25519 and ECDSA P-256, each known by an id that is derived from the key itself.

An id that somebody else gave a key would let one key count as two; so no id is ever taken from outside, and a key is
known by one text alone, in whatever encoding it was handed over.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
from securesystemslib.signer import CryptoSigner, Signature, Signer, SSlibKey

from tabard.ground.errors import CallerError
from tabard.ground.private_files import write_private

_LARGEST_FILE_BYTES = 16 * 1024
_LONGEST_KEPT = 1000
_ED25519_PRIME = 2**255 - 19
_SMALL_ORDER = frozenset(
    int.from_bytes(bytes.fromhex(one), "little")
    for one in (
        "00" * 32,
        "01" + "00" * 31,
        "ec" + "ff" * 30 + "7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    )
)
"""The y of every point of small order, by which anything at all counts as signed. Source: RFC 8032, 5.1; RFC 7748, 6.1 and 7."""
_REMEDY = "name a PEM file of an Ed25519 or ECDSA P-256 key; `tabard product sign --new-key FILE` makes one"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key; `keyid` is the SHA-256 of the key itself, in hexadecimal, and `pem` its one PEM text."""

    keyid: str
    pem: str

    @classmethod
    def from_pem(cls, pem: str) -> "PublicKey":
        """The key of a PEM text (SubjectPublicKeyInfo). Raises CallerError when it is none, or of another kind."""
        return cls(*(_read_before(pem) if len(pem) <= _LONGEST_KEPT else _read(pem)))

    @property
    def tuf(self) -> SSlibKey:
        """The key as TUF metadata names it; its id there is `keyid` too."""
        return SSlibKey.from_crypto(load_pem_public_key(self.pem.encode()))

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        """Whether this key signed the message."""
        try:
            _verifier(self.pem).verify_signature(Signature(self.keyid, signature.hex()), message)
        except (UnverifiedSignatureError, VerificationError):
            return False
        return True


def _read(pem: str) -> tuple[str, str]:
    """The id and the one PEM text of the key in a PEM text. Raises CallerError."""
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise CallerError("this is no public key", expected="PEM", remedy=_REMEDY) from fault
    is_p256 = isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)
    if isinstance(key, Ed25519PublicKey):
        _refuse_weak(key)
    elif not is_p256:
        raise CallerError("this kind of key is not accepted", expected="Ed25519 or ECDSA P-256", remedy=_REMEDY)
    whole = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return SSlibKey.from_crypto(key).keyid, whole


_read_before = lru_cache(maxsize=512)(_read)
"""The same for a text that may have been read before: one decision names the same few keys a dozen times."""


@lru_cache(maxsize=512)
def _verifier(pem: str) -> SSlibKey:
    """What verifies by a key of ours; it is handed to nobody, as it can be changed."""
    return SSlibKey.from_crypto(load_pem_public_key(pem.encode()))


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key that can sign: held in memory, or on a token that never gives it away; it never shows itself in a text."""

    public: PublicKey
    signer: Signer

    def __repr__(self) -> str:
        return f"SigningKey({self.public.keyid})"

    def sign(self, message: bytes) -> bytes:
        """The signature of this message."""
        return bytes.fromhex(self.signer.sign(message).signature)


def new_signing_key() -> SigningKey:
    """A fresh Ed25519 key."""
    return _signing(Ed25519PrivateKey.generate())


def write_signing_key(path: Path, key: SigningKey, passphrase: str | None = None) -> None:
    """Write the private key to `path` (PKCS#8 PEM, mode 0600), encrypted where a passphrase is given.

    Raises CallerError when there is a file already: a key is never overwritten.
    """
    if path.exists():
        raise CallerError("here is a file already", where=str(path), remedy="name another file for the new key")
    if not isinstance(key.signer, CryptoSigner):
        raise CallerError("a key on a token does not leave it", where=str(path), remedy="name it by its PKCS#11 URI")
    encryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    private = cast("Ed25519PrivateKey", key.signer._private_key)  # noqa: SLF001  the only way to write it encrypted
    write_private(path, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))


def read_signing_key(path: Path, passphrase: str | None = None) -> SigningKey:
    """The private key in `path`. Raises CallerError when it cannot be read, is of another kind, or wants its passphrase."""
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST_FILE_BYTES)
        private = load_pem_private_key(raw, passphrase.encode() if passphrase else None)
        return _signing(private)
    except OSError as fault:
        raise CallerError(
            "the key cannot be read", where=str(path), got=fault.strerror or "", remedy=_REMEDY
        ) from fault
    except TypeError as fault:
        raise CallerError("the key wants its passphrase, or has none", where=str(path)) from fault
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise CallerError("this is no private key, or not its passphrase", where=str(path), remedy=_REMEDY) from fault


def _signing(private: object) -> SigningKey:
    signer = CryptoSigner(private)  # type: ignore[arg-type]  # judged by the public half just below
    pem = signer.public_key.keyval["public"]
    if signer.public_key.keytype == "ed25519":
        public = cast("Ed25519PrivateKey", private).public_key()
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return SigningKey(PublicKey.from_pem(pem), signer)


def _refuse_weak(key: Ed25519PublicKey) -> None:
    """Raises CallerError for a point that is written in a second way, or by which everything would count as signed."""
    y = int.from_bytes(key.public_bytes(Encoding.Raw, PublicFormat.Raw), "little") & (2**255 - 1)
    if y >= _ED25519_PRIME or y in _SMALL_ORDER:
        raise CallerError("this is no key that anybody may rely on", expected="a key as a tool made it", remedy=_REMEDY)
