"""A pretend hospital that keeps what products write of what no link writes back."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from engines import record_in
from tabard.audit import AuditEvent, read
from tabard.fhir import Resource
from tabard.gateway import Client, Context, Gateway, PatientContext
from tabard.record import RecordWriter
from unit.gateway.world import BASE, BOARD, REDIRECT, World

ANN = PatientContext("ann")
BEN = PatientContext("ben")
SCOPES = "launch online_access patient/*.cruds user/*.rs"


class KeepingWorld(World):
    """The hospital, with its record open for what products keep."""

    def open(self) -> Gateway:
        """The gateway with a way to keep."""
        self.clients.known["board"] = Client("board", "Ward board", f"{BOARD}/launch.html", (REDIRECT,), BOARD, SCOPES)
        super().open()
        return Gateway(
            base_url=BASE, record=self.record, feeds=lambda: self.feeds, waits=self.waits, clients=self.clients,
            sessions=self.sessions, audit=self.audit, engine=self.engine, clock=self.clock, keep=self.keep,
        )  # fmt: skip

    @contextmanager
    def keep(self) -> Iterator[Any]:
        """One transaction of the record, from whatever thread."""
        writer = RecordWriter(record_in(self.folder), self.clock, durable=False)
        try:
            with writer.transaction() as writing:
                yield writing
        finally:
            writer.close()

    def token(self, form: dict[str, str]) -> httpx.Response:
        """What the token endpoint answers."""
        return super().token(form)

    def writer_token(self, context: Context = ANN, scope: str = SCOPES) -> str:
        """An access token that may write."""
        return self.access(context, scope)

    def send(self, method: str, path: str, token: str | None, content: Any = None, **headers: str) -> httpx.Response:
        """A request of a page of the product with a JSON body."""
        raw = content if isinstance(content, bytes) else b"" if content is None else json.dumps(content).encode()
        kind = {} if content is None else {"content-type": "application/fhir+json"}
        bearer = {"Origin": BOARD} | ({} if token is None else {"Authorization": f"Bearer {token}"})
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        url = path if path.startswith("http") else f"{BASE}/{path}".removesuffix("/")
        return self.ask(method, url, content=raw, headers={**kind, **bearer, **named})

    def kept(self, token: str, **more: Any) -> Resource:
        """A fresh observation that the product keeps."""
        response = self.send("POST", "Observation", token, weight(**more))
        assert response.status_code == 201, response.text
        told: Resource = response.json()
        return told

    def told(self, **wanted: str) -> list[AuditEvent]:
        """The audit's events, as they are."""
        return list(read(self.folder / "audit", **wanted))  # type: ignore[arg-type]  # dicts, looked at as they are


def weight(patient: str = "ann", **more: Any) -> Resource:
    """A weight at home, which no link writes back."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
        "subject": {"reference": f"Patient/{patient}"},
        "valueQuantity": {"value": 80, "unit": "kg"},
        **more,
    }


def text(response: httpx.Response) -> str:
    """What an OperationOutcome says."""
    return str(response.json()["issue"][0]["details"]["text"])
