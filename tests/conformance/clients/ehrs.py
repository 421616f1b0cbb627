"""The record systems of the two hospitals: a Lorenzo that tells everything by HL7 v2, a Millennium whose results are asked of its FHIR."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conformance.clients.served import Ehr, Told
from edge.ehr.millpond import SYSTEMS
from edge.ehr_launch.opened import free_port
from tabard.ground.ids import KeyedIds
from tabard.hospital import load
from tabard.link import FhirSettings, LinkSettings, add_link, link_key, load_link, make_link_key
from tabard.sandbox import FULL_BLOOD_COUNT, VITAL_SIGNS, PretendLorenzo, PretendMillennium

_PATIENCE_S = 30.0
_PANELS = (VITAL_SIGNS, FULL_BLOOD_COUNT, VITAL_SIGNS, VITAL_SIGNS)


@contextmanager
def lorenzo(folder: Path) -> Iterator[Ehr]:
    """St Elsewhere's."""

    def link() -> None:
        add_link(folder, LinkSettings(name="lorenzo", dialect="st-elsewhere", port=0))

    def tell(address: tuple[str, int]) -> Told:
        feed = PretendLorenzo(*address, seed=7)
        try:
            patient, other = (feed.admit("Fern").event.person.mrn for _ in range(2))
            for panel in _PANELS:
                feed.result(patient, panel)
            feed.result(other, VITAL_SIGNS)
        finally:
            feed.close()
        return Told(patient, other)

    yield Ehr("St Elsewhere Hospital", "RZZ", link, tell)


@contextmanager
def millennium(folder: Path) -> Iterator[Ehr]:
    """Millpond Royal's."""
    name, port = "millennium", free_port()
    held = PretendMillennium("127.0.0.1", port, seed=3)

    def link() -> None:
        key = make_link_key(folder, name)
        fhir = FhirSettings(held.fhir_base, "tabard", SYSTEMS, key=key, patience_s=_PATIENCE_S)
        add_link(folder, LinkSettings(name=name, dialect="millennium-uk", port=port, fhir=fhir))
        held.register_client("tabard", link_key(folder, load_link(folder, name)).pem)

    def tell(_: tuple[str, int]) -> Told:
        ids = KeyedIds(load(folder).folder.ids_key)
        patient, other = (held.admit("Teal").event.person.mrn for _ in range(2))
        held.discharge(other)  # so that the chart knows doctors, and the record one of them
        told = [id_ for panel in _PANELS for id_ in held.result(patient, panel)]
        held.result(other, VITAL_SIGNS)
        return Told(patient, other, frozenset(ids.make("ehr", name, "Observation", one) for one in told))

    held.start()
    try:
        yield Ehr("Millpond Royal", "RZY", link, tell)
    finally:
        held.close()
