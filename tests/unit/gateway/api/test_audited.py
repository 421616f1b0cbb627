"""AuditEvents over the API: for those who answer for the audit and for services registered for it by name; each look is audited."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tabard.audit import Index, Search
from tabard.fhir.scopes import parse
from tabard.gateway import Client, Context, Gateway, PatientContext, Person, WardContext
from tabard.gateway.api.audited import SEARCHED, Audited
from tabard.gateway.model import ClientKind
from unit.gateway.api.keeping_world import KeepingWorld
from unit.gateway.world import BASE, BOARD, CLINICIAN, REDIRECT, encounter, is_outcome

ANN, BEN = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"
GUARDIAN = Person("p-guardian", "A Guardian", frozenset({"clinician", "clinical_safety"}))
AUDIT = "launch user/AuditEvent.rs patient/Patient.rs"
WILD = "launch online_access user/*.rs patient/*.rs"


class AuditWorld(KeepingWorld):
    """A hospital whose audit is told, with a product registered for it and one for a wildcard, and services of both kinds."""

    def open(self) -> Gateway:
        """The gateway, and what is asked."""
        super().open()
        pages = (f"{BOARD}/launch.html", (REDIRECT,), BOARD)
        self.clients.known["board"] = Client("board", "Ward board", *pages, f"{WILD} user/AuditEvent.rs")
        self.clients.known["wild"] = Client("wild", "Wild", *pages, WILD)
        for name, scopes in (("siem", "system/AuditEvent.rs"), ("wild-siem", "system/*.rs")):
            self.clients.known[name] = Client(name, name, "", (), None, scopes, ClientKind.backend, jwks={"keys": []})
        self.sessions.people[GUARDIAN.id] = GUARDIAN
        self.index = Index(self.folder / "audit")
        search = Search(self.folder / "audit", self.index)
        return Gateway(
            base_url=BASE, record=self.record, feeds=lambda: self.feeds, clients=self.clients, sessions=self.sessions,
            audit=self.audit, engine=self.engine, clock=self.clock, audited=Audited(search, "St Elsewhere Hospital"),
        )  # fmt: skip

    def close(self) -> None:
        """Give everything back."""
        super().close()
        self.index.close()

    def service(self, client: str = "siem", scope: str = "system/AuditEvent.rs") -> str:
        """A service's token."""
        issued = self.gateway._grants.serve(self.clients.known[client], parse(scope))
        assert issued is not None
        return issued.access

    def app(
        self, context: Context, person: Person = GUARDIAN, scope: str = AUDIT, client: str = "board"
    ) -> dict[str, Any]:
        """The token response of a product that somebody opened."""
        launch = self.launched(context, person, client)["launch"]
        back = self.authorize(self.wishes(launch=launch, scope=scope, client_id=client), person)
        code = httpx.URL(back.headers["location"]).params["code"]
        told: dict[str, Any] = self.exchange(code, client_id=client).json()
        return told


@pytest.fixture
def world(tmp_path: Path) -> Iterator[AuditWorld]:
    """A fresh one, in which Ann and Ben were looked at."""
    made = AuditWorld(tmp_path)
    try:
        made.put(*({"resourceType": "Patient", "id": one, "name": [{"family": "Archer"}]} for one in (ANN, BEN)))
        for one in (ANN, BEN):
            token = made.access(PatientContext(one), WILD)
            assert made.get(f"Patient/{one}", token).status_code == 200
            assert made.get("Patient/somebody-else", token).status_code == 403
        yield made
    finally:
        made.close()


def events(answer: httpx.Response) -> list[dict[str, Any]]:
    """The matches of a page."""
    assert answer.status_code == 200, answer.text
    return [one["resource"] for one in answer.json().get("entry", []) if one["search"]["mode"] == "match"]


def about(event: dict[str, Any]) -> set[str]:
    """The patients of an event."""
    named = (one["what"].get("reference", "") for one in event.get("entity", ()) if "what" in one)
    return {one for one in named if one.startswith("Patient/")}


