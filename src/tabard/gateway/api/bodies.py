"""What a change brings: its resource or patch, and the version that it was made on. Pure.

Source: FHIR R4 3.1.0.1.5 (If-Match), 3.1.0.1.10 (content types), 3.1.0.5 (patch).
"""

from base64 import b64decode
from typing import Any

import msgspec

from tabard.fhir import NotJson, Resource, decode
from tabard.gateway.api.request import Request
from tabard.gateway.errors import Refused, bad_request
from tabard.gateway.kept import stale

_JSON = frozenset({"application/fhir+json", "application/json"})
_PATCH = frozenset({"application/json-patch+json"})
_LONGEST_VERSION = 9
_WRAPPED = b'{"patch":%s}'


def resource_in(request: Request) -> Resource:
    """The resource that a request brings. Raises Refused (400, 415)."""
    if request.resource is not None:
        return request.resource
    _require_type(request, _JSON, "application/fhir+json")
    try:
        return decode(request.body)
    except NotJson as error:
        raise _unread(error) from error


def patch_in(request: Request) -> list[Any]:
    """The operations of a JSON Patch. Raises Refused (400, 415)."""
    if request.resource is not None:
        return _operations(request.resource)
    _require_type(request, _PATCH, "application/json-patch+json")
    return _listed(request.body)


def version_in(request: Request) -> int | None:
    """The version that If-Match names, None without one. Raises Refused (412) for what can be no version here."""
    told = request.headers.get(b"if-match")
    if told is None:
        return None
    bare = told.strip().removeprefix("W/").strip('"')
    if not (bare.isascii() and bare.isdigit() and len(bare) <= _LONGEST_VERSION):
        raise stale()
    return int(bare)


def _operations(resource: Resource) -> list[Any]:
    """The patch in an entry of a Bundle, as a Binary. Source: FHIR R4 3.1.0.11.1 (patch in a transaction)."""
    data = resource.get("data")
    is_patch = resource.get("resourceType") == "Binary" and str(resource.get("contentType", "")) in _PATCH
    if not is_patch or not isinstance(data, str):
        raise bad_request(
            "patch", "A patch in a Bundle comes as a Binary.",
            remedy="Send a Binary of application/json-patch+json with its data.",
        )  # fmt: skip
    try:
        raw = b64decode(data, validate=True)
    except ValueError as error:
        raise bad_request("patch", "The data of this Binary is not Base64.") from error
    return _listed(raw)


def _listed(raw: bytes) -> list[Any]:
    try:
        msgspec.json.decode(
            raw, type=list[msgspec.Raw]
        )  # by itself, as what follows would else be taken for part of it
        return list(decode(_WRAPPED % raw)["patch"])
    except (NotJson, ValueError, RecursionError) as error:
        raise bad_request("json", "This is no JSON Patch.", remedy="Send a list of operations.") from error


def _require_type(request: Request, known: frozenset[str], wanted: str) -> None:
    told = (request.headers.get(b"content-type") or "").partition(";")[0].strip().lower()
    if told not in known:
        raise Refused(
            415, "not-supported", "content_type", "This kind of body is not taken here.", where="Content-Type",
            expected=wanted, got="none" if not told else "another", remedy=f"Send {wanted}.",
        )  # fmt: skip


def _unread(error: NotJson) -> Refused:
    return Refused(
        400, "invalid", "json", error.message, where="the body", expected=error.expected, got="something else",
        remedy=error.remedy,
    )  # fmt: skip
