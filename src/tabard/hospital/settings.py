"""`hospital.toml`: read whole and checked whole, all its faults told together."""

import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomli_w

from tabard.ground.private_files import write_private
from tabard.hospital.errors import BadSettings, NoHospital
from tabard.hospital.model import Settings

FILE = "hospital.toml"
_ODS = re.compile(r"[A-Z0-9]{3,10}")
_HIGHEST_PORT = 65535


def standard(name: str, ods: str, port: int) -> Settings:
    """The settings of a hospital that answers on this machine. Raises BadSettings."""
    return check(Settings(name.strip(), ods.strip().upper(), port, f"http://localhost:{port}"), where="init")


def check(settings: Settings, *, where: str) -> Settings:
    """The same settings, when they can stand. Raises BadSettings with every fault."""
    url = urlsplit(settings.base_url)
    faults = [
        fault
        for is_fault, fault in (
            (not settings.name, "name is empty"),
            (_ODS.fullmatch(settings.ods) is None, "ods is not an ODS code (3 to 10 capital letters and digits)"),
            (not 0 < settings.port <= _HIGHEST_PORT, "port is not between 1 and 65535"),
            (
                url.scheme not in {"http", "https"} or not url.hostname or url.path != "",
                "base_url is not scheme://host[:port]",
            ),
            (url.scheme == "http" and url.hostname != "localhost", "base_url without TLS is for localhost only"),
        )
        if is_fault
    ]
    if faults:
        raise BadSettings("; ".join(faults), where=where, remedy="mend these and try again")
    return settings


def write(folder: Path, settings: Settings) -> None:
    """Write `hospital.toml`, whole or not at all."""
    told = {"name": settings.name, "ods": settings.ods, "port": settings.port, "base_url": settings.base_url}
    write_private(folder / FILE, tomli_w.dumps(told).encode())


def read(folder: Path) -> Settings:
    """The settings in `folder`. Raises NoHospital when it has none, BadSettings when they cannot stand."""
    path = folder / FILE
    try:
        told: dict[str, Any] = tomllib.loads(path.read_text())
        settings = Settings(str(told["name"]), str(told["ods"]), int(told["port"]), str(told["base_url"]))
    except FileNotFoundError as fault:
        raise NoHospital("here is no hospital", where=str(folder), remedy="tabard hospital init DIR") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError, TypeError) as fault:
        raise BadSettings("not readable as TOML of settings", where=str(path), remedy="mend the file") from fault
    except KeyError as fault:
        raise BadSettings(f"{fault.args[0]} is missing", where=str(path), remedy="write it") from fault
    return check(settings, where=str(path))
