"""The life of a subscription: handshake, events in order and by number, heartbeats, trouble, its end."""

from typing import Any

import pytest

from tabard.gateway.subscriptions import delivering, events, noticing
from unit.gateway.subscriptions.subscribed import (
    OBSERVATIONS,
    SECRET,
    Subscribed,
    events_in,
    kind_of,
    parameters,
    told,
    wanted,
)
from unit.gateway.world import BASE, encounter, is_outcome, observation


@pytest.fixture(name="token")
def _token(world: Subscribed) -> str:
    world.approve()
    return world.service()


def new(number: int, patient: str = "ann") -> dict[str, Any]:
    return observation(f"o-new-{number}", patient)


def test_a_handshake_makes_it_active(world: Subscribed, token: str) -> None:
    """Requested until the endpoint has taken a handshake, which holds the profile's parameters and the owner's headers."""
    made = world.send("POST", "Subscription", token, wanted(header=[f"Authorization: {SECRET}", "X-Way: 7"]))
    assert (made.status_code, made.json()["status"]) == (201, "requested")
    assert made.headers["location"] == f"{BASE}/Subscription/{made.json()['id']}"
    world.turn()
    assert world.status(made.json()["id"]) == "active"
    (sent,) = world.outside.got
    assert (sent.method, sent.target, sent.more) == (
        "POST",
        "/told?by=tabard",
        (("Authorization", SECRET), ("X-Way", "7")),
    )
    (bundle,) = world.notifications()
    assert (bundle["type"], bundle["entry"][0]["request"]["method"]) == ("history", "GET")
    assert parameters(bundle) == {
        "subscription": {"reference": f"{BASE}/Subscription/{made.json()['id']}"},
        "topic": OBSERVATIONS,
        "status": "requested",
        "type": "handshake",
        "events-since-subscription-start": "0",
        "tabard-feed": '"lorenzo";state=live;last="2026-03-01T08:30:00.000Z"',
    }


def test_a_refused_handshake_is_an_error_in_the_end(world: Subscribed, token: str) -> None:
    """Tried again a few times, later each time; then the subscription is in error and says why. Nothing is told."""
    world.outside.say.extend([403] * 10)
    id_ = world.subscribe(token, wanted())
    assert world.status(id_) == "requested"
    for _ in range(delivering.HANDSHAKES):
        world.clock.pass_(hours=1)
        world.turn()
    assert world.status(id_) == "error"
    assert len(world.outside.got) == delivering.HANDSHAKES
    assert "403" in world.found(id_)["error"]
    world.told_by(new(1))
    world.turn()
    assert len(world.outside.got) == delivering.HANDSHAKES


@pytest.mark.parametrize("content", ["empty", "id-only", "full-resource"])
def test_events_hold_as_much_as_was_asked_for(world: Subscribed, token: str, content: str) -> None:
    """Nothing of the resource, its reference alone, or all of it; numbers from 1."""
    world.subscribe(token, wanted(content=content))
    world.told_by(new(1))
    world.turn()
    _, bundle = world.notifications()
    focus = None if content == "empty" else "Observation/o-new-1"
    assert events_in(bundle) == [(1, focus)]
    assert ("topic" in parameters(bundle)) == (content != "empty")
    entries = bundle["entry"][1:]
    assert len(entries) == (0 if content == "empty" else 1)
    for entry in entries:
        assert entry["fullUrl"] == f"{BASE}/Observation/o-new-1"
        assert (entry["request"], entry["response"]["status"]) == ({"method": "POST", "url": "Observation"}, "201")
        assert entry.get("resource", {}).get("id") == ("o-new-1" if content == "full-resource" else None)


def test_changes_and_deletions_are_told_as_such(world: Subscribed, token: str) -> None:
    """An update is a PUT with the new version; a deletion a DELETE without content."""
    world.subscribe(token, wanted(content="full-resource"))
    world.told_by({**observation("o-ann", "ann", "e-ann"), "status": "amended"})
    with world.writer.transaction() as writing:
        gone = writing.delete("Observation", "o-ben", "lorenzo")
    assert gone is not None
    world.hearing.hear([gone], False)
    world.turn()
    entries = world.notifications()[1]["entry"][1:]
    assert [one["request"]["method"] for one in entries] == ["PUT", "DELETE"]
    assert entries[0]["resource"]["status"] == "amended"
    assert "resource" not in entries[1]


