"""Headers remembered by their shape: what a sender's messages of one kind have in common is read, and written, once.

A feed says the same in MSH again and again, times and control ids apart. So the header is read in full once a shape,
and the acknowledgement AA is made once a shape and second; both are otherwise put together from what is remembered.
What comes out is byte for byte what `read_header` and `acknowledge` give.
"""

from datetime import datetime

from msgspec import structs

from tabard.hl7v2 import AckCode, Header, acknowledge, read_header

_MOST = 1024
"""Shapes remembered; a sender that never repeats itself must not fill the memory."""

_LAST_FIELD = 18
_TIME = 6
_CONTROL_ID = 9
_NOTHING = (b"", b'""')
_OWN, _THEIRS = "TABARDCONTROLID", "SENDERCONTROLID"


class Shape:
    """What messages of one kind from one sender have in common."""

    __slots__ = ("_at", "_header", "_parts", "_second", "event", "sender", "time_at")

    def __init__(self, header: Header, time_at: int | None = None) -> None:
        self.sender = f"{header.sending_application}|{header.sending_facility}"
        self.event = header.event
        self.time_at = time_at
        """Where MSH-7 begins in each of them; None when that was not looked for."""
        self._header = header
        self._at: datetime | None = None
        self._second = -1
        self._parts: list[bytes] = []

    def acknowledge(self, code: AckCode, control_id: str, *, own_id: str, at: datetime, text: str = "") -> bytes:
        """The acknowledgement of the message `control_id` of this shape; `own_id` becomes its MSH-10."""
        if code is AckCode.AA and not text:
            parts = self._parts if at is self._at else self._template(at)
            if len(parts) == len(("before", "between", "after")):
                return b"".join((parts[0], own_id.encode(), parts[1], control_id.encode(), parts[2]))
        header = structs.replace(self._header, control_id=control_id)
        return acknowledge(header, code, control_id=own_id, at=at, text=text)

    def _template(self, at: datetime) -> list[bytes]:
        """The AA of this second, cut where the two control ids stand; of another length where that is not plain."""
        second, self._at = int(at.timestamp()), at
        if second != self._second:
            header = structs.replace(self._header, control_id=_THEIRS)
            made = acknowledge(header, AckCode.AA, control_id=_OWN, at=at)
            self._parts = made.replace(_OWN.encode(), b"\x00").replace(_THEIRS.encode(), b"\x00").split(b"\x00")
            self._second = second
        return self._parts


class Shapes:
    """The shapes seen of late."""

    def __init__(self) -> None:
        self._known: dict[bytes, Shape] = {}

    def read(self, frame: bytes) -> tuple[Shape, str]:
        """The shape of a message and its control id. Raises Unreadable as `read_header` does."""
        line = frame[: max(frame.find(b"\r"), 0)]
        if not line.isascii() or b"\n" in line or len(line) < len("MSH|^~\\&"):
            return _read(frame)
        parts = line.split(line[3:4], _LAST_FIELD)
        if len(parts) <= _CONTROL_ID or parts[_CONTROL_ID] in _NOTHING:
            return _read(frame)
        # All that Header holds but MSH-7 and MSH-10, with the separator; no part holds CR.
        key = b"\r".join((line[3:4], *parts[:6], *parts[10:12], *parts[17:18], parts[8]))
        shape = self._known.get(key)
        if shape is None:
            shape = self._remember(key, Shape(read_header(frame), sum(map(len, parts[:_TIME])) + _TIME))
        return shape, parts[_CONTROL_ID].decode()

    def _remember(self, key: bytes, shape: Shape) -> Shape:
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[key] = shape
        return shape


def _read(frame: bytes) -> tuple[Shape, str]:
    header = read_header(frame)
    return Shape(header), header.control_id
