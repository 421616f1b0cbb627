"""The last guard: what leaves holds no trace of where it came from. Pure, and knows nothing of the rewriting before it."""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

from tabard.fhir import Resource, decode

_SHORTEST_TENANT = 8


def places_of(base: str) -> tuple[bytes, ...]:
    """What must not stand anywhere: the base without its scheme, and the tenant where it can be told from a word."""
    bare = base.partition("://")[2].lower()
    tenant = bare.rpartition("/")[2]
    return (bare.encode(), *([tenant.encode()] if len(tenant) >= _SHORTEST_TENANT else []))


def leaks(body: bytes, places: Iterable[bytes], ids: Iterable[str]) -> bool:
    """Whether the JSON holds one of the places at all, or one of the ids as a word of its own in any text or name.

    A number is no id: FHIR writes ids as texts.
    """
    folded = body.lower()
    if b"%" in folded:
        folded += b" " + unquote_to_bytes(folded).lower()
    if any(place in folded for place in places):
        return True
    there = [one for one in ids if one.encode() in body]
    return bool(there) and _stands(decode(body), there)


def _stands(resource: Resource, ids: list[str]) -> bool:
    word = re.compile(rf"(?<![0-9A-Za-z])(?:{'|'.join(map(re.escape, ids))})(?![0-9A-Za-z])")
    return any(word.search(text) for text in _texts(resource))


def _texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            yield from each
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
