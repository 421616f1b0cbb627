"""Subscribers are told what they might read at that moment, and not a word more; whoever may not be told any more is not."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tabard.audit import AuditUnavailable
from tabard.fhir.scopes import parse
from tabard.gateway import EncounterContext, PatientContext, WardContext
from tabard.gateway.model import Rights
from tabard.gateway.subscriptions import delivering
from unit.gateway.subscriptions.subscribed import (
    ENDPOINT,
    HOST,
    OBSERVATIONS,
    Subscribed,
    a_subscribed,
    events_in,
    kind_of,
    told,
    wanted,
)
from unit.gateway.test_breaking import labelled
from unit.gateway.test_shielding import hidden
from unit.gateway.world import BASE, OTHER, encounter, is_outcome, observation, patient

PATIENTS = "urn:tabard:topic:patient-changed"
OWN: dict[str, Any] = {"endpoint": None}


def coded(id_: str, patient_id: str, category: str) -> dict[str, Any]:
    system = "http://terminology.hl7.org/CodeSystem/observation-category"
    return {**observation(id_, patient_id), "category": [{"coding": [{"system": system, "code": category}]}]}


def test_a_bound_patient_is_the_only_one_told_of(world: Subscribed) -> None:
    """On a product's own socket, without an endpoint; events of others have no number, and leave no gap."""
    token = world.opened(PatientContext("ann"))
    world.subscribe(token, wanted(content="full-resource", **OWN))
    world.told_by(
        observation("o-1", "ben"), observation("o-2", "ann"), observation("o-3", "cat"), observation("o-4", "ann")
    )
    world.turn()
    assert told(world) == [(1, "Observation/o-2"), (2, "Observation/o-4")]
    assert {(client, path) for client, path, _ in world.servers.got} == {("board", "/notifications")}
    assert not any("Patient/ben" in body.decode() or "Patient/cat" in body.decode() for _, _, body in world.servers.got)
    assert world.outside.got == []


def test_a_ward_is_told_of_its_visits_alone(world: Subscribed) -> None:
    """Who is on the ward at the moment of telling."""
    world.subscribe(world.opened(WardContext("w1")), wanted("urn:tabard:topic:encounter-changed", **OWN))
    world.told_by(encounter("e-new", "cat", ("w1", "active")), encounter("e-there", "ben", ("w2", "active")))
    world.turn()
    assert told(world) == [(1, "Encounter/e-new")]


def test_a_visit_is_told_of_its_own_results(world: Subscribed) -> None:
    """Another visit of the same patient is another's."""
    world.subscribe(world.opened(EncounterContext("e-ann", "ann")), wanted(**OWN))
    world.told_by(observation("o-1", "ann", "e-ann-old"), observation("o-2", "ann", "e-ann"))
    world.turn()
    assert told(world) == [(1, "Observation/o-2")]


def test_a_finer_scope_holds_for_events(world: Subscribed) -> None:
    """Vital signs alone, of a product that was given these alone."""
    scope = (
        "launch patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|vital-signs"
    )
    world.subscribe(world.opened(PatientContext("ann"), scope), wanted(**OWN))
    world.told_by(coded("o-lab", "ann", "laboratory"), coded("o-vital", "ann", "vital-signs"))
    world.turn()
    assert told(world) == [(1, "Observation/o-vital")]


@pytest.mark.parametrize("scope", ["system/Patient.rs", "system/Observation.r", "system/Observation.s"])
def test_a_topic_needs_the_scopes_of_its_type(world: Subscribed, scope: str) -> None:
    """To search and to read, at the client's own level."""
    world.approve()
    answer = world.send("POST", "Subscription", world.service(scope), wanted())
    assert is_outcome(answer, 403)
    assert world.audited()[-1]["reason"] == "scope"


def test_a_type_outside_the_context_is_refused_at_once(world: Subscribed) -> None:
    """Results are not within a ward's context."""
    assert is_outcome(world.send("POST", "Subscription", world.opened(WardContext("w1")), wanted(**OWN)), 403)