def test_a_service_reads_all_page_by_page_and_each_look_is_an_event(world: AuditWorld) -> None:
    """The newest first, each once, each readable by its id; and whoever looks is in the audit as one who did."""
    token = world.service()
    before = len(world.audited())
    found, url, pages = [], "AuditEvent?_count=3", 0
    while url:
        page = world.get(url, token)
        found += events(page)
        url = next((one["url"] for one in page.json()["link"] if one["relation"] == "next"), "")
        pages += 1
    assert len({one["id"] for one in found}) == len(found) >= before
    assert pages > 2
    recorded = [one["recorded"] for one in found]
    assert recorded == sorted(recorded, reverse=True)
    assert {one["source"]["observer"]["display"] for one in found} == {"St Elsewhere Hospital"}
    one = world.get(f"AuditEvent/{found[-1]['id']}", token)
    assert one.json() == found[-1]
    looks = [each for each in world.audited() if each["action"] == "audit"]
    assert len(looks) == pages + 1
    assert {(each["client"], each["outcome"]) for each in looks} == {("siem", "granted")}
    assert looks[-1]["resource"] == f"AuditEvent/{found[-1]['id']}"


def test_what_can_be_searched_for(world: AuditWorld) -> None:
    """Patient, person or product, resource, date, what was done, how it ended; anything else is refused by name."""
    token = world.service()
    assert all(f"Patient/{ANN}" in about(one) for one in events(world.get(f"AuditEvent?patient={ANN}", token)))
    assert events(world.get(f"AuditEvent?entity=Patient/{BEN}&subtype=read&outcome=0", token))
    assert {one["outcome"] for one in events(world.get("AuditEvent?outcome=4", token))} == {"4"}
    assert events(world.get(f"AuditEvent?agent:identifier=urn:tabard:person|{CLINICIAN.id}", token))
    assert events(world.get("AuditEvent?agent=urn:tabard:product|board&date=2026-03-01", token))
    assert events(world.get("AuditEvent?date=lt2026-03-01", token)) == []
    posted = world.ask(
        "POST", f"{BASE}/AuditEvent/_search", data={"patient": ANN}, headers={"Authorization": f"Bearer {token}"}
    )
    assert {one["id"] for one in events(posted)} <= {
        one["id"] for one in events(world.get(f"Patient/{ANN}/AuditEvent?_count=200", token))
    }
    for query in ("site=x", "_sort=date", "_include=AuditEvent:patient", "_summary=true", "date=soon", "_page=x"):
        assert world.get(f"AuditEvent?{query}", token).status_code in {400, 403}, query
    assert world.get("AuditEvent/00000001-00000000-1", token).status_code == 404


def test_a_person_sees_what_is_about_the_patient_of_the_launch(world: AuditWorld) -> None:
    """Of nobody else, neither by a search nor by an id, which is refused as one that was never given."""
    every = events(world.get("AuditEvent?_count=200", world.service()))
    other = next(one["id"] for one in every if about(one) == {f"Patient/{BEN}"})
    token = world.app(PatientContext(ANN))["access_token"]
    mine = events(world.get("AuditEvent", token))
    assert mine
    assert all(f"Patient/{ANN}" in about(one) for one in mine)
    assert world.get(f"AuditEvent/{mine[0]['id']}", token).json() == mine[0]
    refused = [world.get(f"AuditEvent/{one}", token) for one in (other, "00000001-00000000-1")]
    assert [one.status_code for one in refused] == [403, 403]
    assert refused[0].json() == refused[1].json()
    assert is_outcome(world.get(f"AuditEvent?patient={BEN}", token), 403)
    entries = [{"request": {"method": "GET", "url": f"AuditEvent/{one}"}} for one in (mine[0]["id"], other)]
    batch = world.send("POST", "", token, {"resourceType": "Bundle", "type": "batch", "entry": entries})
    assert [one["response"]["status"] for one in batch.json()["entry"]] == ["200", "403"]


