"""A record system that can call asks the products' services: proven each time, by ids that become the record's, and no further."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from tabard.accounts import Account
from tabard.gateway.cds import Caller, Callers, CdsApp, Hook
from tabard.gateway.cds.calling import Calling
from tabard.gateway.cds.feedback import Feedback
from tabard.gateway.ehr_launch import NotOpened
from tabard.gateway.model import Client, ClientKind
from tabard.gateway.smart.jtis import Jtis
from tabard.gateway.smart.jwks_fetching import JwkSets
from unit.gateway.test_cds import CARD, ROLES, Place, Servers, says, service
from unit.gateway.world import World, a_world

ISSUER = "https://ehr.example"
PLACE = "http://localhost:8000/cds-services"
THEIRS = "https://ehr.example/r4/tenant"


class Whom(NamedTuple):
    """Whom an id is of."""

    patient: str
    encounter: str | None = None
    is_merged: bool = False


class Charts:
    """The record system: it knows Ann as 1001 and her visit as 2001."""

    def whom(self, patient: str, encounter: str | None) -> Whom:
        """The record's ids."""
        if patient != "1001" or encounter not in (None, "2001"):
            raise NotOpened("unknown_patient", "Nobody here has that number.", status=404)
        return Whom("ann", None if encounter is None else "e-ann")

    def staff_numbers(self, practitioner: str) -> tuple[tuple[str, str], ...]:
        """The numbers of its doctor."""
        return (("urn:staff", practitioner),)


class Arrivals:
    """Who may come: the doctor D1. What is refused is raised."""

    def person(self, numbers: tuple[tuple[str, str], ...], named: str | None) -> Account:
        """The doctor."""
        if named is None and numbers != (("urn:staff", "D1"),):
            raise NotOpened("unknown_user", "Nobody here is that user.")
        return Account("dr-1", "dr-1", "A Doctor", ROLES, "dr-1")

    def must_be_current(self, patient: str) -> None:
        """Nothing waits."""

    def judged(self, product: str, step: Any) -> Any:
        """What the step came to."""
        del product
        return step()


class Ward:
    """A hospital with a service, and a record system that calls it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.place = Place(world, Servers(service(), service("start", hook=Hook.encounter_start)))
        self.key = ECKey.generate_key("P-384", {"kid": "k1"})
        jwks = {"keys": [self.key.as_dict(private=False)]}
        client = Client(ISSUER, ISSUER, "", (), None, "", ClientKind.backend, jwks=jwks)
        caller = Caller(client, THEIRS, Charts(), Arrivals(), {})  # type: ignore[arg-type]  # as much of them as is asked
        callers = Callers({ISSUER: caller}, JwkSets(world.clock), Jtis(world.engine, world.clock), world.clock)
        feedback = Feedback(self.place.servers, self.place.proofs, world.audit, world.clock)
        self.app = CdsApp(Calling(PLACE, callers, self.place.asking, feedback))
        self.count = 0

    def token(self, path: str = "board.signs", key: ECKey | None = None, **changed: Any) -> str:
        """A token for one call."""
        self.count += 1
        now = int(self.world.clock().timestamp())
        claims = {"iss": ISSUER, "aud": f"{PLACE}/{path}", "iat": now, "exp": now + 60, "jti": f"j{self.count}"}
        header = {"alg": "ES384", "typ": "JWT", "kid": "k1"}
        told = {name: value for name, value in (claims | changed).items() if value is not None}
        return jwt.encode(header, told, key or self.key, algorithms=["ES384"])

    def call(
        self,
        path: str = "board.signs",
        token: str | None = None,
        body: Any = None,
        method: str = "POST",
        **context: Any,
    ) -> httpx.Response:
        """One call; the context may be changed."""
        known = {"userId": "Practitioner/D1", "patientId": "1001", **context}
        asked = {
            "hook": "patient-view",
            "hookInstance": "i1",
            "fhirServer": THEIRS,
            "fhirAuthorization": {"access_token": "THEIRS-SECRET", "token_type": "Bearer"},
            "context": known,
            "prefetch": {"patient": {"resourceType": "Patient", "id": "1001"}},
        }
        content = json.dumps(asked | body if isinstance(body, dict) else asked) if not isinstance(body, bytes) else body
        headers: Mapping[str, str] = {"authorization": f"Bearer {self.token(path) if token is None else token}"}

        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
                url = f"/cds-services/{path}".rstrip("/")
                return await client.request(method, url, content=content, headers=headers)

        return self.world.runner.run(run())


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    with a_world(tmp_path) as world:
        made = Ward(world)
        yield made
        made.place.advising.close()


def test_what_there_is_can_be_read_without_a_token(ward: Ward) -> None:
    """Each service under a name of its own, without asking for a prefetch."""
    told = ward.call("", method="GET").json()["services"]
    assert [(one["id"], one["hook"]) for one in told] == [
        ("board.signs", "patient-view"),
        ("board.start", "encounter-start"),
    ]
    assert all("prefetch" not in one for one in told)


def test_the_product_is_asked_by_the_records_ids_and_with_its_own_token(ward: Ward) -> None:
    """Neither the record system's token nor its prefetch nor its ids are passed on; the person is known in the audit."""
    answer = ward.call()
    assert (answer.status_code, answer.json()["cards"][0]["summary"]) == (200, "Take care")
    asked = ward.place.asked()
    assert asked["context"]["patientId"] == asked["prefetch"]["patient"]["id"] == "ann"
    assert asked["context"]["userId"] == "Practitioner/dr-1"
    told = json.dumps(asked)
    assert not any(one in told for one in ("THEIRS-SECRET", "1001", THEIRS))
    assert ward.world.audited(action="hook")[0]["person"] == "dr-1"


