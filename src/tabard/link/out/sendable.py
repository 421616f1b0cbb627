"""What can be sent so that its fate is known: one frame, a header that can be read, its own control id, an answer asked for."""

from tabard.hl7v2 import AckCode, Unreadable, is_enhanced, must_answer, read_header
from tabard.link.out.errors import Unsendable

_FRAMING = (0x0B, 0x1C)


def check_sendable(raw: bytes, control_id: str, limit_bytes: int) -> None:
    """Raise Unsendable for a message that could not be framed, read or answered."""
    if len(raw) > limit_bytes or any(mark in raw for mark in _FRAMING):
        raise _unsendable("the message", f"at most {limit_bytes} bytes, none of them VT or FS", "another")
    try:
        header = read_header(raw)
    except Unreadable as fault:
        raise _unsendable(fault.where or "MSH", fault.expected or "a header", fault.got or "another") from fault
    if header.control_id != control_id or control_id != control_id.strip():
        raise _unsendable("MSH-10", "the control id given, without blanks around it", "another")
    accept, application = header.accept_condition, header.application_condition
    if is_enhanced(header) and not (must_answer(accept, AckCode.CA) or must_answer(application, AckCode.AA)):
        raise _unsendable("MSH-15 and MSH-16", "one that asks for an answer: AL, or SU", f"{accept!r}, {application!r}")


def _unsendable(where: str, expected: str, got: str) -> Unsendable:
    return Unsendable(
        "the message cannot be sent so that its fate is known",
        where=where,
        expected=expected,
        got=got,
        remedy="build it with `tabard.hl7v2.build`, a control id of its own, and MSH-15 empty or AL",
    )
