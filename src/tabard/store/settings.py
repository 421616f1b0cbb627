"""`store.toml`: read whole and checked whole, all its faults told together."""

import re
import tomllib
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomli_w

from tabard.ground.private_files import write_private
from tabard.store.errors import BadSettings, NoStore
from tabard.store.model import Settings

FILE = "store.toml"
_HIGHEST_PORT = 65535
_KEYID = re.compile(r"[0-9a-f]{64}")


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
            (not _is_keyid_or_none(settings.advisories_key), "advisories.key is not the id of a key"),
        )
        if is_fault
    ]
    if faults:
        raise BadSettings("; ".join(faults), where=where, remedy="mend these and try again")
    return settings


def write(folder: Path, settings: Settings) -> None:
    """Write `store.toml`, whole or not at all."""
    told = asdict(settings)
    key = told.pop("advisories_key")
    write_private(folder / FILE, tomli_w.dumps({**told, "advisories": {"key": key}} if key else told).encode())


def pin_advisories(folder: Path, keyid: str, at: datetime) -> None:
    """Take advisories of that key alone from now on.

    What else a person wrote in the file stays as it is; a line of comment tells which key was replaced, and when.
    Raises NoStore, BadSettings.
    """
    path, old = folder / FILE, read(folder)
    was = old.advisories_key
    if was == keyid:
        return
    text = _pinned(path.read_text(), was, keyid, at)
    if not _says(text, replace(old, advisories_key=keyid)):
        remedy = f'write key = "{keyid}" below [advisories]'
        raise BadSettings("the key cannot be written here", where=str(path), remedy=remedy)
    write_private(path, text.encode())


def read(folder: Path) -> Settings:
    """The settings in `folder`. Raises NoStore when it has none, BadSettings when they cannot stand."""
    path = folder / FILE
    try:
        settings = _parsed(path.read_text())
    except FileNotFoundError as fault:
        raise NoStore("here is no store", where=str(folder), remedy="tabard store init DIR") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError, TypeError) as fault:
        raise BadSettings("not readable as TOML of settings", where=str(path), remedy="mend the file") from fault
    except KeyError as fault:
        raise BadSettings(f"{fault.args[0]} is missing", where=str(path), remedy="write it") from fault
    return check(settings, where=str(path))


def _parsed(text: str) -> Settings:
    told: dict[str, Any] = tomllib.loads(text)
    plain = str(told["name"]), int(told["port"]), str(told["base_url"]), str(told["verifier"])
    return Settings(*plain, advisories_key=str(dict(told.get("advisories", {})).get("key", "")))


def _pinned(text: str, was: str, keyid: str, at: datetime) -> str:
    if was:
        return f"{text.replace(was, keyid, 1).rstrip()}\n# until {at:%Y-%m-%dT%H:%M:%SZ} the key was {was}\n"
    return f'{text.rstrip()}\n\n[advisories]\nkey = "{keyid}"\n'


def _says(text: str, settings: Settings) -> bool:
    try:
        return _parsed(text) == settings
    except tomllib.TOMLDecodeError:
        return False


def _is_keyid_or_none(text: str) -> bool:
    return not text or _KEYID.fullmatch(text) is not None
