"""What a request asks for, from its method and path. Pure. Source: FHIR R4 3.1.0 (RESTful API)."""

import re
from typing import NamedTuple

from tabard.fhir.search_parameters import parameters_of
from tabard.gateway.policy import SERVED

_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}", re.ASCII)
_OURS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_ONE = re.compile(r"([A-Z][A-Za-z]{1,63})/([A-Za-z0-9\-.]{1,64})", re.ASCII)
_VERSION = re.compile(r"[0-9]{1,9}", re.ASCII)
AUDIT = "AuditEvent"
"""The type that has a door of its own."""

_GETTING = frozenset({"GET", "HEAD"})
_WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_METHODS = _GETTING | _WRITING
_COMMON = frozenset(
    {
        "_id",
        "_lastUpdated",
        "_count",
        "_sort",
        "_include",
        "_revinclude",
        "_has",
        "_total",
        "_format",
        "_pretty",
        "_page",
    }
    | {"_summary", "_elements", "_since", "_type", "_tag", "_profile", "_security", "_source"}
)
_NAMED = frozenset({*SERVED, AUDIT, ""})
CHANGES = frozenset({"create", "update", "patch", "delete", "write"})
"""Actions that would change something; `write` is any that is none of FHIR's here."""


class Route(NamedTuple):
    """`action` is read, vread, history (of one resource, a type or all), search, everything, bundle, one of `CHANGES`, method (not one of FHIR's) or other.

    The rest is "" where it does not apply; `patient` is whose compartment is searched.
    """

    action: str
    type: str = ""
    id: str = ""
    version: int = 0
    patient: str = ""

    def told(self, *, is_known: bool) -> str | None:
        """What is named, for the audit. What is not known to be a type and an id here might be a name, and becomes `?`."""
        kind = self.type if self.type in _NAMED else "?"
        found = self.id if is_known or not self.id or _OURS.fullmatch(self.id) else "?"
        return f"{kind}/{found}" if kind and found else kind or found or None


def route(method: str, path: str) -> Route:
    """The route of `path`, relative to the base and without its leading slash."""
    if (
        method in _GETTING and (named := _ONE.fullmatch(path)) is not None
    ):  # what is asked most: half the time of the rest
        return Route("read", named[1], named[2])
    parts = path.split("/") if path else []
    kind = parts[0] if parts and _TYPE.fullmatch(parts[0]) else ""
    found = parts[1] if len(parts) > 1 and _ID.fullmatch(parts[1]) else ""
    if method not in _METHODS:
        return Route("method", kind, found)
    if method == "POST" and not parts:
        return Route("bundle")
    if method in _WRITING and (method != "POST" or parts[-1:] != ["_search"]):
        return Route(_change(method, parts, kind, found), kind, found)
    return _reading(parts, kind, found)


def parameter_names(resource_type: str, pairs: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Names of search parameters for the audit: known ones; any other might hold anything and is told as `?`."""
    known = parameters_of(resource_type)
    bare = (name.partition(":")[0] for name, _ in pairs)
    return tuple(dict.fromkeys(name if name in known or name in _COMMON else "?" for name in bare))


def _change(method: str, parts: list[str], kind: str, found: str) -> str:
    """Which change is asked for."""
    if method == "POST" and parts == [kind]:
        return "create"
    if method == "PUT" and parts == [kind]:
        return "update"  # by a condition
    if found and parts == [kind, found]:
        return {"PUT": "update", "PATCH": "patch", "DELETE": "delete"}.get(method, "write")
    return "write"


def _reading(parts: list[str], kind: str, found: str) -> Route:
    if parts == ["_history"]:
        return Route("history")
    if not kind:
        return Route("other")
    match parts[1:]:
        case [] | ["_search"]:
            return Route("search", kind)
        case ["_history"]:
            return Route("history", kind)
        case [_, *rest] if found:
            return _of_one(rest, kind, found)
        case _:
            return Route("other", kind)


def _of_one(rest: list[str], kind: str, found: str) -> Route:
    """The route below one resource."""
    match rest:
        case []:
            return Route("read", kind, found)
        case ["_history"]:
            return Route("history", kind, found)
        case ["_history", version] if _VERSION.fullmatch(version):
            return Route("vread", kind, found, int(version))
        case ["$everything"] if kind == "Patient":
            return Route("everything", kind, found)
        case [inner] | [inner, "_search"] if kind == "Patient" and _TYPE.fullmatch(inner):
            return Route("search", inner, patient=found)
        case _:
            return Route("other", kind)
