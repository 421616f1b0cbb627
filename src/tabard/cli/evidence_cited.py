"""Which items a maker means who wants to point at them from a product's claims."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec

from tabard.cli.evidence_items import one_of
from tabard.cli.evidence_list import read_list
from tabard.cli.product_files import read_file
from tabard.ground.errors import CallerError
from tabard.store.evidence_asking import digest_of

_LARGEST_LIST_BYTES = 64 * 1024 * 1024


def cited(named: Iterable[str], listed: Path | None, ask: Callable[[], Any]) -> tuple[tuple[str, str], ...]:
    """The SHA-256 and the title of each. Raises CallerError for what is not there, or does not stand."""
    found, items = [], None
    for one in named:
        if Path(one).is_file():
            found.append((digest_of(Path(one)), Path(one).name))
            continue
        items = _items(listed, ask) if items is None else items
        item = one_of(items, one)
        if not item["stands"]:
            raise CallerError(
                "this item stands no more", got=item["id"], expected="one that stands", remedy=item["why_not"]
            )
        until = f", until {item['ends']}" if item["ends"] else ""
        found.append((item["sha256"], f"{item['title']}{until}"))
    return tuple(found)


def _items(listed: Path | None, ask: Callable[[], Any]) -> list[dict[str, Any]]:
    if listed is None:
        items: list[dict[str, Any]] = ask()["items"]
        return items
    read_list(listed)  # a list that was changed is told as such
    told: list[dict[str, Any]] = msgspec.json.decode(read_file(listed, _LARGEST_LIST_BYTES))["items"]
    return told
