"""The folder of a hospital: what lies where, and how it is begun."""

from dataclasses import dataclass
from pathlib import Path

from tabard.ground.ids import new_key
from tabard.ground.private_files import write_private
from tabard.hospital.errors import BadSettings

KEYS = ("ids.key", "session.key")
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Folder:
    """The places in one hospital's folder."""

    root: Path

    @property
    def database(self) -> Path:
        """Accounts, sessions, installs and their evidence."""
        return self.root / "hospital.db"

    @property
    def links(self) -> Path:
        """A file of settings for each link."""
        return self.root / "links"

    @property
    def audit(self) -> Path:
        """The audit's chains."""
        return self.root / "audit"

    @property
    def products(self) -> Path:
        """The files of installed products: `<id>/<SHA-256 of the package>/`, read-only."""
        return self.root / "products"

    @property
    def catalogue(self) -> Path:
        """What is kept of the centre's catalogue, a folder for each first root that was ever trusted."""
        return self.root / "catalogue"

    @property
    def keys(self) -> Path:
        """Secret keys; only the hospital's own user may enter."""
        return self.root / "keys"

    @property
    def ids_key(self) -> bytes:
        """The key under which ids of the record are made."""
        return self._key("ids.key")

    @property
    def session_key(self) -> bytes:
        """The key under which cookies and forms are sealed."""
        return self._key("session.key")

    def begin(self) -> None:
        """Make what is missing: folders, and fresh keys. A key that is there already is left alone."""
        for place in (self.root, self.links, self.audit, self.keys):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in KEYS:
            if not (self.keys / name).exists():
                write_private(self.keys / name, new_key())

    def _key(self, name: str) -> bytes:
        path = self.keys / name
        key = path.read_bytes() if path.is_file() else b""
        if len(key) != _KEY_BYTES:
            raise BadSettings(
                "the key is missing or damaged",
                where=str(path),
                expected=f"{_KEY_BYTES} bytes",
                got=f"{len(key)} bytes",
                remedy="restore it from the hospital's backup; a new key would give every patient a new id",
            )
        return key
