"""Each link of a hospital as a line: how it is set up, which dialect is live, how its feed fares, served or not."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tabard.database import hold
from tabard.ground.errors import CallerError, TabardError
from tabard.journal import JournalReader, State
from tabard.link.control import ask
from tabard.link.history import history_path
from tabard.link.incomplete import Opening
from tabard.link.parked import JOURNAL_FILE
from tabard.link.service import LOCK_FILE
from tabard.link.settings import LinkSettings, list_links, load_link
from tabard.link.versions import live_version


@dataclass(frozen=True, slots=True)
class Overview:
    """One link. `live` is the digest of its dialect, "" before its first serving; `fault` why it has none now.

    `incomplete_since` says that its opening load goes on. `feed` is how the hospital that is being served tells it
    (`state`, `waiting`, ...), None while none is served.
    """

    settings: LinkSettings
    live: str
    fault: str
    last_received: datetime | None
    counts: Mapping[str, int]
    feed: Mapping[str, Any] | None
    incomplete_since: datetime | None = None


def overview(folder: Path) -> tuple[Overview, ...]:
    """The links of the hospital in `folder`, by name."""
    feeds = {one["link"]: one for one in _feeds(folder)}
    path = folder / JOURNAL_FILE
    reader = JournalReader(path) if path.is_file() else None
    try:
        return tuple(_one(folder, one, reader, feeds.get(one.name)) for one in list_links(folder))
    finally:
        if reader is not None:
            reader.close()


def remove_link(folder: Path, name: str) -> None:
    """Take a link away: it listens no more at the next serving. What came over it, and its dialect's history, are kept.

    Raises NotFound; CallerError while the hospital is being served, or while messages of the link wait.
    """
    load_link(folder, name)
    held = hold(folder / LOCK_FILE, "stop `tabard hospital serve` of this folder first")
    try:
        waiting = next(one.counts.get("waiting", 0) for one in overview(folder) if one.settings.name == name)
        if waiting:
            raise CallerError(
                "messages of this link wait",
                where=name,
                got=f"{waiting} waiting",
                remedy="serve the hospital until none waits: without its link they would all be parked",
            )
        (folder / "links" / f"{name}.toml").unlink()
    finally:
        held.release()


def reasons_of(folder: Path, link: str | None = None) -> dict[str, dict[str, int]]:
    """How many messages are in each state for each reason, of one link or of all; of those waiting, why they are held."""
    reader = JournalReader(folder / JOURNAL_FILE)
    try:
        told = {state.value: reader.reasons(state, link) for state in State}
    finally:
        reader.close()
    return {state: reasons for state, reasons in told.items() if reasons}


def is_any_held(folder: Path, reason: str) -> bool:
    """Whether a message of the hospital's journal is held for this reason."""
    return (folder / JOURNAL_FILE).is_file() and reason in reasons_of(folder).get(State.waiting.value, {})


def _one(
    folder: Path, settings: LinkSettings, reader: JournalReader | None, feed: Mapping[str, Any] | None
) -> Overview:
    live, fault = "", ""
    if history_path(folder, settings.name).exists():
        try:
            live = live_version(folder, settings.name).digest
        except TabardError as told:
            fault = told.message
    counts = {} if reader is None else reader.counts(settings.name)
    last = None if reader is None else reader.last_received(settings.name)
    opening = Opening(folder, settings.name).state()
    return Overview(settings, live, fault, last, counts, feed, None if opening is None else opening.since)


def _feeds(folder: Path) -> list[dict[str, Any]]:
    """What the process that serves the folder says; none where none does."""
    with suppress(CallerError):
        return list(ask(folder, "feeds"))
    return []