def test_many_events_come_in_order_so_many_at_a_time(world: Subscribed, token: str) -> None:
    """No number comes twice or is left out, and no notification holds more than the maximum."""
    world.subscribe(token, wanted(most=2))
    world.told_by(*(new(number) for number in range(1, 6)))
    world.turn()
    sizes = [len(events_in(one)) for one in world.notifications()[1:]]
    assert sizes == [2, 2, 1]
    assert told(world) == [(number, f"Observation/o-new-{number}") for number in range(1, 6)]


def test_an_event_keeps_its_number_until_it_has_arrived(world: Subscribed, token: str) -> None:
    """An endpoint that fails is asked again later, with the same event; the next waits behind it."""
    id_ = world.subscribe(token, wanted(most=1))
    world.told_by(new(1), new(2))
    world.outside.say.append(500)
    world.turn()
    world.turn()
    assert told(world) == [(1, "Observation/o-new-1")], "not before the wait is over"
    world.clock.pass_(minutes=1)
    world.turn()
    assert told(world) == [(1, "Observation/o-new-1"), (1, "Observation/o-new-1"), (2, "Observation/o-new-2")]
    assert world.status(id_) == "active"


def test_an_endpoint_that_stays_away_ends_in_error_and_loses_nothing(world: Subscribed, token: str) -> None:
    """After bounded tries the subscription is in error; changed by its owner it begins again, with what waited."""
    id_ = world.subscribe(token, wanted())
    world.outside.say.extend([503] * delivering.ATTEMPTS)
    world.told_by(new(1))
    for _ in range(delivering.ATTEMPTS + 3):
        world.turn()
        world.clock.pass_(hours=1)
    assert world.status(id_) == "error"
    assert len(world.outside.got) == 1 + delivering.ATTEMPTS
    world.told_by(new(2))
    world.turn()
    caught = world.send("GET", f"Subscription/{id_}/$events", world.service())
    assert events_in(caught.json()) == [(1, "Observation/o-new-1"), (2, "Observation/o-new-2")]
    again = world.send("PUT", f"Subscription/{id_}", world.service(), {**wanted(), "id": id_})
    assert again.status_code == 200, again.text
    world.outside.got.clear()
    world.turn()
    assert [kind_of(one) for one in world.notifications()] == ["handshake", "event-notification"]
    assert [number for number, _ in told(world)] == [1, 2]


def test_a_heartbeat_comes_when_nothing_else_came(world: Subscribed, token: str) -> None:
    """After its period and not before, counted from whatever was sent last; it counts no event."""
    world.subscribe(token, wanted(heartbeat=60))
    world.clock.pass_(seconds=59)
    world.turn()
    assert len(world.outside.got) == 1
    world.clock.pass_(seconds=1)
    world.turn()
    world.turn()
    assert [kind_of(one) for one in world.notifications()] == ["handshake", "heartbeat"]
    assert parameters(world.notifications()[1])["events-since-subscription-start"] == "0"
    world.told_by(new(1))
    world.turn()
    world.clock.pass_(seconds=59)
    world.turn()
    assert kind_of(world.notifications()[-1]) == "event-notification"


def test_it_ends_at_its_end(world: Subscribed, token: str) -> None:
    """Off, told to nobody any more, and its owner can read why."""
    end = "2026-03-01T10:00:00Z"
    id_ = world.subscribe(token, wanted(end=end))
    world.clock.pass_(hours=2)
    world.told_by(new(1))
    world.turn()
    found = world.found(id_)
    assert (found["status"], found["error"]) == ("off", delivering.AT_ITS_END)
    assert told(world) == []