def test_nobody_subscribes_without_a_token(world: Subscribed) -> None:
    """401, and the try is in the audit."""
    assert is_outcome(world.send("POST", "Subscription", None, wanted()), 401)
    assert world.audited()[-1]["outcome"] == "refused"


def test_what_is_restricted_is_never_told(world: Subscribed) -> None:
    """Neither a restricted result, nor anything of somebody very restricted."""
    world.approve()
    world.subscribe(world.service(), wanted(content="full-resource"))
    world.told_by(labelled(patient("dan", "Doe"), "V"))
    world.told_by(labelled(observation("o-r", "ann"), "R"), observation("o-dan", "dan"), observation("o-plain", "ann"))
    world.turn()
    assert told(world) == [(1, "Observation/o-plain")]


def test_what_is_hidden_of_a_patient_is_left_out(world: Subscribed) -> None:
    """The resource is shown as reading shows it."""
    world.approve()
    world.subscribe(world.service(), wanted(PATIENTS, content="full-resource"))
    world.told_by(hidden())
    world.turn()
    (bundle,) = [one for one in world.notifications() if kind_of(one) == "event-notification"]
    shown = bundle["entry"][1]["resource"]
    assert shown["id"] == "ann"
    assert {"address", "telecom", "generalPractitioner"}.isdisjoint(shown)


def test_what_became_restricted_before_it_arrived_is_told_no_more(world: Subscribed) -> None:
    """Its number may have been seen already and stays; of the resource nothing is told again, and nothing caught up with."""
    world.approve()
    token = world.service()
    id_ = world.subscribe(token, wanted(content="full-resource"))
    world.outside.say.append(500)
    world.told_by(observation("o-1", "ann"))
    world.turn()
    world.told_by(labelled(observation("o-1", "ann"), "R"))
    world.clock.pass_(minutes=1)
    world.turn()
    assert told(world) == [(1, "Observation/o-1"), (1, None)]
    last = json.dumps(world.notifications()[-1])
    assert "o-1" not in last
    assert events_in(world.send("GET", f"Subscription/{id_}/$events", token).json()) == [(1, None)]


def test_a_revoked_grant_turns_it_off(world: Subscribed) -> None:
    """A person who signs out, a product that is stopped: before the next word, and seen by its owner."""
    token = world.opened(PatientContext("ann"))
    world.subscribe(token, wanted(**OWN))
    world.told_by(observation("o-1", "ann"))
    world.gateway.revoke(client_id="board")
    world.turn()
    assert told(world) == []
    again = world.opened(PatientContext("ann"))
    (found,) = world.send("GET", "Subscription", again).json()["entry"]
    assert (found["resource"]["status"], found["resource"]["error"]) == ("off", delivering.NO_RIGHTS)
    assert world.audited(action="subscription-off")[-1]["client"] == "board"


def test_a_client_that_is_taken_away_is_told_nothing(world: Subscribed) -> None:
    """Its subscription is off with it."""
    world.approve()
    world.subscribe(world.service(), wanted())
    kept = world.clients.known.pop("service")
    world.told_by(observation("o-1", "ann"))
    world.turn()
    assert told(world) == []
    world.clients.known["service"] = kept
    world.told_by(observation("o-2", "ann"))
    world.turn()
    assert told(world) == []


def test_a_client_with_fewer_scopes_now_is_told_less(world: Subscribed) -> None:
    """What it is registered for counts at the moment of telling."""
    world.approve()
    world.subscribe(world.service(), wanted())
    from dataclasses import replace  # noqa: PLC0415  this test alone

    world.clients.known["service"] = replace(world.clients.known["service"], scopes="system/Patient.rs")
    world.told_by(observation("o-1", "ann"))
    world.turn()
    assert told(world) == []


