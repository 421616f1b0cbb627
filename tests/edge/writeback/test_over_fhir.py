"""A product writes at a hospital whose record system is a Millennium, over FHIR: what it is answered, and what it reads later."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge.ehr.millpond import Millpond, found
from tabard.database import engine
from tabard.dialect import load
from tabard.fhir import Resource
from tabard.gateway import Client, Gateway, PatientContext
from tabard.link.ehr.pace import Pace
from tabard.link.out import Outbound
from tabard.link.write_settings import WriteSettings
from tabard.link.writeback import STATE, Outlook, WriteBack, WriteState
from tabard.record import RecordWriter
from tabard.sandbox import Trouble
from unit.gateway.world import BASE, BOARD, REDIRECT

OWN = "https://vendor.example/ids"
SCOPES = "launch patient/*.rs user/*.rs patient/Observation.c"
ASKED = (
    "system/Patient.rs system/Encounter.rs system/Practitioner.rs system/DiagnosticReport.rs system/Observation.crus"
)
WRITE = WriteSettings(("Observation",), "fhir")
PATIENCE_S = 60


class Writing(Millpond):
    """Millpond Royal, where a product's observations go to the Millennium over FHIR."""

    def open(self) -> Gateway:
        """The gateway with the way back, which is being carried."""
        self.clients.known["board"] = Client("board", "Ward board", f"{BOARD}/launch.html", (REDIRECT,), BOARD, SCOPES)
        dialect = load("millennium-uk")
        self.outbound = Outbound(self.folder, self._now)
        self.back = WriteBack(
            self.folder, self.reader, self._file, lambda _: dialect, self.outbound, self._now, over_fhir=self.ehr.writes
        )
        super().open().close()
        self.engine.dispose()
        self.engine = engine(self.folder / "gateway.db")
        self.back.start()
        return Gateway(
            base_url=BASE,
            record=self.record,
            elsewhere=self.ehr.record.elsewhere,
            feeds=lambda: (self.ehr.feed(),),
            clients=self.clients,
            sessions=self.sessions,
            audit=self.audit,
            engine=self.engine,
            writes=self.back,
            clock=self.clock,
        )

    def _file(self) -> Any:
        return RecordWriter(self.folder / "record.db", self.clock, durable=False).transaction()

    def close(self) -> None:
        """Give everything back."""
        self.back.stop()
        self.outbound.stop()
        super().close()

    def write(self, mrn: str, own: str = "w1", **more: Any) -> dict[str, Any]:
        """What a product is answered that writes a pulse of that patient."""
        headers = {
            "content-type": "application/fhir+json",
            "authorization": f"Bearer {self.writer_token(mrn)}",
            "origin": BOARD,
        }
        content = json.dumps(pulse(self.patient(mrn), own, **more)).encode()
        response = self.ask("POST", f"{BASE}/Observation", content=content, headers=headers)
        assert response.status_code in {200, 201}, response.text
        told: dict[str, Any] = response.json()
        return told

    def writer_token(self, mrn: str) -> str:
        """A product opened on that patient, which may write."""
        return self.access(PatientContext(self.patient(mrn)), SCOPES)

    def read(self, mrn: str, id_: str) -> httpx.Response:
        """What that product reads of what it wrote."""
        return self.get(f"Observation/{id_}", self.writer_token(mrn))

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for another thread's work."""
        end = time.monotonic() + PATIENCE_S
        while not is_so():
            assert time.monotonic() < end, self.back.entries()
            time.sleep(0.02)  # between two looks; no test's outcome hangs on it


def pulse(patient: str, own: str, **more: Any) -> Resource:
    """A pulse, under the product's own number."""
    category = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}
    told = {
        "resourceType": "Observation",
        "identifier": [{"system": OWN, "value": own}],
        "status": "final",
        "category": [{"coding": [category]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}], "text": "Pulse"},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": "2026-03-01T11:00:00Z",
        "valueQuantity": {"value": 72, "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"},
        **more,
    }
    return {name: value for name, value in told.items() if value is not None}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Writing]:
    """The hospital; waits are a tenth as long."""
    pace = Pace(wait=lambda seconds: time.sleep(seconds / 10))  # between two questions; no test's outcome hangs on it
    made = Writing(tmp_path, patience_s=1.5, pace=pace, scope=ASKED, write=WRITE)
    try:
        yield made
    finally:
        made.close()


def state(told: dict[str, Any]) -> str | None:
    """What a resource says of how far it has come."""
    return next((tag["code"] for tag in told["meta"].get("tag", ()) if tag["system"] == STATE), None)


def test_a_write_is_pending_then_accepted_and_confirmed_when_it_is_read_back(place: Writing) -> None:
    """The product keeps its id; when the tag is gone it reads what stands in the record system, which searches find there too."""
    mrn = place.admit()
    told = place.write(mrn)
    assert state(told) in {"pending", "accepted"}
    place.until(lambda: place.back.entries()[0].state is WriteState.confirmed)
    assert place.back.entries()[0].reason == ""
    read = place.read(mrn, told["id"]).json()
    assert (state(read), read["valueQuantity"]["value"]) == (None, 72)
    assert {"system": OWN, "value": "w1"} in read["identifier"]
    (there,) = found(place.results(mrn))
    assert (there["valueQuantity"]["value"], there["subject"]) == (72, {"reference": f"Patient/{place.patient(mrn)}"})
    assert place.millennium.refused == ()
    assert place.write(mrn)["id"] == told["id"], "the same again is the first"
    assert len(found(place.results(mrn))) == 1


def test_what_the_record_system_does_not_take_is_rejected_and_says_why(place: Writing) -> None:
    """It needs a category: nothing is written there, and a product reads that with the reason."""
    mrn = place.admit()
    told = place.write(mrn, category=None)
    place.until(lambda: place.back.entries()[0].state is WriteState.rejected)
    place.until(lambda: state(place.read(mrn, told["id"]).json()) == "rejected")
    read = place.read(mrn, told["id"]).json()
    assert "category" in read["extension"][0]["valueString"]
    assert found(place.results(mrn)) == []
    assert place.back.entries()[0].remedy


def test_what_nobody_can_say_waits_for_a_person_and_is_found_by_search(place: Writing) -> None:
    """The answer is lost and looking does not tell: unclear. Sent again by a person's word it is looked for first, and is there once."""
    mrn = place.admit()
    place.millennium.trouble(Trouble.empty_body, for_writes=True)
    told = place.write(mrn)
    place.until(lambda: place.back.entries()[0].state is WriteState.unclear)
    place.until(lambda: state(place.read(mrn, told["id"]).json()) == "unclear")
    with Outlook.of(place.folder, place.clock) as outlook:
        outlook.send_again(place.back.entries()[0].id, by="iain", why="it is not on the ward's list")
    place.until(lambda: place.back.entries()[0].state is WriteState.confirmed)
    assert state(place.read(mrn, told["id"]).json()) is None
    assert len(found(place.results(mrn))) == 1
