"""HL7 v2: ER7 messages read lazily and written, acknowledgements, and MLLP framing without sockets."""

from tabard.hl7v2.delimiters import STANDARD, Delimiters
from tabard.hl7v2.errors import Unreadable, Unwritable
from tabard.hl7v2.escapes import escape, unescape
from tabard.hl7v2.header import Header, read_header
from tabard.hl7v2.message import Message, Segment, parse
from tabard.hl7v2.values import Component, Field, Repetition, Value

__all__ = [
    "STANDARD",
    "Component",
    "Delimiters",
    "Field",
    "Header",
    "Message",
    "Repetition",
    "Segment",
    "Unreadable",
    "Unwritable",
    "Value",
    "escape",
    "parse",
    "read_header",
    "unescape",
]
