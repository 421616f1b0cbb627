"""Where the rhythms of the links are kept between runs: a small file in the hospital's folder, without patient data."""

from collections.abc import Mapping
from datetime import tzinfo
from pathlib import Path

import msgspec
import structlog

from tabard.ground.private_files import write_private
from tabard.link.silence import Rhythm

_log = structlog.get_logger("tabard.link")
FILE = "rhythms.json"


def load_rhythms(folder: Path, zones: Mapping[str, tzinfo]) -> dict[str, Rhythm]:
    """The rhythm of each link, by the hours of its zone; learned anew where the file is not there."""
    try:
        kept = msgspec.json.decode((folder / FILE).read_bytes())
    except (OSError, msgspec.DecodeError):
        kept = {}
    tables = kept if isinstance(kept, dict) else {}
    return {link: Rhythm.of(tables.get(link), zone) for link, zone in zones.items()}


def save_rhythms(folder: Path, rhythms: Mapping[str, Rhythm]) -> None:
    """Keep them. A disk that is full loses what was learned since the last time, and that is logged."""
    try:
        write_private(folder / FILE, msgspec.json.encode({link: one.table for link, one in rhythms.items()}))
    except OSError as fault:
        _log.warning("the rhythms of the feeds could not be kept", fault=type(fault).__name__)
