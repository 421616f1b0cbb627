"""Digests: what tells the same message sent again from another under the same control id.

Only a control id that comes again asks for one, and few do. So a digest need not be made when a message comes: in its place
stands DEFERRED, as long as the content is kept, which it is made of. When retention takes the content, the digest stays.
"""

from hashlib import sha256

DEFERRED = b"\0"
"""Stands for the digest of a message whose content is in its row."""

_BEFORE_TIME = 6
"""How many fields stand before MSH-7, "MSH" itself among them."""


def digest_of(raw: bytes, time_at: int | None = None) -> bytes:
    """SHA-256 of a message without MSH-7, which changes when the same message is sent again.

    `time_at` is where MSH-7 begins, if the caller knows.
    """
    mark = raw[3:4] or b"|"
    if time_at is None:
        parts = raw.split(mark, _BEFORE_TIME + 1)
        if len(parts) <= _BEFORE_TIME + 1 or -1 < raw.find(b"\r") < len(raw) - len(parts[-1]):
            return sha256(raw).digest()  # MSH ends before MSH-7
        time_at = sum(map(len, parts[:_BEFORE_TIME])) + _BEFORE_TIME
    return sha256(raw[: time_at - 1] + raw[raw.find(mark, time_at) :]).digest()


def kept_digest(digest: bytes, raw: bytes | None) -> bytes:
    """The digest of a message as its row holds it."""
    return digest_of(raw) if digest == DEFERRED and raw is not None else digest
