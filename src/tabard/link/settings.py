"""The settings of one link: a file `links/NAME.toml` in the hospital's folder."""

import re
import tomllib
from dataclasses import asdict, dataclass, field, fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomli_w

from tabard.ground.errors import CallerError, NotFound
from tabard.ground.private_files import write_private
from tabard.link.cds_settings import CdsSettings
from tabard.link.launch_settings import ContextSettings, LaunchSettings
from tabard.link.write_settings import WriteSettings

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_MEBIBYTE = 1024 * 1024
_WHEN = ("commit", "applied")
_PORTS = range(65536)
_FEWEST_A_MINUTE = 12
"""Fewer requests than that are not enough to ask about one patient with proof."""

_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
ON_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
"""Hosts with which plain HTTP may be spoken."""


@dataclass(frozen=True, slots=True)
class FhirSettings:
    """How the same record system is asked over FHIR R4 (the table `[fhir]`).

    `base_url` ends with the tenant. Exactly one of `key` (a private key) and `secret` names a file in the hospital's
    `keys/`. `identifiers` gives for each identifier system of the record the one that the record system has for the same
    numbers: by these, and by nothing else, patients and visits are joined. `patience_s` is the whole time that one request
    may take there, with all its tries; `concurrency` is how many questions may be open at once. With `poll`, what products
    lately asked is asked beforehand of admitted patients, by at most `requests_a_minute` requests; such an answer is used
    for `fresh_s` seconds.
    """

    base_url: str
    client_id: str
    identifiers: dict[str, str] = field(default_factory=dict)
    key: str = ""
    secret: str = ""
    scope: str = (
        "system/Patient.rs system/Encounter.rs system/Practitioner.rs system/Observation.rs system/DiagnosticReport.rs"
    )
    patience_s: float = 3.0
    concurrency: int = 8
    poll: bool = False
    requests_a_minute: int = 60
    fresh_s: float = 60.0

    def __post_init__(self) -> None:
        if not _is_safe(self.base_url):
            raise _wrong("fhir.base_url", "https://HOST/.../TENANT without a / at its end", self.base_url)
        if not self.client_id:
            raise _wrong("fhir.client_id", "the id under which this hospital is registered there", self.client_id)
        if bool(self.key) == bool(self.secret) or not _FILE.fullmatch(self.key or self.secret):
            raise _wrong(
                "fhir.key", "the name of one file in keys/, either as key or as secret", self.key or self.secret
            )
        if not self.identifiers or len(set(self.identifiers.values())) != len(self.identifiers):
            raise _wrong("fhir.identifiers", "one or more of REC = THEIRS, each of THEIRS once", self.identifiers)
        if not all(one for pair in self.identifiers.items() for one in pair):
            raise _wrong("fhir.identifiers", "texts", self.identifiers)
        if not isinstance(self.poll, bool):
            raise _wrong("fhir.poll", "true or false", self.poll)
        if self.requests_a_minute < _FEWEST_A_MINUTE:
            raise _wrong("fhir.requests_a_minute", f"{_FEWEST_A_MINUTE} or more", self.requests_a_minute)
        for name in ("patience_s", "concurrency", "fresh_s"):
            if getattr(self, name) <= 0:
                raise _wrong(f"fhir.{name}", "more than 0", getattr(self, name))


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """How a link's port speaks TLS (the table `[tls]`): each a file in the hospital's `keys/`.

    With `client_authority` a sender must show a certificate of that authority (mutual TLS), and with `client_names` one that
    has one of these names (a DNS name; where it has none, its common name).
    """

    certificate: str
    key: str
    client_authority: str = ""
    client_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("certificate", "key"):
            if not _FILE.fullmatch(getattr(self, name)):
                raise _wrong(f"tls.{name}", "the name of a file in keys/", getattr(self, name))
        if self.client_authority and not _FILE.fullmatch(self.client_authority):
            raise _wrong("tls.client_authority", "the name of a file in keys/", self.client_authority)
        if self.client_names and not self.client_authority:
            raise _wrong("tls.client_names", "a client_authority beside them: else anybody may call himself so", "")


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """How one EHR's messages come in.

    `port` 0 lets the machine choose. `silence_after_s` is how long a feed may be quiet before it is called silent; 0 lets
    the feed's own rhythm say it. `peers` are the addresses or networks (CIDR) that may send, all where none is named. Of
    `keep_days` the content of a message is kept, of `keep_lines_days` its line in the journal; 0 is for ever, the longest of
    all links counts, and what waits or is parked is kept anyway. The next four are limits: a message's size, how long one frame may take to arrive and a sender may leave its
    acknowledgements unread, and how many connections may be open at once. `acknowledge` is when a sender that asks for
    nothing else (MSH-15, MSH-16) is answered: at the "commit" of its message, or once it is "applied". `fhir`, where the record system has it, is how
    it is asked what the messages do not bring; `write`, what products may write back over the link. `launch` and `context` are
    the two ways in which it opens us on its patient; with `cds` it may ask the products' CDS services.
    """

    name: str
    dialect: str
    port: int
    host: str = "127.0.0.1"
    silence_after_s: int = 0
    limit_bytes: int = 10 * _MEBIBYTE
    frame_timeout_s: float = 30.0
    max_connections: int = 128
    acknowledge: str = "commit"
    peers: tuple[str, ...] = ()
    keep_days: int = 90
    keep_lines_days: int = 400
    tls: TlsSettings | None = None
    fhir: FhirSettings | None = None
    write: WriteSettings | None = None
    launch: LaunchSettings | None = None
    context: ContextSettings | None = None
    cds: CdsSettings | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise _wrong("name", "1 to 40 of a-z, 0-9 and -", self.name)
        if self.acknowledge not in _WHEN:
            raise _wrong("acknowledge", " or ".join(_WHEN), self.acknowledge)
        if self.port not in _PORTS:
            raise _wrong("port", "0 to 65535", self.port)
        for name in ("limit_bytes", "frame_timeout_s", "max_connections"):
            if getattr(self, name) <= 0:
                raise _wrong(name, "more than 0", getattr(self, name))
        for name in ("silence_after_s", "keep_days", "keep_lines_days"):
            if getattr(self, name) < 0:
                raise _wrong(name, "0 or more", getattr(self, name))
        for one in self.peers:
            if not _is_network(one):
                raise _wrong("peers", "addresses or networks such as 10.1.0.0/16", one)
        _must_belong(self)


