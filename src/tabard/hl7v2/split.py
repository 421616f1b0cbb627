"""A file of many messages, parted into the messages."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from tabard.hl7v2.framing import START, Framer, FramingFault

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LINE_ENDS = b"\r\n"
_KIND = rb"((?:MSH|FHS|BHS|BTS|FTS)(?=[^A-Za-z0-9\s])|[BF]TS(?=[\r\n]|\Z))"
_FIRST = re.compile(_KIND)
_BEGINNING = re.compile(rb"[\r\n]" + _KIND)
"""With the line end before it: to look for that is ten times as fast as to look behind at each byte."""
_LINE_END = re.compile(rb"\r\n|\r|\n")
_MESSAGE = b"MSH"


class Piece(NamedTuple):
    """What begins at byte `at` of a file: a message, one line of the batch protocol, or (`kind` empty) what is neither."""

    kind: bytes
    raw: bytes
    at: int


def split_messages(file_bytes: bytes) -> Iterator[bytes]:
    """The messages of a file, in order, each as its bytes stand there but without blank lines around it.

    The file may be MLLP framed, or its messages may follow one another, each beginning with an MSH line; lines of the
    batch protocol (FHS, BHS, BTS, FTS) are left out. What stands where a message should begin and is none is given too,
    and so is what framing faults hold, behind a VT: `parse` refuses both, and nothing goes by unseen.
    """
    return (piece.raw for piece in pieces(file_bytes) if piece.kind in {_MESSAGE, b""})


def pieces(file_bytes: bytes) -> Iterator[Piece]:
    """The messages of a file and what stands around them, in order; `at` counts the bytes after blank lines and mark."""
    content = file_bytes.removeprefix(_BYTE_ORDER_MARK).lstrip(_LINE_ENDS)
    return _framed(content) if content.startswith(START) else _unframed(content)


def _framed(content: bytes) -> Iterator[Piece]:
    framer = Framer(limit_bytes=len(content))
    for told in (*framer.feed(content), framer.finish()):
        if told is not None:
            yield Piece(_MESSAGE, START + told.head if isinstance(told, FramingFault) else told, 0)


def _unframed(content: bytes) -> Iterator[Piece]:
    starts = [0] if _FIRST.match(content) else []
    starts += [match.start(1) for match in _BEGINNING.finditer(content)]
    yield from _neither(content[: starts[0] if starts else len(content)], 0)
    for start, end in pairwise([*starts, len(content)]):
        chunk, kind = content[start:end], content[start : start + len(_MESSAGE)]
        if kind == _MESSAGE:
            yield Piece(kind, _trimmed(chunk), start)
        else:
            line = _LINE_END.split(chunk, 1)[0]
            yield Piece(kind, line, start)
            yield from _neither(chunk[len(line) :], start + len(line))


def _neither(chunk: bytes, at: int) -> Iterator[Piece]:
    kept = _trimmed(chunk.lstrip(_LINE_ENDS))
    if kept.strip():
        yield Piece(b"", kept, at)


def _trimmed(chunk: bytes) -> bytes:
    """Without blank lines after it, but with the end of its last line, when that is how its first line ends."""
    ended = chunk.rstrip(_LINE_ENDS)
    end = _LINE_END.search(chunk)
    return ended + end[0] if end and chunk.startswith(end[0], len(ended)) else ended
