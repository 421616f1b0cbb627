"""Opening a link: what the record system held before, loaded from files, so that day one does not show empty wards.

What is loaded goes through the journal like any message, marked so that it sets nothing off beyond the record, and a live
message wins over it by when it was recorded. From the beginning of the load until a person closes it the record is
incomplete, and every page and answer says since when. When it began, who began and closed it, and why, is kept.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tabard.database import hold
from tabard.ground.errors import CallerError
from tabard.ground.time import Clock
from tabard.hl7v2 import read_batch
from tabard.journal import JournalWriter
from tabard.link.control import ask
from tabard.link.incomplete import Opening
from tabard.link.loading import Loaded, load_into
from tabard.link.parked import JOURNAL_FILE
from tabard.link.service import LOCK_FILE
from tabard.link.settings import load_link

Tell = Callable[[int, int], None]
"""Hears how many messages are journaled, of how many."""

_STEP_BYTES = 400_000
_STEP = 500


def close_opening(folder: Path, link: str, by: str, reason: str, clock: Clock) -> None:
    """A person's word that all that `link` held before is in the record. Raises NotFound and CallerError."""
    load_link(folder, link)
    Opening(folder, link).close(by, reason, clock())


def load(
    folder: Path,
    link: str,
    files: Iterable[Path],
    by: str,
    clock: Clock,
    *,
    tell: Tell = lambda _done, _of: None,
) -> Loaded:
    """Journal the messages in `files` (batch files, or messages one after another) as the opening load of `link`.

    A message that the journal holds already is counted and not taken again, so that a load that broke off is begun anew. A
    hospital that is being served applies them now, another when it next is. Raises NotFound for a link or file that is not
    there, CallerError for a batch file that is not whole: nothing of any file is then journaled.
    """
    load_link(folder, link)
    read = [(path.name, _messages(path)) for path in files]
    Opening(folder, link).begin(by, clock())
    number = sum(len(messages) for _, messages in read)
    loaded = Loaded()
    with _journal(folder, clock) as put:
        for name, messages in read:
            for step in _steps(messages):
                loaded += put(link, step, by, f"opening load from {name}")
                tell(loaded.number, number)
    return loaded


Put = Callable[[str, Sequence[bytes], str, str], Loaded]


@contextmanager
def _journal(folder: Path, clock: Clock) -> Iterator[Put]:
    """What journals messages: the process that serves the hospital, or a writer of our own."""
    try:
        held = hold(folder / LOCK_FILE, "")
    except CallerError:
        yield lambda link, raws, by, reason: Loaded(
            *ask(folder, "load", link=link, raws=[raw.hex() for raw in raws], by=by, reason=reason)
        )
        return
    writer = JournalWriter(folder / JOURNAL_FILE)

    def put(link: str, raws: Sequence[bytes], by: str, reason: str) -> Loaded:
        done = load_into(writer, link, raws, clock(), by, reason)
        writer.commit()
        return done

    try:
        yield put
    finally:
        writer.close()
        held.release()


def _messages(path: Path) -> tuple[bytes, ...]:
    try:
        batch = read_batch(path.read_bytes())
    except OSError as fault:
        raise CallerError(
            "a file of the load cannot be read", where=str(path), got=type(fault).__name__, remedy="name another"
        ) from fault
    if batch.faults:
        first = batch.faults[0]
        raise CallerError(
            f"the batch file is not whole: {first.reason.value.replace('_', ' ')}",
            where=f"{path}, byte {first.at_byte}, {first.segment}",
            expected=first.expected or None,
            got=first.got or None,
            remedy="have the file made again; nothing of it was loaded",
        )
    return batch.messages


def _steps(messages: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Some messages at a time, so that no transaction and no question to the hospital is long."""
    step: list[bytes] = []
    size = 0
    for raw in messages:
        if step and (len(step) >= _STEP or size + len(raw) > _STEP_BYTES):
            yield step
            step, size = [], 0
        step.append(raw)
        size += len(raw)
    if step:
        yield step
