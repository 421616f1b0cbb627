"""The one place that names what is real: a hospital or a store served from its folder."""

import os
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from tabard import hospital as hospitals, store as stores
from tabard.audit import AuditLog
from tabard.database import engine
from tabard.gateway import Gateway
from tabard.ground.errors import CallerError
from tabard.ground.ids import KeyedIds
from tabard.ground.private_files import write_private
from tabard.ground.time import Clock, system_clock
from tabard.link import (
    NO_DIALECT,
    Applier,
    Control,
    DialectFirst,
    Dialects,
    Doubts,
    Ehr,
    Inspection,
    Links,
    LiveDialects,
    MakeApplier,
    Waits,
    hand,
    is_any_held,
    journal_of,
    list_links,
    metrics_text,
    start_tracing,
    verbs_of,
)
from tabard.link.out import Outbound
from tabard.link.writeback import WriteBack
from tabard.record import RecordReader, RecordWriter, Writing
from tabard.store import Store
from tabard.web.hospital import Portal, metrics, pages, product_files, site
from tabard.web.store import Counter, api, site as store_site

_FHIR = "/fhir"
_HOST = "127.0.0.1"
_GRACE_S = 5


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
    place, settings = hospital.folder, hospital.settings
    record = place.root / "record.db"
    RecordWriter(record).close()  # the readers need the file
    reader, audit = RecordReader(record), AuditLog(place.audit, clock)
    dialects = dialects_of(place.root, clock)
    make_applier = applier_of(place.root, record, place.ids_key, clock, dialects)
    ehr = ehr_of(place.root, reader, place.ids_key, clock)
    links = Links(
        place.root, make_applier, clock, applied_to=reader.applied_to(), ehr=ehr, dialect_faults=dialects.faults
    )
    control = Control(place.root, verbs_of(links))
    parts = ExitStack()
    links.start()
    try:
        control.start()
        writes = parts.enter_context(_writing_back(place.root, reader, record, dialects, ehr, clock))
        ids = KeyedIds(place.ids_key)
        waits = Waits(reader, ids)
        gateway = Gateway(
            base_url=settings.base_url + _FHIR,
            record=reader if ehr is None else ehr.record,
            elsewhere={} if ehr is None else ehr.record.elsewhere,
            feeds=links.feeds,
            clients=hospital.installs,
            sessions=hospital.people,
            audit=audit,
            engine=engine(place.root / "gateway.db"),
            writes=writes,
            waits=waits,
            clock=clock,
        )
        doubts = Doubts(place.root, dialects, ids, lambda: _deciding(record), links, audit, clock)
        changes = Dialects(place.root, ids, audit, clock)
        inspection = Inspection(place.root, dialects, ids, audit, clock)
        portal = Portal(
            hospital,
            gateway.door,
            gateway,
            links,
            journal_of(place.root),
            inspection,
            changes,
            doubts,
            clock,
            writes,
            waits,
        )
        products = product_files(hospital.installs, settings.base_url)
        with hospitals.Watch(hospital, gateway, audit):
            told = metrics(lambda: metrics_text(links), _metrics_token(place.root))
            yield Running(links, site(pages(portal), gateway.app, products, settings.base_url, told))
    finally:
        parts.close()
        control.stop()
        links.stop()
        audit.close()


def _metrics_token(folder: Path) -> str:
    """The token by which Prometheus reads, made where there is none yet."""
    path = folder / "metrics.token"
    if not path.is_file():
        write_private(path, f"{token_urlsafe()}\n".encode())
    return path.read_text().strip()


@contextmanager
def _writing_back(
    folder: Path, reader: RecordReader, record: Path, dialects: LiveDialects, ehr: Ehr | None, clock: Clock
) -> Iterator[WriteBack | None]:
    """What takes the writes of products, and carries them, until the context is left; None where no link takes any.

    Raises CallerError for a destination that is not there, or whose certificates cannot be used.
    """
    if all(link.write is None for link in list_links(folder)):
        yield None
        return
    with ExitStack() as parts:
        outbound = Outbound(folder, clock)
        parts.callback(outbound.stop)
        over_fhir = None if ehr is None else ehr.writes
        back = WriteBack(folder, reader, lambda: _deciding(record), dialects, outbound, clock, over_fhir=over_fhir)
        parts.callback(back.stop)
        outbound.start()
        back.start()
        yield back


@contextmanager
def _deciding(record: Path) -> Iterator[Writing]:
    """One transaction of the record, for a person's decision."""
    writer = RecordWriter(record)
    try:
        with writer.transaction() as writing:
            yield writing
    finally:
        writer.close()


