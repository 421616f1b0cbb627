"""Header: what MSH says, read without touching the rest of the message.

Intake acknowledges on this alone, so it is the cheap route: one look for the end of the line, one split.
Source: HL7 v2.5.1, 2.15.9 "MSH - message header segment".
"""

import msgspec

from tabard.hl7v2.charset import codec_of, decode
from tabard.hl7v2.delimiters import Delimiters, read_delimiters
from tabard.hl7v2.errors import Unreadable
from tabard.hl7v2.escapes import NULL

_FIELDS = 18
"""MSH-18 is the last one of interest."""

_NOTHING = frozenset({"", NULL})


class Header(msgspec.Struct, frozen=True, gc=False):
    """What MSH says, each as it was sent: a whole field with its components and escapes, so that it can be sent back unchanged."""

    sending_application: str
    sending_facility: str
    receiving_application: str
    receiving_facility: str
    time: str
    code: str
    trigger: str
    structure: str
    control_id: str
    processing_id: str
    version: str
    character_set: str
    delimiters: Delimiters
    accept_condition: str = ""
    """MSH-15: when the sender wants to know that the message is safe. See `tabard.hl7v2.owed`."""
    application_condition: str = ""
    """MSH-16: when the sender wants the application's word."""
    assumed_charset: str = ""
    """What stands for an empty MSH-18; known of the sender, not told by it."""

    @property
    def event(self) -> str:
        """The message code and trigger, as in `ADT^A01`; the code alone when no trigger was sent."""
        return f"{self.code}^{self.trigger}" if self.trigger else self.code

    @property
    def codec(self) -> str:
        """The Python codec that MSH-18 asks for; only its first repetition counts for a whole message."""
        return codec_of(self.character_set.split(self.delimiters.repetition, 1)[0], self.assumed_charset)


def read_header(frame: bytes, *, default_charset: str = "") -> Header:
    """What MSH of the message in `frame` says.

    `frame` begins with MSH and ends anywhere after it. `default_charset`, named as MSH-18 would name it, counts where
    MSH-18 is empty; without it that is UTF-8. Raises Unreadable when MSH does not come first, declares unusable
    delimiters, cannot be decoded, or lacks the message type (MSH-9) or control id (MSH-10) without which nothing can be
    filed or answered.
    """
    delimiters = read_delimiters(frame)
    fields = _text(_line(frame), delimiters, default_charset).split(delimiters.field, _FIELDS)
    if len(fields) < _FIELDS:
        fields += [""] * (_FIELDS - len(fields))
    # fields[0] is "MSH" and MSH-1 is the separator itself: MSH-n stands at n - 1.
    code, trigger, structure, *_ = (*fields[8].split(delimiters.component), "", "")
    _require(code, "MSH-9", "a message type such as ADT^A01")
    _require(fields[9], "MSH-10", "a control id")
    return Header(
        fields[2], fields[3], fields[4], fields[5], fields[6], code, trigger, structure,
        fields[9], fields[10], fields[11], fields[17], delimiters, fields[14], fields[15], default_charset,
    )  # fmt: skip


def _line(frame: bytes) -> bytes:
    """The first segment: up to CR or LF, whichever comes first."""
    end = frame.find(b"\r")
    line = frame if end < 0 else frame[:end]
    end = line.find(b"\n")
    return line if end < 0 else line[:end]


def _text(line: bytes, delimiters: Delimiters, default_charset: str) -> str:
    if line.isascii():
        return line.decode("ascii")
    declared = line.split(delimiters.field.encode(), _FIELDS)[17:18]
    name = b"".join(declared).split(delimiters.repetition.encode(), 1)[0]
    return decode(line, codec_of(name.decode("ascii", "replace"), default_charset))


def _require(value: str, where: str, expected: str) -> None:
    if value in _NOTHING:
        raise Unreadable(
            "The header lacks a value that every message must have.",
            where=where,
            expected=expected,
            got="nothing",
            remedy=f"Have the sender fill {where}; without it the message can be neither filed nor answered.",
        )