def test_a_token_that_was_lent_carries_no_subscription(world: Subscribed) -> None:
    """It is good for one call, so that nothing can hang on it."""
    rights = Rights(
        "p-sister", frozenset({"clinician"}), parse("patient/*.rs"), PatientContext("ann"), "board", "lent-1", None
    )
    token = world.gateway._grants.lend(rights, timedelta(minutes=5))
    assert is_outcome(world.send("POST", "Subscription", token, wanted(**OWN)), 403)


@pytest.mark.parametrize("what", ["GET", "PUT", "DELETE", "$status", "$events"])
def test_a_subscription_is_its_owners_alone(world: Subscribed, what: str) -> None:
    """Neither another client's, nor another person's, nor that of the same product launched for another patient."""
    token = world.opened(PatientContext("ann"))
    id_ = world.subscribe(token, wanted(**OWN))
    world.approve("other-service")
    others = [
        world.opened(PatientContext("ben")),
        world.service(client="other-service"),
        str(world.exchange(_code_of(world)).json()["access_token"]),
    ]
    for other in others:
        path = f"Subscription/{id_}" + (f"/{what}" if what.startswith("$") else "")
        method = "GET" if what.startswith("$") else what
        body = {**wanted(**OWN), "id": id_} if what == "PUT" else None
        assert is_outcome(world.send(method, path, other, body), 404)
        assert world.send("GET", "Subscription", other).json()["total"] == 0
        assert world.send("GET", "Subscription/$status", other).json()["total"] == 0
    assert world.send("GET", f"Subscription/{id_}", token).status_code == 200


def _code_of(world: Subscribed) -> str:
    """A code of the same product for the same patient, of another person."""
    from unit.gateway.world import sent_back  # noqa: PLC0415  this test alone

    launch = world.launched(PatientContext("ann"), OTHER)["launch"]
    return sent_back(world.authorize(world.wishes(PatientContext("ann"), launch=launch), OTHER))["code"]


def test_its_owner_changes_it_and_takes_it_away(world: Subscribed) -> None:
    """By the version that it knows; gone, it is told nothing."""
    world.approve()
    token = world.service()
    id_ = world.subscribe(token, wanted())
    read = world.send("GET", f"Subscription/{id_}", token)
    stale = world.send("PUT", f"Subscription/{id_}", token, {**wanted(), "id": id_}, If_Match='W/"1"')
    assert is_outcome(stale, 412)
    changed = world.send(
        "PUT", f"Subscription/{id_}", token, {**wanted(content="empty"), "id": id_}, If_Match=read.headers["etag"]
    )
    assert (changed.status_code, changed.json()["status"]) == (200, "requested")
    assert is_outcome(world.send("PUT", f"Subscription/{id_}", token, {**wanted(), "id": "another"}), 400)
    assert world.send("DELETE", f"Subscription/{id_}", token).status_code == 204
    assert is_outcome(world.send("GET", f"Subscription/{id_}", token), 404)
    world.told_by(observation("o-1", "ann"))
    world.turn()
    assert told(world) == []


def test_only_approved_hosts_are_told(world: Subscribed) -> None:
    """A client that is not approved for a host is refused; one whose approval is withdrawn is told nothing more."""
    token = world.service()
    assert is_outcome(world.send("POST", "Subscription", token, wanted()), 403)
    world.approve("other-service")
    assert is_outcome(world.send("POST", "Subscription", token, wanted()), 403)
    world.approve()
    world.subscribe(token, wanted())
    assert is_outcome(
        world.send("POST", "Subscription", token, wanted(endpoint="https://hooks.example.org:8443/")), 403
    )
    world.approve(approve=False)
    world.told_by(observation("o-1", "ann"))
    world.turn()
    assert told(world) == []
    assert {one["client"] for one in world.audited(action="approve-egress")} == {"service", "other-service"}


def test_a_product_names_only_a_host_that_it_declared(world: Subscribed) -> None:
    """An approval for notifications is no way round what a product declared."""
    world.approve("board")
    answer = world.send("POST", "Subscription", world.opened(PatientContext("ann")), wanted())
    assert is_outcome(answer, 403)
    assert world.audited()[-1]["reason"] == "not_declared"


