"""Answers of the FHIR API: found bytes, refusals as OperationOutcome. Pure."""

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

import msgspec

from tabard.fhir import encode, operation_outcome
from tabard.gateway.api.formats import JSON
from tabard.gateway.api.found import Found
from tabard.gateway.api.preferring import preferred
from tabard.gateway.api.request import Request
from tabard.gateway.api.routes import CHANGES
from tabard.gateway.errors import Refused
from tabard.gateway.http import Answer, Header

_TYPE: Header = (b"content-type", JSON)
# Patient data is never kept by a cache; `no-cache` still lets the product itself ask again with If-None-Match.
_FRESH: Header = (b"cache-control", b"private, no-cache")
_PLAIN = (_TYPE, _FRESH)
_WAITING: Header = (b"tabard-waiting", b"?1")  # a boolean of RFC 8941
_CHALLENGE = b'Bearer realm="tabard"'
_INDENT = 2
_DONE = {200: "It is kept.", 201: "It is kept.", 204: "It is deleted."}


def answer_found(found: Found, request: Request | None = None) -> Answer:
    """The status with the bytes; 304 without them where the caller already holds this version. Source: FHIR R4 3.1.0.1.6."""
    told = (*_PLAIN, _WAITING) if found.is_waiting else _PLAIN
    stored = found.stored
    if stored is None:
        return Answer(found.status, told, found.body)
    tag = b'W/"%d"' % stored.version
    headers = (*told, (b"etag", tag), (b"last-modified", _http_date(stored.updated)))
    if found.location is not None:
        headers = (*headers, (b"location", found.location.encode("ascii")))
    if request is not None and request.route.action not in CHANGES and _is_held(request, found, tag.decode()):
        return Answer(304, headers[1:])
    return Answer(found.status, headers, found.body)


def answer_changed(found: Found, request: Request) -> Answer:
    """The same for a change, as much of it as the caller prefers. Source: FHIR R4 3.1.0.1.9."""
    wish = preferred(request.headers.get(b"prefer"))
    answer = answer_found(found, request)
    if wish.returning == "minimal":
        answer = Answer(answer.status, answer.headers[1:])
    elif wish.returning == "OperationOutcome":
        text = _DONE.get(found.status, "It is taken.")
        body = encode(operation_outcome("information", "informational", text))
        answer = Answer(200 if answer.status == 204 else answer.status, answer.headers, body)  # noqa: PLR2004  HTTP's own number
    if wish.applied:
        answer = answer._replace(headers=(*answer.headers, (b"preference-applied", ", ".join(wish.applied).encode())))
    return answer


def answer_refused(refused: Refused, allowed: str = "GET, HEAD, POST") -> Answer:
    """The refusal's status with an OperationOutcome that says where, what was expected, what was got and what to do."""
    headers: tuple[Header, ...] = _PLAIN
    if refused.status == 401:  # noqa: PLR2004  HTTP's own number
        error = b"" if refused.reason == "no_token" else b', error="invalid_token"'
        headers = (*headers, (b"www-authenticate", _CHALLENGE + error))
    elif refused.reason == "scope":
        headers = (*headers, (b"www-authenticate", _CHALLENGE + b', error="insufficient_scope"'))
    elif refused.status == 405:  # noqa: PLR2004  HTTP's own number
        headers = (*headers, (b"allow", allowed.encode()))
    return Answer(refused.status, headers, encode(outcome_of(refused)))


def outcome_of(refused: Refused) -> dict[str, object]:
    """The OperationOutcome of a refusal."""
    where = None if refused.where is None else f"{refused.where}:"
    expected = None if refused.expected is None else f"Expected: {refused.expected}."
    got = None if refused.got is None else f"Got: {refused.got}."
    text = " ".join(filter(None, (where, refused.message, expected, got, refused.remedy)))
    is_path = refused.where is not None and refused.where[:1].isupper() and refused.where.replace(".", "").isalnum()
    return operation_outcome("error", refused.code, text, refused.where if is_path else None)


def prettified(answer: Answer) -> Answer:
    """The same with its JSON indented."""
    if not answer.body:
        return answer
    return answer._replace(body=msgspec.json.format(answer.body, indent=_INDENT))


@lru_cache(maxsize=4096)
def _http_date(moment: datetime) -> bytes:
    return format_datetime(moment.replace(microsecond=0), usegmt=True).encode()


def _is_held(request: Request, found: Found, tag: str) -> bool:
    """Whether the caller says that it has this version; If-None-Match outweighs If-Modified-Since. Source: RFC 9110 13.2.2."""
    tags = request.headers.get(b"if-none-match")
    if tags is not None:
        return _holds(tags, tag)
    since = request.headers.get(b"if-modified-since")
    return since is not None and found.stored is not None and _is_unchanged(found.stored.updated, since)


def _is_unchanged(updated: datetime, since: str) -> bool:
    """Whether nothing changed after `since`; a date that cannot be read is overlooked, as HTTP says. Source: RFC 9110 13.1.3."""
    try:
        moment = parsedate_to_datetime(since)
    except ValueError:
        return False
    return updated.replace(microsecond=0) <= moment.replace(tzinfo=moment.tzinfo or UTC)


def _holds(if_none_match: str, tag: str) -> bool:
    """Weak comparison. Source: RFC 9110, 13.1.2, 8.8.3.2."""
    bare = tag.removeprefix("W/")
    return any(each.strip().removeprefix("W/") in (bare, "*") for each in if_none_match.split(","))
