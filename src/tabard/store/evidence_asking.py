"""Asking a store about evidence from elsewhere: a maker's side of it, each request signed by a key of theirs."""

from collections.abc import Callable, Iterator, Mapping
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

import msgspec

from tabard.ground.errors import CallerError, PeerError
from tabard.store.asking import StoreAt, Told
from tabard.store.evidence_desk import LARGEST_EVIDENCE_BYTES
from tabard.store.requests import Asked, signed

KIND = "application/vnd.tabard.evidence"
_LARGEST_LEDGER = 64 * 1024 * 1024
_CHUNK = 256 * 1024


class EvidenceAt(StoreAt):
    """The store, asked by whoever has that key: a maker of its own evidence, an assessor of anybody's."""

    def ledger(self) -> Told:
        """All of the maker's own evidence, with how each item stands, and the lines of the ledger."""
        raw = self._ask("GET", "/api/evidence", b"", _LARGEST_LEDGER)
        try:
            told: Told = msgspec.json.decode(raw, type=dict[str, Any])
        except msgspec.DecodeError as fault:
            raise PeerError("this is not a store's answer", where=self._url, got=str(fault)) from fault
        return told

    def hand_in(
        self, path: Path, offer: Mapping[str, Any], tell: Callable[[int, int], None] = lambda _sent, _of: None
    ) -> Told:
        """Hand in the file as that offer describes it; `tell` hears how many bytes of how many are sent. The item as it is kept.

        Raises CallerError for a file that cannot be read or is too large, and with the store's reasons.
        """
        digest = digest_of(path)
        line = msgspec.json.encode({**offer, "sha256": digest}) + b"\n"
        whole, size = sha256(line), len(line) + path.stat().st_size
        for chunk in _chunks(path):
            whole.update(chunk)
        asked = Asked(self._url, "POST", "/api/evidence", b"", whole.hexdigest())
        headers = {
            "Authorization": signed(asked, self._key, self._clock()),
            "Content-Type": KIND,
            "Content-Length": str(size),
        }
        raw = self._send("POST", "/api/evidence", _sent(line, path, size, tell), headers, _LARGEST_LEDGER)
        told: Told = msgspec.json.decode(raw, type=dict[str, Any])
        if told.get("sha256") != digest:
            raise PeerError("the store answered for other bytes than were sent", expected=digest)
        return told

    def withdraw_evidence(self, id_: str, reason: str) -> Told:
        """Let an item of the maker's stand no longer."""
        return self._json("POST", "/api/evidence/withdrawals", msgspec.json.encode({"evidence": id_, "reason": reason}))

    def evidence_bytes(self, digest: str) -> bytes:
        """The bytes of an item. Raises NotFound; PeerError where they are other than were asked for."""
        if not digest.isalnum() or not digest.isascii():
            raise CallerError("this is no SHA-256", got=digest[:64])
        raw = self._ask("GET", f"/api/evidence/{digest}", b"", LARGEST_EVIDENCE_BYTES)
        if sha256(raw).hexdigest() != digest:
            raise PeerError("the store handed out other bytes than it was asked for", expected=digest)
        return raw


def digest_of(path: Path) -> str:
    """The SHA-256 of a file that may be handed in. Raises CallerError."""
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            if not 0 < size <= LARGEST_EVIDENCE_BYTES:
                raise CallerError(
                    "this cannot be handed in as one item",
                    where=str(path),
                    expected=f"1 to {LARGEST_EVIDENCE_BYTES} bytes",
                    got=f"{size} bytes",
                )
            return file_digest(file, "sha256").hexdigest()
    except OSError as fault:
        raise CallerError(
            "the file cannot be read", where=str(path), got=fault.strerror, remedy="check its path"
        ) from fault


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _sent(line: bytes, path: Path, size: int, tell: Callable[[int, int], None]) -> Iterator[bytes]:
    sent = len(line)
    yield line
    for chunk in _chunks(path):
        sent += len(chunk)
        yield chunk
        tell(sent, size)
