"""HL7 v2: ER7 messages read lazily and written, acknowledgements, and MLLP framing without sockets."""

from tabard.hl7v2.ack import AckCode, acknowledge
from tabard.hl7v2.answers import Acknowledgement, PeerFault, read_acknowledgement
from tabard.hl7v2.batch import Batch, BatchFault, BatchReason, read_batch
from tabard.hl7v2.build import EMPTIED, Emptied, FieldValue, SegmentValue, build
from tabard.hl7v2.charset import is_charset
from tabard.hl7v2.delimiters import STANDARD, Delimiters
from tabard.hl7v2.errors import BadPath, Unreadable, Unwritable
from tabard.hl7v2.escapes import NULL, Syntax, escape, unescape
from tabard.hl7v2.framing import FaultReason, Framer, FramingFault, wrap
from tabard.hl7v2.header import Header, read_header
from tabard.hl7v2.message import Message, Segment, parse
from tabard.hl7v2.naming import FieldName, component_name, field_name
from tabard.hl7v2.owed import is_enhanced, must_answer
from tabard.hl7v2.paths import Path, leaves, path
from tabard.hl7v2.split import split_messages
from tabard.hl7v2.values import Component, Field, Repetition, Value

__all__ = [
    "EMPTIED",
    "NULL",
    "STANDARD",
    "AckCode",
    "Acknowledgement",
    "BadPath",
    "Batch",
    "BatchFault",
    "BatchReason",
    "Component",
    "Delimiters",
    "Emptied",
    "FaultReason",
    "Field",
    "FieldName",
    "FieldValue",
    "Framer",
    "FramingFault",
    "Header",
    "Message",
    "Path",
    "PeerFault",
    "Repetition",
    "Segment",
    "SegmentValue",
    "Syntax",
    "Unreadable",
    "Unwritable",
    "Value",
    "acknowledge",
    "build",
    "component_name",
    "escape",
    "field_name",
    "is_charset",
    "is_enhanced",
    "leaves",
    "must_answer",
    "parse",
    "path",
    "read_acknowledgement",
    "read_batch",
    "read_header",
    "split_messages",
    "unescape",
    "wrap",
]
