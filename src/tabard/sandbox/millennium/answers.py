"""Answers in Millennium's own manner: JSON, plain text, nothing at all; each with an X-Request-Id."""

from collections.abc import Mapping
from email.utils import format_datetime
from uuid import uuid4

from starlette.responses import Response

from tabard.fhir import Resource, encode
from tabard.fhir.outcome import Severity, operation_outcome
from tabard.sandbox.millennium.chart import Held

FHIR_JSON, OLD_FHIR_JSON = "application/fhir+json", "application/json+fhir"


def said(status: int, body: bytes, kind: str, headers: Mapping[str, str] | None = None) -> Response:
    """An answer of these bytes."""
    own = {"X-Request-Id": str(uuid4()), "Cache-Control": "no-cache", "Vary": "Origin", "content-type": kind}
    return Response(body, status, headers={**own, **(headers or {})})


def resource(body: Resource, kind: str, held: Held | None = None) -> Response:
    """A resource, with its version when it is one that is held."""
    return said(200, encode(body), kind, None if held is None else versioned(held))


def outcome(
    status: int, code: str, text: str, severity: Severity = "error", retry_after_s: int | None = None
) -> Response:
    """An OperationOutcome of one issue."""
    headers = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
    return said(status, encode(operation_outcome(severity, code, text)), FHIR_JSON, headers)


def plain(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    """A sentence, as some of Millennium's refusals are."""
    return said(status, text.encode(), "text/plain", headers)


def written(status: int, held: Held, location: str | None = None) -> Response:
    """What a write is answered: nothing, in HTML, with version and, for what is new, its place."""
    return said(status, b"", "text/html", versioned(held) | ({"Location": location} if location else {}))


def versioned(held: Held) -> dict[str, str]:
    """The headers that tell a version."""
    return {"ETag": held.etag, "Last-Modified": format_datetime(held.updated.replace(microsecond=0), usegmt=True)}
