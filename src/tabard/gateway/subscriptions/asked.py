"""A Subscription as a client sends it becomes what it wants; nothing in it is overlooked. Pure.

Source: Subscriptions R5 Backport 1.1, profile backport-subscription; RFC 9110 5.1, 5.5 (field names and values).
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tabard.fhir import Resource
from tabard.fhir.matching import Matcher
from tabard.fhir.search_errors import BadSearch
from tabard.gateway.errors import Refused
from tabard.gateway.subscriptions.model import DEFAULT_COUNT, DEFAULT_TIMEOUT_S, Content, Wanted
from tabard.gateway.subscriptions.topics import Topic
from tabard.gateway.subscriptions.urls import CONTENT, FILTER, HEARTBEAT, MAX_COUNT, TIMEOUT

JSON = "application/fhir+json"
HEARTBEATS_S = range(10, 7 * 86400 + 1)
TIMEOUTS_S = range(1, 31)
COUNTS = range(1, 101)
_MOST_FILTERS, _MOST_HEADERS, _LONGEST, _LONGEST_ENDPOINT = 10, 8, 2000, 1000
_KNOWN = frozenset(
    {"resourceType", "id", "meta", "status", "reason", "criteria", "_criteria", "channel", "end", "text", "language"}
)
_CHANNEL = frozenset({"type", "endpoint", "payload", "_payload", "header", "extension"})
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}", re.ASCII)
_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e\t]{0,1998}[\x21-\x7e])?", re.ASCII)
_OURS = frozenset(
    {"host", "connection", "content-length", "content-type", "content-encoding", "transfer-encoding", "te", "trailer"}
    | {"upgrade", "expect", "keep-alive", "accept-encoding", "user-agent", "cookie", "via", "forwarded"}
)
"""Headers that say how the message is to be read or where it goes: never the subscriber's to set."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PLAIN_NAME = re.compile(r"[a-z0-9.-]{1,253}", re.ASCII)


def wanted_of(resource: Resource, topics: Mapping[str, Topic], now: datetime) -> Wanted:
    """What the resource asks for. Raises Refused (400, 422) naming the element."""
    if resource.get("resourceType") != "Subscription":
        raise _wrong("Subscription", "a Subscription")
    _only(resource, _KNOWN, "Subscription")
    reason = _text(resource.get("reason"), "Subscription.reason")
    topic = topics.get(str(resource.get("criteria")).partition("|")[0])
    if topic is None:
        raise Refused(
            422, "not-supported", "topic", "There is no such topic at this hospital.", where="Subscription.criteria",
            remedy="See the topics in the CapabilityStatement, or Basic?code=SubscriptionTopic.",
        )  # fmt: skip
    channel = resource.get("channel")
    if not isinstance(channel, dict):
        raise _wrong("Subscription.channel", "a channel")
    _only(channel, _CHANNEL, "Subscription.channel")
    if channel.get("type") != "rest-hook":
        raise _wrong("Subscription.channel.type", "rest-hook")
    numbers = _numbers(channel.get("extension", ()))
    return Wanted(
        topic.url,
        reason,
        _content(channel),
        _endpoint(channel.get("endpoint")),
        _header(channel.get("header", ())),
        _filters(resource.get("_criteria"), topic),
        numbers[HEARTBEAT],
        numbers[TIMEOUT],
        numbers[MAX_COUNT],
        _end(resource.get("end"), now),
    )


def place_of(endpoint: str) -> tuple[str, int, str, bool]:
    """Name, port and target of an endpoint that was taken, and whether it is plain HTTP."""
    url = urlsplit(endpoint)
    is_plain = url.scheme == "http"
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    return url.hostname or "", url.port or (80 if is_plain else 443), target, is_plain


def _content(channel: Mapping[str, Any]) -> Content:
    where = "Subscription.channel.payload"
    if channel.get("payload") != JSON:
        raise _wrong(where, JSON)
    told = channel.get("_payload")
    codes = [one.get("valueCode") for one in _extensions(told, {CONTENT}, where)]
    try:
        (code,) = codes
        return Content(str(code))
    except ValueError:
        raise _wrong(where, "one extension backport-payload-content: empty, id-only or full-resource") from None


def _filters(told: Any, topic: Topic) -> tuple[tuple[str, str], ...]:
    where = "Subscription.criteria"
    texts = [_text(one.get("valueString"), where) for one in _extensions(told, {FILTER}, where)] if told else []
    pairs = tuple(pair for text in texts for pair in _pairs(text, topic, where))
    if len(pairs) > _MOST_FILTERS:
        raise _wrong(where, f"at most {_MOST_FILTERS} filters")
    known = set(topic.filters)
    if any(name.partition(":")[0] not in known for name, _ in pairs):
        raise Refused(
            422, "not-supported", "filter", "The topic cannot be filtered by that.", where=where,
            remedy="See canFilterBy of the topic: Basic?code=SubscriptionTopic.",
        )  # fmt: skip
    try:
        Matcher(topic.type, pairs)
    except BadSearch as error:
        raise Refused(422, "invalid", "filter", error.message, where=where, remedy=error.remedy) from error
    return pairs


