"""Retention: what came before when may go, by what the links' settings say; and the reports of shadow runs that then go."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tabard.link.settings import LinkSettings
from tabard.link.shadow_report import SHADOWS

_MADE = "%Y%m%dT%H%M%S%f"


def before(settings: Sequence[LinkSettings], now: datetime, of: str) -> datetime | None:
    """What came before this may go, by the setting `of` in days: the longest of all links; None where one keeps for ever."""
    days = [getattr(one, of) for one in settings]
    return None if not days or 0 in days else now - timedelta(days=max(days))


def remove_reports(folder: Path, settings: Sequence[LinkSettings], now: datetime) -> int:
    """Remove the shadow reports made before their link kept contents; how many. They name patients.

    Those of a link that is no more go by the link that keeps longest. Raises OSError.
    """
    removed = 0
    for path in sorted((folder / SHADOWS).glob("*.jsonl")):
        link, _, rest = path.name.partition(".")
        made = _made(rest.partition(".")[0])
        since = before([one for one in settings if one.name == link] or settings, now, "keep_days")
        if made is not None and since is not None and made < since:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _made(text: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.strptime(text, _MADE).replace(tzinfo=UTC)
    return None
