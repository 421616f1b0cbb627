"""A pretend Millennium on real sockets, with a clock that tests may move and a client that asks as a system."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tabard.sandbox import MRN_SYSTEM, PretendMillennium
from unit.sandbox.conftest import Receiver, receiver

__all__ = ["receiver"]

SCOPES = (
    "system/Patient.rs system/Encounter.rs system/Observation.crus system/DiagnosticReport.rs system/Location.read "
    "system/Practitioner.rs system/Organization.rs system/AllergyIntolerance.rs"
)


@dataclass
class Millpond:
    """The hospital, its moving clock, and somebody who may ask."""

    hospital: PretendMillennium
    clock: list[datetime]
    secret: str
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=20))

    def pass_by(self, **span: float) -> None:
        """Let time pass."""
        self.clock[0] += timedelta(**span)

    def sign_in(self, scope: str = SCOPES) -> None:
        """Ask for a token and use it from now on."""
        asked = {"grant_type": "client_credentials", "scope": scope}
        told = self.http.post(self.hospital.token_url, data=asked, auth=("us", self.secret))
        assert told.status_code == 200
        self.http.headers["authorization"] = f"Bearer {told.json()['access_token']}"

    def get(self, path: str, **parameters: str) -> httpx.Response:
        """Ask for a path under the base."""
        return self.http.get(f"{self.hospital.fhir_base}/{path}", params=parameters)

    def found(self, type_: str, **parameters: str) -> list[dict[str, Any]]:
        """The resources of a search's first page."""
        answer = self.get(type_, **parameters)
        assert answer.status_code == 200, answer.text
        return [entry["resource"] for entry in answer.json().get("entry", [])]

    def patient(self, mrn: str) -> dict[str, Any]:
        """The one Patient of a hospital number, found as a link finds it."""
        (found,) = self.found("Patient", identifier=f"{MRN_SYSTEM}|{mrn}")
        return found


@pytest.fixture
def millpond(receiver: Receiver) -> Iterator[Millpond]:
    """Millpond Royal, empty, answering, with a token in hand."""
    clock = [datetime(2026, 7, 2, 11, 0, tzinfo=UTC)]
    hospital = PretendMillennium("127.0.0.1", receiver.port, clock=lambda: clock[0])
    hospital.start()
    there = Millpond(hospital, clock, hospital.register_secret("us"))
    there.sign_in()
    yield there
    there.http.close()
    hospital.close()
