"""The settings of one destination: a file `destinations/NAME.toml` in the hospital's folder."""

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

from tabard.ground.errors import CallerError, NotFound
from tabard.ground.toml import read_toml

FOLDER = "destinations"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.:-]{0,252}[A-Za-z0-9])?|::1?")
_LARGEST_BYTES = 64 * 1024
_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """The table `[tls]`: files in the hospital's `keys/`, by name.

    `ca` holds the certificates of those who may vouch for the receiver; empty, the machine's own list counts.
    `certificate` and `key`, both or none, are what Tabard shows of itself (mutual TLS). `server_name` is the name that the
    receiver's certificate must carry, where that is not the host.
    """

    ca: str = ""
    certificate: str = ""
    key: str = ""
    server_name: str = ""

    def __post_init__(self) -> None:
        for name in ("ca", "certificate", "key"):
            if getattr(self, name) and not _FILE.fullmatch(getattr(self, name)):
                raise _wrong(f"tls.{name}", "the name of a file in keys/", getattr(self, name))
        if bool(self.certificate) != bool(self.key):
            raise _wrong("tls.key", "a certificate and its key, both or none", self.certificate or self.key)


@dataclass(frozen=True, slots=True)
class Destination:
    """Where messages go, and how long is waited there.

    Without `tls` messages travel in the clear. `ack_timeout_s` is how long an answer may take before the connection is
    closed and the message sent again; `application_timeout_s`, how long the application's word may take after CA. A
    message is given up after `tries` that failed or were not answered; the pauses between them double from
    `first_pause_s` to `longest_pause_s`. While nobody can be reached it is kept and tried for ever.
    `waits_for_application`: after CA the application's answer is waited for even when MSH-16 does not ask for it.
    """

    name: str
    host: str
    port: int
    tls: TlsSettings | None = None
    connect_timeout_s: float = 10.0
    ack_timeout_s: float = 30.0
    application_timeout_s: float = 300.0
    tries: int = 5
    first_pause_s: float = 1.0
    longest_pause_s: float = 60.0
    limit_bytes: int = 10 * _MEBIBYTE
    waits_for_application: bool = False

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise _wrong("name", "1 to 40 of a-z, 0-9 and -", self.name)
        if not _HOST.fullmatch(self.host):
            raise _wrong("host", "a host's name or address", self.host)
        if self.port not in range(1, 65536):
            raise _wrong("port", "1 to 65535", self.port)
        for name in _POSITIVE:
            if not 0 < getattr(self, name) < float("inf"):
                raise _wrong(name, "more than 0", getattr(self, name))
        if self.longest_pause_s < self.first_pause_s:
            raise _wrong("longest_pause_s", "not less than first_pause_s", self.longest_pause_s)


_POSITIVE = (
    "connect_timeout_s", "ack_timeout_s", "application_timeout_s", "tries", "first_pause_s", "longest_pause_s",
    "limit_bytes",
)  # fmt: skip


def list_destinations(folder: Path) -> tuple[Destination, ...]:
    """The destinations of a hospital, by name. Raises CallerError when a file cannot be read."""
    return tuple(_read(path) for path in sorted((folder / FOLDER).glob("*.toml")))


def load_destination(folder: Path, name: str) -> Destination:
    """The settings of one destination. Raises NotFound, and CallerError when its file cannot be read."""
    path = folder / FOLDER / f"{name}.toml"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise NotFound("there is no such destination", got=repr(name), remedy=f"write {FOLDER}/NAME.toml")
    return _read(path)


def _read(path: Path) -> Destination:
    try:
        table = read_toml(path.read_bytes(), _LARGEST_BYTES)
    except (OSError, ValueError) as fault:
        raise CallerError(
            "the settings of a destination cannot be read", where=str(path), got=str(fault), remedy="mend the file"
        ) from fault
    try:
        tls = table.pop("tls", None)
        told = _checked(Destination, {"name": path.stem, **table})
        return Destination(**told, tls=None if tls is None else TlsSettings(**_checked(TlsSettings, tls, "tls.")))
    except CallerError as fault:
        fault.where = f"{path}, {fault.where}"
        raise


def _checked(kind: type[Destination | TlsSettings], table: object, place: str = "") -> dict[str, Any]:
    """`table`, if each value has the type of its field, none is missing, and there are no others; whole numbers may be times."""
    if not isinstance(table, Mapping):
        raise _wrong(place.rstrip("."), "a table", table)
    known = {one.name: one for one in fields(kind) if one.name != "tls"}
    for name in table:
        if name not in known:
            raise _wrong(place + name, "one of " + ", ".join(known), name)
    for name, one in known.items():
        if name not in table and one.default is MISSING:
            raise _wrong(place + name, "a value", None)
        if name in table and not _fits(table[name], one.type):
            raise _wrong(place + name, _WORDS[one.type], table[name])
    return dict(table)


def _fits(value: object, wanted: Any) -> bool:
    if isinstance(value, bool):
        return wanted is bool
    return isinstance(value, (int, float) if wanted is float else wanted)


_WORDS: dict[Any, str] = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


def _wrong(field: str, expected: str, got: object) -> CallerError:
    return CallerError(
        "a setting of a destination is wrong", where=field, expected=expected, got=repr(got), remedy="mend it"
    )
