"""Writing through the gateway: for the patient of the launch, by scope, audited before it is kept, answered as it stands."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from engines import record_in
from tabard.audit import AuditUnavailable
from tabard.dialect import load
from tabard.fhir.scopes import parse
from tabard.gateway import CLINICIAN, Client, EncounterContext, Gateway, PatientContext, Refused, WardContext
from tabard.gateway.model import Rights, WholeHospital
from tabard.gateway.policy import require_write_scope
from tabard.link import LinkSettings, add_link
from tabard.link.out import Outbound
from tabard.link.write_settings import WriteSettings
from tabard.link.writeback import STATE, WriteBack
from tabard.record import RecordWriter, Writing
from unit.gateway.world import BASE, BOARD, REDIRECT, World, ids, is_outcome

ANN = PatientContext("ann")
VISIT = EncounterContext("e-ann", "ann")
OWN = "https://vendor.example/ids"
CREATES = "patient/Observation.c patient/DocumentReference.c patient/Appointment.c patient/Patient.u"
SCOPES = f"launch patient/*.rs user/*.rs {CREATES}"


class WritingWorld(World):
    """A pretend hospital whose one link takes writes; nobody carries them."""

    def open(self) -> Gateway:
        """The gateway with the way back."""
        self.clients.known["board"] = Client("board", "Ward board", f"{BOARD}/launch.html", (REDIRECT,), BOARD, SCOPES)
        if not (self.folder / "links").exists():
            (self.folder / "destinations").mkdir()
            (self.folder / "destinations" / "ehr.toml").write_text('host = "127.0.0.1"\nport = 6661\n')
            types = ("Appointment", "DocumentReference", "Observation")
            write = WriteSettings(types, "ehr", updates_patients=True, limit_bytes=20_000)
            add_link(self.folder, LinkSettings(name="pas", dialect="itk-2.4", port=0, write=write))
        numbers = [{"system": "urn:tabard:authority:RXX", "value": "1001"}]
        with self.writer.transaction() as writing:
            for one in ("ann", "ben"):
                held = writing.get("Patient", one) or {}
                writing.put({**held, "identifier": numbers}, "urn:tabard:link:pas")
        self.outbound = Outbound(self.folder, self.clock)
        dialect = load("itk-2.4")
        self.back = WriteBack(
            self.folder,
            self.reader,
            self.file,
            lambda _: dialect,
            self.outbound,
            self.clock,
        )
        super().open()
        return Gateway(
            base_url=BASE, record=self.record, feeds=lambda: self.feeds, clients=self.clients, sessions=self.sessions,
            audit=self.audit, engine=self.engine, writes=self.back, clock=self.clock,
        )  # fmt: skip

    @contextmanager
    def file(self) -> Iterator[Writing]:
        """One transaction of the record, from whatever thread."""
        writer = RecordWriter(record_in(self.folder), self.clock, durable=False)
        try:
            with writer.transaction() as writing:
                yield writing
        finally:
            writer.close()

    def close(self) -> None:
        """Give everything back."""
        self.back.stop()
        self.outbound.stop()
        super().close()

    def send(
        self, method: str, path: str, token: str, resource: dict[str, Any] | bytes, **headers: str
    ) -> httpx.Response:
        """A write by a page of the product."""
        content = resource if isinstance(resource, bytes) else json.dumps(resource).encode()
        kind = {"content-type": "application/fhir+json"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        bearer = {"Authorization": f"Bearer {token}", "Origin": BOARD}
        return self.ask(method, f"{BASE}/{path}", content=content, headers={**kind, **bearer, **named})

    def write(self, resource: dict[str, Any], token: str | None = None, **headers: str) -> httpx.Response:
        """A POST of a resource, launched on Ann."""
        token = self.access(ANN, SCOPES) if token is None else token
        return self.send("POST", resource["resourceType"], token, resource, **headers)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[WritingWorld]:
    """A fresh pretend hospital that takes writes."""
    made = WritingWorld(tmp_path)
    try:
        yield made
    finally:
        made.close()


def temperature(patient: str = "ann", **more: Any) -> dict[str, Any]:
    """A temperature."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "identifier": [{"system": OWN, "value": "t1"}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "8310-5"}]},
        "subject": {"reference": f"Patient/{patient}"},
        "valueString": "warm",
        **more,
    }


