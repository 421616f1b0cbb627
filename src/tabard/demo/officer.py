"""The pretend clinical safety officer of the products that come with Tabard: a key that everybody knows, of nobody who exists.

It signs the papers of products that are there to be tried and tested. No hospital has reason to believe it: GMC 9999101 is no
number that the register gives.
"""

from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from securesystemslib.signer import CryptoSigner

from tabard.ground.keys import PublicKey, SigningKey


def unsafe_key() -> SigningKey:
    """The key, always the same. Unsafe, for it is no secret."""
    private = Ed25519PrivateKey.from_private_bytes(sha256(b"the pretend clinical safety officer of Tabard").digest())
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return SigningKey(PublicKey.from_pem(pem), CryptoSigner(private))