def _must_belong(settings: LinkSettings) -> None:
    if settings.launch is not None and settings.fhir is None:
        raise _wrong("launch", "a table [fhir] beside it: whose launches they are", "none")
    if settings.cds is not None and settings.fhir is None:
        raise _wrong("cds", "a table [fhir] beside it: whose ids its calls name", "none")


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def _is_safe(base_url: str) -> bool:
    """Whether it is a plain address of a FHIR server to which patients' data may travel."""
    url = urlsplit(base_url)
    is_secret = url.scheme == "https" or (url.scheme == "http" and url.hostname in ON_THIS_MACHINE)
    is_plain = not (url.query or url.fragment or url.username or base_url.endswith("/"))
    return is_secret and is_plain and bool(url.hostname)


def add_link(folder: Path, settings: LinkSettings) -> Path:
    """Write the settings of a new link into the hospital's folder. Raises CallerError when the name or port is taken."""
    for other in list_links(folder):
        if other.name == settings.name:
            raise CallerError("a link of this name exists", got=settings.name, remedy="choose another name")
        if settings.port and (other.host, other.port) == (settings.host, settings.port):
            raise CallerError(f"link {other.name} has this port", got=str(settings.port), remedy="choose another port")
    _folder(folder).mkdir(mode=0o700, exist_ok=True)
    path = _folder(folder) / f"{settings.name}.toml"
    told = {name: value for name, value in asdict(settings).items() if value is not None}
    write_private(path, tomli_w.dumps(told).encode())
    return path


def list_links(folder: Path) -> tuple[LinkSettings, ...]:
    """The links of a hospital, by name. Raises CallerError when a file cannot be read."""
    return tuple(_read(path) for path in sorted(_folder(folder).glob("*.toml")))


def load_link(folder: Path, name: str) -> LinkSettings:
    """The settings of one link. Raises NotFound."""
    for settings in list_links(folder):
        if settings.name == name:
            return settings
    raise NotFound("there is no such link", got=name, remedy="see `tabard link list`, or add it by `tabard link add`")


def _folder(folder: Path) -> Path:
    return folder / "links"


