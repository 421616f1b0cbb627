"""Acknowledgements read: what the receiver of a message says of it.

Source: HL7 v2.5.1, 2.15.8 "MSA", 2.15.5 "ERR", tables 0008 and 0357.
"""

from dataclasses import dataclass, field

from tabard.hl7v2.ack import AckCode
from tabard.hl7v2.errors import Unreadable
from tabard.hl7v2.header import Header
from tabard.hl7v2.message import Message, Segment, parse
from tabard.hl7v2.values import Repetition

_CODES = {code.value: code for code in AckCode}


@dataclass(frozen=True, slots=True)
class PeerFault:
    """One ERR: the code (table 0357, or the receiver's own) and the place it names, such as `PID-3`.

    `text` is the receiver's sentence; it may quote the message, so it is never logged.
    """

    code: str
    place: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """An answer. `control_id` is MSA-2 as it stands there, the MSH-10 of the message it answers; `text` is MSA-3.

    `text` and the faults' texts are the receiver's words and may tell of a patient: they are never logged.
    """

    code: AckCode
    control_id: str
    text: str = field(repr=False)
    faults: tuple[PeerFault, ...]
    header: Header = field(repr=False)

    @property
    def is_accept_level(self) -> bool:
        """Whether the receiver says only that it has the message safe (CA), or has not; its application may speak later."""
        return self.code.is_accept_level

    @property
    def is_taken(self) -> bool:
        """Whether the message was taken: AA or CA. That is: received, not filed."""
        return self.code.is_taken


def read_acknowledgement(raw: bytes, *, default_charset: str = "") -> Acknowledgement:
    """The acknowledgement in `raw`, without its frame.

    Raises Unreadable where it is no message, has no MSA, or MSA-1 is none of AA AE AR CA CE CR.
    """
    message = parse(raw, default_charset=default_charset)
    msa = message.first("MSA")
    if msa is None:
        raise _none("segments", "MSA", "a message without it")
    code = _CODES.get(msa.field(1).text.strip().upper())
    if code is None:
        raise _none("MSA-1", "AA, AE, AR, CA, CE or CR", "another code")
    return Acknowledgement(code, msa.field(2).raw.strip(), msa.field(3).text, _faults(message), message.header)


def _faults(message: Message) -> tuple[PeerFault, ...]:
    return tuple(fault for err in message.all("ERR") for fault in _of(err))


def _of(err: Segment) -> list[PeerFault]:
    """Since 2.5: ERR-2 place, ERR-3 code, ERR-7 or ERR-8 text. Before: ERR-1 holds place and code, repeated."""
    if not (err.field(2).is_absent and err.field(3).is_absent):
        text = err.field(8).text or err.field(7).text or err.field(3).component(2).text
        places = err.field(2).repetitions
        return [PeerFault(err.field(3).text, _place(places[0], 3) if places else "", text)]
    return [
        PeerFault(told.component(4).text, _place(told, 3), told.component(4).subcomponent(2))
        for told in err.field(1).repetitions
    ]


def _place(told: Repetition, field_at: int) -> str:
    segment, n = told.component(1).text, told.component(field_at).text
    return f"{segment}-{n}" if segment and n else segment


def _none(where: str, expected: str, got: str) -> Unreadable:
    return Unreadable(
        "This is no acknowledgement.",
        where=where,
        expected=expected,
        got=got,
        remedy="See what listens at this address; a receiver of HL7 v2 answers each message with ACK.",
    )
