"""Attachments: a document inside a message (ED), or a pointer to one (RP), within the dialect's bound.

Nothing that is pointed to is fetched. What is larger than the bound is told by its size alone: the journal keeps the message.
Source: HL7 v2.4, 2.9.16 "ED", 2.9.38 "RP"; FHIR R4, Attachment.
"""

import binascii
import re
from base64 import b64encode
from collections.abc import Callable

from tabard.dialect.extensions import absent, source_text
from tabard.dialect.parts import Parts, repetitions_of
from tabard.dialect.reading import Reading
from tabard.fhir.json import Resource
from tabard.hl7v2 import Segment

ATTACHED = frozenset({"ED", "RP"})
"""The value types (OBX-2) that are documents."""

_TYPE, _VALUE = 2, 5
_DATA, _POINTER = 5, 1
_SLACK = 1000
"""Characters that an ED may have beside its data."""
_MAIN_TYPES = frozenset({"application", "audio", "image", "message", "model", "multipart", "text", "video"})
_TYPES = _MAIN_TYPES | {"", *("ap", "au", "ft", "im", "ns", "sd", "si", "tx")} | {"pdf", "rtf", "html"}
"""What senders write before the subtype, in small letters. Source: HL7 table 0191."""
_SUBTYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,100}", re.ASCII)
_URL = re.compile(r"(?:https?|ftp|file|urn):[^\s\x00-\x1f]+")


def attachments(reading: Reading, obx: Segment, title: str) -> list[Resource]:
    """The documents of an OBX whose type is one of ATTACHED; `title` is what it calls them."""
    read = _embedded if obx.field(_TYPE).text.strip() == "ED" else _pointed
    named = {"title": title} if title else {}
    return [read(reading, parts) | named for parts in repetitions_of(obx.field(_VALUE))]


def text_attachment(reading: Reading, text: str) -> Resource:
    """Plain text as a document."""
    return {"contentType": "text/plain; charset=utf-8", **_data(reading, text.encode())}


def _embedded(reading: Reading, parts: Parts) -> Resource:
    """ED: source, type, subtype, encoding, data."""
    kind = _content_type(reading, parts.part(2), parts.part(3))
    if sum(map(len, parts)) > 2 * reading.dialect.documents.largest_bytes + _SLACK:  # too long in any encoding
        return kind | _too_large(reading)
    decode = _ENCODINGS.get(parts.part(4).casefold())
    raw = decode(parts.part(_DATA)) if decode and not any(parts[_DATA:]) else None
    if raw is not None:
        return kind | _data(reading, raw) | _source(parts.part(1))
    reading.flag("bad-document", "OBX-5", "an encoding (A, Hex or Base64) and data in it")
    return kind | {"_data": source_text("^".join(parts))}


def _pointed(reading: Reading, parts: Parts) -> Resource:
    """RP: pointer, application, type, subtype."""
    kind = _content_type(reading, parts.part(3), parts.part(4))
    pointer = parts.part(_POINTER)
    if _URL.fullmatch(pointer) and not any(parts[4:]):
        return kind | {"url": pointer} | _source(parts.part(2))
    reading.flag("bad-document", "OBX-5", "a pointer that is a URL")
    return kind | {"_url": source_text("^".join(parts))}


def _source(application: str) -> Resource:
    """The application that the document is of, which FHIR has no place for."""
    return source_text(application) if application else {}


def _content_type(reading: Reading, main: str, sub: str) -> Resource:
    """The MIME type: as the dialect's table has it, or put together where the sender writes its two halves."""
    known = reading.dialect.documents.content_types
    main, sub = main.casefold(), sub.casefold()
    told = known.get(sub) or (f"{main}/{sub}" if main in _MAIN_TYPES and _SUBTYPE.fullmatch(sub) else None)
    if told is None and not sub:
        told = known.get(main)
    if told is not None and main in _TYPES:
        return {"contentType": told}
    reading.flag("unknown-code", "OBX-5", "a type of document that the dialect knows")
    words = "/".join(word for word in (main, sub) if word)
    return {"_contentType": source_text(words)} if words else {}


def _data(reading: Reading, raw: bytes) -> Resource:
    if len(raw) > reading.dialect.documents.largest_bytes:
        return _too_large(reading) | {"size": len(raw)}
    return {"data": b64encode(raw).decode(), "size": len(raw)}


def _too_large(reading: Reading) -> Resource:
    reading.flag("too-large", "OBX-5", f"a document of at most {reading.dialect.documents.largest_bytes} bytes")
    return {"_data": absent("masked")}


def _from_base64(text: str) -> bytes | None:
    try:
        return binascii.a2b_base64("".join(text.split()), strict_mode=True)
    except ValueError:  # binascii.Error is one; so is a letter outside ASCII
        return None


def _from_hex(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return None


_ENCODINGS: dict[str, Callable[[str], bytes | None]] = {"base64": _from_base64, "hex": _from_hex, "a": str.encode}
"""ED-4 in small letters. Source: HL7 table 0299."""
