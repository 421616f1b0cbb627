"""Batch files: messages between FHS, BHS, BTS and FTS, and whether what these count is there.

Source: HL7 v2.5.1, 2.10.3 "HL7 batch protocol", 2.15.2 to 2.15.5 "BHS", "BTS", "FHS", "FTS".
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum, auto

from tabard.hl7v2.delimiters import read_delimiters
from tabard.hl7v2.errors import Unreadable
from tabard.hl7v2.escapes import Syntax
from tabard.hl7v2.message import Segment, header_segment
from tabard.hl7v2.split import Piece, pieces

_NAME_LENGTH = 3
_COUNT = re.compile(r"[0-9]{1,9}")


class BatchReason(StrEnum):
    """What is wrong with a batch file."""

    wrong_count = auto()
    """A trailer counts another number of messages (BTS-1) or batches (FTS-1) than there are: some are lost or doubled."""
    unreadable_count = auto()
    not_closed = auto()
    """A batch or file begins and has no trailer: its end may be missing."""
    not_opened = auto()
    """A trailer without its header: the beginning may be missing."""
    outside_batch = auto()
    """A message between or after batches."""
    after_end = auto()
    """Something follows the file's trailer."""
    unusable_header = auto()
    """FHS or BHS does not declare delimiters that can be used."""
    no_message = auto()
    """Something where a message should begin; it is among the messages, to be refused by `parse`."""


@dataclass(frozen=True, slots=True)
class BatchFault:
    """One thing wrong. `at_byte` is where in the file (0: its first byte); `expected` and `got` are numbers or segment names."""

    reason: BatchReason
    segment: str
    at_byte: int
    expected: str = ""
    got: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """What a batch file holds: the header of the file or, without one, of its first batch; every message, in order; faults.

    A file without the batch protocol is a batch without header and faults. `header` has its fields by the standard's
    numbers (FHS-3 sender, FHS-7 time, FHS-11 control id).
    """

    header: Segment | None
    messages: tuple[bytes, ...] = field(repr=False)
    faults: tuple[BatchFault, ...]
    batches: int


def read_batch(file_bytes: bytes) -> Batch:
    """The batch in `file_bytes`: every message is given, whatever the trailers say, and what they say is checked.

    Raises nothing: what is no message is among the messages, for `parse` to refuse, and told as a fault.
    """
    reading = _Reading()
    for piece in pieces(file_bytes):
        reading.take(piece)
    return reading.end(len(file_bytes))


class _Reading:
    """Where in a file the reading stands."""

    def __init__(self) -> None:
        self.header: Segment | None = None
        self.separator = "|"
        self.messages: list[bytes] = []
        self.faults: list[BatchFault] = []
        self.batches = 0
        self.batches_of_file = 0
        self.in_batch: int | None = None
        self.is_file_open = False
        self.is_ended = False

    def take(self, piece: Piece) -> None:
        if self.is_ended and piece.kind != b"FHS":  # files put one after another are no fault
            self._fault(BatchReason.after_end, piece)
        {b"FHS": self._open_file, b"BHS": self._open_batch, b"BTS": self._close_batch, b"FTS": self._close_file}.get(
            piece.kind, self._message
        )(piece)

    def end(self, size_bytes: int) -> Batch:
        for segment, is_open in (("BTS", self.in_batch is not None), ("FTS", self.is_file_open)):
            if is_open:
                self.faults.append(BatchFault(BatchReason.not_closed, segment, size_bytes, expected=segment))
        return Batch(self.header, tuple(self.messages), tuple(self.faults), self.batches)

    def _message(self, piece: Piece) -> None:
        self.messages.append(piece.raw)
        if not piece.kind:
            self._fault(BatchReason.no_message, piece)
        elif self.in_batch is not None:
            self.in_batch += 1
        elif self.batches_of_file:
            self._fault(BatchReason.outside_batch, piece)

    def _open_file(self, piece: Piece) -> None:
        if self.in_batch is not None:
            self._fault(BatchReason.not_closed, piece, expected="BTS")
        if self.is_file_open:
            self._fault(BatchReason.not_closed, piece, expected="FTS")
        self.is_file_open, self.is_ended, self.in_batch, self.batches_of_file = True, False, None, 0
        self._read_header(piece)

    def _open_batch(self, piece: Piece) -> None:
        if self.in_batch is not None:
            self._fault(BatchReason.not_closed, piece, expected="BTS")
        self.batches += 1
        self.batches_of_file += 1
        self.in_batch = 0
        self._read_header(piece)

    def _close_batch(self, piece: Piece) -> None:
        if self.in_batch is None:
            self._fault(BatchReason.not_opened, piece, expected="BHS")
        else:
            self._check_count(piece, self.in_batch)
        self.in_batch = None

    def _close_file(self, piece: Piece) -> None:
        if self.in_batch is not None:
            self._fault(BatchReason.not_closed, piece, expected="BTS")
        if self.is_file_open:
            self._check_count(piece, self.batches_of_file)
        else:
            self._fault(BatchReason.not_opened, piece, expected="FHS")
        self.in_batch, self.is_file_open, self.is_ended = None, False, True

    def _check_count(self, piece: Piece, there: int) -> None:
        told = _line(piece).split(self.separator)[1:2]
        count = told[0].strip() if told else ""
        if not count:
            return  # optional
        if not _COUNT.fullmatch(count):
            self._fault(BatchReason.unreadable_count, piece, expected="a number", got="another")
        elif int(count) != there:
            self._fault(BatchReason.wrong_count, piece, expected=str(int(count)), got=str(there))

    def _read_header(self, piece: Piece) -> None:
        try:
            marks = read_delimiters(b"MSH" + piece.raw[_NAME_LENGTH:])
        except Unreadable:
            self._fault(BatchReason.unusable_header, piece)
            return
        self.separator = marks.field
        if self.header is None:
            self.header = header_segment(_line(piece), Syntax(marks))

    def _fault(self, reason: BatchReason, piece: Piece, *, expected: str = "", got: str = "") -> None:
        self.faults.append(BatchFault(reason, piece.kind.decode("ascii"), piece.at, expected, got))


def _line(piece: Piece) -> str:
    """No field of these segments names their character set; what is not UTF-8 is shown by replacement marks."""
    return piece.raw.decode("utf-8", "replace")