def test_more_than_is_kept_turns_it_off_and_is_not_lost_in_silence(
    world: Subscribed, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too many that wait, or too old, and the owner is told that it must begin anew."""
    monkeypatch.setattr(delivering, "MOST_WAITING", 3)
    first, second = world.subscribe(token, wanted()), world.subscribe(token, wanted())
    world.outside.say.extend([500, 500])
    world.told_by(new(1))
    world.turn()
    world.told_by(*(new(number) for number in range(2, 9)))
    world.turn()
    assert {world.status(one) for one in (first, second)} == {"off"}
    assert world.found(first)["error"] == delivering.TOO_MUCH


def test_what_waits_too_long_turns_it_off(world: Subscribed, token: str) -> None:
    """A week without a reader is over."""
    id_ = world.subscribe(token, wanted())
    world.outside.say.append(500)
    world.told_by(new(1))
    world.turn()
    world.clock.pass_(days=events.KEPT.days, seconds=1)
    world.turn()
    assert world.status(id_) == "off"


def test_replays_and_loads_tell_nobody(world: Subscribed, token: str) -> None:
    """Only what came live fires, also where both came together."""
    world.subscribe(token, wanted())
    world.told_by(new(1), is_replay=True)
    world.told_by(new(2))
    world.told_by(new(3), is_replay=True)
    world.turn()
    assert told(world) == [(1, "Observation/o-new-2")]


def test_what_was_before_the_handshake_is_not_told(world: Subscribed, token: str) -> None:
    """A subscription begins with its handshake."""
    world.told_by(new(1))
    world.subscribe(token, wanted())
    world.told_by(new(2))
    world.turn()
    assert told(world) == [(1, "Observation/o-new-2")]


def test_what_was_written_before_a_stop_is_told_after_the_next_start(world: Subscribed, token: str) -> None:
    """Nobody looked, the process ended: it is looked at by the next, once."""
    world.subscribe(token, wanted())
    world.told_by(new(1))
    world.restart()
    world.turn()
    world.restart()
    world.turn()
    assert told(world) == [(1, "Observation/o-new-1")]


def test_what_nothing_was_heard_of_is_waited_for(world: Subscribed, token: str) -> None:
    """A write that is seen before the link has said whether it was live waits for that word."""
    world.subscribe(token, wanted())
    world.put(new(1))
    world.turn()
    assert told(world) == []
    world.hearing.hear([world.reader.read("Observation", "o-new-1")], True)  # type: ignore[list-item]  # it is there
    world.turn()
    assert told(world) == []


def test_what_a_product_keeps_is_told_though_no_link_speaks_of_it(world: Subscribed, token: str) -> None:
    """Changes by products are live by their nature."""
    world.subscribe(token, wanted())
    with world.writer.transaction() as writing:
        writing.put(new(1), "urn:tabard:kept:board")
    world.turn()
    assert told(world) == [(1, "Observation/o-new-1")]


def test_a_filter_lets_through_what_matches(world: Subscribed, token: str) -> None:
    """All filters must hold."""
    world.subscribe(token, wanted(filters=["Observation?patient=Patient/ben", "status=final"]))
    world.told_by(new(1), new(2, "ben"), {**new(3, "ben"), "status": "preliminary"})
    world.turn()
    assert told(world) == [(1, "Observation/o-new-2")]


def test_a_visit_that_begins_and_one_that_ends(world: Subscribed, token: str) -> None:
    """Each is told of what its topic is about, once."""
    for name in ("encounter-start", "encounter-end"):
        world.subscribe(token, wanted(f"urn:tabard:topic:{name}"))
    world.told_by(encounter("e-new", "cat", ("w1", "active"), status="arrived"))
    world.told_by(encounter("e-new", "cat", ("w1", "active")))
    world.told_by({**encounter("e-new", "cat", ("w1", "active")), "priority": {"text": "soon"}})
    world.told_by(encounter("e-new", "cat", ("w1", "completed"), status="finished"))
    world.turn()
    came = [one for one in world.notifications() if kind_of(one) == "event-notification"]
    found = {parameters(one)["topic"].rpartition(":")[2]: events_in(one) for one in came}
    assert len(came) == len(found)
    assert found == {"encounter-start": [(1, "Encounter/e-new")], "encounter-end": [(1, "Encounter/e-new")]}


def test_events_can_be_caught_up_with(world: Subscribed, token: str) -> None:
    """Between two numbers, both included, with no more content than the subscription has; what is gone is said."""
    id_ = world.subscribe(token, wanted())
    world.told_by(*(new(number) for number in range(1, 6)))
    world.turn()
    url = f"Subscription/{id_}/$events"
    some = world.send("GET", f"{url}?eventsSinceNumber=2&eventsUntilNumber=3&content=full-resource", token).json()
    assert (kind_of(some), events_in(some)) == ("query-event", [(2, "Observation/o-new-2"), (3, "Observation/o-new-3")])
    assert not any("resource" in one for one in some["entry"][1:])
    bare = world.send("GET", f"{url}?content=empty", token).json()
    assert events_in(bare) == [(number, None) for number in range(1, 6)]
    asked = {"resourceType": "Parameters", "parameter": [{"name": "eventsSinceNumber", "valueString": "5"}]}
    assert events_in(world.send("POST", url, token, asked).json()) == [(5, "Observation/o-new-5")]
    for query in ("eventsSinceNumber=x", "eventsSinceNumber=-1", "a=b", "content=all", "content=empty&content=empty"):
        assert is_outcome(world.send("GET", f"{url}?{query}", token), 400), query


def test_events_that_are_not_kept_any_more_are_said_to_be_gone(
    world: Subscribed, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bounded number is kept, the newest; who asks for older ones is told so."""
    monkeypatch.setattr(events, "MOST_KEPT", 2)
    id_ = world.subscribe(token, wanted(most=1))
    world.told_by(*(new(number) for number in range(1, 6)))
    world.turn()
    bundle = world.send("GET", f"Subscription/{id_}/$events?eventsSinceNumber=1", token).json()
    assert [number for number, _ in events_in(bundle)] == [4, 5]
    assert parameters(bundle)["error"] == {"text": "Events before 4 are not kept any more."}


def test_how_subscriptions_are_can_be_asked(world: Subscribed, token: str) -> None:
    """One, or all, or those of an id or a status."""
    id_, other = world.subscribe(token, wanted()), world.subscribe(token, wanted())
    world.send("PUT", f"Subscription/{other}", token, {**wanted(), "id": other, "status": "off"})
    one = world.send("GET", f"Subscription/{id_}/$status", token).json()
    assert (one["type"], one["total"]) == ("searchset", 1)
    assert parameters(one)["type"] == "query-status"
    assert world.send("GET", "Subscription/$status", token).json()["total"] == 2
    assert world.send("GET", "Subscription/$status?status=off", token).json()["total"] == 1
    assert world.send("POST", f"Subscription/$status?id={id_},{other}", token).json()["total"] == 2
    assert world.send("GET", "Subscription/$status?id=nobody", token).json()["total"] == 0


def test_a_heartbeat_says_that_a_feed_is_silent(world: Subscribed, token: str) -> None:
    """That nothing is told must not look as if nothing happened."""
    world.subscribe(token, wanted(heartbeat=60))
    world.feeds[0].state = "silent"
    world.clock.pass_(seconds=60)
    world.turn()
    assert "state=silent" in parameters(world.notifications()[1])["tabard-feed"]


def test_one_that_was_off_for_long_is_forgotten(world: Subscribed, token: str) -> None:
    """With the secrets of its headers; until then its owner reads why."""
    id_ = world.subscribe(token, wanted(header=[f"Authorization: {SECRET}"], end="2026-03-01T10:00:00Z"))
    world.clock.pass_(days=1)
    world.turn()
    assert world.status(id_) == "off"
    world.clock.pass_(days=31)
    world.turn()
    assert world.send("GET", f"Subscription/{id_}", world.service()).status_code == 404


def test_what_is_off_stays_off(world: Subscribed, token: str) -> None:
    """Whatever turned it off might do so again: its owner makes another."""
    id_ = world.subscribe(token, wanted())
    world.send("PUT", f"Subscription/{id_}", token, {**wanted(), "id": id_, "status": "off"})
    assert is_outcome(world.send("PUT", f"Subscription/{id_}", token, {**wanted(), "id": id_}), 409)
    assert world.status(id_) == "off"


def test_a_write_that_cannot_be_understood_keeps_no_other_back(
    world: Subscribed, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is passed over, and what follows is told."""

    def fails(resource: dict[str, Any], _filters: object) -> bool:
        if resource["id"] == "o-new-1":
            raise ValueError("no shape that FHIR knows")
        return True

    monkeypatch.setattr(noticing, "matches", fails)
    world.subscribe(token, wanted(filters=["Observation?patient=Patient/ann"]))
    world.told_by(new(1), new(2))
    world.turn()
    assert told(world) == [(1, "Observation/o-new-2")]
