"""Millpond Royal in small: a pretend Millennium whose feed fills a real record, and a gateway that asks its FHIR."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from engines import record_in
from tabard.dialect import load
from tabard.fhir import Resource
from tabard.gateway import Gateway, PatientContext
from tabard.ground.ids import KeyedIds
from tabard.link import (
    Applier,
    Ehr,
    FhirSettings,
    Links,
    LinkSettings,
    add_link,
    journal_of,
    link_key,
    load_link,
    make_link_key,
)
from tabard.link.ehr.pace import Pace
from tabard.link.write_settings import WriteSettings
from tabard.record import RecordReader, RecordWriter
from tabard.sandbox import FIN_SYSTEM, MRN_SYSTEM, NHS_SYSTEM, VISIT_SYSTEM, PretendMillennium
from unit.gateway.world import BASE, START, World

KEY = b"ids of a test"
MRN = "urn:tabard:authority:Millpond%20MRN"
NHS = "https://fhir.nhs.uk/Id/nhs-number"
SYSTEMS = {
    MRN: MRN_SYSTEM,
    NHS: NHS_SYSTEM,
    "urn:tabard:visit:VISITID": VISIT_SYSTEM,
    "urn:tabard:visit:Millpond%20FIN": FIN_SYSTEM,
}
_PATIENCE_S = 60
_START = START


class Millpond(World):
    """The hospital, its gateway and products, and the record system behind both its feed and its FHIR."""

    def __init__(
        self,
        folder: Path,
        *,
        patience_s: float = 3.0,
        pace: Pace | None = None,
        write: WriteSettings | None = None,
        **more: Any,
    ) -> None:
        RecordWriter(record_in(folder)).close()
        settings = FhirSettings(
            "http://localhost:1/r4/later", "tabard", SYSTEMS, key=make_link_key(folder, "millennium")
        )
        add_link(folder, LinkSettings(name="millennium", dialect="millennium-uk", port=0, fhir=settings, write=write))
        self.links = Links(folder, lambda: _applier(folder), self._now)
        self.links.start()
        ((host, port),) = self.links.addresses().values()
        self.millennium = PretendMillennium(host, port, clock=self._now, seed=3)
        self.millennium.start()
        self.millennium.register_client("tabard", link_key(folder, load_link(folder, "millennium")).pem)
        told = replace(settings, base_url=self.millennium.fhir_base, patience_s=patience_s, **more)
        self._beside = RecordReader(record_in(folder))
        self.ehr = Ehr(folder, "millennium", told, self._beside, KeyedIds(KEY), self._now, pace)
        super().__init__(folder, self.ehr.record)

    def _now(self) -> Any:
        return self.clock() if hasattr(self, "clock") else _START

    def open(self) -> Gateway:
        """The gateway, asking what is elsewhere."""
        from tabard.database import engine  # noqa: PLC0415  as the base does it

        self.engine = engine(self.folder / "gateway.db")
        return Gateway(
            base_url=BASE,
            record=self.record,
            elsewhere=self.ehr.record.elsewhere,
            feeds=lambda: (self.ehr.feed(),),
            clients=self.clients,
            sessions=self.sessions,
            audit=self.audit,
            engine=self.engine,
            clock=self.clock,
        )

    def settle(self) -> None:
        """Wait until what the feed told is in the record."""
        view, end = journal_of(self.folder), time.monotonic() + _PATIENCE_S
        while view.counts().states["waiting"]:
            assert time.monotonic() < end, self.links.faults()
            time.sleep(0.01)  # between two looks at another thread's work; no test's outcome hangs on it
        assert view.counts().states["parked"] == 0, view.counts().parked_reasons
        view.close()

    def admit(self, ward: str = "Teal", bed: str | None = None) -> str:
        """Somebody is admitted and told of; the hospital number."""
        mrn = self.millennium.admit(ward, bed).event.person.mrn
        self.settle()
        return mrn

    def leave(self, mrn: str) -> None:
        """They are discharged: of two who are both in, none can be merged."""
        self.millennium.discharge(mrn)
        self.settle()

    def patient(self, mrn: str) -> str:
        """The record's id of a hospital number."""
        (found,) = self.reader.search("Patient", (("identifier", f"{MRN}|{mrn}"),)).matches
        return found.id

    def opened(self, mrn: str) -> str:
        """A product opened on that patient."""
        return self.access(PatientContext(self.patient(mrn)))

    def results(self, mrn: str, token: str | None = None, kind: str = "Observation", **asked: str) -> httpx.Response:
        """What a product is answered that asks for that patient's results."""
        query = "&".join(f"{name}={value}" for name, value in {"patient": self.patient(mrn), **asked}.items())
        return self.get(f"{kind}?{query}", token or self.opened(mrn))

    def close(self) -> None:
        """Give everything back."""
        self.millennium.close()
        self.links.stop()
        self.ehr.stop()
        self._beside.close()
        super().close()


def _applier(folder: Path) -> Applier:
    from tabard.ground.time import system_clock  # noqa: PLC0415  the record's own

    return Applier(RecordWriter(record_in(folder)), lambda _: load("millennium-uk"), KeyedIds(KEY), system_clock)


def found(response: httpx.Response) -> list[Resource]:
    """The matches of a search."""
    assert response.status_code == 200, response.text
    return [one["resource"] for one in response.json().get("entry", []) if one["search"]["mode"] == "match"]


@contextmanager
def millpond(folder: Path, **more: Any) -> Iterator[Millpond]:
    """A hospital that is given back."""
    world = Millpond(folder, **more)
    try:
        yield world
    finally:
        world.close()
