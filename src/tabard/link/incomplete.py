"""Since when the record is incomplete: kept for each link from the beginning of its opening load until a person closes it.

A file of the hospital, `links/NAME.opening.json`, holds every opening, who began and closed it, when, and why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from tabard.ground.errors import CallerError
from tabard.ground.private_files import write_private
from tabard.ground.time import Clock

LOOK_AGAIN = timedelta(seconds=1)
"""So long what was read of the openings is believed: it is asked at every answer."""


@dataclass(frozen=True, slots=True)
class Incomplete:
    """That not all that there was is in the record: of which link, since when, and who began to load it."""

    link: str
    since: datetime
    by: str


class _Kept(msgspec.Struct, frozen=True):
    """One opening, as it is kept: `closed` is None while it goes on."""

    since: datetime
    by: str
    closed: datetime | None = None
    closed_by: str = ""
    reason: str = ""


_decoder = msgspec.json.Decoder(list[_Kept])


class Opening:
    """The openings of one link of the hospital in `folder`."""

    def __init__(self, folder: Path, link: str) -> None:
        self._path = folder / "links" / f"{link}.opening.json"
        self._link = link

    def state(self) -> Incomplete | None:
        """Since when the record is incomplete; None where it is not known to be. Raises CallerError for a broken file."""
        kept = self._kept()
        last = kept[-1] if kept else None
        return None if last is None or last.closed is not None else Incomplete(self._link, last.since, last.by)

    def begin(self, by: str, now: datetime) -> Incomplete:
        """From now on the record is incomplete; one that is open already goes on. Raises CallerError without a name."""
        _require(by, "who begins")
        if (open_now := self.state()) is not None:
            return open_now
        self._keep([*self._kept(), _Kept(now, by)])
        return Incomplete(self._link, now, by)

    def close(self, by: str, reason: str, now: datetime) -> None:
        """A person's word that the record is complete. Raises CallerError without a name or a reason, or where none is open."""
        _require(by, "who closes")
        _require(reason, "why the record is complete")
        kept = self._kept()
        if not kept or kept[-1].closed is not None:
            raise CallerError("no opening load goes on", where=self._link, remedy="see `tabard link list`")
        closed = msgspec.structs.replace(kept[-1], closed=now, closed_by=by, reason=reason)
        self._keep([*kept[:-1], closed])

    def _kept(self) -> list[_Kept]:
        try:
            return _decoder.decode(self._path.read_bytes())
        except FileNotFoundError:
            return []
        except (OSError, msgspec.DecodeError) as fault:
            raise CallerError(
                "what is kept of the opening of a link cannot be read",
                where=str(self._path),
                got=type(fault).__name__,
                remedy="put it back from the hospital's backup",
            ) from fault

    def _keep(self, kept: Sequence[_Kept]) -> None:
        write_private(self._path, msgspec.json.encode(kept))


class Openings:
    """Since when the record of the hospital in `folder` is incomplete, link by link; cheap to ask. Any thread may."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._known: dict[str, tuple[datetime, datetime | None]] = {}

    def since(self, link: str) -> datetime | None:
        """When the opening of `link` began that nobody has closed; None where there is none."""
        now = self._clock()
        looked, since = self._known.get(link, (None, None))
        if looked is None or not looked <= now < looked + LOOK_AGAIN:
            since = self._look(link, now)
            self._known[link] = now, since
        return since

    def _look(self, link: str, now: datetime) -> datetime | None:
        try:
            state = Opening(self._folder, link).state()
        except CallerError:
            return now  # what cannot be read says nothing good: in doubt the record is incomplete
        return None if state is None else state.since


def _require(text: str, what: str) -> None:
    if not text.strip():
        raise CallerError("an opening load wants a person and, to close it, a reason", expected=what, remedy="say it")
