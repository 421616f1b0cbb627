"""What can be asked for: nothing that is not understood is overlooked, and no header or endpoint says more than it may."""

from typing import Any

import pytest

from tabard.gateway.subscriptions.topics import CANONICAL, as_basic, topics_of, unheard
from unit.gateway.subscriptions.subscribed import GUIDE, OBSERVATIONS, SECRET, Subscribed, a_subscribed, wanted
from unit.gateway.world import BASE, is_outcome


@pytest.fixture(name="token")
def _token(world: Subscribed) -> str:
    world.approve()
    world.approve(host="localhost:8080")
    return world.service()


def with_channel(**more: Any) -> dict[str, Any]:
    whole = wanted()
    return {**whole, "channel": {**whole["channel"], **more}}


BAD: dict[str, Any] = {
    "no topic": wanted("urn:tabard:topic:nothing"),
    "a search as in R4 alone": wanted("Observation?code=1"),
    "a type without a topic": wanted("urn:tabard:topic:location-changed"),
    "no reason": wanted(reason=""),
    "another element": wanted(contact=[{"value": "x"}]),
    "an end that is over": wanted(end="2020-01-01T00:00:00Z"),
    "an end without a zone": wanted(end="2030-01-01T00:00:00"),
    "another channel": with_channel(type="websocket"),
    "a payload of XML": with_channel(payload="application/fhir+xml"),
    "no content": with_channel(_payload={}),
    "two contents": with_channel(
        _payload={"extension": [{"url": f"{GUIDE}/backport-payload-content", "valueCode": one} for one in ("empty", "id-only")]}
    ),
    "an unknown extension": with_channel(extension=[{"url": "http://example.org/x", "valueString": "y"}]),
    "a heartbeat too often": wanted(heartbeat=1),
    "a heartbeat that is no number": wanted(heartbeat=True),
    "a timeout too long": wanted(timeout=3600),
    "no events at all": wanted(most=0),
    "a filter of another type": wanted(filters=["Patient?name=x"]),
    "a filter through a chain": wanted(filters=["Observation?patient.name=x"]),
    "a filter by nothing known": wanted(filters=["Observation?nothing=x"]),
    "a filter that is none": wanted(filters=["Observation?"]),
    "a filter by what may be hidden": wanted("urn:tabard:topic:patient-changed", filters=["Patient?address=x"]),
    "a filter by a GP": wanted("urn:tabard:topic:patient-changed", filters=["Patient?general-practitioner=Practitioner/gp"]),
    "too many filters": wanted(filters=[f"code={number}" for number in range(11)]),
    "an endpoint without TLS": wanted(endpoint="http://hooks.example.org/"),
    "an endpoint of a file": wanted(endpoint="file:///etc/passwd"),
    "an endpoint with a user": wanted(endpoint="https://a@hooks.example.org/"),
    "an endpoint with a fragment": wanted(endpoint="https://hooks.example.org/#a"),
    "an endpoint with a line's end": wanted(endpoint="https://hooks.example.org/\r\nX: y"),
    "an endpoint in other letters": wanted(endpoint="https://höoks.example.org/"),
    "no endpoint": wanted(endpoint=None),
    "a header with a line's end": wanted(header=["X-A: b\r\nX-C: d"]),
    "a header without a value": wanted(header=["X-A:"]),
    "a header that is none": wanted(header=["nothing"]),
    "a header of ours": wanted(header=["Host: elsewhere.example.org"]),
    "a header of length": wanted(header=["Content-Length: 0"]),
    "a header of the way": wanted(header=["Transfer-Encoding: chunked"]),
    "a header twice": wanted(header=["X-A: b", "x-a: c"]),
    "too many headers": wanted(header=[f"X-{number}: 1" for number in range(9)]),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_understood_is_refused(world: Subscribed, token: str, name: str) -> None:
    """Each with the element named; nothing is kept, and nobody is called."""
    answer = world.send("POST", "Subscription", token, BAD[name])
    assert answer.status_code == 422, answer.text
    assert is_outcome(answer, 422)
    assert world.send("GET", "Subscription", token).json()["total"] == 0
    world.turn()
    assert world.outside.got == []


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/fhir+json", 400),
        (b"[]", "application/fhir+json", 400),
        (b"x" * 70_000, "application/fhir+json", 413),
        (b"<Subscription/>", "application/fhir+xml", 415),
        (b'{"resourceType":"Patient","status":"requested"}', "application/fhir+json", 422),
        (b'{"resourceType":"Subscription","status":"active"}', "application/fhir+json", 400),
    ],
)
def test_other_bodies_are_refused(world: Subscribed, token: str, body: bytes, kind: str, status: int) -> None:
    """By what is wrong with them."""
    answer = world.ask(
        "POST", f"{BASE}/Subscription", content=body, headers={"Authorization": f"Bearer {token}", "Content-Type": kind}
    )
    assert is_outcome(answer, status), answer.text


