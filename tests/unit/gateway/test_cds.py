"""CDS Hooks: each service is asked with its own rights, its cards are read strictly, and none holds up another."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from tabard.fhir import Resource
from tabard.gateway import EncounterContext, PatientContext
from tabard.gateway.cds import Advice, Advising, Hook, Occasion, Reply, Service
from tabard.gateway.cds.asking import Asking
from tabard.gateway.cds.board import LASTS, Board
from tabard.gateway.cds.feedback import Feedback, Reaction
from tabard.gateway.cds.firing import Firing, happened
from tabard.gateway.cds.lending import Lending
from tabard.gateway.cds.proofs import Proofs
from tabard.gateway.errors import Refused
from tabard.ground.errors import PeerError, ProductError
from tabard.ground.ids import unguessable
from unit.gateway.world import BASE, START, World, a_world, encounter

CARD = {"summary": "Take care", "indicator": "warning", "source": {"label": "A rule"}}
ROLES = frozenset({"clinician"})
ANN = Occasion(Hook.patient_view, PatientContext("ann"), "p-sister", ROLES, "Practitioner/sister")
ADMITTED = Occasion(Hook.encounter_start, EncounterContext("e-ann", "ann"), "hook/encounter-start", ROLES)


def service(id_: str = "signs", client: str = "board", **more: Any) -> Service:
    """A service that asks for the patient and reads Observations."""
    known: dict[str, Any] = {
        "hook": Hook.patient_view,
        "title": "Signs",
        "description": "Looks at signs.",
        "prefetch": (("patient", "Patient/{{context.patientId}}"),),
        "scopes": "patient/Patient.r patient/Observation.rs",
        "timeout_s": 5.0,
    }
    return Service(client=client, product=client.title(), id=id_, **(known | more))


class Servers:
    """The products' servers: what was posted to them, and what each answers."""

    def __init__(self, *services: Service) -> None:
        self.known = list(services)
        self.calls: list[tuple[Service, str, dict[str, Any], Mapping[str, str]]] = []
        self.answers: dict[str, Callable[[dict[str, Any]], Reply]] = {}

    def of_hook(self, hook: Hook, /) -> Sequence[Service]:
        """Those of the hook."""
        return [one for one in self.known if one.hook is hook]

    def all(self) -> Sequence[Service]:
        """Every one."""
        return self.known

    def post(self, service: Service, path: str, body: bytes, headers: Mapping[str, str], timeout_s: float, /) -> Reply:
        """The answer that was ordered."""
        del timeout_s
        asked = msgspec.json.decode(body)
        self.calls.append((service, path, asked, headers))
        answer = self.answers.get(service.id)
        return says(CARD) if answer is None else answer(asked)


def says(*cards: dict[str, Any], **more: Any) -> Reply:
    return Reply(200, msgspec.json.encode({"cards": cards, **more}))


class Place:
    """A hospital whose products have services."""

    def __init__(self, world: World, servers: Servers) -> None:
        self.world, self.servers = world, servers
        self.key = ECKey.generate_key("P-384")
        gateway = world.gateway
        self.grants = gateway._grants
        self.proofs = Proofs(BASE, f"{BASE}/jwks", self.key, world.clock, unguessable)
        lending = Lending(world.clients, self.grants, unguessable)
        self.asking = Asking(BASE, servers, gateway.door.reading, lending, self.proofs, world.audit, world.clock)
        self.advising = Advising(self.asking)

    def advise(self, occasion: Occasion = ANN) -> tuple[Advice, ...]:
        """What all services say."""
        return self.advising.advise(occasion)

    def asked(self) -> dict[str, Any]:
        """The body of the only call."""
        ((_, _, asked, _),) = self.servers.calls
        return asked


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


@pytest.fixture
def place(world: World) -> Iterator[Place]:
    made = Place(world, Servers(service()))
    yield made
    made.advising.close()


def test_a_service_is_asked_with_the_patient_and_what_it_wants_to_know(place: Place) -> None:
    """The request is the standard's: hook, instance, context, prefetch, and where to read with which token."""
    (told,) = place.advise()
    assert [card.summary for card in told.cards] == ["Take care"]
    assert told.fault == ""
    asked = place.asked()
    assert (asked["hook"], asked["fhirServer"]) == ("patient-view", BASE)
    assert asked["context"] == {"patientId": "ann", "userId": "Practitioner/sister"}
    assert asked["prefetch"]["patient"]["id"] == "ann"
    lent = asked["fhirAuthorization"]
    assert (lent["token_type"], lent["patient"], lent["subject"]) == ("Bearer", "ann", "board")
    assert set(lent["scope"].split()) == {"launch", "patient/Patient.r", "patient/Observation.rs"} - {"launch"}


