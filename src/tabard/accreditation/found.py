"""Saying what was found: one verb a verdict, so that a rule reads as its sentence."""

import hashlib

from tabard.accreditation.model import Found, Measured, Verdict


def passed(place: str, got: str, *looked_at: str, measured: Measured = ()) -> Found:
    """All is well here; `looked_at` are the SHA-256 of what was looked at, one at the least."""
    return Found(Verdict.passed, place, got=got, looked_at=looked_at, measured=measured)


def failed(place: str, expected: str, got: str, remedy: str, *looked_at: str, measured: Measured = ()) -> Found:
    """This must be mended by the product's maker."""
    return Found(Verdict.failed, place, expected, got, remedy, looked_at, measured)


def not_applicable(place: str, reason: str, *looked_at: str) -> Found:
    """The rule has nothing to say of this product, for this reason."""
    return Found(Verdict.not_applicable, place, got=reason, looked_at=looked_at)


def not_assessed(
    place: str, expected: str, reason: str, remedy: str, *looked_at: str, measured: Measured = ()
) -> Found:
    """The rule could not judge this, for this reason; a person must."""
    return Found(Verdict.not_assessed, place, expected, reason, remedy, looked_at, measured)


def sha256(raw: bytes) -> str:
    """The digest of something looked at, in hexadecimal."""
    return hashlib.sha256(raw).hexdigest()
