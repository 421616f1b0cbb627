"""The key by which products know the hospital is where each proof says."""

import asyncio
import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from tabard.gateway.cds.proofs import Proofs, audience
from tabard.gateway.cds.publishing import JWKS, JwksApp

ORIGIN = "http://localhost:8000"


@pytest.fixture(name="proofs")
def _proofs() -> Proofs:
    key = ECKey.generate_key("P-384")
    return Proofs(ORIGIN, ORIGIN + JWKS, key, lambda: datetime(2026, 3, 1, tzinfo=UTC), lambda: "once")


def asked(proofs: Proofs, method: str, path: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(JwksApp(proofs))
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            return await client.request(method, path)

    return asyncio.run(ask())


def test_a_proof_is_verified_by_the_key_at_its_jku(proofs: Proofs) -> None:
    """A product that gets the set from the address in the header can verify the token with it."""
    token = proofs.made("early-warning", "/cds-services/news2")
    header: dict[str, Any] = json.loads(_padded(token.split(".")[0]))
    keys = asked(proofs, "GET", header["jku"].removeprefix(ORIGIN)).json()
    found = jwt.decode(token, KeySet.import_key_set(keys), algorithms=["ES384"])
    assert found.claims["aud"] == audience("early-warning", "/cds-services/news2")


def test_what_is_published_is_the_public_half(proofs: Proofs) -> None:
    """The private number never leaves."""
    (key,) = asked(proofs, "GET", JWKS).json()["keys"]
    assert "d" not in key
    assert key["use"] == "sig"


@pytest.mark.parametrize(("method", "path"), [("POST", JWKS), ("GET", "/.well-known/other"), ("GET", JWKS + "/")])
def test_nothing_else_is_there(proofs: Proofs, method: str, path: str) -> None:
    """Nor is anything told of another address."""
    answer = asked(proofs, method, path)
    assert (answer.status_code, answer.content) == (404, b"")


def _padded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))
