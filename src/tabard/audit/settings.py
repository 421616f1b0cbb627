"""`[audit]` of `hospital.toml`: where each signed head is copied to, off this host if may be.

heads_file = "/mnt/elsewhere/heads.jsonl"      a file that each is appended to
heads_url = "https://siem.trust.example/heads" an address that each is posted to (http for this machine alone)
The address is asked with the bearer token in `keys/audit-heads.token`, where there is one.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tabard.ground.errors import CallerError

_FILE, _URL = "heads_file", "heads_url"
TOKEN_FILE = "audit-heads.token"  # noqa: S105  a file's name
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Settings:
    """Where heads go besides; None for nowhere."""

    heads_file: Path | None = None
    heads_url: str | None = None


def read_settings(toml: Path) -> Settings:
    """The settings in a `hospital.toml`; the usual ones where it says nothing. Raises CallerError with every fault."""
    try:
        told = tomllib.loads(toml.read_text()).get("audit", {}) if toml.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise CallerError("the settings are not TOML", where=str(toml), got=str(fault)) from fault
    where = f"{toml} [audit]"
    if not isinstance(told, dict) or not all(isinstance(told.get(name, ""), str) for name in (_FILE, _URL)):
        raise CallerError("this cannot be read", where=where, expected=f"texts: {_FILE}, {_URL}")
    faults = [f"{name} is not known" for name in told if name not in {_FILE, _URL}]
    faults += [f"{_FILE} is not a whole path"] if _FILE in told and not Path(told[_FILE]).is_absolute() else []
    faults += [f"{_URL} is not https://..."] if _URL in told and not _is_safe(told[_URL]) else []
    if faults:
        raise CallerError(
            "; ".join(faults), where=where, remedy="mend these; docs/look-up/audit.md tells what each says"
        )
    return Settings(Path(told[_FILE]) if _FILE in told else None, told.get(_URL))


def _is_safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and parts.username is None and not parts.fragment
    except ValueError:
        return False
    return is_whole and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL))
