"""The centre that a hospital trusts, pinned by its first root."""

from pathlib import Path
from threading import Lock

from tabard.catalogue import CatalogueState, Client, Recall
from tabard.ground.time import Clock
from tabard.hospital.errors import NoCentre
from tabard.hospital.folder import Folder
from tabard.hospital.model import Pinned

ROOT = "root.json"
_TRUST = "tabard hospital trust DIR --catalogue URL --root FILE"


class Centre:
    """Whose catalogue this hospital trusts; nobody's until it was told. Threads and processes may share one."""

    def __init__(self, place: Folder, pinned: Pinned | None, clock: Clock) -> None:
        self.pinned = pinned
        self._place = place
        self._clock = clock
        self._client: Client | None = None
        self._lock = Lock()

    @property
    def client(self) -> Client:
        """The catalogue. Raises NoCentre."""
        with self._lock:
            if self._client is None:
                self._client = self._open()
            return self._client

    @property
    def state(self) -> CatalogueState | None:
        """When the catalogue was last had, until when that is fresh, and what went wrong; None without a centre."""
        return None if self.pinned is None else self.client.state()

    @property
    def recalls(self) -> tuple[Recall, ...]:
        """Every recall that was ever seen here; none without a centre."""
        return () if self.pinned is None else self.client.recalls()

    def at(self, source: str) -> Client:
        """The same catalogue, had from elsewhere this once: a stick, say. What it brings is kept as from the pinned place."""
        return self._open(source)

    def _open(self, source: str | None = None) -> Client:
        if self.pinned is None:
            raise NoCentre("this hospital trusts no centre yet", where=str(self._place.root), remedy=_TRUST)
        folder = folder_of(self._place, self.pinned)
        try:
            root = (folder / ROOT).read_bytes()
        except OSError as fault:
            raise NoCentre("the centre's root is lost", where=str(folder / ROOT), remedy=_TRUST) from fault
        place = source or self.pinned.source
        return Client(folder / "client", place, root, self._clock, channel=self.pinned.channel)


def folder_of(place: Folder, pinned: Pinned) -> Path:
    """Where the catalogue of that centre is kept."""
    return place.catalogue / pinned.root_sha256
