"""The entries of a Bundle become requests, as if each had been sent alone. Pure. Source: FHIR R4 3.1.0.11, Bundle (bdl-*)."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from tabard.fhir import Resource
from tabard.gateway.api.request import Request
from tabard.gateway.api.routes import Route, route
from tabard.gateway.errors import Refused

MOST_ENTRIES = 100
FIRST: Mapping[str, int] = {"DELETE": 0, "POST": 1, "PUT": 2, "PATCH": 2, "GET": 3, "HEAD": 3}
"""In which order the entries of a transaction are carried out."""
_KINDS = frozenset({"batch", "transaction"})
_HEADERS = {
    "ifMatch": b"if-match",
    "ifNoneMatch": b"if-none-match",
    "ifModifiedSince": b"if-modified-since",
    "ifNoneExist": b"if-none-exist",
}
_NAME = re.compile(r"urn:(uuid|oid):[0-9A-Za-z.\-]{1,64}", re.ASCII)
_LONGEST_URL = 8_000


class Wanted(NamedTuple):
    """One entry: its place from 0, its method, and what it asks."""

    place: int
    method: str
    request: Request


def entries_in(bundle: Resource, base: str) -> tuple[str, tuple[Wanted, ...]]:
    """The type of the Bundle and its entries. Raises Refused (400, 413, 422)."""
    if bundle.get("resourceType") != "Bundle":
        raise _bad("resourceType", "Bundle", "Send a Bundle here, or a resource to the address of its type.")
    kind = bundle.get("type")
    if kind not in _KINDS:
        raise _bad("Bundle.type", "batch or transaction", "Send one of these.")
    entries = bundle.get("entry", [])
    if not isinstance(entries, list):
        raise _bad("Bundle.entry", "a list", "Send a list.")
    if len(entries) > MOST_ENTRIES:
        raise Refused(
            413, "too-costly", "entries", "This Bundle has too many entries.", where="Bundle.entry",
            expected=f"at most {MOST_ENTRIES}", got=str(len(entries)), remedy="Send several Bundles.",
        )  # fmt: skip
    wanted = tuple(_wanted(place, entry, base) for place, entry in enumerate(entries))
    if kind == "transaction":
        _require_names_apart(wanted)
    return str(kind), wanted


def _wanted(place: int, entry: Any, base: str) -> Wanted:
    where = f"Bundle.entry[{place}]"
    request = entry.get("request") if isinstance(entry, dict) else None
    if not isinstance(request, dict):
        raise _bad(f"{where}.request", "a method and a url", "Say what is to be done.")
    method, url = request.get("method"), request.get("url")
    if not isinstance(method, str) or method not in FIRST:
        raise _bad(f"{where}.request.method", ", ".join(FIRST), "Send one of these.")
    if not isinstance(url, str) or not url.isascii() or not url.isprintable() or len(url) > _LONGEST_URL:
        raise _bad(f"{where}.request.url", "a url below this base, percent-encoded", "Send such as Observation/123.")
    resource = entry.get("resource")
    if resource is not None and not isinstance(resource, dict):
        raise _bad(f"{where}.resource", "a resource", "Send an object.")
    path, _, query = url.removeprefix(f"{base}/").removeprefix("/").partition("?")
    wanted = route(method, unquote(path).strip("/"))
    if wanted.action in {"bundle", "method"}:
        wanted = Route("other")
    needs = method in {"POST", "PUT", "PATCH"}
    if needs and resource is None:
        raise _bad(f"{where}.resource", "a resource", "Send what is to be kept.")
    asked = Request(
        wanted, _headers(request, where), quote(query, safe="=&%+,:|$;/?@!~*'()").encode("ascii"), resource=resource or None,
        is_head=method == "HEAD", name=_name(entry, where),
    )  # fmt: skip
    return Wanted(place, method, asked)


def _headers(request: Mapping[str, Any], where: str) -> dict[bytes, str]:
    headers = {}
    for name, header in _HEADERS.items():
        told = request.get(name)
        if told is None:
            continue
        if not isinstance(told, str) or not told.isprintable() or len(told) > _LONGEST_URL:
            raise _bad(f"{where}.request.{name}", "a text", "Send it as the header would say it.")
        headers[header] = told
    return headers


def _name(entry: Mapping[str, Any], where: str) -> str:
    told = entry.get("fullUrl", "")
    if not isinstance(told, str):
        raise _bad(f"{where}.fullUrl", "a text", "Send urn:uuid:... or leave it out.")
    return told if _NAME.fullmatch(told) else ""


def _require_names_apart(wanted: tuple[Wanted, ...]) -> None:
    names = [one.request.name for one in wanted if one.request.name]
    if len(set(names)) < len(names):
        raise _bad("Bundle.entry.fullUrl", "names each used once", "Give each entry a urn:uuid of its own.")


def _bad(where: str, expected: str, remedy: str) -> Refused:
    return Refused(
        400, "invalid", "bundle", "This Bundle cannot be read.", where=where, expected=expected, got="something else",
        remedy=remedy,
    )  # fmt: skip