def _read(path: Path) -> LinkSettings:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        fhir = _read_fhir(table.pop("fhir", None))
        tls = _read_tls(table.pop("tls", None))
        write = _read_write(table.pop("write", None))
        launch = _read_launch(table.pop("launch", None))
        context = _read_context(table.pop("context", None))
        cds = _read_cds(table.pop("cds", None))
        _check(table, LinkSettings)
        table["peers"] = _texts(table.get("peers", []), "peers")
        tables = {"fhir": fhir, "tls": tls, "write": write, "launch": launch, "context": context, "cds": cds}
        return LinkSettings(**{"name": path.stem, **table, **tables})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError) as fault:
        raise CallerError(
            "the settings of a link cannot be read", where=str(path), got=str(fault), remedy="mend the file"
        ) from fault
    except CallerError as fault:
        fault.where = f"{path}, {fault.where}"
        raise


def _read_fhir(table: Any) -> FhirSettings | None:
    if table is None:
        return None
    if not isinstance(table, dict):
        raise _wrong("fhir", "a table", table)
    _check(table, FhirSettings, "fhir.")
    if not all(isinstance(one, str) for one in table.get("identifiers", {}).values()):
        raise _wrong("fhir.identifiers", "texts", table["identifiers"])
    return FhirSettings(**table)


def _read_tls(table: Any) -> TlsSettings | None:
    if table is None:
        return None
    if not isinstance(table, dict):
        raise _wrong("tls", "a table", table)
    _check(table, TlsSettings, "tls.")
    return TlsSettings(**{**table, "client_names": _texts(table.get("client_names", []), "tls.client_names")})


def _read_write(table: Any) -> WriteSettings | None:
    if table is None:
        return None
    if not isinstance(table, dict):
        raise _wrong("write", "a table", table)
    _check(table, WriteSettings, "write.")
    if not isinstance(table.get("updates_patients", False), bool):
        raise _wrong("write.updates_patients", "true or false", table["updates_patients"])
    return WriteSettings(**{**table, "types": _texts(table.get("types", []), "write.types")})


def _read_launch(table: Any) -> LaunchSettings | None:
    if table is None:
        return None
    if not isinstance(table, dict):
        raise _wrong("launch", "a table", table)
    _check(table, LaunchSettings, "launch.")
    maps = {name: _map(table, name, "launch.") for name in ("clients", "people")}
    return LaunchSettings(**{**table, **maps})


def _read_context(table: Any) -> ContextSettings | None:
    if table is None:
        return None
    if not isinstance(table, dict):
        raise _wrong("context", "a table", table)
    _check(table, ContextSettings, "context.")
    lists = {name: _texts(table.get(name, []), f"context.{name}") for name in ("secrets", "origins")}
    return ContextSettings(**{**table, **lists, "people": _map(table, "people", "context.")})


def _read_cds(table: Any) -> CdsSettings | None:
    if table is None:
        return None
    if not isinstance(table, dict):
        raise _wrong("cds", "a table", table)
    _check(table, CdsSettings, "cds.")
    return CdsSettings(**table)


def _map(table: dict[str, Any], name: str, place: str) -> dict[str, str]:
    told = table.get(name, {})
    if not all(isinstance(one, str) and one for one in told.values()):
        raise _wrong(place + name, "texts", told)
    return dict(told)


def _texts(value: Any, place: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise _wrong(place, "a list of texts", value)
    return tuple(value)


def _check(
    table: dict[str, Any],
    kind: type[
        LinkSettings | FhirSettings | TlsSettings | WriteSettings | LaunchSettings | ContextSettings | CdsSettings
    ],
    place: str = "",
) -> None:
    """Each value has the type of its field; an integer will do for a number."""
    for known in fields(kind):
        value, wanted = table.get(known.name), _TYPES.get(known.type)
        if value is None or wanted is None:
            continue
        if not isinstance(value, wanted) or isinstance(value, bool):
            raise _wrong(place + known.name, wanted[0].__name__, value)


_TYPES: dict[Any, tuple[type, ...]] = {str: (str,), int: (int,), float: (float, int), dict[str, str]: (dict,)}


def _wrong(field: str, expected: str, got: object) -> CallerError:
    return CallerError("a setting of a link is wrong", where=field, expected=expected, got=repr(got), remedy="mend it")