@contextmanager
def doubts_in(folder: Path, clock: Clock = system_clock) -> Iterator[Doubts]:
    """The doubts of the hospital in `folder`, for a command beside it, whether it is being served or not.

    Raises NotFound without a journal, CallerError while the hospital starts or stops.
    """
    place = hospitals.load(folder, clock).folder
    audit = AuditLog(place.audit, clock)
    try:
        with hand(place.root, clock) as hands:
            known, ids = dialects_of(place.root, clock), KeyedIds(place.ids_key)
            yield Doubts(place.root, known, ids, lambda: _deciding(place.root / "record.db"), hands, audit, clock)
    finally:
        audit.close()


def applier_of(
    folder: Path, record: Path, ids_key: bytes, clock: Clock, dialects: LiveDialects | None = None
) -> MakeApplier:
    """What makes the applier of the hospital in `folder`, in the thread that will use it."""
    known = dialects or dialects_of(folder, clock)

    def make() -> DialectFirst:
        applier = Applier(RecordWriter(record), known, KeyedIds(ids_key), clock)
        return DialectFirst(applier, known, clock, is_any_held=is_any_held(folder, NO_DIALECT))

    return make


def ehr_of(folder: Path, reader: RecordReader, ids_key: bytes, clock: Clock) -> Ehr | None:
    """The record system that the hospital in `folder` asks over FHIR beside its record; None where no link has one.

    Raises CallerError where two have: whose results a patient's are would be anybody's guess.
    """
    asked = [link for link in list_links(folder) if link.fhir is not None]
    if len(asked) > 1:
        raise CallerError(
            "two links have a FHIR base",
            where=", ".join(link.name for link in asked),
            expected="one at most",
            remedy="take the table [fhir] out of the others",
        )
    for link in asked:
        if link.fhir is not None:
            return Ehr(folder, link.name, link.fhir, reader, KeyedIds(ids_key), clock)
    return None


def dialects_of(folder: Path, clock: Clock = system_clock) -> LiveDialects:
    """The dialect of each link of the hospital in `folder`, as its history says at each message."""
    return LiveDialects(folder, clock)


def serve_hospital(folder: Path, tell: Callable[[Mapping[str, tuple[str, int]]], None]) -> None:
    """Serve the hospital in `folder` until it is told to stop (SIGINT or SIGTERM), then finish what is in hand.

    `tell` hears, once everything listens, the host and port of each link. Raises what `running` raises, and
    CallerError when the web port cannot be had.
    """
    start_tracing()
    port = hospitals.load(folder).settings.port
    with _listening(port, "hospital.toml") as web, running(folder) as hospital:
        server = _server(hospital.app)
        tell(hospital.links.addresses())
        server.run(sockets=[web])


def store_app(store: Store) -> ASGIApp:
    """The store's one web application: its pages, its API and the catalogue's public files."""
    return store_site(Counter(store), api.routes(store))


def serve_store(folder: Path, tell: Callable[[], None]) -> None:
    """Serve the store in `folder` until it is told to stop (SIGINT or SIGTERM), then finish what is in hand.

    `tell` is called once it listens. Raises NoStore or BadSettings for a folder that holds none, CallerError when the
    web port cannot be had or another process serves this folder.
    """
    store = stores.load(folder)
    worker = stores.Worker(store)
    with _listening(store.settings.port, "store.toml") as web:
        worker.start()
        try:
            server = _server(store_app(store))
            tell()
            server.run(sockets=[web])
        finally:
            worker.stop()


def _server(app: ASGIApp) -> uvicorn.Server:
    """A web server that ends when it is told to, and only then."""
    config = uvicorn.Config(
        app,
        http="httptools",
        loop="uvloop",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
    )
    server = uvicorn.Server(config)
    _stop_when_told(server)
    return server


def _listening(port: int, settings: str) -> socket.socket:
    """The web port, had before any message is taken; `settings` is the file that names it."""
    try:
        return socket.create_server((_HOST, port))
    except OSError as fault:
        raise CallerError(
            "the web port cannot be had",
            where=f"{_HOST}:{port}",
            got=os.strerror(fault.errno or 0),
            remedy=f"stop what listens there, or set another port in {settings}",
        ) from fault


def _stop_when_told(server: uvicorn.Server) -> None:
    """Make SIGINT and SIGTERM end the serving and nothing more.

    The server raises them again once it has stopped; the usual handlers would then end the process before links and
    audit are closed.
    """

    def stop(signum: int, frame: FrameType | None) -> None:
        del signum, frame
        server.should_exit = True

    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, stop)


__all__ = [
    "Running",
    "applier_of",
    "dialects_of",
    "doubts_in",
    "ehr_of",
    "running",
    "serve_hospital",
    "serve_store",
    "store_app",
]
