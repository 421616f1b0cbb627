"""`[egress]` of `hospital.toml`: hosts whose addresses are inside, which are refused unless they are named here.

internal = ["terminology.trust.nhs.uk:443"]
"""

import tomllib
from pathlib import Path

from tabard.ground.errors import CallerError


def internal_hosts(toml: Path) -> frozenset[tuple[str, int]]:
    """The hosts named, each with its port. Raises CallerError for what is not understood."""
    try:
        told = tomllib.loads(toml.read_text()).get("egress", {}) if toml.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise CallerError("the settings are not TOML", where=str(toml), got=str(fault)) from fault
    where, expected = f"{toml} [egress]", 'internal = ["host.name:443", ...]'
    hosts = told.get("internal", []) if isinstance(told, dict) and not told.keys() - {"internal"} else None
    if not isinstance(hosts, list) or not all(isinstance(one, str) for one in hosts):
        raise CallerError("this cannot be read", where=where, expected=expected)
    return frozenset(_place(one, where, expected) for one in hosts)


def _place(told: str, where: str, expected: str) -> tuple[str, int]:
    name, colon, port = told.lower().rpartition(":")
    if not (colon and name and port.isascii() and port.isdigit()):
        raise CallerError("this is no host with its port", where=where, expected=expected)
    return name, int(port[:5])
