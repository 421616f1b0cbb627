"""The settings of one link: a file `links/NAME.toml` in the hospital's folder."""

import re
import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import tomli_w

from tabard.ground.errors import CallerError, NotFound
from tabard.ground.private_files import write_private

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_MEBIBYTE = 1024 * 1024
_PORTS = range(65536)


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """How one EHR's messages come in.

    `port` 0 lets the machine choose. `silence_after_s` is how long a feed may be quiet before it is called silent. The
    rest are limits: a message's size, how long one frame may take to arrive and a sender may leave its
    acknowledgements unread, and how many connections may be open at once.
    """

    name: str
    dialect: str
    port: int
    host: str = "127.0.0.1"
    silence_after_s: int = 600
    limit_bytes: int = 10 * _MEBIBYTE
    frame_timeout_s: float = 30.0
    max_connections: int = 128

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise _wrong("name", "1 to 40 of a-z, 0-9 and -", self.name)
        if self.port not in _PORTS:
            raise _wrong("port", "0 to 65535", self.port)
        for name in ("silence_after_s", "limit_bytes", "frame_timeout_s", "max_connections"):
            if getattr(self, name) <= 0:
                raise _wrong(name, "more than 0", getattr(self, name))


def add_link(folder: Path, settings: LinkSettings) -> Path:
    """Write the settings of a new link into the hospital's folder. Raises CallerError when the name or port is taken."""
    for other in list_links(folder):
        if other.name == settings.name:
            raise CallerError("a link of this name exists", got=settings.name, remedy="choose another name")
        if settings.port and (other.host, other.port) == (settings.host, settings.port):
            raise CallerError(f"link {other.name} has this port", got=str(settings.port), remedy="choose another port")
    _folder(folder).mkdir(mode=0o700, exist_ok=True)
    path = _folder(folder) / f"{settings.name}.toml"
    write_private(path, tomli_w.dumps(asdict(settings)).encode())
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
        _check(table)
        return LinkSettings(**{"name": path.stem, **table})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError) as fault:
        raise CallerError(
            "the settings of a link cannot be read", where=str(path), got=str(fault), remedy="mend the file"
        ) from fault
    except CallerError as fault:
        fault.where = f"{path}, {fault.where}"
        raise


def _check(table: dict[str, Any]) -> None:
    """Each value has the type of its field; an integer will do for a number."""
    for field in fields(LinkSettings):
        value = table.get(field.name)
        allowed = (int, float) if field.type is float else field.type
        if value is not None and (not isinstance(value, allowed) or isinstance(value, bool)):  # type: ignore[arg-type]  # the fields' types are classes here
            raise _wrong(field.name, field.type.__name__, value)  # type: ignore[union-attr]  # the same


def _wrong(field: str, expected: str, got: object) -> CallerError:
    return CallerError("a setting of a link is wrong", where=field, expected=expected, got=repr(got), remedy="mend it")
