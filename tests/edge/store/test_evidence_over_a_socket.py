"""Evidence over a real socket: a large document comes whole, its sender hears how far it is, and one too large is cut off."""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from edge.store.people import Place
from tabard.ground.errors import CallerError, NotFound
from tabard.store import LARGEST_EVIDENCE_BYTES, Asked, signed
from tabard.store.evidence_asking import KIND, EvidenceAt

OFFER: dict[str, Any] = {
    "kind": "document",
    "title": "A scan",
    "made": "2026-01-05",
    "serves": ["dcb0129-4.2/2.2.1"],
    "product": None,
    "says": {},
}


def test_a_large_document_comes_whole(centre: Place, tmp_path: Path) -> None:
    """Byte for byte, and back to its maker and to an assessor."""
    document, told = tmp_path / "scan.pdf", []
    document.write_bytes(b"%PDF-1.7\n" + os.urandom(8 * 1024 * 1024))
    with EvidenceAt(centre.url, centre.publisher) as store:
        item = store.hand_in(document, OFFER, lambda sent, of: told.append((sent, of)))
        assert store.hand_in(document, OFFER)["is_new"] is False
        assert store.evidence_bytes(item["sha256"]) == document.read_bytes()
        assert [one["sha256"] for one in store.ledger()["items"]] == [item["sha256"]]
        with pytest.raises(NotFound):
            store.evidence_bytes("a" * 64)
    assert told[-1][0] == told[-1][1]
    assert len(told) > 20
    with EvidenceAt(centre.url, centre.people["Ada Safe"]) as assessor:
        assert sha256(assessor.evidence_bytes(item["sha256"])).hexdigest() == item["sha256"]
        with pytest.raises(CallerError, match="by its maker"):
            assessor.hand_in(document, OFFER)


def test_what_is_too_large_is_cut_off(centre: Place) -> None:
    """Said to be, or only found to be: 413, and the store goes on."""
    line = msgspec.json.encode({**OFFER, "sha256": "a" * 64}) + b"\n"

    def body() -> Iterator[bytes]:
        yield line
        for _ in range(LARGEST_EVIDENCE_BYTES // 65536 + 32):
            yield b"0" * 65536

    def headers() -> dict[str, str]:
        asked = Asked(centre.url, "POST", "/api/evidence", b"whatever")
        return {"Authorization": signed(asked, centre.publisher, datetime.now(UTC)), "Content-Type": KIND}

    with suppress(httpx.TransportError):  # the answer may come while we still send, and the connection be closed
        assert (
            httpx.post(f"{centre.url}/api/evidence", content=body(), headers=headers(), timeout=60).status_code == 413
        )
    connection = HTTPConnection(centre.url.removeprefix("http://"), timeout=60)
    connection.putrequest("POST", "/api/evidence")
    for name, value in {**headers(), "Content-Length": str(2 * LARGEST_EVIDENCE_BYTES)}.items():
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()
    with EvidenceAt(centre.url, centre.publisher) as store:
        assert all(one["size_bytes"] < LARGEST_EVIDENCE_BYTES for one in store.ledger()["items"])
