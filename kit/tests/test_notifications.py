"""A function hears of changes: typed, in order, one at a time; what is not read whole is refused and told again."""

import copy
import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from tabard_kit import BadCall, Change, Event, Notification, NotificationType, Services
from tabard_kit.errors import Busy, NobodyListens, NotTaken
from tabard_kit.serving import serve_on
from tabard_kit.testing import notification, notified

TOPIC = "urn:tabard:topic:encounter-start"
AT = "2026-03-01T10:00:00Z"
VISIT = {"resourceType": "Encounter", "id": "e-1", "status": "in-progress"}
EVENTS = (
    Event(3, AT, "Encounter/e-1", Change.created, VISIT),
    Event(4, AT),
    Event(5, AT, "Encounter/e-2", Change.deleted),
)


def _listening(heard: list[Notification], topic: str = TOPIC) -> Services:
    of = Services()
    of.subscription(topic)(heard.append)
    return of


def test_a_function_hears_what_happened() -> None:
    """Number, focus, how, and the resource where it is told; what may not be seen any more has its number alone."""
    heard: list[Notification] = []
    of = _listening(heard)
    notified(TOPIC, type=NotificationType.handshake, of=of)
    notified(TOPIC, EVENTS, of=of)
    notified(TOPIC, type=NotificationType.heartbeat, of=of)
    assert [one.type.value for one in heard] == ["handshake", "event-notification", "heartbeat"]
    assert heard[1] == Notification(NotificationType.events, "subscription-1", TOPIC, "active", 5, EVENTS)
    assert (heard[0].status, heard[0].events) == ("requested", ())


def test_how_fresh_the_feeds_are_is_told() -> None:
    """A silent feed brings no events: who looks at this alone knows the one from the other."""
    heard: list[Notification] = []
    told = notification(TOPIC, type=NotificationType.heartbeat)
    _status(told).append({"name": "tabard-feed", "valueString": "state=silent"})
    _listening(heard).listening.hear(told)
    assert heard[0].feeds == "state=silent"


def test_what_names_no_topic_has_a_function_of_its_own() -> None:
    """The content `empty` names none."""
    heard: list[Notification] = []
    notified("", (Event(1, AT),), of=_listening(heard, ""))
    assert heard[0].events == (Event(1, AT),)
    with pytest.raises(NobodyListens):
        notified("", (Event(1, AT),), of=_listening(heard))


def test_a_topic_is_of_one_function() -> None:
    """A second one would take the first one's word."""
    of = _listening([])
    with pytest.raises(ValueError, match="already"):
        of.subscription(TOPIC)(lambda _: None)


def test_a_log_shows_nobody() -> None:
    """What an event is about is not in how it is printed."""
    assert "e-1" not in repr(Notification(NotificationType.events, "s", TOPIC, "active", 3, EVENTS))