def test_of_an_event_about_several_a_person_sees_the_part_of_their_patient(world: AuditWorld) -> None:
    """Who else was on a list, and whose the rest of it was, is told to a service alone; nor is it told by what is found."""
    for name in (ANN, BEN):
        world.put(encounter(f"e-{name}", name, ("w1", "active")))
    ward = world.access(WardContext("w1"), WILD)
    assert world.get("Encounter?_include=Encounter:patient", ward).status_code == 200
    assert world.get(f"Patient/{BEN}", world.access(PatientContext(ANN), WILD)).status_code == 403
    whole = events(world.get(f"AuditEvent?patient={ANN}&_count=200", world.service()))
    assert any(BEN in json.dumps(one) for one in whole)
    token = world.app(PatientContext(ANN))["access_token"]
    mine = events(world.get("AuditEvent?_count=200", token))
    assert {one["id"] for one in mine} >= {one["id"] for one in whole}
    read = [world.get(f"AuditEvent/{one['id']}", token).json() for one in mine]
    assert read == mine
    assert BEN not in json.dumps(mine)
    assert all(f"Patient/{ANN}" in about(one) for one in mine)
    assert is_outcome(world.get(f"AuditEvent?entity=Patient/{BEN}", token), 403)
    assert events(world.get(f"AuditEvent?entity=Patient/{ANN}", token))


def test_who_may_not(world: AuditWorld) -> None:
    """No role, no scope by name, no patient; each is refused and in the audit."""
    before = len(world.audited())
    tokens = [
        world.app(PatientContext(ANN), CLINICIAN)["access_token"],
        world.app(PatientContext(ANN), scope=WILD)["access_token"],
        world.app(WardContext("w1"), scope=AUDIT)["access_token"],
        world.service("wild-siem", "system/*.rs"),
    ]
    for token in tokens:
        for path in ("AuditEvent", "AuditEvent/00000001-00000000-1", f"Patient/{ANN}/AuditEvent"):
            assert is_outcome(world.get(path, token), 403), path
    refused = [one for one in world.audited()[before:] if one["action"] == "audit"]
    assert {one["outcome"] for one in refused} == {"refused"}
    assert len(refused) == len(tokens) * 3
    assert world.get("AuditEvent", None).status_code == 401


def test_no_wildcard_reaches_it(world: AuditWorld) -> None:
    """Who is registered for all, asks for it by name or narrows to it at a refresh, is not given it."""
    told = world.app(PatientContext(ANN), scope="launch online_access user/*.rs user/AuditEvent.rs", client="wild")
    assert "AuditEvent" not in told["scope"]
    narrowed = world.refresh(told["refresh_token"], client_id="wild", scope="user/AuditEvent.rs").json()
    assert "AuditEvent" not in narrowed.get("scope", "")
    assert "user/AuditEvent.rs" in world.app(PatientContext(ANN))["scope"].split()
    assert not parse("system/AuditEvent.rs").narrow(parse("system/*.rs")).resources


def test_it_is_declared_and_never_written(world: AuditWorld) -> None:
    """The CapabilityStatement says what is done; what it does not say is refused."""
    told = {one["type"]: one for one in world.get("metadata", None).json()["rest"][0]["resource"]}["AuditEvent"]
    assert [one["code"] for one in told["interaction"]] == ["read", "search-type"]
    assert tuple(one["name"] for one in told["searchParam"]) == SEARCHED
    supported = world.get(".well-known/smart-configuration", None).json()["scopes_supported"]
    assert {"user/AuditEvent.rs", "system/AuditEvent.rs"} <= {*supported}
    token = world.service()
    assert world.get("AuditEvent/00000001-00000000-1/_history", token).status_code in {403, 404}
    for method, path in (("POST", "AuditEvent"), ("PUT", "AuditEvent/x"), ("DELETE", "AuditEvent/x")):
        assert world.send(method, path, token, {"resourceType": "AuditEvent"}).status_code in {403, 405}


def test_a_changed_line_is_told_and_not_shown(world: AuditWorld) -> None:
    """What somebody changed in the log is no event any more, by a search or by its id."""
    token = world.service()
    (first, *_) = reversed(events(world.get("AuditEvent?_count=200", token)))
    (file, *_) = sorted((world.folder / "audit").glob("*.ndjson"))
    begun, line, rest = file.read_bytes().split(b"\n", 2)
    file.write_bytes(b"\n".join((begun, b"x" * len(line), rest)))
    answer = world.get("AuditEvent?_count=200", token)
    assert first["id"] not in {one["id"] for one in events(answer)}
    assert "gone or was changed" in answer.text
    assert world.get(f"AuditEvent/{first['id']}", token).status_code == 404
