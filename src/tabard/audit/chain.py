"""The chain of one process run: each line holds the hash of the line before it. Pure.

A line is `{"n":3,"before":"<sha256 of line 2>","event":{...}}`; the hash of a line is over its bytes without the newline.
The first line (`n` 0) names the chain and the head of the file before it, so that a missing file is seen too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec

NO_LINE = "0" * 64
"""What stands where there is no line before."""

_encode = msgspec.json.Encoder().encode


class Begin(msgspec.Struct, frozen=True):
    """The first line's content: this chain's id, when it began, and file and head hash of the one before (or None)."""

    chain: str
    at: str
    after_file: str | None = None
    after_head: str | None = None


class Line(msgspec.Struct, frozen=True):
    """One line as read back; `event` is kept as it was written."""

    n: int
    before: str
    begin: Begin | None = None
    event: dict[str, Any] | None = None


_decoder = msgspec.json.Decoder(Line)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: how many lines it has, and the hash of the last."""

    lines: int = 0
    digest: str = NO_LINE


def first(begin: Begin) -> tuple[bytes, Head]:
    """The first line with its newline, and the head after it."""
    line = b'{"n":0,"before":"%s","begin":%s}' % (NO_LINE.encode(), _encode(begin))
    return line + b"\n", Head(1, sha256(line).hexdigest())


def following(head: Head, events: Iterable[msgspec.Struct]) -> tuple[bytes, Head]:
    """The next lines, each with its newline, and the head after the last."""
    number, digest, lines = head.lines, head.digest.encode(), []
    for event in events:
        line = b'{"n":%d,"before":"%s","event":%s}' % (number, digest, _encode(event))
        lines.append(line)
        number, digest = number + 1, sha256(line).hexdigest().encode()
    lines.append(b"")
    return b"\n".join(lines), Head(number, digest.decode())


def check(head: Head, line: bytes) -> tuple[Line | None, str | None]:
    """What `line` (without newline) says, and a sentence about what is wrong with it, None where it follows `head`."""
    try:
        told = _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None, "this line cannot be read"
    if told.n != head.lines:
        return told, f"line number {told.n} where {head.lines} was due"
    if told.before != head.digest:
        return told, "the line before was changed, removed or added"
    if (told.begin is None) == (told.n == 0):
        return told, "a chain begins once, with its first line"
    return told, None


def after(head: Head, line: bytes) -> Head:
    """The head once `line` (without newline) stands at the end."""
    return Head(head.lines + 1, sha256(line).hexdigest())
