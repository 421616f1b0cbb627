"""At both hospitals: a product of vital signs alone sees nothing else by any way, and a note says how it stands until it is there.

At St Elsewhere everything came by HL7 v2, and notes go as messages; at Millpond Royal both are Millennium's FHIR.
"""

import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from story.house_of_products import (
    CATEGORY,
    FINER,
    NARROW,
    SCRIBE,
    Asking,
    House,
    Lorenzo,
    Millennium,
    house_of,
    install,
    until,
)
from tabard.audit import Asked, Search

SECRET = "Told the nurse in confidence"
STATE = "urn:tabard:write-back"
WAIT_MS = 60_000
APP = """
[[part]]
kind = "app"
title = "{name}"
launch = "launch.html"
start = "index.html"
context = "patient"
scopes = ["launch", {scopes}]
"""
HEAD = """
id = "{name}"
name = "{name}"
version = "1.0.0"
publisher = "RZZ"
"""
HOOK = """
[server]
module = "narrow"
memory_mb = 128
timeout_s = 10

[[part]]
kind = "hook"
id = "told"
title = "What was told"
description = "Says what it was given."
hook = "patient-view"
scopes = ["{scope}"]
[part.prefetch]
signs = "Observation?patient={{{{context.patientId}}}}"
laboratory = "Observation?patient={{{{context.patientId}}}}&category=laboratory"
notes = "DocumentReference?patient={{{{context.patientId}}}}"
patient = "Patient/{{{{context.patientId}}}}"
other = "Patient/{other}"
others = "Observation?patient={other}"

[[component]]
name = "tabard-kit"
version = "0.2.0"
licence = "Apache-2.0"
purl = "pkg:pypi/tabard-kit@0.2.0"
files = ["wheels/tabard_kit-0.2.0-py3-none-any.whl"]
"""
TELLING = """
import json
from tabard_kit import Card, Request, Services, serve

services = Services()


@services.hook("patient-view", id="told", title="What was told")
def told(request: Request) -> list[Card]:
    given = {key: [one.get("id") for one in request.resources(key)] for key in request.prefetch}
    return [Card("GIVEN " + " ".join(sorted(key for key, ids in given.items() if any(ids))), "Narrow", detail=json.dumps(given))]


serve(services)
"""


