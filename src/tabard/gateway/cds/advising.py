"""Asking all services of a hook at once: each has its own time, and a slow or failing one holds up nobody."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from time import monotonic

from tabard.gateway.cds.asking import Asking
from tabard.gateway.cds.model import Advice, Occasion, Service
from tabard.gateway.cds.sharing import Sharing
from tabard.gateway.model import CLINICIAN

_THREADS = 32
_AT_ONCE = 4
"""Calls of one product that may be open at once: one that hangs takes no more threads than these."""

_URGENT_FIRST = {"critical": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Advising:
    """Fans an occasion out to the services of its hook. Safe from any thread."""

    asking: Asking
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_THREADS, "tabard-hooks"))
    _open: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def advise(self, occasion: Occasion) -> tuple[Advice, ...]:
        """What all services say, the most urgent first; nothing to who may not see patients. Blocking.

        It takes as long as the slowest service may take, never longer.
        """
        if CLINICIAN not in occasion.roles:
            return ()
        began = monotonic()
        services, sharing = self.asking.services.of_hook(occasion.hook), Sharing()
        asked = [(service, self._begun(service, occasion, sharing)) for service in services]
        told = [self._ended(service, future, began) for service, future in asked]
        return tuple(sorted(told, key=_urgency))

    def close(self) -> None:
        """Take no further calls; those that are open end by their own time."""
        self.threads.shutdown(wait=False, cancel_futures=True)

    def _begun(self, service: Service, occasion: Occasion, sharing: Sharing) -> "Future[Advice] | None":
        with self._lock:
            if self._open.get(service.client, 0) >= _AT_ONCE:
                return None
            self._open[service.client] = self._open.get(service.client, 0) + 1
        future = self.threads.submit(self.asking.ask, service, occasion, sharing)
        future.add_done_callback(lambda _: self._let_go(service.client))
        return future

    def _ended(self, service: Service, future: "Future[Advice] | None", began: float) -> Advice:
        if future is None:
            return Advice(service, fault=f"{service.product} ({service.title}) is still busy and was not asked.")
        left = began + service.timeout_s - monotonic()
        done, _ = wait([future], timeout=max(left, 0.0))
        if done:
            return future.result()
        return Advice(service, fault=f"{service.product} ({service.title}) did not answer in {service.timeout_s:g} s.")

    def _let_go(self, client: str) -> None:
        with self._lock:
            self._open[client] -= 1


def _urgency(advice: Advice) -> tuple[int, str]:
    most = min((_URGENT_FIRST[card.indicator] for card in advice.cards), default=len(_URGENT_FIRST))
    return most, advice.service.name


def merged(told: Sequence[Advice]) -> tuple[Advice, ...]:
    """Only what has something to say."""
    return tuple(one for one in told if one.cards or one.fault)
