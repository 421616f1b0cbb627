"""Secrets we give out: hashed before they are kept, compared in constant time. Pure."""

import hmac
from hashlib import sha256

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oauth2.rfc7636.challenge import CODE_CHALLENGE_PATTERN, CODE_VERIFIER_PATTERN


def digest(secret: str) -> bytes:
    """What is kept of a secret of 256 random bits: SHA-256 (a slow hash defends guessable secrets, which these are not)."""
    return sha256(secret.encode()).digest()


def is_challenge(text: str) -> bool:
    """Whether `text` is written as a code challenge is. Source: RFC 7636, 4.2."""
    return CODE_CHALLENGE_PATTERN.fullmatch(text) is not None


def is_verifier(text: str) -> bool:
    """Whether `text` is written as a code verifier is. Source: RFC 7636, 4.1."""
    return CODE_VERIFIER_PATTERN.fullmatch(text) is not None


def answers(verifier: str, challenge: str) -> bool:
    """Whether an S256 `challenge` was made from `verifier`, in a time that tells nothing. Source: RFC 7636, 4.6."""
    return hmac.compare_digest(create_s256_code_challenge(verifier), challenge)  # type: ignore[no-untyped-call]  # Authlib tells no types
