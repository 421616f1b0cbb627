"""The topics over HTTP: R4 tells them as Basic, to anybody.

Source: Subscriptions R5 Backport 1.1, topic discovery in R4.
"""

from collections.abc import Iterable
from typing import Any

from tabard.fhir import encode
from tabard.gateway.api.answers import answer_refused
from tabard.gateway.api.formats import JSON
from tabard.gateway.errors import Refused, not_found
from tabard.gateway.http import Answer, Header, parameters_of
from tabard.gateway.subscriptions.topics import TOPIC, TYPES, Topic, as_basic

_BASIC, _TOPIC_ID = "Basic", "Basic/topic-"
_CODES = frozenset({TOPIC, f"{TYPES}|{TOPIC}"})
_LONGEST_QUERY_BYTES = 64 * 1024
TYPED: tuple[Header, ...] = ((b"content-type", JSON), (b"cache-control", b"private, no-cache"))


def is_topic(path: str, query: bytes) -> bool:
    """Whether a path asks for topics, which R4 tells as Basic."""
    if path.startswith(_TOPIC_ID):
        return True
    return path == _BASIC and len(query) < _LONGEST_QUERY_BYTES and _is_of_topics(query)


def topics_told(base: str, topics: Iterable[Topic], date: str, method: str, path: str) -> Answer:
    """The topics, or one of them, as they were on `date` (a FHIR date): they tell of nobody."""
    if method not in {"GET", "HEAD"}:
        return answer_refused(Refused(405, "not-supported", "method", "Topics are read alone."), "GET, HEAD")
    told = [as_basic(topic, date) for topic in topics]
    headers = (*TYPED, (b"access-control-allow-origin", b"*"))
    if path == _BASIC:
        return Answer(200, headers, encode(searchset(base, told)))
    found = next((one for one in told if f"{_BASIC}/{one['id']}" == path), None)
    return answer_refused(not_found()) if found is None else Answer(200, headers, encode(found))


def searchset(base: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    """A Bundle of what a search found."""
    entries = [
        {"fullUrl": f"{base}/{one['resourceType']}/{one['id']}", "resource": one, "search": {"mode": "match"}}
        for one in found
    ]
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "total": len(entries)}
    return bundle | ({"entry": entries} if entries else {})


def _is_of_topics(query: bytes) -> bool:
    try:
        pairs = parameters_of(query)
    except Refused:
        return False
    asked = [value for name, value in pairs if name == "code"]
    return (
        len(asked) == 1
        and asked[0] in _CODES
        and all(name in {"code", "_format", "_pretty", "_count"} for name, _ in pairs)
    )
