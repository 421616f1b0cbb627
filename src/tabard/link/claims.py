"""What is to be applied next: the numbers of the messages that wait, and a turn for each link so that none starves another."""

import threading
from collections.abc import Iterable
from heapq import heappop, heappush


class Claims:
    """The numbers of waiting messages by link. Any thread may add; one takes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queues: dict[str, list[int]] = {}
        self._work = threading.Event()

    def add(self, link: str, seqs: Iterable[int]) -> None:
        """Messages of `link` wait, each numbered higher than those that were ever added."""
        with self._lock:
            self._queues.setdefault(link, []).extend(seqs)  # what is higher than all keeps a heap a heap
        self._work.set()

    def put_back(self, link: str, seqs: Iterable[int]) -> None:
        """Messages of `link` wait again, whatever their numbers."""
        with self._lock:
            queue = self._queues.setdefault(link, [])
            for seq in seqs:
                heappush(queue, seq)
        self._work.set()

    def take(self, most: int) -> tuple[tuple[str, int], ...]:
        """The next messages, oldest first, with their links, each once.

        Where more wait than `most`, each link that has any gets an equal part: a link with a long backlog keeps no other
        link's news waiting. Each link's own are in their order.
        """
        taken: set[tuple[int, str]] = set()
        with self._lock:
            while (room := most - len(taken)) and (links := [link for link, queue in self._queues.items() if queue]):
                share = max(room // len(links), 1)
                for link in links[:room]:
                    queue = self._queues[link]
                    taken.update((heappop(queue), link) for _ in range(min(share, len(queue))))
        return tuple((link, seq) for seq, link in sorted(taken))

    def wake(self) -> None:
        """Whoever waits in `wait` goes on."""
        self._work.set()

    def wait(self) -> None:
        """Until there may be work."""
        self._work.wait()
        self._work.clear()
