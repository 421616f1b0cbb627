"""What a subscriber might try, or come by, beyond what it was given: each is refused, or seen in the audit."""

from dataclasses import replace
from typing import Any

import pytest

from tabard.audit import AuditUnavailable
from tabard.gateway import PatientContext
from tabard.gateway.model import Rights
from tabard.gateway.subscriptions.events import Events
from tabard.gateway.subscriptions.judging import Judging
from tabard.gateway.subscriptions.model import Event, Subscription
from tabard.gateway.subscriptions.shown import Told
from tabard.gateway.subscriptions.standing import Standing
from unit.gateway.subscriptions.subscribed import OBSERVATIONS, Subscribed, events_in, kind_of, told, wanted
from unit.gateway.test_breaking import labelled, launched
from unit.gateway.world import CLINICIAN, is_outcome, observation

OWN: dict[str, Any] = {"endpoint": None}
HERE = replace(CLINICIAN, session="s1")
WHOLE = "launch online_access user/*.rs patient/*.rs"


def test_a_narrower_token_is_told_no_more_than_it_may_read(world: Subscribed) -> None:
    """A part of an app that was handed less does not catch up with what the whole app subscribed to."""
    opened = world.open_product(PatientContext("ann"), WHOLE)
    id_ = world.subscribe(opened["access_token"], wanted(content="full-resource", **OWN))
    world.told_by(observation("o-1", "ann"))
    world.turn()
    assert told(world) == [(1, "Observation/o-1")]
    narrow = world.refresh(opened["refresh_token"], client_id="board", scope="patient/Patient.rs").json()
    answer = world.send("GET", f"Subscription/{id_}/$events", narrow["access_token"])
    assert is_outcome(answer, 403)
    assert "o-1" not in answer.text


def test_a_finer_token_catches_up_with_what_it_may_read(world: Subscribed) -> None:
    """Of an event that the asking token may not see, the number is told alone."""
    opened = world.open_product(PatientContext("ann"), WHOLE)
    id_ = world.subscribe(opened["access_token"], wanted(content="full-resource", **OWN))
    system = "http://terminology.hl7.org/CodeSystem/observation-category"
    vital = {**observation("o-v", "ann"), "category": [{"coding": [{"system": system, "code": "vital-signs"}]}]}
    world.told_by(observation("o-1", "ann"), vital)
    world.turn()
    finer = f"patient/Observation.rs?category={system}|vital-signs"
    narrow = world.refresh(opened["refresh_token"], client_id="board", scope=finer).json()
    answer = world.send("GET", f"Subscription/{id_}/$events", narrow["access_token"])
    assert events_in(answer.json()) == [(1, None), (2, "Observation/o-v")]
    assert "o-1" not in answer.text


def test_what_is_told_under_a_broken_glass_says_so_and_ends_with_it(world: Subscribed) -> None:
    """Whoever reviews the break finds it; another launch of the same app catches up with nothing of it; then it is over."""
    made = world.gateway.glass.begin(HERE, "ann", "found unconscious")
    token = launched(world, PatientContext("ann"), HERE)
    id_ = world.subscribe(token, wanted(content="full-resource", **OWN))
    world.told_by(labelled(observation("o-r", "ann"), "R"))
    world.turn()
    assert told(world) == [(1, "Observation/o-r")]
    assert world.audited(action="notify")[-1]["glass"] == made.id
    assert events_in(world.send("GET", f"Subscription/{id_}/$events", token).json()) == [(1, "Observation/o-r")]
    assert world.audited(action="subscription-events")[-1]["glass"] == made.id
    whole = launched(world, PatientContext("ann"), CLINICIAN)
    assert events_in(world.send("GET", f"Subscription/{id_}/$events", whole).json()) == [(1, None)]
    world.clock.pass_(minutes=31)
    world.told_by(labelled(observation("o-r2", "ann"), "R"))
    world.turn()
    assert told(world) == [(1, "Observation/o-r")]


