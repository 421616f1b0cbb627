"""Charsets: which codec MSH-18 names, and bytes to text without guessing.

Source: HL7 table 0211 (alternate character sets). An empty MSH-18 means UTF-8 here. ASCII is read as UTF-8, which holds
it: whatever else a sender of "ASCII" slips in is read only when it is whole UTF-8, and is refused otherwise.
"""

from functools import lru_cache

from tabard.hl7v2.errors import Unreadable

UTF_8 = "utf-8"

_CODECS = dict.fromkeys(("", '""', "ASCII", "UNICODE", "UNICODEUTF8", "UTF8", "ISOIR6", "USASCII"), UTF_8) | {
    f"8859/{part}": f"iso8859-{part}" for part in (*range(1, 12), *range(13, 17))
}


@lru_cache(maxsize=64)
def codec_of(declared: str) -> str:
    """The Python codec for MSH-18's first repetition. Unknown names give "ascii": such a message is read only when nothing can differ."""
    name = declared.upper().replace(" ", "").replace("_", "")
    return _CODECS.get(name) or _CODECS.get(name.replace("-", "")) or _latin(name) or "ascii"


def _latin(name: str) -> str | None:
    """ISO-8859-1 and ISO8859-1, as senders write 8859/1."""
    if not name.startswith(("ISO8859-", "ISO-8859-")):
        return None
    return _CODECS.get("8859/" + name.rpartition("-")[2])


def decode(raw: bytes, codec: str) -> str:
    """The text of `raw`. Raises Unreadable, which names the byte and never shows it."""
    try:
        return raw.decode(codec)
    except UnicodeDecodeError as failure:
        place = f"byte {failure.start + 1}"
    # Outside the handler on purpose: UnicodeDecodeError carries the whole message, which must not travel with ours.
    raise Unreadable(
        "A character cannot be read in the character set that MSH-18 declares.",
        where=place,
        expected="ASCII only, since MSH-18 names a character set not known here" if codec == "ascii" else codec.upper(),
        got="a byte that is not part of it",
        remedy="Have the sender declare in MSH-18 what it sends, such as UNICODE UTF-8 or 8859/1.",
    )
