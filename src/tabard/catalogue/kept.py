"""What a site keeps of the catalogue: every recall it ever saw, and how fresh its knowledge is.

A recall, once seen, stays, whatever later lists say: one key of the centre can stop a product, and none can undo that.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkstemp

import msgspec

from tabard.catalogue.errors import Fault, Untrusted
from tabard.catalogue.model import Recall
from tabard.catalogue.reinstating import Reinstatement, digest_of
from tabard.ground.errors import InternalError
from tabard.ground.private_files import write_private


@dataclass(frozen=True, slots=True)
class KeptRecall:
    """A recall, since when it is known here, and whether a later list no longer has it (it holds all the same).

    `reinstated` is when those who accredit decided that it holds no more, `because` why; None while it holds.
    """

    recall: Recall
    seen: datetime
    has_vanished: bool = False
    reinstated: datetime | None = None
    because: str = ""

    @property
    def holds(self) -> bool:
        """Whether it is in force: not undone, and no drill."""
        return self.reinstated is None and not self.recall.is_drill


@dataclass(frozen=True, slots=True)
class CatalogueState:
    """How fresh the knowledge is: when it was last confirmed, until when that holds, what went wrong at the last try.

    `as_of` is when the centre signed it: on a stick that was carried for days, long before it was confirmed here.
    """

    refreshed_at: datetime | None = None
    expires: datetime | None = None
    fault: Fault | None = None
    told: str = ""
    as_of: datetime | None = None

    def is_fresh(self, now: datetime) -> bool:
        """Whether new installs may rely on it."""
        return self.expires is not None and now < self.expires

    def days_old(self, now: datetime) -> int | None:
        """How many whole days ago the centre signed what is known; None where nothing is."""
        since = self.as_of or self.refreshed_at
        return None if since is None else max(0, (now - since).days)

    def age(self, now: datetime) -> str:
        """How old the knowledge is, in words: “as of 2 March 2026, 09:00 UTC, 3 days old”."""
        since, days = self.as_of or self.refreshed_at, self.days_old(now)
        if since is None or days is None:
            return "never had"
        told = since.astimezone(UTC)
        return f"as of {told.day} {told:%B %Y, %H:%M} UTC, {days} day{'' if days == 1 else 's'} old"

    def after(self, fault: Untrusted) -> "CatalogueState":
        """The state after a try that failed: what was confirmed before is confirmed no further."""
        return replace(self, fault=fault.reason, told=str(fault))


def read_recalls(folder: Path) -> tuple[KeptRecall, ...]:
    """The recalls kept in the folder. Raises InternalError where the file is spoilt: none may be forgotten silently."""
    return _recalls(folder / "recalls.json")


def keep_recalls(folder: Path, listed: tuple[Recall, ...], now: datetime) -> tuple[KeptRecall, ...]:
    """Add what is listed to what is kept, by content: an entry that was changed is a new one beside the old."""
    known = read_recalls(folder)
    kept = [replace(one, has_vanished=one.recall not in listed) for one in known]
    seen = {one.recall for one in known}
    kept += [KeptRecall(one, now) for one in dict.fromkeys(listed) if one not in seen]
    if tuple(kept) != known:
        write_private(folder / "recalls.json", msgspec.json.encode(kept))
    return tuple(kept)


def keep_undone(folder: Path, undone: Mapping[str, Reinstatement]) -> tuple[KeptRecall, ...]:
    """Mark what was undone, by the recall's digest. What was once undone stays so: a new recall has a new text."""
    known = read_recalls(folder)
    kept = tuple(
        replace(one, reinstated=told.decided, because=told.reason)
        if one.reinstated is None and (told := undone.get(digest_of(one.recall))) is not None
        else one
        for one in known
    )
    if kept != known:
        write_private(folder / "recalls.json", msgspec.json.encode(kept))
    return kept


def read_state(folder: Path) -> CatalogueState:
    """The state kept in the folder; that of a new site where there is none that can be read."""
    try:
        return msgspec.json.decode((folder / "state.json").read_bytes(), type=CatalogueState)
    except (FileNotFoundError, msgspec.DecodeError):
        return CatalogueState()


def keep_state(folder: Path, state: CatalogueState) -> None:
    """Keep the state. It is not waited for the disk: a state that a power cut took is only asked for again."""
    handle, temporary = mkstemp(dir=folder, prefix=".state-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.encode(state))
        Path(temporary).replace(folder / "state.json")
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _recalls(path: Path) -> tuple[KeptRecall, ...]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=tuple[KeptRecall, ...])
    except FileNotFoundError:
        return ()
    except msgspec.DecodeError as fault:
        raise InternalError(
            "what the site kept of the catalogue is spoilt",
            where=str(path),
            got=str(fault),
            remedy="restore the file from a backup; without one remove it, and check every recall with the centre",
        ) from fault
