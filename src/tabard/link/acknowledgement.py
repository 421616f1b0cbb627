"""What a sender is answered, and what becomes of what it sent, before anything of it is applied. Pure.

| what came | answer | journaled as |
|---|---|---|
| a message whose header can be read | AA, or CA where MSH-15 asks for it | waiting |
| the same again (control id and content, MSH-7 apart) | the first answer again | duplicate |
| the same again, the first being parked | as the first time | waiting |
| other content under a control id used before | as any message | waiting, flagged `control_id_reused` |
| a frame whose header cannot be read | AR | parked, `unreadable` |
| a frame over the limit | AR or CR | refused, `too_large` |
| a frame that does not end | AR or CR | refused, `unfinished_frame` |
| bytes outside a frame | nothing | refused, `junk_between_frames` |
| any of them, while the journal cannot be written | AE or CE | not at all |

Nobody is refused for what a message says: that would stop a sender's whole feed for one message.
`docs/understand/acknowledgement.md` has the whole table.
Source: HL7 v2.5.1, 2.9.2 (original mode), 2.9.3 (enhanced mode), table 0008.
"""

from datetime import datetime

from msgspec import Struct, structs

from tabard.hl7v2 import AckCode, FaultReason, FramingFault, Unreadable, acknowledge, wrap
from tabard.journal import Outcome, Remembered, State, digest_of
from tabard.link.shapes import Shape, Shapes

_NOT_TAKEN = "nothing was taken: the journal cannot be written; send again"
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


class Heard(Struct, frozen=True, gc=False):
    """What one frame or fault amounts to.

    `shape` None: the header cannot be read. `digest` is of a message taken only. `is_answerable`: somebody may wait.
    """

    outcome: Outcome
    raw: bytes
    size_bytes: int
    shape: Shape | None = None
    control_id: str = ""
    digest: bytes = b""
    is_answerable: bool = True

    def refusal(self, letter: str) -> AckCode | None:
        """The code that says E (try again) or R (never); None where nothing is answered."""
        if not self.is_answerable:
            return None
        return AckCode(f"A{letter}") if self.shape is None else self.shape.refusal(letter)

    def acknowledge(self, code: AckCode, own_id: str, at: datetime, text: str = "") -> bytes:
        """The framed answer, with a control id of its own."""
        if self.shape is None:
            return wrap(acknowledge(None, code, control_id=own_id, at=at, text=text))
        return wrap(self.shape.acknowledge(code, self.control_id, own_id=own_id, at=at, text=text))


def hear(item: bytes | FramingFault, shapes: Shapes) -> Heard:
    """Judge what the framer gave by its header alone."""
    if isinstance(item, FramingFault):
        return _hear_fault(item, shapes)
    try:
        shape, control_id = shapes.read(item)
    except Unreadable as fault:
        return Heard(_unreadable(fault), item, len(item))
    return Heard(_TAKEN, item, len(item), shape, control_id, digest_of(item, shape.time_at))


def compare(heard: Heard, known: Remembered) -> Heard:
    """`heard` in the light of an earlier message with its control id."""
    if not known.is_same:
        return structs.replace(heard, outcome=_TAKEN_REUSED)
    detail = f"the same message came before, as number {known.seq}"
    return structs.replace(heard, outcome=Outcome(State.duplicate, "duplicate", detail, "nothing need be done"))


def journal_fault(item: bytes | FramingFault, shapes: Shapes, own_id: str, at: datetime) -> bytes:
    """The framed answer when the journal cannot be written: try again, nothing was taken. Empty where none is owed."""
    heard = hear(item, shapes)
    code = heard.refusal("E")
    return b"" if code is None else heard.acknowledge(code, own_id, at, _NOT_TAKEN)


def _hear_fault(fault: FramingFault, shapes: Shapes) -> Heard:
    outcome, is_answerable = _FAULTS[fault.reason], fault.reason is not FaultReason.junk_between_frames
    try:
        shape, control_id = shapes.read(fault.head)
    except Unreadable:
        return Heard(outcome, fault.head, fault.size_bytes, is_answerable=is_answerable)
    return Heard(outcome, fault.head, fault.size_bytes, shape, control_id, is_answerable=is_answerable)


def _unreadable(fault: Unreadable) -> Outcome:
    detail = fault.message if fault.where is None else f"{fault.where}: {fault.message}"
    return Outcome(State.parked, "unreadable", detail, fault.remedy)