def _pairs(text: str, topic: Topic, where: str) -> list[tuple[str, str]]:
    kind, mark, query = text.rpartition("?")
    if mark and kind != topic.type:
        raise _wrong(where, f"filters of {topic.type}, such as {topic.type}?patient=Patient/ID")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True, max_num_fields=_MOST_FILTERS)
    except ValueError:
        pairs = []
    if not pairs:  # an empty one would let everything through
        raise _wrong(where, "a filter as in a search: PARAMETER=VALUE")
    return pairs


def _endpoint(told: Any) -> str:
    """The endpoint, "" for none: https, or http on this machine."""
    where = "Subscription.channel.endpoint"
    if told is None:
        return ""
    text = _text(told, where)
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        raise _wrong(where, "an address") from None
    is_plain = all("\x21" <= mark <= "\x7e" for mark in text) and len(text) <= _LONGEST_ENDPOINT
    named = url.hostname or ""
    is_fit = url.scheme == "https" or (url.scheme == "http" and named in _LOOPBACK)
    if not (is_plain and is_fit) or "@" in url.netloc or "#" in text or "\\" in text or port == 0:
        raise _wrong(where, "an https address, without a user's name or a fragment")
    if not _PLAIN_NAME.fullmatch(named):
        raise _wrong(where, "the whole name of a host, in small letters")
    return text


def _header(told: Any) -> tuple[tuple[str, str], ...]:
    where = "Subscription.channel.header"
    if not isinstance(told, list | tuple) or len(told) > _MOST_HEADERS:
        raise _wrong(where, f"at most {_MOST_HEADERS} headers")
    pairs = tuple(_one_header(one, where) for one in told)
    if len({name.lower() for name, _ in pairs}) < len(pairs):
        raise _wrong(where, "each header once")
    return pairs


def _one_header(told: Any, where: str) -> tuple[str, str]:
    name, _, value = told.partition(":") if isinstance(told, str) else ("", "", "")
    value = value.strip(" \t")
    if not (_NAME.fullmatch(name) and _VALUE.fullmatch(value)):
        raise _wrong(where, "NAME: VALUE in visible characters, on one line")
    if name.lower() in _OURS or name.lower().startswith(("proxy-", "x-forwarded-")):
        raise _wrong(where, "a header that does not say how the message is read or sent")
    return name, value


def _numbers(told: Any) -> dict[str, int]:
    where = "Subscription.channel"
    found = {HEARTBEAT: 0, TIMEOUT: DEFAULT_TIMEOUT_S, MAX_COUNT: DEFAULT_COUNT}
    kinds = {
        HEARTBEAT: ("valueUnsignedInt", HEARTBEATS_S, "backport-heartbeat-period"),
        TIMEOUT: ("valueUnsignedInt", TIMEOUTS_S, "backport-timeout"),
        MAX_COUNT: ("valuePositiveInt", COUNTS, "backport-max-count"),
    }
    for one in _extensions({"extension": told}, set(kinds), where):
        name, allowed, plain = kinds[one["url"]]
        value = one.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or value not in allowed:
            raise _wrong(where, f"{plain} from {allowed[0]} to {allowed[-1]}")
        found[one["url"]] = value
    return found


def _extensions(told: Any, known: set[str], where: str) -> list[dict[str, Any]]:
    """The extensions of an element, each known: one that is not understood might change what is meant."""
    found = told.get("extension") if isinstance(told, dict) and not told.keys() - {"extension", "id"} else None
    if not isinstance(found, list | tuple) or not all(
        isinstance(one, dict) and isinstance(one.get("url"), str) and one["url"] in known for one in found
    ):
        raise _wrong(where, "extensions of the R5 Subscriptions Backport alone")
    urls = [one["url"] for one in found if one["url"] != FILTER]
    if len(set(urls)) < len(urls):
        raise _wrong(where, "each extension once")
    return list(found)


def _end(told: Any, now: datetime) -> datetime | None:
    if told is None:
        return None
    try:
        said = datetime.fromisoformat(_text(told, "Subscription.end"))
        end = said.astimezone(UTC)
    except (ValueError, OverflowError):  # one at the very end of the calendar is none in another zone
        raise _wrong("Subscription.end", "an instant") from None
    if said.tzinfo is None or end <= now:
        raise _wrong("Subscription.end", "an instant that is still to come")
    return end


def _text(told: Any, where: str) -> str:
    if not isinstance(told, str) or not told.strip() or len(told) > _LONGEST or not told.isprintable():
        raise _wrong(where, f"text of at most {_LONGEST} characters")
    return told


def _only(told: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    if told.keys() - known:
        raise _wrong(where, f"these elements alone: {', '.join(sorted(known))}")


def _wrong(where: str, expected: str) -> Refused:
    return Refused(422, "invalid", "subscription", "This cannot be subscribed to.", where=where, expected=expected)
