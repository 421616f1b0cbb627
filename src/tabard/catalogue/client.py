"""A site's side: fetches the catalogue, believes only what it can verify, and remembers what it has seen."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TypeVar

from tuf.api.exceptions import DownloadError, RepositoryError
from tuf.ngclient.updater import Updater

from tabard.catalogue import roles
from tabard.catalogue.channels import Channel, signed_at
from tabard.catalogue.errors import Fault, NotPublished, Untrusted
from tabard.catalogue.kept import (
    CatalogueState,
    KeptRecall,
    keep_recalls,
    keep_state,
    keep_undone,
    read_recalls,
    read_state,
)
from tabard.catalogue.metadata import Metadata, Root, Targets
from tabard.catalogue.model import Entry, Index, Listed, Recall, RecallList, Summary, need_product, read
from tabard.catalogue.reinstating import undone
from tabard.catalogue.source import Patience, Source, source_of
from tabard.catalogue.telling import told, untrusted
from tabard.catalogue.verified import opened, target
from tabard.catalogue.waiting import turn
from tabard.decision import BadTrust, Trust
from tabard.ground.errors import CallerError, NotFound
from tabard.ground.private_files import write_private
from tabard.ground.time import Clock, system_clock

T = TypeVar("T")

_PRIVATE = 0o700
_SKEW = timedelta(hours=1)
"""How far this machine's clock may be behind the centre's before its dates are not relied on."""


class Client:
    """The catalogue at `source` (a URL or a folder), kept in `folder`, believed by its `root` (the pinned file's bytes).

    `trust`, `recalls` and `state` answer from what was verified last, without the network, and `products` where there is
    none; `entry` and `package` fetch, and refuse to when the knowledge is stale and cannot be refreshed. Threads may share one. The site is
    pinned to one `channel`; what it saw of each is kept apart, recalls and their undoing are kept together.
    Raises CallerError when the source is none or the root cannot be read.
    """

    def __init__(
        self,
        folder: Path,
        source: str,
        root: bytes,
        clock: Clock = system_clock,
        patience: Patience | None = None,
        *,
        channel: Channel = Channel.live,
    ) -> None:
        self.folder, self.channel, self._root, self._clock = folder, channel, root, clock
        self.metadata = folder / ("metadata" if channel is Channel.live else f"metadata-{channel}")
        _need_root(root)
        self._source = source_of(source, patience or Patience(), channel)
        self._parcels = source_of(source, patience or Patience())  # a large package never keeps a recall waiting
        for name in (self.metadata.name, "targets/products"):
            (folder / name).mkdir(parents=True, exist_ok=True, mode=_PRIVATE)
        self._lock, self._parcels_lock = Lock(), Lock()
        self._updater: Updater | None = None
        self._recalls = read_recalls(folder)
        self._state = read_state(folder)

    def refresh(self) -> None:
        """Fetch what is new: recalls first, then accreditors. Products are fetched when they are asked for.

        Raises Untrusted with its reason; what was known before stays, and `state` tells the fault.
        """
        with self._lock, turn(self.folder), self._source:
            self._refresh()

    def trust(self) -> Trust:
        """The accreditors as last verified; refreshes when there were none yet."""
        return Trust.from_bytes(self._known(roles.ACCREDITORS))

    def products(self) -> tuple[Summary, ...]:
        """All products in short: those of now where the centre can be asked, else those that were had last.

        Raises Untrusted where none ever were.
        """
        kept = self.folder / "targets" / roles.INDEX
        try:
            with self._lock, turn(self.folder), self._source, _telling(self._source):
                raw = self._need(self._fresh(), roles.INDEX, lambda one: _read(one, Index, roles.INDEX))
        except Untrusted:
            if not kept.exists():
                raise
            raw = kept.read_bytes()
        return _read(raw, Index, roles.INDEX).products

    def recalls(self) -> tuple[Recall, ...]:
        """Every recall that was ever seen here and holds: drills, and what was undone by enough accreditors, left out."""
        return tuple(kept.recall for kept in self._recalls if kept.holds)

    def kept_recalls(self) -> tuple[KeptRecall, ...]:
        """All recalls and drills ever seen, with since when they are known here, and what became of each since."""
        return self._recalls

    def state(self) -> CatalogueState:
        """How fresh all this is."""
        return self._state

    def list_version(self) -> int:
        """The version of the recall role as last verified; 0 where none was."""
        try:
            return Metadata[Targets].from_bytes((self.metadata / f"{roles.RECALL}.json").read_bytes()).signed.version
        except FileNotFoundError:
            return 0

    def bins(self) -> tuple[str, ...]:
        """The names of all bins, as the catalogue role last verified has them."""
        raw = (self.metadata / f"{roles.CATALOGUE}.json").read_bytes()
        delegations = Metadata[Targets].from_bytes(raw).signed.delegations
        succinct = None if delegations is None else delegations.succinct_roles
        return () if succinct is None else tuple(succinct.get_roles())

    def fetch_bins(self) -> None:
        """Fetch and verify every bin, as whoever hands the catalogue on must. Raises Untrusted."""
        with self._lock, turn(self.folder), self._source, _telling(self._source):
            updater = self._fresh()
            for name in self.bins():
                updater._load_targets(name, roles.CATALOGUE)  # noqa: SLF001  else one is fetched for a product alone

    def entry(self, product: str) -> Entry:
        """A product's entry. Raises NotFound when it is not listed, Untrusted when nothing fresh can be had."""
        need_product(product)
        path = roles.entry_path(product)
        with self._lock, turn(self.folder), self._source, _telling(self._source):
            raw = self._fetch(self._fresh(), path)
        if raw is None:
            raise NotFound("the catalogue does not list this product", where=product, remedy="check its id")
        entry = _read(raw, Entry, path)
        if entry.product != product:
            raise untrusted(Fault.wrong_bytes, path, f"the entry of {entry.product}")
        return entry

    def advisories(self) -> bytes | None:
        """The signed set of known vulnerabilities that the catalogue carries; None where it has none. Raises Untrusted."""
        path = roles.ADVISORIES
        with self._lock, turn(self.folder), self._source, _telling(self._source):
            kept = self.folder / "targets" / path
            return target(self._fresh(), self._source, path, kept, most_bytes=roles.LARGEST_ADVISORIES_BYTES)

    def package(self, listed: Listed, into: Path | None = None) -> bytes:
        """The package's bytes, of the listed size and SHA-256 and no other; also written to the file `into`."""
        path = roles.package_path(listed.package_sha256)
        with self._parcels_lock, self._parcels, _telling(self._parcels):
            raw = self._parcels.download_bytes(path, listed.package_size)
        if len(raw) != listed.package_size or hashlib.sha256(raw).hexdigest() != listed.package_sha256:
            raise untrusted(Fault.wrong_bytes, path, f"{len(raw)} bytes, SHA-256 {hashlib.sha256(raw).hexdigest()}")
        if into is not None:
            write_private(into, raw)
        return raw

    def _refresh(self) -> Updater:
        try:
            with _telling(self._source):
                updater = self._verified()
        except Untrusted as fault:
            self._recalls = read_recalls(self.folder)  # another process may have seen more
            self._settle(self._state.after(fault))
            raise
        self._updater = updater
        self._settle(CatalogueState(self._clock(), _expires(updater), as_of=_as_of(updater)))
        return updater

    def _verified(self) -> Updater:
        now = self._clock()
        updater = self._new_updater()
        updater.refresh()
        listed = _read(self._need(updater, roles.RECALLS), RecallList, roles.RECALLS)
        self._recalls = keep_recalls(self.folder, listed.recalls, now)  # before all else: a recall waits for nothing
        trust = _trust(self._need(updater, roles.ACCREDITORS, _trust))
        if listed.reinstatements:
            self._recalls = keep_undone(self.folder, undone(listed.reinstatements, trust, now))
        _need_clock(_as_of(updater), now)
        return updater

    def _new_updater(self) -> Updater:
        return opened(self.metadata, self._source, self._root, self._clock())

    def _fresh(self) -> Updater:
        if self._updater is not None and self._state.is_fresh(self._clock()):
            return self._updater
        return self._refresh()

    def _known(self, path: str) -> bytes:
        kept = self.folder / "targets" / path
        if not kept.exists():
            self.refresh()
        return kept.read_bytes()

    def _need(self, updater: Updater, path: str, check: Callable[[bytes], object] = len) -> bytes:
        raw = self._fetch(updater, path, check)
        if raw is None:
            raise untrusted(Fault.missing, path, "no role lists it")
        return raw

    def _fetch(self, updater: Updater, path: str, check: Callable[[bytes], object] = len) -> bytes | None:
        """The target's verified bytes, from the site's own copy where that is the one meant; None when not listed."""
        return target(updater, self._source, path, self.folder / "targets" / path, check)

    def _settle(self, state: CatalogueState) -> None:
        self._state = state
        keep_state(self.folder, state)


@contextmanager
def _telling(source: Source) -> Iterator[None]:
    """Foreign exceptions end here; whatever is not understood counts as not believed."""
    try:
        yield
    except (RepositoryError, DownloadError, ValueError) as fault:
        raise told(fault, source.asked) from fault


@lru_cache(maxsize=8)
def _need_root(root: bytes) -> None:
    try:
        metadata = Metadata[Root].from_bytes(root)
        metadata.signed.verify_delegate(roles.ROOT, metadata.signed_bytes, metadata.signatures)
    except (RepositoryError, ValueError, AttributeError) as fault:
        raise CallerError(
            "this is no root of a catalogue",
            expected="the root.json that the centre handed over",
            got=str(fault),
            remedy="ask the centre for the file, by another way than its web address",
        ) from fault


def _expires(updater: Updater) -> datetime:
    signed = updater._trusted_set  # noqa: SLF001  the updater tells nobody until when its word holds
    return min(one.expires for one in signed)


def _as_of(updater: Updater) -> datetime | None:
    """When the centre signed what is known now, as the verified timestamp says."""
    return signed_at(updater._trusted_set.timestamp.unrecognized_fields)  # noqa: SLF001  the updater tells nobody


def _need_clock(as_of: datetime | None, now: datetime) -> None:
    """A clock that is behind takes what is out of date for fresh: nothing new is installed by it."""
    if as_of is not None and as_of > now + _SKEW:
        got = f"{now:%Y-%m-%d %H:%M} UTC, the signature's {as_of:%Y-%m-%d %H:%M}"
        raise untrusted(Fault.wrong_clock, "metadata/timestamp.json", got)


def _trust(raw: bytes) -> Trust:
    try:
        return Trust.from_bytes(raw)
    except BadTrust as fault:
        raise untrusted(Fault.unreadable, roles.ACCREDITORS, str(fault)) from fault


def _read(raw: bytes, kind: type[T], path: str) -> T:
    try:
        return read(raw, kind)
    except NotPublished as fault:
        raise untrusted(Fault.unreadable, path, str(fault)) from fault