def test_what_was_taken_is_shown_as_it_was_asked_for_but_no_secret(world: Subscribed, token: str) -> None:
    """All comes back but the headers, which are in no answer and nowhere in the audit."""
    whole = wanted(
        filters=["Observation?patient=Patient/ann"], heartbeat=60, timeout=5, most=7, end="2030-01-01T00:00:00Z"
    )
    header = [f"Authorization: {SECRET}"]
    answer = world.send("POST", "Subscription", token, {**whole, "channel": {**whole["channel"], "header": header}})
    assert answer.status_code == 201, answer.text
    id_ = answer.json()["id"]
    world.turn()
    read = world.send("GET", f"Subscription/{id_}", token).json()
    told = {name: read[name] for name in ("criteria", "_criteria", "reason")}
    assert told == {name: whole[name] for name in told}
    assert read["end"].startswith("2030-01-01T00:00:00")
    assert sorted(read["channel"].pop("extension"), key=str) == sorted(whole["channel"].pop("extension"), key=str)
    assert read["channel"] == whole["channel"]
    everything = [
        world.send("GET", url, token).text
        for url in (f"Subscription/{id_}", "Subscription", f"Subscription/{id_}/$status")
    ]
    everything += [path.read_text() for path in (world.folder / "audit").glob("*.ndjson")]
    assert not any("s3cr3t" in text for text in everything)
    assert (world.folder / "subscriptions.db").stat().st_mode & 0o077 == 0


def test_topics_are_told_to_anybody(world: Subscribed) -> None:
    """In the CapabilityStatement, and as R4 tells a topic; all of them, and nothing that is none."""
    statement = world.ask("GET", f"{BASE}/metadata").json()["rest"][0]["resource"]
    (told,) = [one for one in statement if one["type"] == "Subscription"]
    urls = {one["valueCanonical"] for one in told["extension"]}
    assert {f"{CANONICAL}encounter-start", OBSERVATIONS} <= urls
    assert [one["code"] for one in told["interaction"]] == ["create", "read", "update", "delete", "search-type"]
    found = world.ask("GET", f"{BASE}/Basic?code=SubscriptionTopic").json()
    assert {one["resource"]["extension"][0]["valueUri"] for one in found["entry"]} == urls
    one = world.ask("GET", f"{BASE}/Basic/topic-encounter-start").json()
    assert (one["resourceType"], one["code"]["coding"][0]["code"]) == ("Basic", "SubscriptionTopic")
    assert world.ask("GET", f"{BASE}/Basic/topic-nothing").status_code == 404
    assert world.ask("DELETE", f"{BASE}/Basic/topic-encounter-start").status_code == 405
    assert world.ask("GET", f"{BASE}/Basic?code=other").status_code == 401


def test_every_search_parameter_that_is_declared_is_taken(world: Subscribed, token: str) -> None:
    """And no other."""
    statement = world.ask("GET", f"{BASE}/metadata").json()["rest"][0]["resource"]
    (told,) = [one for one in statement if one["type"] == "Subscription"]
    id_ = world.subscribe(token, wanted())
    values = {
        "_id": id_,
        "criteria": OBSERVATIONS,
        "status": "active,off",
        "type": "rest-hook",
        "url": "https://x.example.org/",
    }
    for one in told["searchParam"]:
        found = world.send("GET", f"Subscription?{one['name']}={values[one['name']]}", token)
        assert found.json()["total"] == (0 if one["name"] == "url" else 1), one
    form = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-www-form-urlencoded"}
    assert (
        world.ask("POST", f"{BASE}/Subscription/_search", headers=form, content=b"status=active").json()["total"] == 1
    )
    assert is_outcome(world.send("GET", "Subscription?payload=x", token), 400)


def test_every_topic_is_well_formed() -> None:
    """Each has its own URL, filters that can be made, and the elements of R5 as extensions."""
    topics = topics_of()
    assert len({one.name for one in topics.values()}) == len(topics)
    for url, topic in topics.items():
        assert url == topic.url
        assert topic.filters
        told = as_basic(topic, "2026-01-01")
        assert told["modifierExtension"][0]["valueCode"] == "active"
        assert {"address", "telecom", "general-practitioner", "participant"}.isdisjoint(topic.filters)


def test_types_that_live_elsewhere_have_no_topic(tmp_path: Any) -> None:
    """They are named as not heard, and a subscription to them is refused plainly."""
    assert unheard({"Observation": ()}) == ("Observation",)
    assert OBSERVATIONS not in topics_of({"Observation": ()})
    assert f"{CANONICAL}observation-created" not in topics_of({"Observation": ()})
    with a_subscribed(tmp_path) as world:
        world.elsewhere = {"Observation": ("patient",)}
        world.restart()
        world.approve()
        assert is_outcome(world.send("POST", "Subscription", world.service(), wanted()), 422)
        statement = world.ask("GET", f"{BASE}/metadata").json()["rest"][0]["resource"]
        (told,) = [one for one in statement if one["type"] == "Subscription"]
        assert "Nothing is heard here of: Observation" in told["documentation"]
