"""Bundles built around stored bytes: what was stored goes out digit for digit. Pure.

Source: FHIR R4, Bundle; 3.1.1.3 to 3.1.1.5 (searchset); 3.1.0.11 (history).
"""

from collections.abc import Sequence
from typing import Any

import msgspec

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
) -> bytes:
    """A page of a search; `notices` are OperationOutcomes for the reader, told first so that nobody overlooks them."""
    entries: list[Entry] = [{"resource": notice, "search": {"mode": "outcome"}} for notice in notices]
    entries += [_entry(base, stored, search={"mode": "match"}) for stored in matches]
    entries += [_entry(base, stored, search={"mode": "include"}) for stored in included]
    counted = {} if total is None else {"total": total}
    return _bundle("searchset", entries, counted, links)


def history(base: str, versions: Sequence[Stored], self_link: str) -> bytes:
    """The versions of one resource, newest first."""
    entries = [
        _entry(
            base,
            stored,
            request={"method": "PUT", "url": f"{stored.type}/{stored.id}"},
            response={
                "status": "201" if stored.version == 1 else "200",
                "etag": f'W/"{stored.version}"',
                "lastModified": to_instant(stored.updated),
            },
        )
        for stored in versions
    ]
    return _bundle("history", entries, {"total": len(entries)}, {"self": self_link})


def _entry(base: str, stored: Stored, **more: Any) -> Entry:
    return {"fullUrl": f"{base}/{stored.type}/{stored.id}", "resource": msgspec.Raw(stored.body), **more}


def _bundle(kind: str, entries: list[Entry], counted: dict[str, int], links: dict[str, str]) -> bytes:
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": kind, **counted}
    bundle["link"] = [{"relation": relation, "url": url} for relation, url in links.items()]
    if entries:  # FHIR has no empty arrays
        bundle["entry"] = entries
    return msgspec.json.encode(bundle)
