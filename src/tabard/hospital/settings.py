"""`hospital.toml`: read whole and checked whole, all its faults told together."""

import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import tomli_w

from tabard.catalogue import Channel
from tabard.gateway.sign_in import read_sign_in
from tabard.ground.errors import CallerError
from tabard.ground.private_files import write_private
from tabard.hospital.errors import BadSettings, NoHospital
from tabard.hospital.model import REFRESH_S, Pinned, Settings
from tabard.hospital.reached import faults_of, read_reached
from tabard.hospital.record_place import record_faults

FILE = "hospital.toml"
_ODS = re.compile(r"[A-Z0-9]{3,10}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_HIGHEST_PORT = 65535
_SHORTEST_REFRESH_S = 5


def standard(name: str, ods: str, port: int, *, for_trials: bool = False, record: str | None = None) -> Settings:
    """The settings of a hospital that answers on this machine. Raises BadSettings."""
    base_url = f"http://localhost:{port}"
    return check(Settings(name.strip(), ods.strip().upper(), port, base_url, for_trials, record=record), where="init")


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
            (settings.refresh_s < _SHORTEST_REFRESH_S, f"refresh_s is less than {_SHORTEST_REFRESH_S} seconds"),
            (
                settings.catalogue is not None and not _is_place_of_receipts(settings.catalogue.receipts),
                "catalogue.receipts is no address of https, nor of this machine",
            ),
            (
                settings.catalogue is not None and not _SHA256.fullmatch(settings.catalogue.root_sha256),
                "catalogue.root_sha256 is no SHA-256; `tabard hospital trust` writes it",
            ),
            *record_faults(settings.record),
        )
        if is_fault
    ]
    faults += faults_of(settings.reached, settings.base_url)
    if faults:
        raise BadSettings("; ".join(faults), where=where, remedy="mend these and try again")
    return settings


def write(folder: Path, settings: Settings) -> None:
    """Write `hospital.toml`, whole or not at all; what the file holds besides stays."""
    path = folder / FILE
    told = _table(path) if path.exists() else {}
    told |= {"name": settings.name, "ods": settings.ods, "port": settings.port, "base_url": settings.base_url}
    if settings.for_trials:
        told["for_trials"] = True
    if settings.refresh_s != REFRESH_S or "refresh_s" in told:
        told["refresh_s"] = settings.refresh_s
    if settings.catalogue is not None:
        told["catalogue"] = _told_pinned(settings.catalogue)
    if settings.record is not None:
        told["record"] = {"url": settings.record}
    write_private(path, tomli_w.dumps(told).encode())


def read(folder: Path) -> Settings:
    """The settings in `folder`. Raises NoHospital when it has none, BadSettings when they cannot stand."""
    path = folder / FILE
    told = _table(path)
    try:
        settings = Settings(
            name=str(told["name"]),
            ods=str(told["ods"]),
            port=int(told["port"]),
            base_url=str(told["base_url"]),
            for_trials=told.get("for_trials", False) is True,
            refresh_s=int(told.get("refresh_s", REFRESH_S)),
            catalogue=_pinned(told["catalogue"]) if "catalogue" in told else None,
            reached=read_reached(told, folder),
            sign_in=read_sign_in(told["sign_in"], str(told["ods"]), where=str(path)) if "sign_in" in told else None,
            record=str(told["record"]["url"]) if "record" in told else None,
        )
    except (ValueError, TypeError) as fault:
        raise _unreadable(path) from fault
    except CallerError as fault:
        raise BadSettings(fault.message, where=fault.where, got=fault.got, remedy=fault.remedy) from fault
    except KeyError as fault:
        raise BadSettings(f"{fault.args[0]} is missing", where=str(path), remedy="write it") from fault
    return check(settings, where=str(path))


def _pinned(table: dict[str, Any]) -> Pinned:
    source, root_sha256 = str(table["source"]), str(table["root_sha256"])
    return Pinned(source, root_sha256, Channel(str(table.get("channel", Channel.live))), str(table.get("receipts", "")))


def _is_place_of_receipts(url: str) -> bool:
    """Nowhere, by TLS, or on this machine: what a hospital runs is told to nobody on the way."""
    place = urlsplit(url)
    return not url or (place.scheme == "https" and bool(place.hostname)) or _is_here(place)


def _is_here(place: SplitResult) -> bool:
    return place.scheme == "http" and place.hostname in {"localhost", "127.0.0.1"}


def _told_pinned(pinned: Pinned) -> dict[str, str]:
    told = {"source": pinned.source, "root_sha256": pinned.root_sha256}
    told |= {} if pinned.channel is Channel.live else {"channel": str(pinned.channel)}
    return told | ({"receipts": pinned.receipts} if pinned.receipts else {})


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text())
    except FileNotFoundError as fault:
        raise NoHospital("here is no hospital", where=str(path.parent), remedy="tabard hospital init DIR") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise _unreadable(path) from fault


def _unreadable(path: Path) -> BadSettings:
    return BadSettings("not readable as TOML of settings", where=str(path), remedy="mend the file")
