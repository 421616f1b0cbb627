"""A file of many messages, parted into the messages."""

import re
from collections.abc import Iterator

from tabard.hl7v2.framing import START, Framer, FramingFault

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LINE_ENDS = b"\r\n"
_BEGINNING = re.compile(rb"(?:\A|(?<=[\r\n]))(?:MSH|FHS|BHS|BTS|FTS)(?=[^A-Za-z0-9\s])")
_LINE_END = re.compile(rb"\r\n|\r|\n")


def split_messages(file_bytes: bytes) -> Iterator[bytes]:
    """The messages of a file, in order, each as its bytes stand there but without blank lines around it.

    The file may be MLLP framed, or its messages may follow one another, each beginning with an MSH line; lines of the
    batch protocol (FHS, BHS, BTS, FTS) are left out. What stands where the first message should begin and is none is
    given too, and so is what framing faults hold, behind a VT: `parse` refuses both, and nothing goes by unseen.
    """
    content = file_bytes.removeprefix(_BYTE_ORDER_MARK).lstrip(_LINE_ENDS)
    return _framed(content) if content.startswith(START) else _unframed(content)


def _framed(content: bytes) -> Iterator[bytes]:
    framer = Framer(limit_bytes=len(content))
    for told in (*framer.feed(content), framer.finish()):
        if told is not None:
            yield START + told.head if isinstance(told, FramingFault) else told


def _unframed(content: bytes) -> Iterator[bytes]:
    starts = [match.start() for match in _BEGINNING.finditer(content)]
    before, *chunks = (
        _trimmed(content[start:end]) for start, end in zip([0, *starts], [*starts, len(content)], strict=True)
    )
    if before.strip():
        yield before
    yield from (chunk for chunk in chunks if chunk.startswith(b"MSH"))


def _trimmed(chunk: bytes) -> bytes:
    """Without blank lines after it, but with the end of its last line, when that is how its first line ends."""
    ended = chunk.rstrip(_LINE_ENDS)
    end = _LINE_END.search(chunk)
    return ended + end[0] if end and chunk.startswith(end[0], len(ended)) else ended