def text(response: httpx.Response) -> str:
    """What an OperationOutcome says."""
    return str(response.json()["issue"][0]["details"]["text"])


def test_a_write_is_created_audited_and_read_with_its_state(world: WritingWorld) -> None:
    """201 with the address, the version and the tag; read and searched it says the same; who did it is in the audit twice."""
    token = world.access(ANN, SCOPES)
    response = world.write(temperature(), token)
    assert response.status_code == 201
    told = response.json()
    assert response.headers["location"] == f"{BASE}/Observation/{told['id']}/_history/1"
    assert response.headers["etag"] == 'W/"1"'
    assert response.headers["access-control-allow-origin"] == BOARD
    assert [(one["system"], one["code"]) for one in told["meta"]["tag"]] == [(STATE, "pending")]
    assert world.get(f"Observation/{told['id']}", token).json() == told
    found = world.get("Observation?code=8310-5&_id=" + told["id"], token).json()["entry"]
    assert [one["resource"] for one in found if one["search"]["mode"] == "match"] == [told]
    before, after = world.audited(action="create")
    assert before["resource"] == f"Observation/{told['id']}"
    assert (before["purpose"], after["status"], after["client"]) == ("before it is kept", 201, "board")
    (entry,) = world.outbound.entries()
    assert entry.of == f"Observation/{told['id']}"


def test_a_retry_is_the_same_resource(world: WritingWorld) -> None:
    """Under the same identifier, asked with If-None-Exist or not: 200, the same id, one message."""
    first = world.write(temperature())
    again = world.write(temperature())
    asked = world.write(temperature(), if_none_exist=f"identifier={OWN}|t1")
    assert [one.status_code for one in (first, again, asked)] == [201, 200, 200]
    assert len({one.json()["id"] for one in (first, again, asked)}) == 1
    assert len(world.outbound.entries()) == 1
    assert is_outcome(world.write(temperature(valueString="cold")), 409, "duplicate")


@pytest.mark.parametrize("condition", ["_id=ann", "identifier=t1", f"identifier={OWN}|t1&code=1", "identifier"])
def test_other_conditions_are_refused(world: WritingWorld, condition: str) -> None:
    """What is not understood is not ignored: it would make a second one."""
    assert is_outcome(world.write(temperature(), if_none_exist=condition), 400, "invalid")


@pytest.mark.parametrize(
    ("scope", "kind"),
    [
        ("launch patient/*.rs", "Observation"),
        ("launch user/*.cruds patient/*.rs", "Observation"),
        ("launch patient/*.rs patient/DocumentReference.c", "Observation"),
    ],
)
def test_without_the_scope_nothing_is_written(world: WritingWorld, scope: str, kind: str) -> None:
    """Reading gives no writing, and a user's scope none either; the challenge says that it is the scope."""
    response = world.write(temperature(), world.access(ANN, scope))
    assert is_outcome(response, 403, "forbidden")
    assert 'error="insufficient_scope"' in response.headers["www-authenticate"]
    assert f"patient/{kind}.c" in text(response)
    assert world.outbound.entries() == ()
    assert world.audited(action="create", outcome="refused")


def test_nothing_is_written_from_a_ward(world: WritingWorld) -> None:
    """Without a bound patient whose it is would be the product's word."""
    response = world.write(temperature(), world.access(WardContext("w1"), f"{SCOPES}"))
    assert is_outcome(response, 403, "forbidden")
    assert world.outbound.entries() == ()


def test_another_patients_subject_is_refused(world: WritingWorld) -> None:
    """The patient of the launch, and no other, whatever they refer to."""
    for bad in (
        temperature("ben"),
        temperature(performer=[{"reference": "Patient/ben"}]),
        temperature(encounter={"reference": "Encounter/e-ben"}),
    ):
        response = world.write(bad)
        assert is_outcome(response, 422, "invalid")
        assert "Expected:" in text(response)
    assert world.outbound.entries() == ()