def test_the_token_reads_what_was_accredited_and_only_while_the_service_is_asked(place: Place) -> None:
    """Within the call its own patient, never another, never another type; after it nothing at all."""
    seen: dict[str, int] = {}
    kept = []

    def look(asked: dict[str, Any]) -> Reply:
        token = asked["fhirAuthorization"]["access_token"]
        kept.append(token)
        held = place.grants.find(token)
        assert held is not None
        reading = place.asking.reading
        for name in ("Observation/o-ann", "Observation/o-ben", "Encounter/e-ann", "Patient/ben"):
            kind, _, id_ = name.partition("/")
            try:
                reading.read(held.rights, kind, id_)
                seen[name] = 200
            except Refused as refused:
                seen[name] = refused.status
        return says(CARD)

    place.servers.answers["signs"] = look
    place.advise()
    assert seen == {"Observation/o-ann": 200, "Observation/o-ben": 403, "Encounter/e-ann": 403, "Patient/ben": 403}
    assert place.grants.find(kept[0]) is None


def test_what_is_beyond_the_service_is_not_prefetched(world: World) -> None:
    """A template outside its scopes, of another patient, unknown or broken is missing, told, and not the end of it."""
    templates = (
        ("mine", "Observation?patient={{context.patientId}}"),
        ("visits", "Encounter?patient={{context.patientId}}"),
        ("other", "Patient/ben"),
        ("unknown", "Patient/{{context.nobody}}"),
        ("broken", "../Patient"),
    )
    place = Place(world, Servers(service(prefetch=templates)))
    (told,) = place.advise()
    assert set(place.asked()["prefetch"]) == {"mine"}
    assert [entry["resource"]["id"] for entry in place.asked()["prefetch"]["mine"]["entry"]] == ["o-ann", "o-ann-old"]
    assert "visits, other, unknown, broken" in told.fault
    assert world.audited(action="hook")[0]["reason"] == "not given: visits, other, unknown, broken"
    assert told.cards
    place.advising.close()


def test_within_a_visit_only_that_visit_is_seen(world: World) -> None:
    """At an admission the service is told the visit, and reads nothing of another one."""
    asked = service(hook=Hook.encounter_start, prefetch=(("all", "Observation?patient={{context.patientId}}"),))
    place = Place(world, Servers(asked))
    place.advise(ADMITTED)
    assert place.asked()["context"] == {"patientId": "ann", "encounterId": "e-ann", "userId": ""}
    entries = place.asked()["prefetch"]["all"]["entry"]
    assert [one["resource"]["id"] for one in entries if one["search"]["mode"] == "match"] == ["o-ann"]
    place.advising.close()


def test_the_call_is_signed_by_the_hospital(place: Place) -> None:
    """A token of the hospital's own, for that service, minutes long, that nobody has seen before."""
    place.advise()
    place.advise()
    read = [
        jwt.decode(headers["authorization"].removeprefix("Bearer "), KeySet([place.key]), algorithms=["ES384"])
        for _, _, _, headers in place.servers.calls
    ]
    assert all(one.header["typ"] == "JWT" for one in read)
    assert {one.claims["aud"] for one in read} == {"urn:tabard:product:board/cds-services/signs"}
    assert {one.claims["iss"] for one in read} == {BASE}
    assert all(one.claims["exp"] - one.claims["iat"] == 300 for one in read)
    assert len({one.claims["jti"] for one in read}) == 2


def test_each_call_is_in_the_audit_before_it_is_made(place: Place) -> None:
    """Who was in front of it, which product, which patient, and what it was given."""
    place.advise()
    (event,) = place.world.audited(action="hook")
    assert (event["person"], event["client"], event["outcome"]) == ("p-sister", "board", "granted")
    assert event["context"] == "Patient/ann"
    assert event["seen"] == ["Patient/ann"]


def test_nothing_is_asked_that_cannot_be_audited(place: Place) -> None:
    """No audit, no call; why is told."""
    place.world.audit.close()
    (told,) = place.advise()
    assert (told.cards, place.servers.calls) == ((), [])
    assert "audit" in told.fault


