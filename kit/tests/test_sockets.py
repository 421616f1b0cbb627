"""Over real sockets: calls are answered one a connection, and the client reads, pages and creates."""

import json
import socket
import threading
from collections.abc import Iterator
from http.client import HTTPResponse
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from tabard_kit import Card, Fhir, FhirError, Request, Services
from tabard_kit.serving import serve_on

CALL = {
    "hook": "patient-view",
    "hookInstance": "1",
    "context": {"patientId": "p1"},
    "fhirAuthorization": {"access_token": "t"},
}


class _Gateway(BaseHTTPRequestHandler):
    """Answers as a gateway would, one connection at a time."""

    def do_GET(self) -> None:
        if self.headers["authorization"] != "Bearer t":
            self._give(401, {"resourceType": "OperationOutcome", "issue": [{"code": "login"}]})
        elif self.path == "/fhir/Patient/p1":
            self._give(200, {"resourceType": "Patient", "id": "p1"})
        elif self.path == "/fhir/Patient/loop":
            self._give(200, {"resourceType": "Bundle"})
        elif self.path.startswith("/fhir/Observation?"):
            page = int(self.path[-1]) if "page=" in self.path else 0
            next_ = [{"relation": "next", "url": f"https://elsewhere.example/fhir/Observation?page={page + 1}"}]
            entry = [{"resource": {"resourceType": "Observation", "id": f"o{page}"}}]
            self._give(200, {"resourceType": "Bundle", "entry": entry, "link": next_ if page < 2 else []})
        else:
            self._give(404, {"resourceType": "OperationOutcome", "issue": [{"code": "not-found"}]})

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self._give(201, told | {"id": "new"})

    def _give(self, status: int, told: dict[str, Any]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *told: Any) -> None:
        """Nothing."""


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[str]:
    path = tmp_path / "g"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()

        def answer() -> None:
            while True:
                try:
                    link, _ = listening.accept()
                except OSError:
                    return
                with link:
                    _Gateway(link, ("kit", 0), None)  # type: ignore[arg-type]  # it asks nothing of a server

        thread = threading.Thread(target=answer)
        thread.start()
        yield str(path)
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_it_reads_searches_every_page_and_creates(gateway: str) -> None:
    """Pages are followed over the same socket, whichever host they name."""
    fhir = Fhir("t", gateway)
    assert fhir.read("Patient", "p1")["id"] == "p1"
    assert [one["id"] for one in fhir.search("Observation", {"patient": "p1"})] == ["o0", "o1", "o2"]
    assert fhir.create({"resourceType": "Observation"})["id"] == "new"


def test_it_subscribes(gateway: str) -> None:
    """To its own server: a rest-hook without an endpoint, with the guide's extensions."""
    made = Fhir("t", gateway).subscribe(
        "urn:tabard:topic:encounter-start", "Beds", filters=["Encounter?class=IMP"], heartbeat_s=60
    )
    guide = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition"
    assert made == {
        "id": "new",
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "Beds",
        "criteria": "urn:tabard:topic:encounter-start",
        "_criteria": {
            "extension": [{"url": f"{guide}/backport-filter-criteria", "valueString": "Encounter?class=IMP"}]
        },
        "channel": {
            "extension": [{"url": f"{guide}/backport-heartbeat-period", "valueUnsignedInt": 60}],
            "type": "rest-hook",
            "payload": "application/fhir+json",
            "_payload": {"extension": [{"url": f"{guide}/backport-payload-content", "valueCode": "id-only"}]},
        },
    }


def test_a_refusal_is_told_by_its_code(gateway: str) -> None:
    """Status and code, and nothing of what was asked for."""
    with pytest.raises(FhirError, match="404: not-found"):
        Fhir("t", gateway).read("Patient", "p2")
    with pytest.raises(FhirError, match="401: login"):
        Fhir("other", gateway).read("Patient", "p1")
    with pytest.raises(FhirError, match="no answer"):
        Fhir("t", f"{gateway}x").read("Patient", "p1")


def test_an_address_cannot_be_slipped_in(gateway: str) -> None:
    """A type or id is one segment of a path."""
    for kind, id_ in (("Patient", "p1/../x"), ("Patient?x", "1"), ("", "1"), ("Patient", "a b")):
        with pytest.raises(ValueError, match="letters"):
            Fhir("t", gateway).read(kind, id_)


@pytest.fixture
def part(tmp_path: Path, gateway: str) -> Iterator[str]:
    of = Services()

    @of.hook("patient-view", id="name", title="Name")
    def name(request: Request) -> list[Card]:
        assert request.fhir is not None
        return [Card(request.fhir.read("Patient", request.patient_id)["id"], "Kit")]

    @of.hook("patient-view", id="fails", title="Fails")
    def fails(request: Request) -> list[Card]:
        raise RuntimeError(f"about {request.patient_id}")

    path = tmp_path / "p"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        thread = threading.Thread(target=serve_on, args=(listening, of, gateway))
        thread.start()
        yield str(path)
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


def _asked(path: str, line: str, body: bytes = b"", length: str | None = None) -> tuple[int, Any]:
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(path)
        told = str(len(body)) if length is None else length
        link.sendall(f"{line} HTTP/1.1\r\nhost: part\r\ncontent-length: {told}\r\n\r\n".encode() + body)
        response = HTTPResponse(link)
        response.begin()
        answer = response.status, json.loads(response.read())
        response.close()
        return answer


def test_a_call_is_answered_with_what_the_gateway_lets_it_see(part: str) -> None:
    """Its token goes with each question."""
    status, told = _asked(part, "POST /cds-services/name", json.dumps(CALL).encode())
    assert (status, told["cards"][0]["summary"]) == (200, "p1")


def test_a_service_that_fails_tells_nothing_of_the_patient(part: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The next call is served; what is said of the failure is its kind alone."""
    assert _asked(part, "POST /cds-services/fails", json.dumps(CALL).encode()) == (500, {"error": "the service failed"})
    assert _asked(part, "GET /cds-services")[0] == 200
    told = capsys.readouterr()
    assert "RuntimeError" in told.err
    assert "p1" not in told.err + told.out


def test_what_is_no_call_is_told_so(part: str) -> None:
    """400 for what cannot be read, 404 for what is not there."""
    assert _asked(part, "POST /cds-services/name", b"{")[0] == 400
    assert _asked(part, "POST /cds-services/name", b"{}")[0] == 400
    assert _asked(part, "POST /cds-services/name", b"", "99999999999")[0] == 400
    assert _asked(part, "POST /cds-services/other", b"{}")[0] == 404
    assert _asked(part, "GET /elsewhere")[0] == 404