def test_in_a_visit_the_visit_is_named_and_then_read(world: WritingWorld) -> None:
    """What names no visit, or another one of the patient's, is refused where the launch was in a visit."""
    with world.writer.transaction() as writing:
        held = writing.get("Encounter", "e-ann") or {}
        number = [{"system": load("itk-2.4").visits.system.replace("{}", "VISITID"), "value": "501"}]
        writing.put({**held, "identifier": number}, "urn:tabard:link:pas")
    token = world.access(VISIT, SCOPES)
    for bad in (temperature(), temperature(encounter={"reference": "Encounter/e-ann-old"})):
        assert is_outcome(world.write(bad, token), 422, "invalid")
    response = world.write(temperature(encounter={"reference": "Encounter/e-ann"}), token)
    assert response.status_code == 201, response.text
    assert world.get(f"Observation/{response.json()['id']}", token).status_code == 200


def test_what_cannot_be_said_is_told_with_place_and_remedy(world: WritingWorld) -> None:
    """422 with the field, what is known there, and what to do."""
    response = world.write(temperature(code={"coding": [{"system": "http://nowhere.example", "code": "1"}]}))
    assert is_outcome(response, 422, "not-supported")
    assert text(response).startswith("OBX-3: ")
    assert "[results.coding_systems]" in text(response)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/fhir+json", 400),
        (b"[]", "application/fhir+json", 400),
        (b"\xff", "application/fhir+json", 400),
        (b'{"a":' * 3000 + b"1" + b"}" * 3000, "application/fhir+json", 400),
        (b'{"a":' * 700 + b"1" + b"}" * 700, "application/fhir+json", 422),
        (b"<Observation/>", "application/fhir+xml", 415),
        (b"{" + b" " * 20_000 + b"}", "application/fhir+json", 413),
        (b'{"resourceType":"Patient"}', "application/fhir+json", 422),
        (b'{"resourceType":"Observation","status":"final","code":7,"subject":"x"}', "application/fhir+json", 422),
    ],
)
def test_bad_bodies_are_refused(world: WritingWorld, body: bytes, kind: str, status: int) -> None:
    """Not JSON, too deep, too long, of another type or form: refused, and nothing is kept."""
    response = world.send("POST", "Observation", world.access(ANN, SCOPES), body, content_type=kind)
    assert is_outcome(response, status)
    assert world.outbound.entries() == ()


