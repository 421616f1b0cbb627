"""A hospital whose people sign in at a provider, and a browser that goes there and back."""

import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import tomli_w

from conformance.sign_in.a_provider import RunningProvider
from engines import record_in
from tabard.audit import AuditLog, read
from tabard.database import engine
from tabard.fhir import Resource
from tabard.gateway import Gateway
from tabard.gateway.sign_in import SignIn
from tabard.ground.ids import KeyedIds
from tabard.ground.private_files import write_private
from tabard.ground.time import system_clock
from tabard.hospital import init, load
from tabard.hospital.settings import FILE
from tabard.link import Dialects
from tabard.record import RecordReader, RecordWriter
from tabard.web.hospital import Portal, pages
from tabard.wiring.outside import signing_in
from unit.web.browsing import Surfer
from unit.web.world import CHEAP, PretendLinks

BASE = "http://localhost:8000"


SECRET = "a secret of a client of a pretend provider"


GMC = "https://fhir.hl7.org.uk/Id/gmc-number"


SDS = "https://fhir.nhs.uk/Id/sds-user-id"


ADA: dict[str, Any] = {"name": "Dr Adaeze Okonjo", "gmc_number": "7654321", "org": "RXX", "groups": ["Ward doctors"]}


CLIENT = {
    "client_id": "tabard",
    "client_secret": SECRET,
    "redirect_uris": [f"{BASE}/sign-in/back"],
    "post_logout_redirect_uris": [f"{BASE}/signed-out"],
    "response_types": ["code"],
    "grant_types": ["authorization_code"],
}


TABLE = {
    "client_id": "tabard",
    "name": "Trust sign-in",
    "secret": "sign-in.secret",
    "acr": ["aal2", "aal3"],
    "amr": ["mfa"],
    "ods_claim": "org",
    "identifiers": {"gmc_number": GMC, "sds_user_id": SDS},
    "roles": [
        {"role": "clinician", "claim": "groups", "values": ["Ward doctors", "Ward nurses"]},
        {"role": "integration", "claim": "groups", "values": ["Integration"]},
        {
            "role": "clinician",
            "claim": "nhsid_nrbac_roles",
            "member": "role_code",
            "values": ["S8000:G8000:R8000"],
            "ods_member": "org_code",
        },
    ],
}


def practitioner(id_: str, *numbers: tuple[str, str], **more: Any) -> Resource:
    """A member of staff in the record."""
    told = [{"system": system, "value": value} for system, value in numbers]
    return {"resourceType": "Practitioner", "id": id_, "identifier": told, "name": [{"family": id_}], **more}


STAFF = (
    practitioner("okonjo", (GMC, "7654321"), (SDS, "555001")),
    practitioner("twin-a", (GMC, "1111111")),
    practitioner("twin-b", (GMC, "1111111")),
    practitioner("gone", (GMC, "2222222"), active=False),
    practitioner("other", (SDS, "555002")),
)


@dataclass
class House:
    """The hospital, its pages, and a clock that a test turns."""

    folder: Path
    portal: Portal
    ahead: timedelta = timedelta()

    @property
    def sign_in(self) -> SignIn:
        """Its sign-in."""
        assert self.portal.sign_in is not None
        return self.portal.sign_in

    def browser(self) -> Surfer:
        """A browser that was never here."""
        return Surfer(pages(self.portal), BASE)

    def audited(self) -> list[tuple[str, str | None, str | None]]:
        """How each try to sign in ended: outcome, person, reason."""
        told = [event for event in read(self.folder / "audit") if event["action"] == "sign-in"]
        return [(event["outcome"], event.get("person"), event.get("reason")) for event in told]

    def turned(self, **settings: Any) -> "House":
        """The same hospital with other settings of its sign-in."""
        changed = replace(self.sign_in, settings=replace(self.sign_in.settings, **settings))
        return House(self.folder, replace(self.portal, sign_in=changed))


@contextmanager
def a_house(folder: Path, issuer: str, **table: Any) -> Iterator[House]:
    """The hospital with its staff, its settings as they would be written into hospital.toml."""
    init(folder, "St Elsewhere Hospital", "RXX", 8000, for_trials=True, cost=CHEAP)
    write_private(folder / "keys/sign-in.secret", SECRET.encode())
    toml = folder / FILE
    told = tomllib.loads(toml.read_text()) | {"sign_in": {**TABLE, "issuer": issuer, **table}}
    toml.write_text(tomli_w.dumps(told))
    made: list[House] = []

    def clock() -> datetime:
        return system_clock() + (made[0].ahead if made else timedelta())

    hospital = load(folder, clock, cost=CHEAP)
    hospital.accounts.put("admin", "Ada Admin", frozenset({"admin"}), "correct horse")
    writer = RecordWriter(record_in(folder), clock)
    with writer.transaction() as writing:
        for one in STAFF:
            writing.put(one, "lorenzo")
    writer.close()
    with ExitStack() as parts:
        reader, audit, links = RecordReader(record_in(folder)), AuditLog(folder / "audit", clock), PretendLinks()
        parts.callback(reader.close)
        parts.callback(audit.close)
        kept = engine(folder / "gateway.db")
        sign_in = parts.enter_context(signing_in(hospital, reader, audit, kept, clock))
        gateway = Gateway(
            base_url=f"{BASE}/fhir",
            record=reader,
            feeds=links.feeds,
            clients=hospital.installs,
            sessions=hospital.people,
            audit=audit,
            engine=kept,
            clock=clock,
        )
        changes = Dialects(folder, KeyedIds(b"k" * 32), audit, clock)
        portal = Portal(hospital, gateway.door, gateway, links, links, links, changes, links, clock, sign_in=sign_in)
        made.append(House(folder, portal))
        yield made[0]


def begun(browser: Surfer, wanted: str = "/wards") -> str:
    """The provider's address to which signing in leads."""
    page = browser.get(f"/sign-in?next={wanted}")
    assert "Sign in with Trust sign-in" in page.text
    assert 'type="password"' not in page.text
    answer = browser.get(f"/sign-in/with?next={wanted}")
    assert answer.status_code == 303
    return str(answer.headers["location"])


def back(browser: Surfer, provider: RunningProvider, wanted: str = "/wards") -> httpx.Response:
    """What the hospital says once the provider has sent the browser back."""
    return browser.get(provider.through(begun(browser, wanted), BASE))


def altered(address: str, **parameters: str) -> str:
    """The address with these parameters in the place of its own; an empty one is left out."""
    place = urlsplit(address)
    told = {**dict(parse_qsl(place.query)), **parameters}
    return place._replace(query=urlencode({name: value for name, value in told.items() if value})).geturl()


def must_not_be_in(browser: Surfer, answer: httpx.Response, words: str, status: int = 403) -> None:
    """Nobody is signed in, the page says why, and says what to do."""
    assert answer.status_code == status
    assert "You are not signed in" in answer.text
    assert words in unescape(answer.text)
    assert 'href="/sign-in"' in answer.text
    assert browser.get("/").status_code == 303


def cookie_of(house: House) -> str:
    return house.portal.hospital.sessions.cookie
