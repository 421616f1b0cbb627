"""Bundles built around stored bytes: what was stored goes out digit for digit. Pure.

Source: FHIR R4, Bundle; 3.1.1.3 to 3.1.1.5 (searchset); 3.1.0.11 (history).
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from tabard.gateway.api.found import is_deleted
from tabard.gateway.api.shaping import WHOLE, Shape, shaped_body
from tabard.gateway.ports import Stored
from tabard.ground.time import to_instant

Entry = dict[str, Any]


def searchset(
    base: str,
    matches: Sequence[Stored],
    included: Sequence[Stored],
    notices: Sequence[dict[str, Any]],
    *,
    links: dict[str, str],
    total: int | None,
    shape: Shape = WHOLE,
) -> bytes:
    """A page of a search; `notices` are OperationOutcomes for the reader, told first so that nobody overlooks them."""
    entries: list[Entry] = [{"resource": notice, "search": {"mode": "outcome"}} for notice in notices]
    entries += [_entry(base, stored, shape, search={"mode": "match"}) for stored in matches]
    entries += [_entry(base, stored, shape, search={"mode": "include"}) for stored in included]
    counted = {} if total is None else {"total": total}
    return _bundle("searchset", entries, counted, links)


def history(base: str, versions: Sequence[Stored], links: dict[str, str], total: int | None) -> bytes:
    """Versions, newest first; a tombstone without a resource."""
    return _bundle(
        "history", [_version(base, stored) for stored in versions], {} if total is None else {"total": total}, links
    )


def answers(kind: str, entries: list[Entry]) -> bytes:
    """What the entries of a batch or transaction came to."""
    return _bundle(kind, entries, {}, {})


def _version(base: str, stored: Stored) -> Entry:
    named = f"{stored.type}/{stored.id}"
    response = {
        "status": "201" if stored.version == 1 else "200",
        "etag": f'W/"{stored.version}"',
        "lastModified": to_instant(stored.updated),
    }
    if is_deleted(stored):
        request = {"method": "DELETE", "url": named}
        return {"fullUrl": f"{base}/{named}", "request": request, "response": {**response, "status": "204"}}
    return _entry(base, stored, request={"method": "PUT", "url": named}, response=response)


def _entry(base: str, stored: Stored, shape: Shape = WHOLE, **more: Any) -> Entry:
    body = msgspec.Raw(shaped_body(stored.body, shape))
    return {"fullUrl": f"{base}/{stored.type}/{stored.id}", "resource": body, **more}


def _bundle(kind: str, entries: list[Entry], counted: dict[str, int], links: dict[str, str]) -> bytes:
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": kind, **counted}
    if links:
        bundle["link"] = [{"relation": relation, "url": url} for relation, url in links.items()]
    if entries:  # FHIR has no empty arrays
        bundle["entry"] = entries
    return msgspec.json.encode(bundle)