def test_nothing_is_kept_that_cannot_be_audited(world: WritingWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The audit comes first: where it fails, there is no resource and no message."""
    token = world.access(ANN, SCOPES)

    def fail(_: object) -> None:
        raise AuditUnavailable("the disk is full")

    before = world.reader.last_change()
    monkeypatch.setattr(type(world.audit), "write", fail_of(fail))
    assert is_outcome(world.write(temperature(), token), 503, "transient")
    assert world.reader.last_change() == before
    assert world.outbound.entries() == ()


def fail_of(fail: Any) -> Any:
    """A method that fails."""
    return lambda _self, event: fail(event)


def test_documents_and_appointments_are_read_by_their_id(world: WritingWorld) -> None:
    """And found, for the patient of the launch alone, in a visit only where they name it."""
    letter = {
        "resourceType": "DocumentReference",
        "status": "current",
        "subject": {"reference": "Patient/ann"},
        "content": [{"attachment": {"contentType": "text/plain", "data": "aGk="}}],
    }
    made = world.write(letter)
    assert made.status_code == 201, made.text
    path = f"DocumentReference/{made.json()['id']}"
    assert world.get(path, world.access(ANN, SCOPES)).json() == made.json()
    assert is_outcome(world.get(path, world.access(PatientContext("ben"), SCOPES)), 403)
    assert is_outcome(world.get(path, world.access(VISIT, SCOPES)), 403)
    assert is_outcome(world.get("DocumentReference/other", world.access(ANN, SCOPES)), 404)
    assert ids(world.get("DocumentReference", world.access(ANN, SCOPES))) == {path}
    assert ids(world.get("DocumentReference", world.access(PatientContext("ben"), SCOPES))) == set()
    assert is_outcome(world.get(path, world.access(ANN, "launch patient/Observation.rs")), 403)


def test_a_patient_is_changed_on_the_version_that_was_read(world: WritingWorld) -> None:
    """202, and what is read stays the record system's; 412 on another version; nobody else's, and nothing else."""
    token = world.access(ANN, SCOPES)
    held = world.get("Patient/ann", token)
    changed = held.json() | {"telecom": [{"system": "phone", "use": "home", "value": "0161"}]}
    version = held.headers["etag"]
    assert is_outcome(world.send("PUT", "Patient/ann", token, changed), 412)
    assert is_outcome(world.send("PUT", "Patient/ben", token, changed, if_match=version), 403)
    assert is_outcome(
        world.send("PUT", "Patient/ann", token, changed | {"birthDate": "1999-01-01"}, if_match=version), 422
    )
    response = world.send("PUT", "Patient/ann", token, changed, if_match=version)
    assert is_outcome(response, 202, "informational"), response.text
    assert world.get("Patient/ann", token).json() == held.json()
    assert [one.of for one in world.outbound.entries()] == ["Patient/ann"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "Observation/o-ann"), ("PATCH", "Observation/o-ann"), ("PUT", "Observation/o-ann"), ("POST", "Encounter")],
)  # fmt: skip
def test_all_else_stays_read_only(world: WritingWorld, method: str, path: str) -> None:
    """Nothing is taken back or changed, and no other type is made."""
    response = world.send(method, path, world.access(ANN, SCOPES), temperature())
    assert is_outcome(response, 403, "forbidden")
    assert "read-only" in text(response)


def test_what_can_be_written_is_told(world: WritingWorld) -> None:
    """The CapabilityStatement and discovery name what this hospital takes, and nothing else."""
    told = world.ask("GET", "/fhir/metadata").json()["rest"][0]["resource"]
    codes = {one["type"]: {each["code"] for each in one["interaction"]} for one in told}
    assert {kind for kind, told in codes.items() if "create" in told} == {
        "Observation",
        "DocumentReference",
        "Appointment",
    }
    assert {kind for kind, told in codes.items() if "update" in told} == {"Patient"}
    assert {"read", "search-type", "create"} <= codes["Appointment"]
    scopes = world.ask("GET", "/fhir/.well-known/smart-configuration").json()["scopes_supported"]
    assert set(CREATES.split()) <= set(scopes)


def test_a_page_may_ask_to_write(world: WritingWorld) -> None:
    """The preflight allows PUT and the conditions; the address of what was made may be read."""
    answer = world.ask("OPTIONS", "/fhir/Observation", headers={"Origin": BOARD}).headers
    assert "PUT" in answer["access-control-allow-methods"]
    assert "If-None-Exist" in answer["access-control-allow-headers"]
    assert "Location" in world.write(temperature()).headers["access-control-expose-headers"]


def test_only_a_patients_scope_writes_and_only_where_a_patient_is_bound() -> None:
    """Whatever a grant may come to hold: a user's or a system's scope writes nothing, nor does anybody without a patient."""
    roles = frozenset({CLINICIAN})
    for scope in ("user/Observation.cruds", "system/*.cruds", "patient/Observation.rs"):
        with pytest.raises(Refused):
            require_write_scope(Rights("p", roles, parse(scope), ANN), "Observation", "c")
    good = parse("patient/Observation.c")
    for context in (WholeHospital(), WardContext("w1"), PatientContext("")):
        with pytest.raises(Refused):
            require_write_scope(Rights("p", roles, good, context), "Observation", "c")
    with pytest.raises(Refused):
        require_write_scope(Rights("p", frozenset(), good, ANN), "Observation", "c")
    assert require_write_scope(Rights("p", roles, good, VISIT), "Observation", "c") == ("ann", "e-ann")
