"""One look at a catalogue, by TUF's own order, with our bounds, our clock and our ways: what the client and its conformance run share."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from tuf.api.exceptions import RepositoryError
from tuf.ngclient.updater import Updater

from tabard.catalogue.errors import Fault
from tabard.catalogue.metadata import TargetFile
from tabard.catalogue.source import Source
from tabard.catalogue.telling import untrusted
from tabard.ground.private_files import write_private

_LARGEST_TARGET_BYTES = 4 * 1024 * 1024


def opened(folder: Path, source: Source, root: bytes, now: datetime) -> Updater:
    """What begins at the pinned `root` and keeps in `folder` what it verified. Nothing is asked for yet.

    Raises RepositoryError where the root is none.
    """
    updater = Updater(str(folder), "metadata/", None, "targets/", source, bootstrap=root)
    updater._trusted_set.reference_time = now  # noqa: SLF001  python-tuf takes the time from nobody
    return updater


def target(
    updater: Updater,
    source: Source,
    path: str,
    kept: Path,
    check: Callable[[bytes], object] = len,
    most_bytes: int = _LARGEST_TARGET_BYTES,
) -> bytes | None:
    """The target's verified bytes: the copy `kept` where that is the one meant, else fetched and kept. None when not listed.

    What `check` raises at is not kept: in its place stays what was known before. Raises RepositoryError, DownloadError,
    Untrusted, and what `check` raises.
    """
    info = updater.get_targetinfo(path)
    if info is None:
        return None
    if (raw := _kept(kept, info)) is not None:
        return raw
    if info.length > most_bytes:
        raise untrusted(Fault.too_large, path, f"{info.length} bytes")
    raw = source.download_bytes(f"targets/{_name(updater, info)}", info.length)
    info.verify_length_and_hashes(raw)
    check(raw)
    write_private(kept, raw)
    return raw


def _name(updater: Updater, info: TargetFile) -> str:
    """Source: TUF specification 1.0, 6.2: with consistent snapshots a target's name begins with its digest."""
    is_consistent = updater._trusted_set.root.consistent_snapshot  # noqa: SLF001  the updater tells nobody
    return quote(info.get_prefixed_paths()[0] if is_consistent else info.path)


def _kept(path: Path, info: TargetFile) -> bytes | None:
    try:
        raw = path.read_bytes()
        info.verify_length_and_hashes(raw)
    except (OSError, RepositoryError):
        return None
    return raw
