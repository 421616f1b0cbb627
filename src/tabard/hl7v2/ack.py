"""Acknowledgements written: the answer to a message, made from its header alone.

Source: HL7 v2.5.1, 2.9 "Message processing rules", 2.15.8 "MSA", table 0008.
"""

from datetime import datetime
from enum import StrEnum

from tabard.hl7v2.delimiters import STANDARD, Delimiters
from tabard.hl7v2.escapes import escape
from tabard.hl7v2.header import Header

_WITHOUT_HEADER = Header("", "", "", "", "", "", "", "", "", "P", "2.4", "", STANDARD)


class AckCode(StrEnum):
    """MSA-1. A: the application's answer; C: the transport's. E: try again; R: never again."""

    AA = "AA"
    AE = "AE"
    AR = "AR"
    CA = "CA"
    CE = "CE"
    CR = "CR"

    @property
    def is_accept_level(self) -> bool:
        """Whether it says only that the message is safe, or is not (enhanced mode); the application may speak later."""
        return self.value[0] == "C"

    @property
    def is_taken(self) -> bool:
        """Whether the receiver took the message."""
        return self.value[1] == "A"

    @property
    def is_terminal(self) -> bool:
        """Whether the same bytes will be refused again, however often they are sent."""
        return self.value[1] == "R"


def acknowledge(header: Header | None, code: AckCode, *, control_id: str, at: datetime, text: str = "") -> bytes:
    """The acknowledgement of the message with `header`, from its receiver to its sender, in its own delimiters and charset.

    A code CA, CE or CR makes an accept acknowledgement (enhanced mode), which asks for no answer; AA, AE and AR are the
    application's, in both modes. `control_id` is the acknowledgement's own (MSH-10); the message's goes into MSA-2
    unchanged. `at` is an aware moment. `text` (MSA-3) may not hold patient data. A message whose header could not be read
    (`header` None) gets an answer without addresses.
    """
    heard = header or _WITHOUT_HEADER
    marks = heard.delimiters
    asked_back = ("NE", "NE") if code.is_accept_level else ("", "")
    msh = (
        "MSH", marks.encoding_characters,
        heard.receiving_application, heard.receiving_facility, heard.sending_application, heard.sending_facility,
        at.strftime("%Y%m%d%H%M%S%z"), "", _type(heard, marks), escape(control_id, marks),
        heard.processing_id or "P", heard.version or "2.4", "", "", *asked_back, "", heard.character_set,
    )  # fmt: skip
    msa = ("MSA", code.value, heard.control_id, escape(text, marks))
    lines = (marks.field.join(segment).rstrip(marks.field) + "\r" for segment in (msh, msa))
    return "".join(lines).encode(heard.codec, "replace")


def _type(heard: Header, marks: Delimiters) -> str:
    """MSH-9 as the sender writes its own: with a structure only when the message had one (HL7 before 2.3.1 has none)."""
    parts = ("ACK", heard.trigger, "ACK" if heard.structure else "")
    return marks.component.join(parts).rstrip(marks.component)
