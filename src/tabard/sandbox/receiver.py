"""A pretend record system that takes messages: it listens for ours, keeps them, and answers in the manner that was ordered."""

import socketserver
from collections import deque
from enum import StrEnum
from threading import Event as Flag, Thread

_BEFORE, _AFTER = b"\x0b", b"\x1c\r"
_MOST_BYTES = 10_000_000


class Manner(StrEnum):
    """How a message is answered."""

    accept = "accept"
    """AA."""
    commit = "commit"
    """CA at once; what becomes of it is never said."""
    commit_then_accept = "commit_then_accept"
    """CA, then AA on the same line."""
    error = "error"
    """AE: sending it again may help."""
    commit_error = "commit_error"
    """CE."""
    reject = "reject"
    """AR: it will never be taken."""
    commit_reject = "commit_reject"
    """CR."""
    stray = "stray"
    """AA for a message that was never sent, then AA for this one."""
    mistaken = "mistaken"
    """AA for a message that was never sent, and nothing more."""
    late = "late"
    """AA after `delay_s`: by then the sender may have sent another."""
    silent = "silent"
    """Taken, and never answered."""
    half = "half"
    """Half an answer, then the line ends."""
    cut = "cut"
    """The line ends; the message was kept."""
    garbled = "garbled"
    """An answer without MSA."""


class PretendReceiver:
    """Listens on loopback (`port` 0 takes a free one) from `start` to `close`; `heard` are the messages, as they came.

    `order` says how the next ones are answered; those after them are accepted.
    """

    def __init__(self, port: int = 0) -> None:
        self.heard: list[bytes] = []
        self._manners: deque[tuple[Manner, float]] = deque()
        self._closing = Flag()
        self._server = _Server(("127.0.0.1", port), self)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def close(self) -> None:
        """Hang up and listen no more."""
        self._closing.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def order(self, manner: Manner | str, times: int = 1, *, delay_s: float = 1.0) -> None:
        """The next so many messages are answered so; 0 takes back all that was ordered."""
        if times == 0:
            self._manners.clear()
        self._manners.extend([(Manner(manner), delay_s)] * times)

    def take(self, message: bytes) -> tuple[bytes, bool]:
        """Keep a message; the bytes to answer, and whether the line goes on."""
        self.heard.append(message)
        manner, delay_s = self._manners.popleft() if self._manners else (Manner.accept, 0.0)
        if manner is Manner.late:
            self._closing.wait(delay_s)
        named = _control_id(message)
        told = b"".join(_frame(_answer(code, control_id or named)) for code, control_id in _ANSWERS[manner])
        if manner is Manner.half:
            return told[: len(told) // 2], False
        if manner is Manner.garbled:
            return _frame("MSH|^~\\&|A|B|C|D|20260101||ACK|1|P|2.4\r"), True
        return told, manner is not Manner.cut


_STRAY = "NEVER-SENT"
_ANSWERS: dict[Manner, tuple[tuple[str, str], ...]] = {
    Manner.accept: (("AA", ""),),
    Manner.commit: (("CA", ""),),
    Manner.commit_then_accept: (("CA", ""), ("AA", "")),
    Manner.error: (("AE", ""),),
    Manner.commit_error: (("CE", ""),),
    Manner.reject: (("AR", ""),),
    Manner.commit_reject: (("CR", ""),),
    Manner.stray: (("AA", _STRAY), ("AA", "")),
    Manner.mistaken: (("AA", _STRAY),),
    Manner.late: (("AA", ""),),
    Manner.silent: (),
    Manner.half: (("AA", ""),),
    Manner.cut: (),
    Manner.garbled: (),
}


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], receiver: PretendReceiver) -> None:
        super().__init__(address, _Talk)
        self.receiver = receiver


class _Talk(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        """Take message after message until either side ends."""
        heard = b""
        try:
            while len(heard) < _MOST_BYTES and (chunk := self.request.recv(65536)):
                heard += chunk
                while _AFTER in heard:
                    message, _, heard = heard.partition(_AFTER)
                    answer, goes_on = self.server.receiver.take(message.removeprefix(_BEFORE))
                    self.wfile.write(answer)
                    if not goes_on:
                        return
        except OSError:
            return


def _control_id(message: bytes) -> str:
    fields = message.split(b"\r", 1)[0].split(b"|")
    return fields[9].decode(errors="replace") if len(fields) > 9 else ""  # noqa: PLR2004  MSH-10


def _answer(code: str, control_id: str) -> str:
    return f"MSH|^~\\&|EHR|EHR|TABARD|TABARD|20260101||ACK|1|P|2.4\rMSA|{code}|{control_id}\r"


def _frame(text: str) -> bytes:
    return _BEFORE + text.encode() + _AFTER
