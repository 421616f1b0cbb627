"""The folder of a store: what lies where, and how it is begun."""

from dataclasses import dataclass
from pathlib import Path

from tabard.ground.ids import new_key
from tabard.ground.private_files import write_private
from tabard.store.errors import BadSettings

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Folder:
    """The places in one store's folder."""

    root: Path

    @property
    def database(self) -> Path:
        """Publishers, cases and what happened to them, accounts and sessions."""
        return self.root / "store.db"

    @property
    def packages(self) -> Path:
        """Every package that was submitted, by its SHA-256."""
        return self.root / "packages"

    @property
    def evidence(self) -> Path:
        """The bytes of every item of evidence, by their SHA-256."""
        return self.root / "evidence"

    @property
    def catalogue(self) -> Path:
        """The catalogue's online keys and its public files."""
        return self.root / "catalogue"

    @property
    def public(self) -> Path:
        """What anybody may fetch: `metadata`, `targets`, `packages`."""
        return self.catalogue / "public"

    @property
    def root_of_trust(self) -> Path:
        """The first root metadata, which hospitals pin."""
        return self.root / "root.json"

    @property
    def standings(self) -> Path:
        """How the criteria of each drafted decision stood, by the SHA-256 that the decision names."""
        return self.root / "standings"

    @property
    def prints(self) -> Path:
        """Reports on decisions as PDF, by the SHA-256 of the statement and of what was printed; all of it can be made again."""
        return self.root / "prints"

    @property
    def lock(self) -> Path:
        """Held by the one process that serves the store."""
        return self.root / "serving.lock"

    @property
    def session_key(self) -> bytes:
        """The key under which cookies and forms are sealed."""
        path = self._session_key
        key = path.read_bytes() if path.is_file() else b""
        if len(key) != _KEY_BYTES:
            raise BadSettings(
                "the key is missing or damaged",
                where=str(path),
                expected=f"{_KEY_BYTES} bytes",
                got=f"{len(key)} bytes",
                remedy="restore it from the store's backup",
            )
        return key

    def package(self, sha256: str) -> Path:
        """Where the package of that digest lies, or would."""
        return self.packages / f"{sha256}.tabard"

    def begin(self) -> None:
        """Make what is missing: folders, and the key of sessions. A key that is there already is left alone."""
        for place in (self.root, self.packages, self.evidence, self.catalogue, self._session_key.parent):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._session_key.exists():
            write_private(self._session_key, new_key())

    @property
    def _session_key(self) -> Path:
        return self.root / "keys" / "session.key"
