"""A hospital that tells its subscribers over real connections, in threads of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from tabard.database import engine
from tabard.gateway import Client, Gateway
from tabard.gateway.egress import Caller
from tabard.gateway.model import ClientKind
from tabard.gateway.subscriptions import Hearing, Notices
from tabard.ground.time import system_clock
from unit.gateway.subscriptions.subscribed import Subscribed, wanted
from unit.gateway.world import BASE

SERVICE = Client("service", "service", "", (), None, "system/*.rs", ClientKind.backend, jwks={"keys": []})


class Served(Subscribed):
    """Its deliveries have threads of their own; `caller` calls real endpoints."""

    def __init__(self, folder: Path, caller: Caller) -> None:
        self.caller = caller
        super().__init__(folder)
        self.clock.now = system_clock()

    def open(self) -> Gateway:
        """The gateway, telling."""
        self.engine = engine(self.folder / "gateway.db")
        self.hearing = Hearing(self.reader.last_change())
        gateway = Gateway(
            base_url=BASE,
            record=self.record,
            feeds=lambda: self.feeds,
            clients=self.clients,
            sessions=self.sessions,
            audit=self.audit,
            engine=self.engine,
            notices=Notices(self.notices_db, self.reader, self.hearing),
            caller=self.caller,
        )
        assert gateway.subscriptions is not None
        gateway.subscriptions.service.start()
        return gateway

    def ask_for(self, endpoint: str, **more: object) -> str:
        """A service's subscription at an endpoint; its id."""
        made = self.send("POST", "Subscription", self.service(), wanted(endpoint=endpoint, **more))  # type: ignore[arg-type]  # as a test says it
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    def until_audited(self, **wanted: str) -> None:
        """Wait until something was done, and ended so."""
        pause = Event()
        for _ in range(1200):
            if self.audited(**wanted):
                return
            pause.wait(0.1)
        raise AssertionError(f"none came: {wanted}")


@contextmanager
def serving(folder: Path, caller: Caller) -> Iterator[Served]:
    """A hospital that is given back."""
    world = Served(folder, caller)
    try:
        yield world
    finally:
        world.close()