def test_no_id_of_the_record_leaves_in_a_card(ward: Ward) -> None:
    """A suggestion that would write, and a link to an app of ours, are left out; what can be read stays."""
    action = {"type": "create", "description": "x", "resource": {"subject": {"reference": "Patient/ann"}}}
    card = {
        **CARD,
        "selectionBehavior": "any",
        "suggestions": [{"label": "Do it", "uuid": "u1", "actions": [action]}, {"label": "Seen", "uuid": "u2"}],
        "links": [
            {"label": "Ours", "url": "http://board.localhost:8000/", "type": "smart"},
            {"label": "More", "url": "https://example.org/", "type": "absolute"},
        ],
    }
    ward.place.servers.answers["signs"] = lambda _: says(card)
    answer = ward.call()
    assert "ann" not in answer.text
    (told,) = answer.json()["cards"]
    assert ([one["label"] for one in told["suggestions"]], [one["label"] for one in told["links"]]) == (
        ["Seen"],
        ["More"],
    )


def test_an_admission_is_asked_within_its_visit(ward: Ward) -> None:
    """The visit becomes the record's too."""
    answer = ward.call("board.start", body={"hook": "encounter-start"}, encounterId="2001")
    assert answer.status_code == 200
    assert ward.place.asked()["context"]["encounterId"] == "e-ann"


def bad_tokens(ward: Ward) -> dict[str, str]:
    now = int(ward.world.clock().timestamp())
    stranger = ECKey.generate_key("P-384", {"kid": "k1"})
    spent = ward.token()
    assert ward.call(token=spent).status_code == 200
    return {
        "none": "",
        "junk": "x.y.z",
        "another key": ward.token(key=stranger),
        "another address": ward.token(aud=f"{PLACE}/board.start"),
        "another issuer": ward.token(iss="https://evil.example"),
        "over": ward.token(exp=now - 1),
        "too long": ward.token(exp=now + 3600),
        "no jti": ward.token(jti=None),
        "used": spent,
    }


@pytest.mark.parametrize(
    "which",
    ["none", "junk", "another key", "another address", "another issuer", "over", "too long", "no jti", "used"],
)
def test_who_does_not_prove_who_calls_gets_nothing(ward: Ward, which: str) -> None:
    """One answer for all of it; no product hears of the call."""
    token = bad_tokens(ward)[which]
    ward.place.servers.calls.clear()
    answer = ward.call(token=token)
    assert (answer.status_code, ward.place.servers.calls) == (401, [])
    assert "cards" not in answer.text
    event = ward.world.audited()[-1]
    assert (event["action"], event["outcome"], event["status"]) == ("hook", "refused", 401)


@pytest.mark.parametrize(
    ("body", "context", "status"),
    [
        ({"hook": "encounter-start"}, {}, 400),
        ({"fhirServer": "https://evil.example"}, {}, 403),
        ({"context": {}}, {}, 400),
        (None, {"patientId": "9999"}, 404),
        (None, {"patientId": "../1001"}, 400),
        (None, {"userId": "Practitioner/nobody"}, 403),
        (b"{", {}, 400),
        (b"x" * (4 * 1024 * 1024 + 1), {}, 413),
    ],
)
def test_a_call_that_is_about_nobody_certain_asks_nobody(
    ward: Ward, body: Any, context: dict[str, str], status: int
) -> None:
    """Another hook, another server, an unknown patient or user, junk: refused in words."""
    answer = ward.call(body=body, **context)
    assert (answer.status_code, ward.place.servers.calls) == (status, [])
    assert answer.json()["message"]
    if status in {400, 403} and not context:
        event = ward.world.audited()[-1]
        assert (event["action"], event["outcome"], event["status"]) == ("hook", "refused", status)


def test_a_service_that_says_nothing_is_told_as_such(ward: Ward) -> None:
    """No empty answer that would look like no advice."""
    ward.place.servers.answers["signs"] = lambda _: says({"summary": ""})
    answer = ward.call()
    assert (answer.status_code, answer.json()["error"]) == (503, "no_advice")


def test_feedback_is_passed_on(ward: Ward) -> None:
    """To the service that gave the card, in its own words."""
    ward.place.servers.answers["signs"] = lambda _: says()
    told = {"feedback": [{"card": "c1", "outcome": "accepted", "acceptedSuggestions": [{"id": "u2"}]}]}
    answer = ward.call("board.signs/feedback", body=json.dumps(told).encode())
    assert answer.status_code == 200
    assert ward.place.asked()["feedback"][0]["acceptedSuggestions"] == [{"id": "u2"}]
    assert (
        ward.call("board.signs/feedback", body=b'{"feedback": [{"card": "c", "outcome": "ignored"}]}').status_code
        == 400
    )


def test_where_no_record_system_may_call_there_is_nothing(ward: Ward) -> None:
    """Not even a list."""
    ward.app = CdsApp()
    assert ward.call("", method="GET").status_code == 404
    assert ward.call().status_code == 404
