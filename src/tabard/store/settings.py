"""`store.toml`: read whole and checked whole, all its faults told together."""

import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomli_w

from tabard.ground.private_files import write_private
from tabard.store.errors import BadSettings, NoStore
from tabard.store.model import Settings

FILE = "store.toml"
_HIGHEST_PORT = 65535


def standard(name: str, port: int) -> Settings:
    """The settings of a store that answers on this machine. Raises BadSettings."""
    base_url = f"http://localhost:{port}"
    return check(Settings(name.strip(), port, base_url, f"{base_url}/accreditation"), where="init")


def check(settings: Settings, *, where: str) -> Settings:
    """The same settings, when they can stand. Raises BadSettings with every fault."""
    url, verifier = urlsplit(settings.base_url), urlsplit(settings.verifier)
    is_web = url.scheme in {"http", "https"} and bool(url.hostname) and url.path == ""
    faults = [
        fault
        for is_fault, fault in (
            (not settings.name, "name is empty"),
            (not 0 < settings.port <= _HIGHEST_PORT, "port is not between 1 and 65535"),
            (not is_web, "base_url is not scheme://host[:port]"),
            (url.scheme == "http" and url.hostname != "localhost", "base_url without TLS is for localhost only"),
            (not verifier.scheme, "verifier is no URI"),
        )
        if is_fault
    ]
    if faults:
        raise BadSettings("; ".join(faults), where=where, remedy="mend these and try again")
    return settings


def write(folder: Path, settings: Settings) -> None:
    """Write `store.toml`, whole or not at all."""
    write_private(folder / FILE, tomli_w.dumps(asdict(settings)).encode())


def read(folder: Path) -> Settings:
    """The settings in `folder`. Raises NoStore when it has none, BadSettings when they cannot stand."""
    path = folder / FILE
    try:
        told: dict[str, Any] = tomllib.loads(path.read_text())
        settings = Settings(str(told["name"]), int(told["port"]), str(told["base_url"]), str(told["verifier"]))
    except FileNotFoundError as fault:
        raise NoStore("here is no store", where=str(folder), remedy="tabard store init DIR") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError, TypeError) as fault:
        raise BadSettings("not readable as TOML of settings", where=str(path), remedy="mend the file") from fault
    except KeyError as fault:
        raise BadSettings(f"{fault.args[0]} is missing", where=str(path), remedy="write it") from fault
    return check(settings, where=str(path))
