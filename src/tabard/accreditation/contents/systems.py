"""Addresses that name a code system, an identifier or a namespace, and that nobody fetches."""

import re
import tomllib
from functools import cache
from importlib.resources import files

_HOST = re.compile(r"https?://([^/\s\"'`<>?#|]+)", re.IGNORECASE)
_END = re.compile(r"[\s\"'`<>|#]")


def is_known(address: str) -> bool:
    """Whether the address, as it stands, names a system that the world knows. What follows `|` (a version, a code) is passed over."""
    bare = _END.split(address, maxsplit=1)[0]
    return bare in _told("exact") or any(bare.startswith(one) for one in _told("prefixes"))


def is_name(address: str) -> bool:
    """Whether the address is one that names and is not fetched, or was meant to be."""
    return is_known(address) or is_misspelt(address)


def is_misspelt(address: str) -> bool:
    """Whether it lies where systems live and is none of them."""
    found = _HOST.match(address)
    return found is not None and found[1].lower() in _told("hosts") and not is_known(address)


@cache
def _told(which: str) -> frozenset[str]:
    told = tomllib.loads(files("tabard.accreditation.contents").joinpath("systems.toml").read_text("utf-8"))
    return frozenset(told[which])
