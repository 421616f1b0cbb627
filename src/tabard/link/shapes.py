"""Headers remembered by their shape: what a sender's messages of one kind have in common is read, and written, once.

A feed says the same in MSH again and again, times and control ids apart. So the header is read in full once a shape,
and the acknowledgement is made once a shape and second; both are otherwise put together from what is remembered.
What comes out is byte for byte what `read_header` and `acknowledge` give.
"""

import re
from datetime import datetime

from msgspec import structs

from tabard.hl7v2 import AckCode, Header, acknowledge, is_enhanced, must_answer, read_header, wrap

AT_COMMIT, AFTER_APPLYING = "commit", "applied"
"""When a sender of the original mode is answered AA: once its message is safe, or once it is in the record."""

_MOST = 1024
"""Shapes remembered; a sender that never repeats itself must not fill the memory."""

_TIME = 6
_EVENT, _CONTROL_ID = 8, 9
_BEFORE_REST = 10
_HELD = frozenset({0, 1, 4, 5, 7})
"""Of the fields from MSH-11 on those that Header holds: MSH-11, 12, 15, 16 and 18."""
_NOTHING = (b"", b'""')
_OWN, _THEIRS = "TABARDCONTROLID", "SENDERCONTROLID"
_NO_LINE = re.compile(rb"(?!)")
PARTS = 3
"""An answer's template is cut into so many: before the number, between number and control id, after that."""


class Shape:
    """What messages of one kind from one sender have in common."""

    __slots__ = (
        "_header",
        "_second",
        "accept",
        "at",
        "code",
        "condition",
        "event",
        "mark",
        "parts",
        "sender",
        "time_at",
    )

    def __init__(self, header: Header, time_at: int | None = None, when: str = AT_COMMIT) -> None:
        self.sender = f"{header.sending_application}|{header.sending_facility}"
        self.event = header.event
        self.time_at = time_at
        """Where MSH-7 begins in each of them; None when that was not looked for."""
        self.mark = header.delimiters.field.encode()
        self.accept, self.condition = _owed(header, when)
        self.code = "" if self.accept is None else self.accept.value
        self._header = header
        self.at: datetime | None = None
        self._second = -1
        self.parts: list[bytes] = []
        """The answer as made for `at`: see `template`."""

    def accepted(self, control_id: str, seq: int, at: datetime) -> bytes:
        """The framed answer to the message `control_id`, journaled as number `seq`; empty where none is owed yet."""
        parts = self.template(at)
        if len(parts) == PARTS:
            return b"%bT%d%b%b%b" % (parts[0], seq, parts[1], control_id.encode(), parts[2])
        return b"" if self.accept is None else wrap(self.acknowledge(self.accept, control_id, own_id=f"T{seq}", at=at))

    def acknowledge(self, code: AckCode, control_id: str, *, own_id: str, at: datetime, text: str = "") -> bytes:
        """The acknowledgement of the message `control_id` of this shape; `own_id` becomes its MSH-10."""
        return acknowledge(
            structs.replace(self._header, control_id=control_id), code, control_id=own_id, at=at, text=text
        )

    def refusal(self, letter: str) -> AckCode | None:
        """The code that says E (try again) or R (never) in the sender's mode; None where it asked not to be told."""
        if not is_enhanced(self._header):
            return AckCode(f"A{letter}")
        accept, application = AckCode(f"C{letter}"), AckCode(f"A{letter}")
        if must_answer(self._header.accept_condition, accept):
            return accept
        return application if must_answer(self._header.application_condition, application) else None

    def outcome(self, *, is_parked: bool) -> AckCode | None:
        """The application's answer once it is known what became of a message; None where none is owed.

        Only who asked for it (MSH-16) is told that a message is parked: a sender of the original mode would send it for ever.
        """
        if self.condition is None:
            return None
        code = AckCode.AE if is_parked and is_enhanced(self._header) else AckCode.AA
        return code if must_answer(self.condition, code) else None

    def template(self, at: datetime) -> list[bytes]:
        """The framed answer of this second, cut where number and control id stand; of another length where that is not plain."""
        if at is self.at:
            return self.parts
        second, self.at = int(at.timestamp()), at
        if second != self._second and self.accept is not None:
            made = wrap(self.acknowledge(self.accept, _THEIRS, own_id=f"T{_OWN}", at=at))
            parts = made.replace(f"T{_OWN}".encode(), b"\x00").replace(_THEIRS.encode(), b"\x00").split(b"\x00")
            self.parts = parts if self.time_at is not None else []
            self._second = second
        return self.parts