def test_who_may_not_see_patients_gets_no_advice(place: Place) -> None:
    """Advice tells of the patient."""
    assert place.advise(Occasion(Hook.patient_view, PatientContext("ann"), "p-clerk", frozenset({"admin"}))) == ()
    assert place.servers.calls == []


def test_a_product_that_was_stopped_is_not_asked(place: Place) -> None:
    """Between two looks it may have been recalled."""
    place.world.clients.known.clear()
    (told,) = place.advise()
    assert (told.cards, place.servers.calls) == ((), [])
    assert place.world.audited(action="hook")[0]["outcome"] == "refused"


def fails(error: Exception) -> Callable[[dict[str, Any]], Reply]:
    def answer(_: dict[str, Any]) -> Reply:
        raise error

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        fails(PeerError("The server did not answer.")),
        fails(ProductError("The server is not running.")),
        lambda _: Reply(500, b""),
        lambda _: Reply(412, b"{}"),
        lambda _: Reply(200, b"<html>"),
        lambda _: Reply(200, b'{"cards": {}}'),
        lambda _: Reply(200, b'{"cards": [' + b" " * 300_000 + b"]}"),
        lambda _: says({**CARD, "summary": "x" * 141}),
        lambda _: says({**CARD, "summary": ""}),
        lambda _: says({**CARD, "indicator": "hard-stop"}),
        lambda _: says({"summary": "no source", "indicator": "info"}),
        lambda _: says({**CARD, "suggestions": [{"label": "Do it"}]}),
        lambda _: says(*[CARD] * 21),
    ],
)
def test_a_service_that_fails_or_talks_nonsense_says_nothing_and_stops_nobody(
    world: World, answer: Callable[[dict[str, Any]], Reply]
) -> None:
    """Its fault is told with its name, and the cards of the others are there."""
    servers = Servers(service("bad"), service("good", client="rival"))
    servers.answers["bad"] = answer
    place = Place(world, servers)
    told = {one.service.id: one for one in place.advise()}
    assert told["bad"].cards == ()
    assert told["bad"].fault.startswith("Board (Signs) gave no advice")
    assert "x" * 141 not in told["bad"].fault
    assert [card.summary for card in told["good"].cards] == ["Take care"]
    place.advising.close()


def test_a_slow_service_is_left_behind(world: World) -> None:
    """The others' cards are there when its time is over; and asked ever again, it takes no more than its share of threads."""
    never = threading.Event()
    servers = Servers(service("slow", timeout_s=0.2), service("good", client="rival"))
    servers.answers["slow"] = lambda _: says(CARD) if never.wait(60) else says()
    place = Place(world, servers)
    try:
        told = {one.service.id: one for one in place.advise()}
        assert "did not answer in 0.2 s" in told["slow"].fault
        assert told["good"].cards
        for _ in range(3):
            place.advise()
        told = {one.service.id: one for one in place.advise()}
        assert "still busy" in told["slow"].fault
        assert told["good"].cards
    finally:
        never.set()
        place.advising.close()


def test_the_most_urgent_comes_first_and_each_says_whose_it_is(world: World) -> None:
    """A critical card of any product stands above the information of another."""
    servers = Servers(service("calm"), service("urgent", client="rival"))
    servers.answers = {
        "calm": lambda _: says({**CARD, "indicator": "info"}),
        "urgent": lambda _: says({**CARD, "indicator": "critical"}),
    }
    place = Place(world, servers)
    assert [one.service.product for one in place.advise()] == ["Rival", "Board"]
    place.advising.close()


def test_what_a_service_would_do_by_itself_is_not_done(place: Place) -> None:
    """System actions are refused by word; the cards beside them are shown."""
    place.servers.answers["signs"] = lambda _: says(CARD, systemActions=[{"type": "update", "description": "x"}])
    (told,) = place.advise()
    assert told.cards
    assert "without anybody's word" in told.fault


def test_links_lead_only_where_it_is_safe(place: Place) -> None:
    """Neither scripts nor plain text in transit nor a name and password in an address."""
    urls = ["https://example.org/a", "javascript:alert(1)", "http://example.org/", "https://a:b@example.org/", "//x"]
    links = [{"label": "More", "url": url, "type": "absolute"} for url in urls]
    source = {"label": "A rule", "url": "javascript:alert(1)"}
    place.servers.answers["signs"] = lambda _: says({**CARD, "links": links, "source": source})
    ((card,),) = [one.cards for one in place.advise()]
    assert [one.url for one in card.links] == ["https://example.org/a"]
    assert (card.source.label, card.source.url) == ("A rule", "")