def test_a_grant_that_ends_while_it_is_judged_is_told_nothing(
    world: Subscribed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Judging takes a while: what was granted is looked at once more before anything leaves."""
    world.subscribe(world.opened(PatientContext("ann")), wanted(**OWN))
    whole = Judging.told

    def judged(judging: Judging, rights: Rights, event: Event, filters: tuple[tuple[str, str], ...]) -> Told:
        found = whole(judging, rights, event, filters)
        world.gateway.revoke(client_id="board")
        return found

    monkeypatch.setattr(Judging, "told", judged)
    world.told_by(observation("o-1", "ann"))
    world.turn()
    assert told(world) == []
    assert world.audited(action="notify") == []
    assert world.audited(action="subscription-off")


def test_one_that_is_off_takes_nobodys_place(world: Subscribed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each launch may subscribe, and each ends: those of before, whom nobody can delete any more, make room when it is needed."""
    monkeypatch.setattr("tabard.gateway.subscriptions.shelf.MOST_OF_CLIENT", 2)
    for name in ("ann", "ben"):
        world.subscribe(world.opened(PatientContext(name)), wanted(**OWN))
    world.gateway.revoke(client_id="board")
    world.turn()
    last = world.opened(PatientContext("ann"))
    assert world.send("GET", "Subscription", last).json()["total"] == 1
    for _ in range(2):
        world.subscribe(last, wanted(**OWN))
    assert is_outcome(world.send("POST", "Subscription", last, wanted(**OWN)), 429)


def test_without_an_audit_not_even_a_handshake_leaves(world: Subscribed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is it tried twice a second; when the audit is back, it is shaken."""
    world.approve()
    assert world.send("POST", "Subscription", world.service(), wanted()).status_code == 201

    def refuse(_event: object) -> None:
        raise AuditUnavailable("The audit cannot be written.")

    with monkeypatch.context() as patched:
        patched.setattr(world.audit, "write", refuse)
        for _ in range(3):
            world.turn()
        assert world.outside.got == []
    world.clock.pass_(minutes=1)
    world.turn()
    assert [kind_of(one) for one in world.notifications()] == ["handshake"]


def test_what_waits_is_told_only_as_it_is_wanted_now(world: Subscribed) -> None:
    """What the filters leave out since has no number, and is forgotten; another topic is another subscription."""
    world.approve()
    token = world.service()
    id_ = world.subscribe(token, wanted())
    filtered = wanted(filters=["Observation?patient=Patient/ben"]) | {"id": id_}
    world.told_by(observation("o-1", "ann"), observation("o-2", "ben"))
    world.gateway.subscriptions.service._noticing.look()  # type: ignore[union-attr]  # there are subscriptions here
    assert world.send("PUT", f"Subscription/{id_}", token, filtered).status_code == 200
    world.clock.pass_(minutes=1)
    world.turn()
    world.clock.pass_(minutes=1)
    world.turn()
    assert told(world) == [(1, "Observation/o-2")]
    other = wanted("urn:tabard:topic:observation-created") | {"id": id_}
    assert is_outcome(world.send("PUT", f"Subscription/{id_}", token, other), 422)


def test_an_event_that_was_told_long_ago_takes_no_new_number(world: Subscribed) -> None:
    """Though it is forgotten in the moment in which it is caught up with."""
    world.approve()
    id_ = world.subscribe(world.service(), wanted(OBSERVATIONS))
    world.told_by(observation("o-1", "ann"))
    world.turn()
    subscriptions = world.gateway.subscriptions
    assert subscriptions is not None
    events: Events = subscriptions.app.desk.delivering.events
    (kept,) = events.between(id_, 1, 9, 9)
    (numbered,) = events.number(id_, [kept._replace(seq=kept.seq + 1000)], ())
    assert numbered.number == 1
    assert world.found(id_)["status"] == "active"
    assert subscriptions.app.desk.delivering.shelf.find(id_).last == 1  # type: ignore[union-attr]  # it is there


@pytest.mark.parametrize(
    "end", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2027-01-01T00:00:00", "2027-13-01"]
)
def test_an_end_that_is_no_instant_is_refused(world: Subscribed, end: str) -> None:
    """One at the very end of the calendar too: it could be kept, and never be shown."""
    world.approve()
    token = world.service()
    assert is_outcome(world.send("POST", "Subscription", token, wanted() | {"end": end}), 422)
    assert world.send("GET", "Subscription", token).json()["total"] == 0


@pytest.mark.parametrize("url", [{"a": 1}, ["a"], None, 1])
def test_an_extension_of_no_name_is_refused(world: Subscribed, url: Any) -> None:
    """By the element, as anything else that is not understood."""
    world.approve()
    extension = {"extension": [{"url": url, "valueString": "Observation?patient=Patient/ann"}]}
    assert is_outcome(world.send("POST", "Subscription", world.service(), wanted() | {"_criteria": extension}), 422)


def test_one_that_cannot_be_looked_at_holds_up_no_other(world: Subscribed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is wrong with the one, the others are told."""
    world.approve()
    ill = world.subscribe(world.service(), wanted())
    world.approve("other-service")
    other = world.subscribe(world.service(client="other-service"), wanted())
    whole = Standing.rights_of

    def rights(standing: Standing, one: Subscription) -> Rights | None:
        if one.id == ill:
            raise RuntimeError("its person cannot be looked up")
        return whole(standing, one)

    monkeypatch.setattr(Standing, "rights_of", rights)
    world.told_by(observation("o-1", "ann"))
    world.turn()
    assert told(world) == [(1, "Observation/o-1")]
    assert other in world.notifications()[-1]["entry"][0]["request"]["url"]


def test_without_a_thread_now_it_is_told_by_the_next_turn(world: Subscribed, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is full for a moment loses nobody for good."""
    world.approve()
    world.subscribe(world.service(), wanted())
    world.told_by(observation("o-1", "ann"))
    subscriptions = world.gateway.subscriptions
    assert subscriptions is not None

    def refuse(_work: object, _id: str) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(subscriptions.service, "_spawn", refuse)
        world.turn()
    assert told(world) == []
    world.turn()
    assert told(world) == [(1, "Observation/o-1")]