class Shapes:
    """The shapes seen of late on one link."""

    def __init__(self, when: str = AT_COMMIT) -> None:
        self._when = when
        self._known: dict[tuple[bytes, ...], Shape] = {}
        self._told: tuple[bytes | None, ...] = ()
        self._line = _NO_LINE
        """What the headers of those in `_of_event` have in common; none where only one of them came."""
        self._of_event: dict[bytes, Shape] = {}

    def glance(self, frame: bytes) -> tuple[Shape, bytes] | None:
        """Shape and control id of a message of an event known before, whose header is otherwise like the last; else None."""
        found = self._line.match(frame)
        shape = None if found is None else self._of_event.get(found[1])
        return None if found is None or shape is None else (shape, found[2])

    def read(self, frame: bytes) -> tuple[Shape, str]:
        """The shape of a message and its control id. Raises Unreadable as `read_header` does."""
        line = frame[: max(frame.find(b"\r"), 0)]
        if not line.isascii() or b"\n" in line or len(line) < len("MSH|^~\\&"):
            return self._read(frame)
        mark = line[3:4]
        parts = line.split(mark, _BEFORE_REST)
        if len(parts) <= _CONTROL_ID or parts[_CONTROL_ID] in _NOTHING:
            return self._read(frame)
        *before, _time, security, event, control_id = parts[:_BEFORE_REST]
        # All that Header holds but MSH-7 and MSH-10, with the separator.
        key = (mark, *before, event, *parts[_BEFORE_REST:])
        shape = self._known.get(key)
        if shape is None:
            shape = self._by_fields(key, frame, sum(map(len, before)) + _TIME)
        if len(parts) > _BEFORE_REST:
            rest = enumerate(parts[_BEFORE_REST].split(mark))
            held = [part if n in _HELD else None for n, part in rest]
            self._learn(mark, (*before, None, security, None, None, *held), event, shape)
        return shape, control_id.decode()

    def _learn(self, mark: bytes, told: tuple[bytes | None, ...], event: bytes, shape: Shape) -> None:
        """What a glance is to know: of headers that come again only, for it costs more to learn than to read one."""
        if told != self._told or len(self._of_event) >= _MOST:
            self._told, self._line, self._of_event = told, _NO_LINE, {}
        elif self._line is _NO_LINE:
            self._line = _line(mark, told)
        self._of_event[event] = shape

    def _by_fields(self, key: tuple[bytes, ...], frame: bytes, time_at: int) -> Shape:
        """A sender that counts in MSH-13 has another end of the line each time: only what Header holds of it matters."""
        mark, rest = key[0], (*key[_TIME + 2 :], b"")[0].split(key[0])
        short = (mark, b"\r", *key[1 : _TIME + 2], *(b"".join(rest[n : n + 1]) for n in sorted(_HELD)))
        shape = self._known.get(short)
        if shape is None:
            shape = Shape(read_header(frame), time_at, self._when)
            self._remember(short, shape)
        self._remember(key, shape)
        return shape

    def _remember(self, key: tuple[bytes, ...], shape: Shape) -> None:
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[key] = shape

    def _read(self, frame: bytes) -> tuple[Shape, str]:
        header = read_header(frame)
        return Shape(header, when=self._when), header.control_id


def _line(mark: bytes, parts: tuple[bytes | None, ...]) -> re.Pattern[bytes]:
    """A header line in which what is None may be anything plain. Its groups: the event; the control id, neither empty nor null."""
    end = re.escape(mark)
    plain = rb"[^\r\n\x80-\xff%b]*" % end
    told = [plain if part is None else re.escape(part) for part in parts]
    told[_EVENT] = rb"(%b)" % plain
    told[_CONTROL_ID] = rb'(?!""%b)(?!%b)(%b)' % (end, end, plain)
    return re.compile(end.join(told) + rb"\r")


def _owed(header: Header, when: str) -> tuple[AckCode | None, str | None]:
    """What is answered once a message is safe, and on which condition the application's word is owed later."""
    if not is_enhanced(header):
        return (AckCode.AA, None) if when == AT_COMMIT else (None, "AL")
    accept = AckCode.CA if must_answer(header.accept_condition, AckCode.CA) else None
    condition = header.application_condition
    is_owed = must_answer(condition, AckCode.AA) or must_answer(condition, AckCode.AE)
    return accept, condition if is_owed else None