def test_what_a_person_did_with_a_card_is_told_to_its_service(place: Place) -> None:
    """Accepted or overridden, when, and why; audited."""
    place.servers.answers["signs"] = lambda _: Reply(200, b"")
    feedback = Feedback(place.servers, place.proofs, place.world.audit, place.world.clock)
    feedback.give("board.signs", Reaction("c1", "overridden", reason="Known already"), "p-sister", "ann")
    ((_, path, told, _),) = place.servers.calls
    assert path == "/cds-services/signs/feedback"
    assert told["feedback"] == [
        {
            "card": "c1",
            "outcome": "overridden",
            "outcomeTimestamp": "2026-03-01T08:30:00.000Z",
            "overrideReason": {"userComment": "Known already"},
        }
    ]
    assert place.world.audited(action="hook-feedback")[0]["person"] == "p-sister"
    with pytest.raises(Refused):
        feedback.give("rival.signs", Reaction("c1", "accepted"), "p-sister", "ann")


def visit(status: str, id_: str = "e-ann") -> Resource:
    return encounter(id_, "ann", ("w1", "active"), status=status)


@pytest.mark.parametrize(
    ("before", "now", "hook"),
    [
        (None, "in-progress", Hook.encounter_start),
        ("planned", "in-progress", Hook.encounter_start),
        ("in-progress", "in-progress", None),
        ("onleave", "in-progress", None),
        ("finished", "in-progress", None),
        ("in-progress", "finished", Hook.encounter_discharge),
        ("onleave", "finished", Hook.encounter_discharge),
        ("planned", "cancelled", None),
        (None, "finished", None),
        (None, "planned", None),
    ],
)
def test_a_moment_of_care_is_a_change_of_the_visit(before: str | None, now: str, hook: Hook | None) -> None:
    """A discharge taken back admits nobody anew, and a visit heard of when it was over has no moment left."""
    assert happened(None if before is None else visit(before), visit(now)) is hook


def test_a_visit_without_a_patient_fires_nothing() -> None:
    """Nobody is asked about nobody."""
    assert happened(None, {"resourceType": "Encounter", "status": "in-progress"}) is None


class Moved:
    """A change as the links tell it."""

    type, id = "Encounter", "e-new"

    def __init__(self, version: int) -> None:
        self.version = version


def test_what_comes_live_fires_and_what_is_replayed_does_not(world: World) -> None:
    """An admission and a discharge are told apart, each in its visit; what was said is kept for who opens the patient."""
    servers = Servers(
        service("start", hook=Hook.encounter_start), service("end", hook=Hook.encounter_discharge, client="rival")
    )
    place, board = Place(world, servers), Board(world.engine, world.clock)
    done = threading.Semaphore(0)

    def keep(occasion: Occasion, told: Sequence[Advice]) -> None:
        board.keep(occasion, tuple(told))
        done.release()

    firing = Firing(world.reader, place.advise, keep)
    world.put(visit("in-progress", "e-new"), visit("finished", "e-new"))
    firing.start()
    try:
        firing.hear([Moved(1)], is_replay=True)
        firing.hear([Moved(1), Moved(2)], is_replay=False)
        assert done.acquire(timeout=60)
        assert done.acquire(timeout=60)
    finally:
        firing.stop()
        place.advising.close()
    assert [asked["hook"] for _, _, asked, _ in servers.calls] == ["encounter-start", "encounter-discharge"]
    assert {(one.hook, one.visit, one.service) for one in board.about("ann")} == {
        ("encounter-start", "e-new", "board.start"),
        ("encounter-discharge", "e-new", "rival.end"),
    }
    assert board.about("ben") == ()
    assert {one["person"] for one in world.audited(action="hook")} == {
        "hook/encounter-start",
        "hook/encounter-discharge",
    }


def test_what_was_said_again_takes_the_place_of_what_was_said_and_in_time_it_goes(world: World) -> None:
    """One line a service and moment; none that is days old."""
    board = Board(world.engine, world.clock)
    place = Place(world, Servers(service("start", hook=Hook.encounter_start)))
    for summary in ("First", "Second"):
        place.servers.answers["start"] = lambda _, told=summary: says({**CARD, "summary": told})  # type: ignore[misc]
        board.keep(ADMITTED, place.advise(ADMITTED))
    ((said,),) = [board.about("ann")]
    assert ([card.summary for card in said.cards], said.at) == (["Second"], START)
    world.clock.now += LASTS
    assert board.about("ann") == ()
    place.advising.close()
