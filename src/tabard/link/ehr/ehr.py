"""One EHR over FHIR, put together: its driver, its map of ids, what passes through, and how it stands."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import httpx

from tabard.ground.ids import KeyedIds
from tabard.ground.time import Clock, system_clock
from tabard.link.ehr.asking import Asking
from tabard.link.ehr.beating import Beating
from tabard.link.ehr.breaker import Breaker
from tabard.link.ehr.capability import Capability, capability_of
from tabard.link.ehr.driver import FhirDriver
from tabard.link.ehr.id_map import IdMap
from tabard.link.ehr.joining import Joining
from tabard.link.ehr.kept import Kept
from tabard.link.ehr.known import KnownRecord
from tabard.link.ehr.launched import Launched
from tabard.link.ehr.ledger import Ledger, Refusal
from tabard.link.ehr.metering import Meter, MeteredWire
from tabard.link.ehr.pace import Budget, Pace
from tabard.link.ehr.pass_through import PassThrough
from tabard.link.ehr.polling import IDLE_S, Polling
from tabard.link.ehr.proving import Proving
from tabard.link.ehr.shaping import with_nhs_number
from tabard.link.ehr.showing import Showing
from tabard.link.ehr.staff import Staff
from tabard.link.ehr.standing import Standing
from tabard.link.ehr.tokens import Tokens, by_key
from tabard.link.ehr.visits import Visits
from tabard.link.ehr.wire import Wire
from tabard.link.ehr.writing import Millennium
from tabard.link.feeds import Feed
from tabard.link.link_keys import read_link_key, read_link_secret
from tabard.link.settings import FhirSettings
from tabard.record import RecordReader

TELL_WITHIN = timedelta(hours=24)
BEAT_S = 30.0
"""How often the EHR is asked something where nobody asks it anything."""

_LEAST_TOKEN_S = 120.0
_POLLED_AT_ONCE = 2


class Connection:
    """The way to one EHR: wire, tokens, breaker and driver, without any map."""

    def __init__(
        self,
        folder: Path,
        link: str,
        settings: FhirSettings,
        clock: Clock = system_clock,
        pace: Pace | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.pace = pace or Pace()
        self.settings = settings
        self.wire = Wire(settings.concurrency, transport)
        self.breaker = Breaker(self.pace.now)
        self.standing = Standing(link, self.breaker, clock)
        self.ledger = Ledger(ledger_file(folder, link), clock)
        key = read_link_key(folder, settings.key) if settings.key else None
        self.tokens = Tokens(
            settings.base_url,
            settings.client_id,
            settings.scope,
            self.wire,
            self.pace,
            sign=None if key is None else by_key(settings.client_id, key, clock),
            secret=read_link_secret(folder, settings.secret) if settings.secret else "",
        )
        self.driver = self._driver(self.wire, settings.concurrency)
        self._capability: Capability | None = None

    def _driver(self, wire: Wire, concurrency: int) -> FhirDriver:
        asking = Asking(
            wire,
            self.tokens,
            self.breaker,
            self.pace,
            concurrency=concurrency,
            tell=self.ledger.tell,
            heard=self.standing.heard,
        )
        return FhirDriver(self.settings.base_url, asking)

    def metered(self, meter: Meter) -> FhirDriver:
        """The same way within a budget of requests, two at a time."""
        return self._driver(MeteredWire(self.wire, meter), _POLLED_AT_ONCE)

    def capability(self) -> Capability:
        """What the EHR says that it can do, asked once. Raises EhrError."""
        if self._capability is None:
            self._capability = capability_of(self.driver.metadata(self.budget()))
        return self._capability

    def budget(self) -> Budget:
        """The time of one request."""
        return Budget(self.settings.patience_s, self.pace)

    def close(self) -> None:
        """Give all back."""
        self.wire.close()
        self.ledger.close()


class Ehr:
    """One EHR beside the record. `record` is what the gateway reads, `writes` what writes; start it and stop it once."""

    def __init__(
        self,
        folder: Path,
        link: str,
        settings: FhirSettings,
        reader: RecordReader,
        ids: KeyedIds,
        clock: Clock = system_clock,
        pace: Pace | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.link = link
        self.connection = way = Connection(folder, link, settings, clock, pace, transport)
        self.map = IdMap(folder / f"ids-{link}.db", link, ids, way.ledger.tell)
        self._beside = ThreadPoolExecutor(settings.concurrency * 2, thread_name_prefix=f"{link}-fhir")
        known = KnownRecord(reader)
        systems, patience_s = with_nhs_number(settings.identifiers), settings.patience_s
        staff = Staff(way.driver, known, self.map, systems, way.pace, patience_s, self._beside.submit)
        joining = Joining(way.driver, known, systems)
        proving = Proving(
            joining,
            Visits(way.driver, known, systems),
            self.map,
            pace=way.pace,
            patience_s=patience_s,
            beside=self._beside,
            tell=way.ledger.tell,
        )
        self.launched = Launched(way.driver, known, proving, systems, way.pace, patience_s)
        """Whom its launches are about."""
        showing = Showing(link, joining, staff, self.map, way.ledger.tell)
        self._kept = Kept(way.pace, settings.fresh_s) if settings.poll else None
        self.polling = None if self._kept is None else self._polled(self._kept, known, systems, clock)
        self._poller = None if self.polling is None else Beating(self.polling.turn, f"{link}-poll", IDLE_S)
        self.record = PassThrough(reader, way.driver, proving, showing, self.map, link, self._kept)
        self.writes = Millennium(
            way.driver,
            proving,
            showing,
            self.map,
            known,
            link=link,
            systems=systems,
            capability=way.capability,
            pace=way.pace,
            patience_s=patience_s,
            clock=clock,
            tell=way.ledger.tell,
        )
        self._pulse = Beating(self._beat, f"{link}-pulse", BEAT_S)

    def start(self) -> None:
        """Begin to look now and then whether it answers."""
        self._pulse.start()
        if self._poller is not None:
            self._poller.start()

    def stop(self) -> None:
        """End, once what was asked is answered."""
        self._pulse.stop()
        if self._poller is not None:
            self._poller.stop()
        self._beside.shutdown()
        self.map.close()
        self.connection.close()

    def feed(self) -> Feed:
        """How it stands, as a feed among the feeds."""
        return self.connection.standing.feed()

    def refusals(self) -> tuple[Refusal, ...]:
        """What was refused or not believed within the last day, the latest first."""
        return self.connection.ledger.since(TELL_WITHIN)

    def faults(self) -> tuple[str, ...]:
        """The same in sentences, for whoever runs the link; without patient data."""
        return tuple(_sentence(self.link, one) for one in self.refusals())

    def _polled(self, kept: Kept, known: KnownRecord, systems: Mapping[str, str], clock: Clock) -> Polling:
        """What asks beforehand: the same proof over a way that is metered; its doubts are not counted, for nobody asked."""
        way, settings = self.connection, self.connection.settings
        meter = Meter(settings.requests_a_minute, way.pace)
        driver = way.metered(meter)
        proving = Proving(
            Joining(driver, known, systems),
            Visits(driver, known, systems),
            self.map,
            pace=way.pace,
            patience_s=settings.patience_s,
            beside=self._beside,
            tell=lambda _, __: None,
        )
        return Polling(
            driver,
            proving,
            known,
            kept,
            meter,
            way.breaker,
            way.capability,
            way.pace,
            clock,
            settings.requests_a_minute,
        )

    def _beat(self) -> float:
        """Ask something small, so that a screen tells of a dead EHR before anybody asks it."""
        way = self.connection
        way.driver.sign_in(way.budget(), _LEAST_TOKEN_S)
        way.driver.metadata(way.budget())
        return BEAT_S


def ledger_file(folder: Path, link: str) -> Path:
    """Where the refusals of a link are counted."""
    return folder / f"refusals-{link}.db"


def _sentence(link: str, one: Refusal) -> str:
    times = "once" if one.times == 1 else f"{one.times} times"
    about = (
        f", about {one.patients} patient{'s' if one.patients != 1 else ''}: nothing was shown" if one.is_doubt else ""
    )
    return f"{link} over FHIR, {times}, last {one.last:%d %b %H:%M} UTC{about}. {one.sentence}"