def test_a_product_without_a_server_needs_an_endpoint(world: Subscribed) -> None:
    """As does every client that is no product."""
    world.servers.served.clear()
    assert is_outcome(world.send("POST", "Subscription", world.opened(PatientContext("ann")), wanted(**OWN)), 422)
    assert is_outcome(world.send("POST", "Subscription", world.service(), wanted(**OWN)), 422)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.8"])
def test_an_address_inside_is_never_called(tmp_path: Any, address: str) -> None:
    """A name that leads inside leads nowhere, whatever was approved."""
    with a_subscribed(tmp_path, resolve=lambda *_: (address,)) as world:
        world.approve()
        id_ = world.subscribe(world.service(), wanted())
        assert world.outside.got == []
        assert world.status(id_) == "requested"


def test_the_audit_knows_who_was_told_of_whom(world: Subscribed) -> None:
    """Before it leaves: client, subscription, what it holds and whom it is about; and once more where it did not arrive."""
    world.approve()
    id_ = world.subscribe(world.service(), wanted())
    world.outside.say.append(500)
    world.told_by(observation("o-1", "ann"))
    world.turn()
    sent, failed = world.audited(action="notify")
    assert (sent["outcome"], sent["client"], sent["resource"]) == ("granted", "service", f"Subscription/{id_}")
    assert (sent["seen"], sent["patients"], sent["purpose"]) == (["Observation/o-1"], ["ann"], OBSERVATIONS)
    assert sent["sent_bytes"] == len(world.outside.got[-1].body)
    assert (failed["outcome"], failed["status"]) == ("failed", 500)
    world.send("GET", f"Subscription/{id_}/$events", world.service())
    caught = world.audited(action="subscription-events")[-1]
    assert (caught["seen"], caught["patients"]) == (["Observation/o-1"], ["ann"])


def test_nothing_is_told_that_could_not_be_audited(world: Subscribed, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the audit cannot be written nothing leaves and nothing is answered; what waited is told afterwards."""
    world.approve()
    token = world.service()
    id_ = world.subscribe(token, wanted())
    world.told_by(observation("o-1", "ann"))

    def refuse(_event: object) -> None:
        raise AuditUnavailable("The audit cannot be written.")

    with monkeypatch.context() as patched:
        patched.setattr(world.audit, "write", refuse)
        world.turn()
        assert len(world.outside.got) == 1
        assert is_outcome(world.send("GET", f"Subscription/{id_}/$events", token), 503)
        assert is_outcome(world.send("POST", "Subscription", token, wanted()), 503)
    assert world.send("GET", "Subscription", token).json()["total"] == 1
    world.clock.pass_(minutes=1)
    world.turn()
    assert told(world) == [(1, "Observation/o-1")]


def test_not_every_number_of_subscriptions_is_taken(world: Subscribed, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that makes too many is refused."""
    monkeypatch.setattr("tabard.gateway.subscriptions.shelf.MOST_OF_ONE", 2)
    world.approve()
    token = world.service()
    for _ in range(2):
        world.subscribe(token, wanted())
    assert is_outcome(world.send("POST", "Subscription", token, wanted()), 429)


def test_a_products_socket_serves_them_too(world: Subscribed) -> None:
    """With a token of that product, and with no other's."""
    token = world.opened(PatientContext("ann"))
    gateway = world.gateway
    for product, status in (("board", 201), ("rival", 401)):
        socket = gateway.socket_of(product)
        world.gateway = _Behind(socket)  # type: ignore[assignment]  # an app is all that is asked
        answer = world.send("POST", "Subscription", token, wanted(**OWN))
        world.gateway = gateway
        assert answer.status_code == status, answer.text
    assert HOST in ENDPOINT
    assert BASE.endswith("/fhir")


class _Behind:
    """What a test's client asks."""

    def __init__(self, app: object) -> None:
        self.app = app
