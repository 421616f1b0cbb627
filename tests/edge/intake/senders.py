"""Senders as an EHR has them: one connection each, one message at a time, the same one again until it is acknowledged."""

import threading
from contextlib import closing, suppress

from edge.intake.peers import Peer, message


class Sender:
    """Sends one person's details again and again, each time another house number; remembers what was acknowledged."""

    def __init__(self, person: int) -> None:
        self.person = person
        self.acknowledged: list[str] = []
        self.line = 1
        self.faults: list[str] = []

    def control_id(self) -> str:
        """Of the message to send next."""
        return f"P{self.person}-{self.line}"

    def send_until(self, address: tuple[str, int], stopping: threading.Event) -> None:
        """Send to `address` until it dies or `stopping` is set."""
        with suppress(OSError, EOFError), closing(Peer(address)) as peer:  # it died: the next one gets the same message
            while not stopping.is_set() and self._is_taken(peer):
                self.acknowledged.append(self.control_id())
                self.line += 1

    def _is_taken(self, peer: Peer) -> bool:
        answered = peer.ask(message(self.control_id(), person=self.person, line=self.line))
        if answered != ("AA", self.control_id()):
            self.faults.append(f"{self.control_id()} was answered {answered}")
        return answered[0] == "AA"


def send_all(senders: list[Sender], address: tuple[str, int], stopping: threading.Event) -> list[threading.Thread]:
    """All senders at work, each in a thread."""
    threads = [threading.Thread(target=sender.send_until, args=(address, stopping)) for sender in senders]
    for thread in threads:
        thread.start()
    return threads
