"""Certificates of one test session: an authority, a hospital at localhost, an app at 127.0.0.1; and what a browser knows a key by."""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from edge.out.certificates import Authority


@dataclass(frozen=True, slots=True)
class Certified:
    """`authority` is the PEM file that clients trust; the pairs are a certificate and its key."""

    authority: Path
    hospital: tuple[Path, Path]
    app: tuple[Path, Path]

    @property
    def pins(self) -> str:
        """The keys of both by which Chromium is told to trust them, them alone, as its switch wants it."""
        return ",".join(_pin(pair[0]) for pair in (self.hospital, self.app))


def certified(folder: Path) -> Certified:
    """A fresh authority, and what it vouches for."""
    authority = Authority(folder, "authority")
    return Certified(authority.path, authority.vouch("hospital", "localhost"), authority.vouch("app", "127.0.0.1"))


def _pin(certificate: Path) -> str:
    key = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    told = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(told).digest()).decode()
