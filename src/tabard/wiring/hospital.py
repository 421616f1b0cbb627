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
from tabard.gateway.auditing import Auditing
from tabard.gateway.cds import PATH as CDS, CdsApp
from tabard.gateway.egress import Caller, internal_hosts
from tabard.gateway.export import Bulk
from tabard.gateway.kept import KeptLook
from tabard.ground.ids import KeyedIds
from tabard.ground.private_files import write_private
from tabard.ground.time import Clock, system_clock
from tabard.hospital import Hospital
from tabard.link import (
    Control,
    Dialects,
    Doubts,
    Inspection,
    Links,
    Waits,
    journal_of,
    metrics_text,
    start_tracing,
    verbs_of,
)
from tabard.record import RecordReader
from tabard.runner import Runner
from tabard.web.hospital import METRICS, Portal, metrics, pages, product_files, site
from tabard.wiring.calling import called
from tabard.wiring.heard import Heard
from tabard.wiring.hooks import ProductServices, firing
from tabard.wiring.keeping import keeping
from tabard.wiring.launches import opened_from
from tabard.wiring.links import applier_of, deciding, dialects_of, ehr_of, writing_back
from tabard.wiring.outside import signing_in
from tabard.wiring.proxied import Proxied, Unproxied
from tabard.wiring.record import own_record
from tabard.wiring.servers import Servers
from tabard.wiring.serving import listening, secured, server_of

_FHIR = "/fhir"


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
    hospital = hospitals.load(folder, clock)
    place, ids = hospital.folder, KeyedIds(hospital.folder.ids_key)
    record = own_record(hospital)
    reader, dialects = RecordReader(record), dialects_of(place.root, clock)
    ehr = ehr_of(place.root, reader, place.ids_key, clock)
    heard = Heard()
    make_applier = applier_of(place.root, record, place.ids_key, clock, dialects, heard)
    links = Links(
        place.root, make_applier, clock, applied_to=reader.applied_to(), ehr=ehr, dialect_faults=dialects.faults
    )
    with ExitStack() as parts:  # ended in the opposite order: nobody writes any more when the audit is closed
        parts.callback(reader.close)
        audit = AuditLog(place.audit, clock)
        parts.callback(audit.close)
        kept = audit_settings(place.root / "hospital.toml")
        keeper = parts.enter_context(Keeper(place.audit, place.keys, audit, clock, kept))
        links.start()
        parts.callback(links.stop)
        control = Control(place.root, verbs_of(links))
        parts.callback(control.stop)
        control.start()
        writes = parts.enter_context(writing_back(place.root, reader, record, dialects, ehr, clock))
        waits = Waits(reader, ids)
        gateway_db = engine(place.root / "gateway.db")
        sign_in = parts.enter_context(signing_in(hospital, reader, audit, gateway_db, clock))
        doors = parts.enter_context(opened_from(hospital, ehr, reader, waits, audit, gateway_db, clock))
        keep = parts.enter_context(keeping(record, clock))
        gateway = Gateway(
            base_url=hospital.settings.base_url + _FHIR,
            record=reader if ehr is None else ehr.record,
            elsewhere={} if ehr is None else ehr.record.elsewhere,
            feeds=links.feeds,
            clients=hospital.registry,
            sessions=hospital.people,
            directory=hospital.people,
            signing_keys=hospital.signing_keys,
            audit=audit,
            engine=gateway_db,
            writes=writes,
            keep=keep,
            bulk=Bulk(place.root / "exports", reader.scan),
            waits=waits,
            clock=clock,
            outside=hospital.installs.outside,
            caller=Caller(internal_hosts(place.root / "hospital.toml")),
        )
        parts.callback(gateway.close)
        runner = Runner(place.root / "parts", gateway.socket_of, clock)
        hooks = parts.enter_context(firing(gateway, ProductServices(hospital.installs, runner), heard))
        portal = Portal(
            hospital=hospital,
            records=gateway.door,
            launcher=gateway,
            links=links,
            journal=journal_of(place.root),
            inspection=Inspection(place.root, dialects, ids, audit, clock),
            dialects=Dialects(place.root, ids, audit, clock),
            doubts=Doubts(place.root, dialects, ids, lambda: deciding(record), links, audit, clock),
            clock=clock,
            writes=writes,
            kept=KeptLook(keep),
            waits=waits,
            consenting=gateway.consenting,
            sign_in=sign_in,
            launches=doors.launches,
            contexts=doors.contexts,
            glass=gateway.glass,
            egress=gateway.egress,
            advice=hooks.desk,
            auditing=Auditing(keeper.search, reader, audit, clock),
        )
        parts.enter_context(Servers(hospital.installs, runner))
        parts.enter_context(hospitals.Watch(hospital, gateway, audit))
        cds = CdsApp(called(hospital, hooks, ehr, reader, waits, audit, gateway_db, clock))
        told = metrics(lambda: metrics_text(links), _metrics_token(hospital.folder.root))
        yield Running(links, _site(hospital, portal, gateway, {CDS: cds, METRICS: told}))


def _site(hospital: Hospital, portal: Portal, gateway: Gateway, others: Mapping[str, ASGIApp]) -> ASGIApp:
    """Everything that is answered on the hospital's port."""
    base_url = hospital.settings.base_url
    products = product_files(hospital.installs, base_url)
    return site(pages(portal), gateway.app, products, base_url, others)


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
