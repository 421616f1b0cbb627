"""Evidence as JSON: an item, and an organisation's whole ledger, by which a maker's own machine comes to the same standings."""

from collections.abc import Mapping
from typing import Any

import msgspec

from tabard.accreditation.claims import Entry, Evidence, plain_entry
from tabard.store import Store

Told = Mapping[str, Any]


def shown(item: Evidence) -> Told:
    """An item as it was handed in."""
    told = msgspec.to_builtins(item)
    del told["follows"]
    return {**told, "says": dict(item.says), "ends": item.ends.isoformat() if item.ends else None}


def ledger_of(store: Store, organisation: str) -> Told:
    """Every item with how it stands today, and the lines of the ledger as they are chained; `head` is worth keeping."""
    ledger, today = store.evidence.ledger(organisation), store.clock().date()
    lines = [plain_entry(one) for one in ledger.entries]
    gone = {id_: one for one in ledger.entries for id_ in one.instead_of}
    sizes = store.desk.sizes(organisation)
    items = []
    for one in ledger.entries:
        if (item := one.evidence) is None:
            continue
        end, (size, media) = gone.get(item.id), sizes.get(item.sha256, (None, None))
        why = _why_gone(end) if end else item.why_not(today)
        told = {"at": one.at, "by": one.by, "instead_of": one.instead_of, "stands": why is None, "why_not": why}
        items.append({**shown(item), **told, "size_bytes": size, "media": media.type if media else None})
    return {"store": store.settings.base_url, "organisation": organisation, "on": today, "head": ledger.head,
            "items": items, "ledger": lines}  # fmt: skip


def _why_gone(line: Entry) -> str:
    if line.evidence is not None:
        return f"{line.evidence.id} stands in its place since {line.at:%Y-%m-%d}"
    return f"it was withdrawn on {line.at:%Y-%m-%d}: {line.reason}"
