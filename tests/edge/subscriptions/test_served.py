"""A hospital as it is served: a message of its link becomes a notification at an endpoint; what is loaded does not."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from hl7.client import MLLPClient
from joserfc import jwt
from joserfc.jwk import ECKey

from edge.subscriptions.listeners import Listener, listening
from tabard.audit import AuditLog
from tabard.database import engine
from tabard.gateway.egress import Approvals
from tabard.gateway.model import ClientKind
from tabard.gateway.subscriptions import Endpoints
from tabard.ground.time import system_clock
from tabard.hospital import NewClient, init, load
from tabard.link import LinkSettings, add_link
from tabard.wiring import Running, running
from unit.gateway.subscriptions.subscribed import kind_of, wanted
from unit.link.itk import Who, adt

JONES = Who("2002", family="JONES", born="19700101")
ORIGIN = "http://localhost:8000"


def ask(served: Running, method: str, path: str, **more: Any) -> httpx.Response:
    """One request to the hospital's whole application."""

    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(app=served.app)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            return await client.request(method, path, **more)

    return asyncio.run(run())


def token_of(served: Running, key: ECKey) -> str:
    """An access token of the service, by its key."""
    now = int(system_clock().timestamp())
    claims = {"iss": "beds", "sub": "beds", "aud": f"{ORIGIN}/auth/token", "jti": str(uuid4()), "exp": now + 240}
    assertion = jwt.encode({"alg": "ES384", "kid": "k1", "typ": "JWT"}, claims, key, algorithms=["ES384"])
    form = {
        "grant_type": "client_credentials",
        "scope": "system/Encounter.rs",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion,
    }
    answer = ask(served, "POST", "/auth/token", data=form)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def approve(folder: Path, host: str) -> None:
    """The hospital's word on a host."""
    tables, audit = engine(folder / "gateway.db"), AuditLog(folder / "audit", system_clock)
    endpoints = Endpoints(tables, Approvals(tables, lambda _: (), audit, system_clock), audit, system_clock)
    endpoints.decide("admin", frozenset({"admin"}), "beds", host, "agreed", approve=True)
    audit.close()
    tables.dispose()


def test_an_admission_is_told_and_an_opening_load_is_not(tmp_path: Path) -> None:
    """From the socket of the link to the socket of the endpoint, through everything that a hospital is made of."""
    folder, listener = tmp_path / "h", Listener()
    key = ECKey.generate_key("P-384", {"kid": "k1", "alg": "ES384", "use": "sig"})
    with listening(listener) as port:
        init(folder, "St Elsewhere", "RZZ", 8000)
        (folder / "hospital.toml").write_text(
            (folder / "hospital.toml").read_text() + f'\n[egress]\ninternal = ["localhost:{port}"]\n'
        )
        add_link(folder, LinkSettings(name="pas", dialect="itk-2.4", port=0))
        jwks = {"keys": [json.loads(json.dumps(key.as_dict(private=False)))]}
        hospital = load(folder)
        hospital.clients.add(
            NewClient(name="Beds", scopes="system/Encounter.rs", id="beds", kind=ClientKind.backend, jwks=jwks),
            hospital.installs,
        )
        approve(folder, f"localhost:{port}")
        with running(folder) as served:
            headers = {"Authorization": f"Bearer {token_of(served, key)}", "Content-Type": "application/fhir+json"}
            asked = wanted(
                "urn:tabard:topic:encounter-start", endpoint=f"http://localhost:{port}/", content="full-resource"
            )
            made = ask(served, "POST", "/fhir/Subscription", content=json.dumps(asked), headers=headers)
            assert made.status_code == 201, made.text
            listener.wait(1)
            ((host, mllp),) = served.links.addresses().values()
            with MLLPClient(host, mllp) as client:  # type: ignore[no-untyped-call]  # python-hl7 has no types
                client.send_message(adt("A01"))
                _, first = listener.wait(2)
                served.links.load("pas", [adt("A01", JONES, "600")], "admin", "who was in when the link was opened")
                client.send_message(adt("A03", at="202603011500"))
                client.send_message(adt("A01", visit="777", at="202603011600"))
            _, _, last = listener.wait(3)
    assert kind_of(first) == "event-notification"
    assert first["entry"][1]["resource"]["resourceType"] == "Encounter"
    assert [number for number, _ in listener.events()] == [1, 2]
    assert last["entry"][1]["resource"]["id"] != first["entry"][1]["resource"]["id"]