@pytest.fixture(scope="module", params=[Lorenzo, Millennium], ids=["elsewhere", "millpond"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Each hospital in turn, with a product that writes notes and one of vital signs."""
    with house_of(tmp_path_factory.mktemp("products") / "h", request.param()) as made:
        notes = '"patient/Patient.r", "patient/DocumentReference.cr", "patient/Observation.rs"'
        install(made, SCRIBE, HEAD.format(name=SCRIBE) + APP.format(name=SCRIBE, scopes=notes))
        hook = HOOK.format(scope=FINER, other=made.other)
        manifest = HEAD.format(name=NARROW) + APP.format(name=NARROW, scopes=f'"{FINER}"') + hook
        install(made, NARROW, manifest, TELLING)
        yield made


def note(house: House, own: str) -> dict[str, Any]:
    """A note of the patient's, as both record systems take one."""
    text = b64encode(f"<div>{SECRET}</div>".encode()).decode()
    attachment = {"contentType": "application/xhtml+xml;charset=utf-8", "data": text, "title": "Note"}
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "identifier": [{"system": "https://vendor.example/ids", "value": own}],
        "type": {"coding": [{"system": "http://loinc.org", "code": "11488-4"}]},
        "subject": {"reference": f"Patient/{house.patient}"},
        "content": [{"attachment": attachment}],
    }


def written(scribe: Asking, resource: dict[str, Any]) -> str:
    """The id of a note that a product wrote; it stands as pending."""
    answer = scribe.ask("POST", "DocumentReference", json=resource)
    assert answer.status_code == 201, answer.text
    assert state(answer.json()) == "pending"
    return str(answer.json()["id"])


def state(resource: dict[str, Any]) -> str | None:
    """How a note stands, over the API."""
    return next((one["code"] for one in resource["meta"].get("tag", ()) if one["system"] == STATE), None)


def test_a_note_says_how_it_stands(house: House, browser: Browser) -> None:
    """Pending while the record system takes nothing, accepted once it does, rejected where it refuses; on the page and over the API."""
    scribe, page = house.opened(SCRIBE), house.signed_in(browser)
    place = f"{house.url}/patients/{house.patient}"
    house.behind.away()
    taken = written(scribe, note(house, "n-1"))
    page.goto(place)
    standing = page.get_by_role("table", name="What products wrote for this patient")
    expect(standing).to_contain_text("Not yet in the record system")
    house.behind.back()

    def now(id_: str) -> str | None:
        return state(scribe.ask("GET", f"DocumentReference/{id_}").json())

    until(lambda: now(taken) in {"accepted", None}, lambda: now(taken))
    page.reload()
    expect(page.locator("main")).not_to_contain_text("Not yet in the record system")
    refused = written(scribe, house.behind.refusing(note(house, "n-2")))
    until(lambda: now(refused) == "rejected", lambda: now(refused))
    page.reload()
    expect(standing).to_contain_text("Refused by the record system: it is not there")
    page.context.close()


def test_vital_signs_alone_are_seen(house: House, browser: Browser) -> None:
    """Neither a laboratory result, nor somebody else, nor a note by any way; and the audit has each try."""
    scribe, narrow = house.opened(SCRIBE), house.opened(NARROW)
    hidden = written(scribe, note(house, "n-3"))
    found = scribe.ask("GET", f"Observation?patient={house.patient}").json()["entry"]
    results = [one["resource"] for one in found if one["search"]["mode"] == "match"]
    vital = {one["id"] for one in results if one["category"][0]["coding"][0]["code"] == "vital-signs"}
    laboratory = next(one for one in results if one["id"] not in vital)
    assert vital
    seen = narrow.ask("GET", f"Observation?patient={house.patient}")
    assert {one["id"] for one in _resources(seen.json()) if one["resourceType"] == "Observation"} == vital
    for method, path, more in ways(house, laboratory, hidden):
        before = len(house.audited(NARROW))
        answer = narrow.ask(method, path, **more)
        must_tell_nothing(answer, vital, house)
        after = house.audited(NARROW)
        assert len(after) > before, (method, path, answer.status_code)
        assert all(one["outcome"] == "refused" or shown(one) <= vital for one in after[before:]), after[before:]
    must_be_given_nothing_more(house, browser, vital)
    search, tried = Search(house.folder / "audit"), len(list(ways(house, laboratory, hidden)))
    until(lambda: len(search.find(Asked(client=NARROW), 1000).entries) >= tried, lambda: "the index is behind the log")


def shown(event: dict[str, Any]) -> set[str]:
    """The ids of what left, as the audit has it."""
    return {one.partition("/")[2] for one in event.get("seen", ())}


def _resources(told: Any) -> Iterator[dict[str, Any]]:
    """Every resource of an answer, however deep."""
    if isinstance(told, dict):
        if "resourceType" in told:
            yield told
        for value in told.values():
            yield from _resources(value)
    elif isinstance(told, list):
        for value in told:
            yield from _resources(value)


def must_tell_nothing(answer: httpx.Response, vital: set[str], house: House) -> None:
    """Nothing but vital signs of the patient, no other count, and no name or note."""
    assert answer.status_code < 500, answer.text
    assert answer.status_code not in {202, 304}
    assert not any(one in answer.text for one in (SECRET, *house.families))
    if not answer.content:
        return
    for one in _resources(answer.json()):
        kind = one["resourceType"]
        assert kind in {"Bundle", "OperationOutcome", "Observation"}, one
        assert kind != "Observation" or one["id"] in vital, one
        assert one.get("total", 0) <= len(vital)


def ways(house: House, laboratory: dict[str, Any], hidden: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Everything that a product might try."""
    lab, me, other = laboratory["id"], house.patient, house.other
    code = laboratory["code"]["coding"][0]["code"]
    reads = [f"Observation/{lab}", f"Patient/{me}", f"Patient/{other}", f"DocumentReference/{hidden}"]
    yield from (("GET", path, {}) for path in reads)
    for tag in ('W/"1"', "*"):
        yield "GET", f"Observation/{lab}", {"headers": {"If-None-Match": tag}}
    yield from (("GET", f"{path}/_history", {}) for path in (*reads, "Observation", "DocumentReference"))
    yield "GET", "_history", {}
    yield from (("GET", f"{path}/_history/1", {}) for path in reads)
    yield from (("GET", path, {}) for path in searches(house, lab, code, hidden))
    yield "POST", "Observation/_search", {"data": {"patient": me, "category": "laboratory"}}
    yield "POST", "DocumentReference/_search", {"data": {"patient": me}}
    yield from (("GET", f"Patient/{one}/$everything", {}) for one in (me, other))
    for path in ("$export", "Patient/$export"):
        yield "GET", path, {"headers": {"Prefer": "respond-async"}}
    for kind in ("batch", "transaction"):
        entries = [{"request": {"method": "GET", "url": path}} for path in (*reads, f"Observation?_id={lab}")]
        yield "POST", "", {"json": {"resourceType": "Bundle", "type": kind, "entry": entries}}
    own = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, "subject": {"reference": me}}
    yield "PUT", f"Observation?code={code}&patient={me}", {"json": own}
    yield "DELETE", f"Observation?code={code}&patient={me}", {}
    yield "POST", "Observation", {"json": own, "headers": {"If-None-Exist": f"code={code}"}}
    yield "POST", "DocumentReference", {"json": note(house, "n-3"), "headers": {"If-None-Exist": "identifier=n-3"}}
    patch = {"content": b"[]", "headers": {"Content-Type": "application/json-patch+json"}}
    yield "PATCH", f"Observation/{lab}", patch
    for criteria in (f"Observation?patient={me}&category=laboratory", f"DocumentReference?patient={me}"):
        channel = {"type": "rest-hook", "endpoint": "https://elsewhere.example/", "payload": "application/fhir+json"}
        told = {"resourceType": "Subscription", "status": "requested", "reason": "x", "criteria": criteria}
        yield "POST", "Subscription", {"json": {**told, "channel": channel}}
    yield "GET", "Subscription", {}
    yield "GET", "AuditEvent", {}


def searches(house: House, lab: str, code: str, hidden: str) -> Iterator[str]:
    """Every search that might lead there: by itself, along a chain, back, with what comes along, by order, by a count."""
    me, other = house.patient, house.other
    yield from (f"Observation?patient={me}&{one}" for one in ("category=laboratory", f"code={code}", "_total=accurate"))
    yield from (f"Observation?_id={lab}{one}" for one in ("", "&_summary=count", "&_elements=code", "&_count=0"))
    yield from (f"Observation?{one}" for one in (f"patient={other}", f"subject=Patient/{other}", "", "_count=200"))
    yield from (f"Patient/{one}/Observation" for one in (me, other))
    yield from (f"DocumentReference?{one}" for one in (f"patient={me}", f"_id={hidden}", "", "_summary=count"))
    yield f"Patient/{me}/DocumentReference"
    yield from (f"Patient?{one}" for one in (f"_id={other}", f"family={house.families[1]}", ""))
    yield from (f"Observation?{one}.family={house.families[0]}" for one in ("patient", "subject:Patient"))
    yield f"Observation?has-member.code={code}"
    yield from (
        f"Observation?_has:{one}"
        for one in (f"Observation:has-member:code={code}", "DiagnosticReport:result:status=final")
    )
    yield from (f"Patient?_has:Observation:patient:code={one}" for one in (code, "x"))
    yield from (f"Observation?patient={me}&_include=Observation:{one}" for one in ("subject", "encounter", "performer"))
    yield from (
        f"Observation?patient={me}&_revinclude={one}"
        for one in ("DocumentReference:related", "DiagnosticReport:result", "Provenance:target")
    )
    yield f"Patient?_id={me}&_revinclude=DocumentReference:patient&_revinclude=Observation:patient"
    yield from (f"Observation?patient={me}&_sort={one}" for one in ("-date", "category", "patient.name", "-code"))
    yield f"Observation?patient={me}&_page=made-up"
    yield from (
        f"Observation?patient={me}&category:not={CATEGORY}|vital-signs",
        f"Observation?patient={me}&category:missing=true",
    )
    yield f"Observation?patient={me}&_filter=code eq {code}"


def must_be_given_nothing_more(house: House, browser: Browser, vital: set[str]) -> None:
    """The product's hook asks beforehand for everything; its card says that vital signs alone were given."""
    page = house.signed_in(browser)
    place = page.locator("main")
    for _ in range(60):
        page.goto(f"{house.url}/patients/{house.patient}/advice")
        if "GIVEN" in place.inner_text():
            break
        page.wait_for_timeout(500)
    expect(page.get_by_role("article", name="For information: GIVEN signs", exact=True)).to_be_visible()
    page.context.close()
    calls = [one for one in house.audited(NARROW) if one["action"] == "hook"]
    assert calls
    for one in calls:
        assert shown(one) <= vital, json.dumps(one)
