"""MLLP framing as a state object: bytes in, frames and faults out, no socket and no clock.

A frame begins with VT and ends with FS; the CR after FS is expected but not waited for, since some senders leave it out
and then wait for their answer. So FS always ends a frame, wherever the chunks were cut. CR and LF between frames are
nothing; any other byte there is junk, told as one fault when the next frame begins. A VT always begins a frame: inside
another one it tells that the first was never finished.
Source: HL7 v2.5.1 implementation guide, appendix C "Minimal Lower Layer Protocol".
"""

from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto

START = b"\x0b"
END = b"\x1c"
_BLANK = b"\r\n"

HEAD_BYTES = 4096
"""How much of what was faulty is kept to be looked at."""


class FaultReason(StrEnum):
    """Why bytes did not become a frame."""

    too_large = auto()
    junk_between_frames = auto()
    unfinished = auto()


@dataclass(frozen=True, slots=True)
class FramingFault:
    """Bytes that did not become a frame: how many there were, and the first of them (at most HEAD_BYTES)."""

    reason: FaultReason
    size_bytes: int
    head: bytes = field(repr=False)


class _Place(Enum):
    between = auto()
    inside = auto()
    discarding = auto()


class Framer:
    """Parts what one connection sends into frames. Holds at most `limit_bytes` and one chunk.

    A frame of more than `limit_bytes` is discarded as it arrives, up to its end, and told as one fault; the next frame is
    read as if nothing had happened.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._place = _Place.between
        self._held = bytearray()
        self._size = 0

    def _reset(self, place: _Place = _Place.between) -> None:
        self._place = place
        if self._size:
            self._held = bytearray()
            self._size = 0

    @property
    def is_inside(self) -> bool:
        """Whether a frame has begun and has not ended."""
        return self._place is not _Place.between

    def feed(self, data: bytes) -> list[bytes | FramingFault]:
        """What became complete with `data`, in order: a frame's content, or a fault."""
        told: list[bytes | FramingFault] = []
        at = 0
        while at < len(data):
            at = self._begin(data, at, told) if self._place is _Place.between else self._go_on(data, at, told)
        return told

    def finish(self) -> FramingFault | None:
        """What is left when the connection ends or has been silent too long, as a fault; the framer begins anew."""
        fault = self._fault() if self._place is not _Place.between or self._size else None
        self._reset()
        return fault

    def _begin(self, data: bytes, at: int, told: list[bytes | FramingFault]) -> int:
        start = data.find(START, at)
        if start != at:
            junk = data[at : start if start >= 0 else len(data)]
            self._hold(junk if self._size else junk.lstrip(_BLANK), HEAD_BYTES)
            if start < 0:
                return len(data)
        if self._size:
            told.append(self._fault())
        self._reset(_Place.inside)
        return start + 1

    def _go_on(self, data: bytes, at: int, told: list[bytes | FramingFault]) -> int:
        end = data.find(END, at)
        content = data[at : end if end >= 0 else len(data)]
        if START in content:
            content = self._begin_again(content, told)
        if end >= 0 and not self._size and len(content) <= self._limit_bytes:
            told.append(content)  # the common case: a whole frame in one chunk is copied once
        else:
            self._take(content)
            if end < 0:
                return len(data)
            told.append(bytes(self._held) if self._place is _Place.inside else self._fault())
        self._reset()
        return end + 1

    def _begin_again(self, content: bytes, told: list[bytes | FramingFault]) -> bytes:
        """Tell what was begun and never ended; answers what the last VT began."""
        *abandoned, last = content.split(START)
        for part in abandoned:
            self._take(part)
            told.append(self._fault())
            self._reset(_Place.inside)
        return last

    def _take(self, data: bytes) -> None:
        if self._place is _Place.inside and self._size + len(data) > self._limit_bytes:
            self._place = _Place.discarding
            del self._held[HEAD_BYTES:]
        self._hold(data, self._limit_bytes if self._place is _Place.inside else HEAD_BYTES)

    def _hold(self, data: bytes, limit_bytes: int) -> None:
        self._size += len(data)
        room = limit_bytes - len(self._held)
        if room > 0:
            self._held += data[:room]

    def _fault(self) -> FramingFault:
        return FramingFault(_REASONS[self._place], self._size, bytes(self._held[:HEAD_BYTES]))


_REASONS = {
    _Place.between: FaultReason.junk_between_frames,
    _Place.inside: FaultReason.unfinished,
    _Place.discarding: FaultReason.too_large,
}


def wrap(message: bytes) -> bytes:
    """`message` as one MLLP frame."""
    return START + message + END + b"\r"
