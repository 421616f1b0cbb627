"""What a request asks of subscriptions: which action, of which of them, and what came in its body."""

from collections.abc import Mapping
from typing import Any

from tabard.fhir import NotJson, decode
from tabard.gateway.errors import Refused, bad_request
from tabard.gateway.http import is_form, parameters_of

_JSON_BODIES = frozenset({"application/fhir+json", "application/json"})
Pairs = tuple[tuple[str, str], ...]


def action_of(method: str, path: str) -> tuple[str, str]:
    """What is asked, and of which; an id that cannot be one of ours might be a name, and becomes `?`."""
    parts = path.split("/")[1:]
    id_ = parts[0] if parts and parts[0][:1] not in {"$", "_"} else ""
    id_ = id_ if not id_ or _is_ours(id_) else "?"
    is_getting = method in {"GET", "HEAD"}
    match parts:
        case []:
            return ("search" if is_getting else "create" if method == "POST" else "method"), ""
        case ["_search"]:
            return ("search" if method == "POST" else "method"), ""
        case ["$status"] | [_, "$status"]:
            return ("subscription-status" if is_getting or method == "POST" else "method"), id_
        case [_, "$events"]:
            return ("subscription-events" if is_getting or method == "POST" else "method"), id_
        case [_] if id_:
            return {"GET": "read", "HEAD": "read", "PUT": "update", "DELETE": "delete"}.get(method, "method"), id_
        case _:
            return "other", ""


def resource_in(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """The resource in a body. Raises Refused (400, 415)."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _JSON_BODIES:
        raise Refused(415, "not-supported", "content_type", "This kind of body is not taken here.", where="Content-Type", expected="application/fhir+json")  # fmt: skip
    try:
        return decode(body)
    except NotJson as error:
        raise bad_request("json", error.message, remedy=error.remedy) from error


def form_in(headers: Mapping[str, str], body: bytes) -> Pairs:
    """The parameters of a search that came as a form. Raises Refused (400, 415)."""
    if body and not is_form(headers.get("content-type")):
        raise Refused(415, "not-supported", "content_type", "_search takes a form.")
    return parameters_of(body)


def parameters_in(headers: Mapping[str, str], body: bytes) -> Pairs:
    """The parameters of an operation that came as a form or as a Parameters resource. Raises Refused (400, 415)."""
    if not body:
        return ()
    if is_form(headers.get("content-type")):
        return parameters_of(body)
    told_ = resource_in(headers, body)
    listed = told_.get("parameter", [])
    if told_.get("resourceType") != "Parameters" or not isinstance(listed, list):
        raise bad_request("parameters", "An operation takes Parameters.")
    found = []
    for one in listed:
        values = [value for name, value in one.items() if name.startswith("value")] if isinstance(one, dict) else []
        if len(values) != 1 or not isinstance(values[0], str | int):
            raise bad_request("parameters", "Each parameter has a name and one value.")
        found.append((str(one.get("name")), str(values[0])))
    return tuple(found)


def each_once(pairs: Pairs) -> Mapping[str, str]:
    """The parameters by their names. Raises Refused where one is given twice."""
    if len({name for name, _ in pairs}) < len(pairs):
        raise bad_request("parameters", "Each parameter is given once.")
    return dict(pairs)


def _is_ours(id_: str) -> bool:
    return len(id_) == 36 and all(mark in "0123456789abcdef-" for mark in id_)  # noqa: PLR2004  a UUID's
