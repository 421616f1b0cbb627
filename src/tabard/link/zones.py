"""The time zone that a link's days and hours are in: that of its dialect."""

from datetime import UTC, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from tabard.dialect import load
from tabard.ground.errors import TabardError
from tabard.link.history import history_path
from tabard.link.settings import LinkSettings, load_link
from tabard.link.versions import live_version


def zone_of(folder: Path, link: str) -> tzinfo:
    """The time zone of a link's days: that of its dialect. Raises NotFound."""
    settings = load_link(folder, link)
    begun = history_path(folder, link).exists()
    return ZoneInfo((live_version(folder, link).dialect if begun else load(settings.dialect)).time_zone)


def zone_or_utc(folder: Path, settings: LinkSettings) -> tzinfo:
    """The same; UTC while the link has no dialect that can be read."""
    try:
        return zone_of(folder, settings.name)
    except (TabardError, OSError):
        return UTC
