"""What a check goes by beside the product: known vulnerabilities and the version before, from files or from a store's catalogue."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tabard.accreditation import (
    AdvisorySet,
    CouldNot,
    no_advisories,
    open_advisories,
    read_advisories,
    vouched_advisories,
)
from tabard.catalogue import LARGEST_ADVISORIES_BYTES, Client
from tabard.cli.product_files import package_in, read_file
from tabard.ground.errors import CallerError, NotFound
from tabard.ground.keys import PublicKey
from tabard.product import Package, read_package

_LARGEST_KEY_BYTES = 16 * 1024
_LARGEST_ROOT_BYTES = 1024 * 1024
_STORES_ROOT, _STORES_CATALOGUE = "root.json", Path("catalogue") / "public"


@dataclass(frozen=True, slots=True)
class Sources:
    """Where to look, as the command line says: files, or a store's catalogue and the root by which it is believed."""

    advisories: Path | None = None
    advisories_key: Path | None = None
    before: Path | None = None
    store: str | None = None
    root: Path | None = None


class GoneBy:
    """What was found there. A file that was named goes before what the catalogue has."""

    def __init__(self, sources: Sources, client: Client | None) -> None:
        self._client = client
        self._before = sources.before
        self.advisories: AdvisorySet | CouldNot = self._known(sources)

    def knows(self) -> AdvisorySet | CouldNot:
        """The advisories, or why there are none that judge."""
        return self.advisories

    def before(self, package: Package) -> Package | None:
        """The version before: the file that was named, or else the newest older one that the catalogue lists."""
        if self._before is not None:
            return package_in(self._before)
        if self._client is None:
            return None
        try:
            versions = self._client.entry(package.manifest.id).versions
        except NotFound:
            return None
        mine = _numbers(package.manifest.version)
        older = [one for one in versions if _numbers(one.version) < mine]
        newest = max(older, key=lambda one: _numbers(one.version), default=None)
        return None if newest is None else read_package(self._client.package(newest))

    def _known(self, sources: Sources) -> AdvisorySet | CouldNot:
        now = datetime.now(UTC)
        key = None if sources.advisories_key is None else _public(sources.advisories_key)
        if sources.advisories is not None:
            if key is None:
                raise CallerError(
                    "a set and the key that signed it go together", where="--advisories, --advisories-key"
                )
            return read_advisories(read_file(sources.advisories, LARGEST_ADVISORIES_BYTES), (key,), now)
        if self._client is None:
            if key is not None:
                raise CallerError("a key without a set", where="--advisories-key", remedy="say --advisories or --store")
            return no_advisories()
        raw = self._client.advisories()
        if raw is None:
            return no_advisories()
        if key is not None:
            open_advisories(raw, now, (key,))  # both must vouch for it: the catalogue, and whoever made the set
        return vouched_advisories(raw, now)


@contextmanager
def gone_by(sources: Sources) -> Iterator[GoneBy]:
    """What a check goes by; a catalogue is verified anew, and kept nowhere. Raises CallerError, Untrusted."""
    if sources.store is None:
        if sources.root is not None:
            raise CallerError("a root without a store", where="--root", remedy="say --store URL|DIR too")
        yield GoneBy(sources, None)
        return
    source, root = _place(sources.store, sources.root)
    with TemporaryDirectory(prefix="tabard-") as folder:
        yield GoneBy(sources, Client(Path(folder), source, root))


def _place(store: str, root: Path | None) -> tuple[str, bytes]:
    """The catalogue and its pinned root; a store's own folder has both in it."""
    folder = Path(store)
    is_stores_own = (folder / _STORES_CATALOGUE).is_dir()
    if root is None and not is_stores_own:
        raise CallerError(
            "a catalogue is believed by its root alone",
            where="--root",
            expected="the root.json that the centre handed over",
            remedy="say --root FILE beside --store",
        )
    raw = read_file(root or folder / _STORES_ROOT, _LARGEST_ROOT_BYTES)
    return (str(folder / _STORES_CATALOGUE) if is_stores_own else store), raw


def _public(path: Path) -> PublicKey:
    return PublicKey.from_pem(read_file(path, _LARGEST_KEY_BYTES).decode("utf-8", "replace"))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
