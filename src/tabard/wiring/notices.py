"""What is real of subscriptions: a file of their own, the record's writes, what the links say of them, the products' servers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tabard.database import engine
from tabard.gateway import Gateway
from tabard.gateway.subscriptions import FILE, Hearing, Notices
from tabard.hospital import Installs
from tabard.runner import PartDown, Runner
from tabard.wiring.base import Base
from tabard.wiring.servers import is_served

_JSON = {"content-type": "application/fhir+json"}


@dataclass(slots=True)
class ProductSockets:
    """The gateway's port `Sockets`, over the installs and the runner of one hospital, which is there a little later."""

    installs: Installs
    runner: Runner | None = None

    def has_server(self, client: str, /) -> bool:
        """Whether a live product of that id has a server."""
        install = self.installs.find(client)
        return install is not None and is_served(install)

    def post(self, client: str, path: str, body: bytes, timeout_s: float, /) -> int:
        """The status that the product's server answers. Raises PartDown, PartTooSlow, BadAnswer."""
        if self.runner is None:
            raise PartDown("the products' servers are not running", where=client)
        return self.runner.call(client, "POST", path, body, _JSON, timeout_s=timeout_s).status


@contextmanager
def noticing(base: Base) -> Iterator[Notices]:
    """What subscriptions stand on, hearing the links from before they begin, until the context is left."""
    tables = engine(base.root / FILE)
    hearing = Hearing(base.reader.last_change())
    base.heard.add(hearing.hear)
    try:
        yield Notices(tables, base.reader, hearing, ProductSockets(base.hospital.installs))
    finally:
        tables.dispose()


@contextmanager
def notifying(gateway: Gateway, notices: Notices, runner: Runner) -> Iterator[None]:
    """Tells subscribers until the context is left."""
    if isinstance(notices.sockets, ProductSockets):
        notices.sockets.runner = runner
    service = gateway.subscriptions.service if gateway.subscriptions is not None else None
    if service is not None:
        service.start()
    try:
        yield
    finally:
        if service is not None:
            service.close()
