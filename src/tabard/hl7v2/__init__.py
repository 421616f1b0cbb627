"""HL7 v2: ER7 messages read lazily and written, acknowledgements, and MLLP framing without sockets."""

from tabard.hl7v2.ack import AckCode, acknowledge
from tabard.hl7v2.build import EMPTIED, FieldValue, SegmentValue, build
from tabard.hl7v2.delimiters import STANDARD, Delimiters
from tabard.hl7v2.errors import Unreadable, Unwritable
from tabard.hl7v2.escapes import NULL, Syntax, escape, unescape
from tabard.hl7v2.framing import FaultReason, Framer, FramingFault, wrap
from tabard.hl7v2.header import Header, read_header
from tabard.hl7v2.message import Message, Segment, parse
from tabard.hl7v2.split import split_messages
from tabard.hl7v2.values import Component, Field, Repetition, Value

__all__ = [
    "EMPTIED",
    "NULL",
    "STANDARD",
    "AckCode",
    "Component",
    "Delimiters",
    "FaultReason",
    "Field",
    "FieldValue",
    "Framer",
    "FramingFault",
    "Header",
    "Message",
    "Repetition",
    "Segment",
    "SegmentValue",
    "Syntax",
    "Unreadable",
    "Unwritable",
    "Value",
    "acknowledge",
    "build",
    "escape",
    "parse",
    "read_header",
    "split_messages",
    "unescape",
    "wrap",
]
