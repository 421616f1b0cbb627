"""Signing in at a hospital by a certified OpenID provider: the right person, and each way in which it must not be.

Source: OpenID Connect Core 1.0, 3.1.3.7; RFC 6749; RFC 7636; RFC 9207; OpenID Connect RP-Initiated Logout 1.0.
"""

import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
import pytest
import tomli_w
from joserfc.jwk import ECKey

from conformance.sign_in.a_provider import RunningProvider, a_provider
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
from unit.web.browsing import Surfer, token_in
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


@pytest.fixture(scope="module")
def provider() -> Iterator[RunningProvider]:
    """One provider for all that only ask it."""
    with a_provider([CLIENT]) as running:
        yield running


@pytest.fixture
def house(tmp_path: Path, provider: RunningProvider) -> Iterator[House]:
    """A hospital that signs in there."""
    with a_house(tmp_path, provider.issuer) as made:
        yield made


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


def test_the_right_person_is_signed_in(provider: RunningProvider, house: House) -> None:
    """By code, PKCE, state and nonce; the person is their Practitioner, the roles those of the table, the way goes on."""
    provider.who("ada", ADA)
    browser = house.browser()
    asked = parse_qs(urlsplit(begun(browser)).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    answer = back(browser, provider)
    assert (answer.status_code, answer.headers["location"]) == (303, "/wards")
    session = house.portal.hospital.sessions.find({"cookie": f"{_cookie(house)}={browser.cookies[_cookie(house)]}"})
    assert session is not None
    assert (session.account.id, session.account.name) == ("okonjo", "Dr Adaeze Okonjo")
    assert session.account.roles == {"clinician"}
    assert "Dr Adaeze Okonjo" in browser.get("/wards").text
    assert house.audited() == [("granted", "okonjo", None)]


def test_a_role_may_stand_in_a_list_of_roles_with_the_organisation_beside_it(
    provider: RunningProvider, house: House
) -> None:
    """The national provider's way: a role counts at this hospital's organisation alone."""
    role = {"role_code": "S8000:G8000:R8000", "org_code": "RXX"}
    claims = {**ADA, "groups": [], "nhsid_nrbac_roles": [{**role, "org_code": "RYY"}]}
    provider.who("ada", claims)
    browser = house.browser()
    # the claim stands at userinfo alone, so the hospital asks there too
    wide = house.turned(userinfo=True)
    must_not_be_in(browser, back(browser, provider), "None of the roles")
    provider.who("ada", {**claims, "nhsid_nrbac_roles": [role]})
    other = wide.browser()
    assert back(other, provider).status_code == 303


@pytest.mark.parametrize(
    ("claims", "words", "reason"),
    [
        ({**ADA, "gmc_number": "9999999"}, "nobody in it has your number", "unknown_person"),
        ({**ADA, "gmc_number": None}, "nobody in it has your number", "unknown_person"),
        ({**ADA, "gmc_number": "1111111"}, "more than one person", "several_practitioners"),
        ({**ADA, "sds_user_id": "555002"}, "more than one person", "several_practitioners"),
        ({**ADA, "gmc_number": "2222222"}, "not in use", "practitioner_inactive"),
        ({**ADA, "groups": ["Porters"]}, "None of the roles", "no_role"),
        ({**ADA, "groups": None}, "None of the roles", "no_role"),
        ({**ADA, "org": "RYY"}, "as one of this hospital", "organisation"),
        ({**ADA, "org": None}, "as one of this hospital", "organisation"),
    ],
)
def test_who_is_not_exactly_one_person_with_a_role_here_is_turned_away(
    provider: RunningProvider, house: House, claims: dict[str, Any], words: str, reason: str
) -> None:
    """Unknown, two of one number, numbers of two, out of use, without a role, of another organisation: each is told why."""
    provider.who("ada", {name: value for name, value in claims.items() if value is not None})
    browser = house.browser()
    must_not_be_in(browser, back(browser, provider), words)
    ((outcome, who, why),) = house.audited()
    assert (outcome, why) == ("refused", reason)
    assert who == house.sign_in.ids.make("person", provider.issuer, "ada")


def test_who_needs_no_patient_needs_no_number(provider: RunningProvider, house: House) -> None:
    """An integration lead is no Practitioner of the record, and is let in under an id of their own."""
    provider.who("ivo", {"name": "Ivo Integration", "org": "RXX", "groups": ["Integration"]})
    browser = house.browser()
    assert back(browser, provider, "/links").status_code == 303
    assert browser.get("/links").status_code == 200
    assert browser.get("/wards").status_code == 403


@pytest.mark.parametrize(
    ("acr", "amr"), [("aal2", ["pwd"]), (None, ["pwd", "mfa"]), ("aal1", ["pwd", "mfa"]), (None, [])]
)
def test_a_password_alone_is_not_enough(
    provider: RunningProvider, house: House, acr: str | None, amr: list[str]
) -> None:
    """Without one of the required acr, or without all of the required amr, nobody is signed in."""
    provider.who("ada", ADA, acr=acr, amr=amr)
    browser = house.browser()
    must_not_be_in(browser, back(browser, provider), "less than this hospital asks for")
    assert [(outcome, why) for outcome, _, why in house.audited()] == [("refused", "mfa")]


def test_a_token_with_another_nonce_is_not_believed(provider: RunningProvider, house: House) -> None:
    """An id_token that was not made for this very attempt is somebody else's."""
    provider.who("ada", ADA)
    browser = house.browser()
    answer = browser.get(provider.through(altered(begun(browser), nonce="another"), BASE))
    must_not_be_in(browser, answer, "cannot be believed (nonce)")


def test_a_token_for_another_client_is_not_believed(provider: RunningProvider, house: House) -> None:
    """The aud must be this hospital's client_id."""
    provider.who("ada", ADA)
    elsewhere = house.turned(client_id="another-hospital")
    browser = elsewhere.browser()
    answer = browser.get(provider.through(altered(begun(browser), client_id="tabard"), BASE))
    must_not_be_in(browser, answer, "cannot be believed (aud)")


def test_a_token_that_is_over_is_not_believed(provider: RunningProvider, house: House) -> None:
    """The exp is held against the hospital's own clock, here two hours ahead."""
    provider.who("ada", ADA)
    house.ahead = timedelta(hours=2)
    browser = house.browser()
    must_not_be_in(browser, back(browser, provider), "cannot be believed (exp)")


def test_what_came_back_once_comes_back_no_more(provider: RunningProvider, house: House) -> None:
    """The same address again, and the same code in a new attempt, sign in nobody."""
    provider.who("ada", ADA)
    browser = house.browser()
    address = provider.through(begun(browser), BASE)
    cookies = dict(browser.cookies)
    assert browser.get(address).status_code == 303
    again = house.browser()
    again.cookies = dict(cookies)
    must_not_be_in(again, again.get(address), "open for too long, was used before")
    code = parse_qs(urlsplit(address).query)["code"][0]
    third = house.browser()
    fresh = provider.through(begun(third), BASE)
    must_not_be_in(third, third.get(altered(fresh, code=code)), "the code was used before")
    assert [reason for _, _, reason in house.audited()] == [None, "state", "code_refused"]


def test_an_answer_to_somebody_elses_attempt_signs_in_nobody(provider: RunningProvider, house: House) -> None:
    """Login CSRF: an attacker's own address, good in the attacker's browser, does nothing in another."""
    provider.who("ada", ADA)
    attacker, victim = house.browser(), house.browser()
    address = provider.through(begun(attacker), BASE)
    must_not_be_in(victim, victim.get(address), "was not begun in this browser")
    begun(victim)
    must_not_be_in(victim, victim.get(address), "was not begun in this browser")
    assert attacker.get(address).status_code == 303


def test_every_letter_of_the_state_counts(provider: RunningProvider, house: House) -> None:
    """The cookie is found by the first letters of the state; the attempt is believed by all of them."""
    provider.who("ada", ADA)
    browser = house.browser()
    address = provider.through(begun(browser), BASE)
    state = parse_qs(urlsplit(address).query)["state"][0]
    other = state[:-1] + ("A" if state[-1] != "A" else "B")
    must_not_be_in(browser, browser.get(altered(address, state=other)), "was not begun in this browser")


def test_a_session_put_into_the_browser_beforehand_is_not_the_one_that_is_signed_in(
    provider: RunningProvider, house: House
) -> None:
    """Session fixation: whoever knew this browser's cookie before knows nothing afterwards, and that session is over."""
    provider.who("ada", ADA)
    attacker, victim = house.browser(), house.browser()
    provider.who("ivo", {"name": "Ivo Integration", "org": "RXX", "groups": ["Integration"]})
    back(attacker, provider)
    victim.cookies = dict(attacker.cookies)
    provider.who("ada", ADA)
    away = str(victim.get("/sign-in/with?next=/wards").headers["location"])
    answer = victim.get(provider.through(away, BASE))
    assert answer.status_code == 200
    assert "Ivo Integration was signed in here" in answer.text
    assert "Dr Adaeze Okonjo" in answer.text
    assert victim.cookies[_cookie(house)] != attacker.cookies[_cookie(house)]
    assert attacker.get("/links").status_code == 303
    assert victim.get("/wards").status_code == 200


@pytest.mark.parametrize("iss", ["", "http://localhost:1/another"])
def test_an_answer_must_say_whose_it_is(provider: RunningProvider, house: House, iss: str) -> None:
    """RFC 9207: without iss, or with another's, the code is not even exchanged."""
    provider.who("ada", ADA)
    browser = house.browser()
    answer = browser.get(altered(provider.through(begun(browser), BASE), iss=iss))
    must_not_be_in(browser, answer, "is not the provider's that was asked")


def test_the_providers_own_no_is_told(provider: RunningProvider, house: House) -> None:
    """Who turned back, or was not let in there, is told so here."""
    provider.turns_away()
    browser = house.browser()
    must_not_be_in(browser, back(browser, provider), "did not let you in")


def test_nobody_is_sent_elsewhere_afterwards(provider: RunningProvider, house: House) -> None:
    """An open redirect: a way that leads out of the hospital leads home."""
    provider.who("ada", ADA)
    for wanted in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        browser = house.browser()
        assert back(browser, provider, wanted).headers["location"] == "/"


def test_no_password_of_tabards_own_opens_such_a_hospital(house: House) -> None:
    """The embedded accounts are closed: neither the form is taken nor an account of the list signed in."""
    browser = house.browser()
    answer = browser.post("/sign-in", {"username": "admin", "password": "correct horse", "token": "x", "next": "/"})
    assert answer.status_code == 405
    assert browser.get("/").status_code == 303


def test_signing_out_leads_on_to_the_provider(provider: RunningProvider, house: House) -> None:
    """The session ends here at once; the provider's is ended by going there, and it leads back."""
    provider.who("ada", ADA)
    browser = house.browser()
    back(browser, provider)
    answer = browser.post("/sign-out", {"token": token_in(browser.get("/wards").text)})
    assert browser.get("/wards").status_code == 303
    assert "You are signed out" in answer.text
    address = answer.headers["refresh"].removeprefix("0; url=")
    asked = parse_qs(urlsplit(address).query)
    assert address.startswith(provider.issuer)
    assert asked["post_logout_redirect_uri"] == [f"{BASE}/signed-out"]
    assert asked["id_token_hint"][0].count(".") == 2
    with httpx.Client(trust_env=False) as there:
        told = there.get(address)
    assert told.status_code == 200
    assert "logout" in told.text.lower()
    assert browser.get("/signed-out").status_code == 200


def test_a_provider_that_is_away_is_told(tmp_path: Path) -> None:
    """Before the first step and at the last: a page that says that it is the provider, and what to do."""
    with a_provider([CLIENT]) as provider, a_house(tmp_path, provider.issuer) as house:
        provider.who("ada", ADA)
        waiting = house.browser()
        address = provider.through(begun(waiting), BASE)
        provider.stop()
        must_not_be_in(waiting, waiting.get(address), "provider cannot be reached", 503)
    with a_house(tmp_path / "another", provider.issuer) as house:
        browser = house.browser()
        must_not_be_in(browser, browser.get("/sign-in/with"), "provider cannot be reached", 503)
        assert house.audited() == [("failed", None, "away")]


def test_a_hospital_may_prove_itself_by_a_key(tmp_path: Path) -> None:
    """private_key_jwt: the provider knows the public half, and no secret is shared."""
    key = ECKey.generate_key("P-256")
    jwk = {**key.as_dict(private=False), "kid": key.thumbprint(), "alg": "ES256", "use": "sig"}
    client = {name: value for name, value in CLIENT.items() if name != "client_secret"} | {
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "jwks": {"keys": [jwk]},
    }
    (tmp_path / "house").mkdir()
    with a_provider([client]) as provider:
        (tmp_path / "house/keys").mkdir(mode=0o700)
        write_private(tmp_path / "house/keys/sign-in.pem", key.as_pem(private=True))
        with a_house(tmp_path / "house", provider.issuer, secret="", key="sign-in.pem") as house:
            provider.who("ada", ADA)
            assert back(house.browser(), provider).status_code == 303


def _cookie(house: House) -> str:
    return house.portal.hospital.sessions.cookie
