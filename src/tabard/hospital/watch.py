"""The watch: recalls are obeyed, files looked at, and tokens of stopped products ended, while a hospital is served.

A recall stops a product; a network that is down never does. What other processes do to the hospital's database (installing,
taking away) is seen here within a second.
"""

import threading
from collections.abc import Callable
from typing import Protocol, Self

import structlog

from tabard.audit import AuditEvent, AuditLog, Outcome
from tabard.ground.errors import TabardError
from tabard.hospital.hospital import Hospital
from tabard.hospital.overriding import overridden
from tabard.hospital.recalls import of_package, stop_of
from tabard.hospital.receipts import send

LOOK_S = 1.0
"""How often what other processes did is looked for, in seconds."""

_CLOSING_S = 5.0
_log = structlog.get_logger(__name__)


class Revoker(Protocol):
    """The gateway, as far as it ends tokens."""

    def revoke(self, *, client_id: str) -> None:
        """End at once every token of a product."""


class Watch:
    """Watches one hospital, from threads of its own, while its context is open; nothing that is served waits for it."""

    def __init__(self, hospital: Hospital, gateway: Revoker, audit: AuditLog) -> None:
        self._hospital = hospital
        self._gateway = gateway
        self._audit = audit
        self._over = threading.Event()
        self._turn = threading.Lock()
        self._told: str | None = None
        self._unsent: str | None = None
        self._threads = (
            threading.Thread(target=self._every, args=(LOOK_S, self.settle), name="watch-installs", daemon=True),
            threading.Thread(
                target=self._every,
                args=(hospital.settings.refresh_s, self.refresh),
                name="watch-catalogue",
                daemon=True,
            ),
        )

    def __enter__(self) -> Self:
        """Obey what is known already, without asking anybody; from then on watch."""
        self._guarded(self.obey)
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End the watching; a catalogue that is slow to answer is not waited for."""
        self._over.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(_CLOSING_S)

    def refresh(self) -> None:
        """Ask for the catalogue once, then obey what is known. What cannot be had is told in the log when that is news."""
        try:
            if self._hospital.settings.catalogue is not None:
                self._tell(self._refreshed())
        finally:  # a disk that is full, say: what is known already still holds
            self.obey()
        self._answer()

    def obey(self) -> None:
        """Stop what is recalled, and what has other files than were accredited; end the tokens of what is stopped."""
        with self._turn:  # the two threads take turns: each stop is told once
            installs, recalls = self._hospital.installs, self._hospital.centre.recalls
            here = [install for install in installs.all() if not install.is_trial]
            answered = overridden(self._hospital.folder)
            stops = [(install, stop_of(of_package(recalls, install.id, install.sha256), answered)) for install in here]
            for install, stop in stops:  # recalls first: no product's files keep another's recall waiting
                is_known = install.stop is not None and stop is not None and install.stop.why is stop.why
                if stop is not None and (install.is_active or not is_known):
                    installs.stop(install, stop)
            for install, stop in stops:
                if stop is None:
                    installs.checked(install.id)
            self._settle()

    def settle(self) -> None:
        """End the tokens of what was stopped or taken away, by whichever process, and write it into the audit."""
        with self._turn:
            self._settle()

    def _settle(self) -> None:
        for owed in self._hospital.installs.owed():
            self._gateway.revoke(client_id=owed.product)
            event = AuditEvent(self._hospital.clock(), "stop", Outcome.granted, client=owed.product, reason=owed.why)
            self._audit.write(event).result()
            self._hospital.installs.settle(owed)
        for client in self._hospital.clients.owed():
            self._gateway.revoke(client_id=client)
            event = AuditEvent(self._hospital.clock(), "stop", Outcome.granted, client=client, reason="removed")
            self._audit.write(event).result()
            self._hospital.clients.settle(client)

    def _answer(self) -> None:
        """Send the centre a receipt, last of all; one that is not taken is told when that is news, and stops nothing."""
        told = None
        try:
            send(self._hospital)
        except TabardError as fault:
            told = type(fault).__name__
        if told != self._unsent:
            self._unsent = told
            _log.warning("receipt_not_taken", error=told) if told else _log.info("receipt_taken_again")

    def _refreshed(self) -> str | None:
        """What kept the catalogue from being had; None when it is fresh."""
        try:
            self._hospital.centre.client.refresh()
        except TabardError as fault:
            return str(getattr(fault, "reason", type(fault).__name__))
        return None

    def _tell(self, fault: str | None) -> None:
        """A word in the log when something has changed, not at every turn."""
        if fault == self._told:
            return
        self._told = fault
        if fault is None:
            _log.info("catalogue_fresh_again")
        else:
            _log.warning("catalogue_not_refreshed", reason=fault)

    def _every(self, seconds: float, turn: Callable[[], None]) -> None:
        while not self._over.is_set():
            self._guarded(turn)
            self._over.wait(seconds)

    def _guarded(self, turn: Callable[[], None]) -> None:
        """A turn that fails is told and tried again at the next: the watch goes on as long as the hospital does."""
        try:
            turn()
        except Exception as error:  # noqa: BLE001  the last border of a thread
            _log.error("watch_failed", turn=turn.__name__, error=type(error).__name__)
