"""Senders: a thread a connection, one message at a time, the same one again until it is acknowledged."""

import socket
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import suppress

from soak.network import Sent

MOST_AHEAD = 50
"""How many messages the fastest connection may be ahead of the slowest: fewer than what comes late is late by."""
_TIMEOUT_S = 120.0
_PAUSE_S = 0.05


class Supply:
    """Hands out what the network brings, by connection, none of them far ahead of the others. For several threads."""

    def __init__(self, brought: Iterator[Sent], lines: int) -> None:
        self._brought = brought
        self._queues: list[deque[tuple[int, Sent]]] = [deque() for _ in range(lines)]
        self._in_hand: list[int | None] = [None] * lines
        self._drawn = 0
        self._changed = threading.Condition()
        self._is_over = False
        self.handed_out = 0
        self.numbers: list[str] = []
        """Of all messages but the copies."""

    def take(self, line: int) -> Sent | None:
        """The next message of a connection, whose last one was acknowledged; None when there is none just now."""
        with self._changed:
            self._in_hand[line] = None
            while not self._queues[line] and self._draw():
                pass
            if not self._queues[line]:
                self._changed.wait(_PAUSE_S)
                return None
            self._changed.notify_all()
            self.handed_out += 1
            self._in_hand[line], sent = self._queues[line].popleft()
            return sent

    def is_over(self, line: int) -> bool:
        """Whether that connection has nothing more to send."""
        with self._changed:
            return self._is_over and not self._queues[line]

    def _draw(self) -> bool:
        """Put one more message to its connection; False when there is none, or the others are too far ahead."""
        heads = [queue[0][0] for queue in self._queues if queue]
        oldest = min([*heads, *(n for n in self._in_hand if n is not None)], default=self._drawn)
        if self._drawn - oldest >= MOST_AHEAD:
            return False
        sent = next(self._brought, None)
        if sent is None:
            self._is_over = True
            return False
        self._queues[sent.line].append((self._drawn, sent))
        self._drawn += 1
        if not sent.is_copy:
            self.numbers.append(sent.control_id)
        return True


class Sender:
    """One connection's end; what was not acknowledged when a life ended is the first that is sent in the next."""

    def __init__(self, supply: Supply, line: int) -> None:
        self._supply, self._line = supply, line
        self._in_hand: Sent | None = None
        self.acknowledged = 0
        self.faults: list[str] = []
        self.is_done = False

    def send_until(self, address: tuple[str, int], stopping: threading.Event, may_send: threading.Event) -> None:
        """Send until the other side dies, `stopping` is set or there is no more; pause while `may_send` is not set."""
        while not stopping.is_set() and not self.is_done:
            with suppress(OSError, EOFError), socket.create_connection(address, timeout=_TIMEOUT_S) as line:
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while not stopping.is_set() and self._goes_on(line, may_send):
                    pass

    def _goes_on(self, line: socket.socket, may_send: threading.Event) -> bool:
        """Whether the same connection serves for another message."""
        if not may_send.wait(_PAUSE_S):
            return True
        sent = self._in_hand or self._supply.take(self._line)
        if sent is None:
            self.is_done = self._supply.is_over(self._line)
            return not self.is_done
        self._in_hand = sent
        line.sendall(b"\x0b" + sent.raw + b"\x1c\r")
        if sent.loses_ack:
            self._in_hand = Sent(sent.raw, sent.control_id, sent.line)
            return False
        code, control_id = _answer(line)
        if (code, control_id) != ("AA", sent.control_id):
            self.faults.append(f"{sent.control_id} was answered {code} {control_id}")
            return False
        self.acknowledged += 1
        self._in_hand = None
        return True


def _answer(line: socket.socket) -> tuple[str, str]:
    """MSA-1 and MSA-2. Raises EOFError when the other side died."""
    heard = b""
    while not heard.endswith(b"\x1c\r"):
        data = line.recv(65536)
        if not data:
            raise EOFError
        heard += data
    _, code, control_id = next(one for one in heard.decode().split("\r") if one.startswith("MSA|")).split("|")[:3]
    return code, control_id
