"""A hospital, real and served from its folder."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from secrets import token_urlsafe

from starlette.types import ASGIApp

from tabard import hospital as hospitals
from tabard.audit import AuditLog, Keeper, read_settings as audit_settings
from tabard.database import engine
from tabard.gateway import Gateway
from tabard.gateway.cds import PATH as CDS, WELL_KNOWN, CdsApp, JwksApp
from tabard.ground.private_files import write_private
from tabard.ground.time import Clock, system_clock
from tabard.link import Control, Links, Waits, metrics_text, start_tracing, verbs_of
from tabard.runner import Runner
from tabard.web.hospital import METRICS, Portal, metrics, pages, product_files, site
from tabard.wiring.base import Base, base_of
from tabard.wiring.calling import called
from tabard.wiring.faces import Ways, gateway_of, portal_of
from tabard.wiring.hooks import ProductServices, firing
from tabard.wiring.keeping import keeping
from tabard.wiring.launches import opened_from
from tabard.wiring.links import writing_back
from tabard.wiring.notices import noticing, notifying
from tabard.wiring.outside import signing_in
from tabard.wiring.proxied import Proxied, Unproxied
from tabard.wiring.servers import Servers
from tabard.wiring.serving import listening, secured, server_of


@dataclass(frozen=True, slots=True)
class Running:
    """A hospital that takes messages and can be asked: its links and its one web application."""

    links: Links
    app: ASGIApp


@contextmanager
def running(folder: Path, clock: Clock = system_clock) -> Iterator[Running]:
    """The hospital in `folder`, its links listening, until the context is left.

    Raises NoHospital or BadSettings for a folder that holds none, CallerError when a link's port cannot be had.
    """
    base = base_of(folder, clock)
    with ExitStack() as parts:  # ended in the opposite order: nobody writes any more when the audit is closed
        parts.callback(base.reader.close)
        audit = AuditLog(base.place.audit, clock)
        parts.callback(audit.close)
        keeper = parts.enter_context(
            Keeper(base.place.audit, base.place.keys, audit, clock, audit_settings(base.root / "hospital.toml"))
        )
        notices = parts.enter_context(noticing(base))
        _listen(base.links, parts)
        tables = engine(base.root / "gateway.db")
        ways = Ways(
            parts.enter_context(writing_back(base.root, base.reader, base.record, base.dialects, base.ehr, clock)),
            parts.enter_context(keeping(base.record, clock)),
            Waits(base.reader, base.ids),
        )
        _answer(base, ways, parts)
        gateway = gateway_of(base, ways, audit, tables, keeper.search, notices)
        parts.callback(gateway.close)
        runner = Runner(base.root / "parts", gateway.socket_of, clock)
        hooks = parts.enter_context(firing(gateway, ProductServices(base.hospital.installs, runner), base.heard))
        parts.enter_context(notifying(gateway, notices, runner))
        sign_in = parts.enter_context(signing_in(base.hospital, base.reader, audit, tables, clock))
        doors = parts.enter_context(opened_from(base.hospital, base.ehr, base.reader, ways.waits, audit, tables, clock))
        portal = portal_of(base, ways, gateway, hooks, doors, sign_in, audit, keeper.search)
        parts.enter_context(Servers(base.hospital.installs, runner))
        parts.enter_context(hospitals.Watch(base.hospital, gateway, audit))
        calling = called(base.hospital, hooks, base.ehr, base.reader, ways.waits, audit, tables, clock)
        cds: dict[str, ASGIApp] = {CDS: CdsApp(calling), WELL_KNOWN: JwksApp(hooks.proofs)}
        yield Running(base.links, _site(base, portal, gateway, cds))


def _listen(links: Links, parts: ExitStack) -> None:
    """Take messages, until `parts` are ended."""
    links.start()
    parts.callback(links.stop)


def _answer(base: Base, ways: Ways, parts: ExitStack) -> None:
    """What is asked from beside, of the links and of where writes go, until `parts` are ended."""
    control = Control(base.root, {**verbs_of(base.links), **({} if ways.writes is None else ways.writes.verbs())})
    parts.callback(control.stop)
    control.start()


def _site(base: Base, portal: Portal, gateway: Gateway, cds: Mapping[str, ASGIApp]) -> ASGIApp:
    """Everything that is answered on the hospital's port."""
    base_url = base.hospital.settings.base_url
    told = metrics(lambda: metrics_text(base.links), _metrics_token(base.root))
    products = product_files(base.hospital.installs, base_url)
    return site(pages(portal), gateway.app, products, base_url, {**cds, METRICS: told})


def _metrics_token(folder: Path) -> str:
    """The token by which Prometheus reads, made where there is none yet."""
    path = folder / "metrics.token"
    if not path.is_file():
        write_private(path, f"{token_urlsafe()}\n".encode())
    return path.read_text().strip()


def serve_hospital(folder: Path, tell: Callable[[Mapping[str, tuple[str, int]]], None]) -> None:
    """Serve the hospital in `folder` until it is told to stop (SIGINT or SIGTERM), then finish what is in hand.

    `tell` hears, once everything listens, the host and port of each link. Raises what `running` raises, and
    CallerError when the web port cannot be had.
    """
    start_tracing()
    settings = hospitals.load(folder).settings
    reached = settings.reached
    secure = None if reached.tls is None else partial(secured, reached.tls)
    if secure is not None:
        secure()  # files that do not go together are told before any message is taken
    with listening(settings.port, "hospital.toml", reached.listen) as web, running(folder) as hospital:
        app = Unproxied(hospital.app) if reached.trusted is None else Proxied(hospital.app, reached.trusted)
        server = server_of(app, secure)
        tell(hospital.links.addresses())
        server.run(sockets=[web])
