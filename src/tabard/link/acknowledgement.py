"""What a sender is answered, and what becomes of what it sent, before anything of it is applied. Pure.

| what came | answer | journaled as |
|---|---|---|
| a message whose header can be read | AA | waiting |
| the same again (control id and content, MSH-7 apart) | the first answer again | duplicate |
| other content under a control id used before | AA | waiting, flagged `control_id_reused` |
| a frame whose header cannot be read | AR | parked, `unreadable` |
| a frame over the limit | AR | refused, `too_large` |
| a frame that does not end | AR | refused, `unfinished_frame` |
| bytes outside a frame | nothing | refused, `junk_between_frames` |
| any of them, while the journal cannot be written | AE | not at all |

Nobody is refused for what a message says: that would stop a sender's whole feed for one message.
Source: HL7 v2.5.1, 2.9.2 (original mode), table 0008.
"""

from datetime import datetime
from hashlib import sha256

from msgspec import Struct, structs

from tabard.hl7v2 import AckCode, FaultReason, FramingFault, Header, Unreadable, acknowledge, read_header
from tabard.journal import Outcome, Remembered, State

_BEFORE_TIME = 6
"""How many fields stand before MSH-7, "MSH" itself among them."""

REUSED = "control_id_reused"
_TAKEN = Outcome(State.waiting)
_TAKEN_REUSED = Outcome(State.waiting, flags=(REUSED,))
_WITHIN_LIMIT = "have the sender split it, or raise limit_bytes of the link"
_FAULTS = {
    FaultReason.too_large: Outcome(
        State.refused, "too_large", "the message is larger than the link's limit", _WITHIN_LIMIT
    ),
    FaultReason.unfinished: Outcome(
        State.refused,
        "unfinished_frame",
        "the frame began and did not end",
        "see whether the sender ends each frame with FS CR, and whether the network breaks connections",
    ),
    FaultReason.junk_between_frames: Outcome(
        State.refused,
        "junk_between_frames",
        "bytes came that are in no frame",
        "see that only HL7 v2 over MLLP is sent to this port",
    ),
}


class Heard(Struct, frozen=True):
    """What one frame or fault amounts to. `code` None: no answer is possible. `digest` is of a taken message only."""

    outcome: Outcome
    code: AckCode | None
    raw: bytes
    size_bytes: int
    header: Header | None = None
    digest: bytes = b""

    def acknowledge(self, control_id: str, at: datetime) -> bytes:
        """The answer, with a control id of its own."""
        return acknowledge(
            self.header, self.code or AckCode.AR, control_id=control_id, at=at, text=self.outcome.detail or ""
        )


def hear(item: bytes | FramingFault) -> Heard:
    """Judge what the framer gave by its header alone."""
    if isinstance(item, FramingFault):
        code = None if item.reason is FaultReason.junk_between_frames else AckCode.AR
        return Heard(_FAULTS[item.reason], code, item.head, item.size_bytes, _header_or_none(item.head))
    try:
        header = read_header(item)
    except Unreadable as fault:
        return Heard(_unreadable(fault), AckCode.AR, item, len(item))
    return Heard(_TAKEN, AckCode.AA, item, len(item), header, digest_of(item))


def compare(heard: Heard, known: Remembered | None) -> Heard:
    """`heard` in the light of an earlier message with its control id."""
    if known is None:
        return heard
    if known.digest != heard.digest:
        return structs.replace(heard, outcome=_TAKEN_REUSED)
    detail = f"the same message came before, as number {known.seq}"
    return structs.replace(heard, outcome=Outcome(State.duplicate, "duplicate", detail, "nothing need be done"))


def digest_of(raw: bytes) -> bytes:
    """SHA-256 of a message without MSH-7, which changes when the same message is sent again."""
    parts = raw.split(raw[3:4], _BEFORE_TIME + 1)
    if len(parts) <= _BEFORE_TIME + 1 or b"\r" in b"".join(parts[:_BEFORE_TIME]):
        return sha256(raw).digest()
    told = sha256(b"|".join(parts[:_BEFORE_TIME]))
    told.update(b"|")
    told.update(parts[_BEFORE_TIME + 1])
    return told.digest()


def journal_fault(item: bytes | FramingFault, control_id: str, at: datetime) -> bytes:
    """The answer when the journal cannot be written: try again, nothing was taken."""
    head = item.head if isinstance(item, FramingFault) else item
    text = "nothing was taken: the journal cannot be written; send again"
    return acknowledge(_header_or_none(head), AckCode.AE, control_id=control_id, at=at, text=text)


def _header_or_none(head: bytes) -> Header | None:
    try:
        return read_header(head)
    except Unreadable:
        return None


def _unreadable(fault: Unreadable) -> Outcome:
    detail = fault.message if fault.where is None else f"{fault.where}: {fault.message}"
    return Outcome(State.parked, "unreadable", detail, fault.remedy)
