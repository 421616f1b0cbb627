"""Answers of the FHIR API: found bytes, refusals as OperationOutcome. Pure."""

from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

from tabard.fhir import encode, operation_outcome
from tabard.gateway.api.formats import JSON
from tabard.gateway.api.found import Found
from tabard.gateway.errors import Refused
from tabard.gateway.http import Answer, Header

_TYPE: Header = (b"content-type", JSON)
# Patient data is never kept by a cache; `no-cache` still lets the product itself ask again with If-None-Match.
_FRESH: Header = (b"cache-control", b"private, no-cache")
_PLAIN = (_TYPE, _FRESH)
_WAITING: Header = (b"tabard-waiting", b"?1")  # a boolean of RFC 8941
_CHALLENGE = b'Bearer realm="tabard"'


def answer_found(found: Found, if_none_match: str | None) -> Answer:
    """200 with the bytes; 304 without them where the caller already holds this version. Source: FHIR R4 3.1.0.1.6."""
    told = (_WAITING,) if found.is_waiting else ()
    if found.stored is None:
        return Answer(200, (*_PLAIN, *told), found.body)
    tag = f'W/"{found.stored.version}"'
    headers = (
        *_PLAIN,
        *told,
        (b"etag", tag.encode()),
        (b"last-modified", _http_date(found.stored.updated.replace(microsecond=0))),
    )
    if if_none_match is not None and _holds(if_none_match, tag):
        return Answer(304, headers[1:])
    return Answer(200, headers, found.body)


def answer_refused(refused: Refused) -> Answer:
    """The refusal's status with an OperationOutcome."""
    text = refused.message if refused.remedy is None else f"{refused.message} {refused.remedy}"
    headers: tuple[Header, ...] = _PLAIN
    if refused.status == 401:  # noqa: PLR2004  HTTP's own number
        error = b"" if refused.reason == "no_token" else b', error="invalid_token"'
        headers = (*headers, (b"www-authenticate", _CHALLENGE + error))
    elif refused.reason == "scope":
        headers = (*headers, (b"www-authenticate", _CHALLENGE + b', error="insufficient_scope"'))
    elif refused.status == 405:  # noqa: PLR2004  HTTP's own number
        headers = (*headers, (b"allow", b"GET"))
    return Answer(refused.status, headers, encode(operation_outcome("error", refused.code, text)))


@lru_cache(maxsize=4096)
def _http_date(moment: datetime) -> bytes:
    return format_datetime(moment, usegmt=True).encode()


def _holds(if_none_match: str, tag: str) -> bool:
    """Weak comparison. Source: RFC 9110, 13.1.2, 8.8.3.2."""
    bare = tag.removeprefix("W/")
    return any(each.strip().removeprefix("W/") in (bare, "*") for each in if_none_match.split(","))
