"""Text as PostgreSQL can hold it: it knows no NUL, and its indexes take no long values.

The shielded form keeps equality, order by code point, and what a text begins with. U+0000 becomes U+0001 U+0001, and
U+0001 becomes U+0001 U+0002. A text that is longer than an index row may be keeps its beginning and is told from others
by its digest: found by equality and by a beginning within what is kept, no longer by what stands farther on.
"""

from hashlib import sha256

MAX_BYTES = 800
"""The longest text kept whole, as UTF-8: three of them fit into one row of an index (2704 bytes)."""

_LONG = "\1\3"


def shield(text: str) -> str:
    """`text` as it is kept. Raises UnicodeEncodeError for a lone surrogate, which is no text."""
    if "\0" in text or "\1" in text:
        text = text.replace("\1", "\1\2").replace("\0", "\1\1")
    if len(text) * 4 > MAX_BYTES and len(told := text.encode()) > MAX_BYTES:
        return f"{told[: MAX_BYTES - 80].decode(errors='ignore')}{_LONG}{sha256(told).hexdigest()}"
    return text


def unshield(text: str) -> str:
    """The text that was kept; of one that was too long, the kept form."""
    if "\1" not in text:
        return text
    return text.replace("\1\1", "\0").replace("\1\2", "\1")