def _status(told: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = told["entry"][0]["resource"]["parameter"]
    return found


def _named(told: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in _status(told) if one["name"] == name)


BAD: dict[str, Callable[[dict[str, Any]], Any]] = {
    "history": lambda told: told.update(type="searchset"),
    "Bundle": lambda told: told.update(resourceType="List"),
    "has entries": lambda told: told.update(entry=[]),
    "as Parameters": lambda told: told["entry"].pop(0),
    "has parameters": lambda told: told["entry"][0]["resource"].update(parameter=7),
    "a handshake, a heartbeat": lambda told: _named(told, "type").update(valueCode="query-event"),
    "one type": lambda told: _status(told).append({"name": "type", "valueCode": "heartbeat"}),
    "has events, and nothing": lambda told: _named(told, "type").update(valueCode="heartbeat"),
    "of which Subscription": lambda told: _named(told, "subscription").update(valueReference={"reference": "Patient/1"}),
    "one topic": lambda told: _named(told, "topic").update(valueCanonical=7),
    "order of their numbers": lambda told: _status(told).append(_named(told, "notification-event")),
    "are whole": lambda told: _named(told, "notification-event")["part"][0].update(valueString="-3"),
    "one timestamp": lambda told: _named(told, "notification-event")["part"].pop(1),
    "has parts": lambda told: _named(told, "notification-event").pop("part"),
    "ends in a type": lambda told: _named(told, "notification-event")["part"][2].update(valueReference={"x": 1}),
    "entry of that": lambda told: told["entry"].pop(1),
    "events alone": lambda told: told["entry"].append(told["entry"][1]),
    "what happened": lambda told: told["entry"][1].update(request={"method": "GET"}),
    "focus of its event": lambda told: told["entry"][1]["resource"].update(id="e-9"),
}  # fmt: skip


@pytest.mark.parametrize("words", BAD)
def test_what_is_no_notification_is_refused(words: str) -> None:
    """Whole: no function is told half of it, and the words say what is wrong and hold nothing of what was sent."""
    told = copy.deepcopy(notification(TOPIC, EVENTS))
    if words == "order of their numbers":
        told["entry"].append(told["entry"][1])
    BAD[words](told)
    heard: list[Notification] = []
    with pytest.raises(BadCall, match=words) as refused:
        _listening(heard).listening.hear(told)
    assert heard == []
    assert "e-1" not in str(refused.value)


def test_a_notification_has_no_end_of_events() -> None:
    """A hundred are the most that may be asked for."""
    with pytest.raises(BadCall, match="at most 100"):
        notified(TOPIC, [Event(number, AT) for number in range(1, 102)], of=_listening([]))


def test_one_of_a_subscription_is_in_hand_at_a_time() -> None:
    """The hospital that waits no longer tells it again: the second waits, so that the order stays. Others do not wait."""
    of = Services()
    heard: list[str] = []

    @of.subscription(TOPIC)
    def slow(told: Notification) -> None:
        heard.append(told.subscription)
        if len(heard) == 1:
            with pytest.raises(Busy):
                notified(TOPIC, EVENTS, subscription="a", of=of)
            notified(TOPIC, EVENTS, subscription="b", of=of)

    notified(TOPIC, EVENTS, subscription="a", of=of)
    notified(TOPIC, EVENTS, subscription="a", of=of)
    assert heard == ["a", "b", "a"]


def test_a_function_that_fails_is_told_again() -> None:
    """Whatever it raises, and be it an error of our own: it is not taken for the hospital's."""
    for fault in (RuntimeError("ann"), BadCall("ann"), KeyError("ann"), Busy()):
        of = Services()

        def fails(_: Notification, fault: Exception = fault) -> None:
            raise fault

        of.subscription(TOPIC)(fails)
        for _ in range(2):
            with pytest.raises(NotTaken):
                notified(TOPIC, EVENTS, of=of)


@pytest.fixture(name="heard")
def _heard() -> list[Notification]:
    return []


@pytest.fixture
def part(tmp_path: Path, heard: list[Notification]) -> Iterator[str]:
    of = _listening(heard)

    @of.subscription("urn:tabard:topic:fails")
    def fails(told: Notification) -> None:
        raise RuntimeError(f"about {told.events[0].focus}")

    path = tmp_path / "p"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        thread = threading.Thread(target=serve_on, args=(listening, of, None))
        thread.start()
        yield str(path)
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


def _posted(path: str, told: Any, length: int | None = None) -> int:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(path)
        head = f"POST /notifications HTTP/1.1\r\nhost: part\r\ncontent-length: {length or len(body)}\r\n\r\n"
        link.sendall(head.encode() + body)
        response = HTTPResponse(link)
        response.begin()
        response.read()
        response.close()
        return response.status


def test_it_is_answered_over_the_socket(
    part: str, heard: list[Notification], capsys: pytest.CaptureFixture[str]
) -> None:
    """200 once it is kept, 500 where it was not, 404 where nothing listens, 400 for what cannot be read or is too long."""
    assert _posted(part, notification(TOPIC, EVENTS)) == 200
    assert [one.events for one in heard] == [EVENTS]
    assert _posted(part, notification("urn:tabard:topic:fails", EVENTS)) == 500
    assert _posted(part, notification("urn:tabard:topic:other", EVENTS)) == 404
    assert _posted(part, b"{") == 400
    assert _posted(part, b"[" * 100_000) == 400
    assert _posted(part, {"resourceType": "Bundle"}) == 400
    assert _posted(part, b"", 5_000_000) == 400
    told = capsys.readouterr()
    assert "RuntimeError" in told.err
    assert "e-1" not in told.err + told.out
