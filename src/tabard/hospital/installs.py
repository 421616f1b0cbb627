"""Installs: which products are here, where their files are, and what the gateway may grant them."""

from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine, Row, delete, insert, select

from tabard.gateway import Client
from tabard.ground.errors import NotFound
from tabard.ground.time import Clock, from_us, to_us
from tabard.hospital.errors import BadProduct
from tabard.hospital.files_digest import digest_of
from tabard.hospital.model import Install
from tabard.hospital.tables import INSTALLS
from tabard.product import Manifest, Part, read_manifest


class Installs:
    """The installed products. The gateway's port `ClientRegistry`."""

    def __init__(self, engine: Engine, base_url: str, clock: Clock) -> None:
        self._engine = engine
        self._base = urlsplit(base_url)
        self._clock = clock

    def install(self, folder: Path) -> Install:
        """Install the product in `folder` (its files stay there), in place of an earlier version of it.

        Raises what `examined` raises. The manifest's id is fit for the label of its origin's host name: read_manifest
        lets no other pass. Source: RFC 1123, 2.1.
        """
        folder = folder.resolve()
        manifest, app, digest = examined(folder)
        row = {
            "id": manifest.id,
            "title": app.title,
            "name": manifest.name,
            "version": manifest.version,
            "publisher": manifest.publisher,
            "context": str(app.context),
            "folder": str(folder),
            "digest": digest,
            "launch": app.launch,
            "start": app.start,
            "scopes": " ".join(app.scopes),
            "installed_us": to_us(self._clock()),
        }
        with self._engine.begin() as connection:
            connection.execute(delete(INSTALLS).where(INSTALLS.c.id == manifest.id))
            connection.execute(insert(INSTALLS).values(row))
        return self.get(manifest.id)

    def all(self) -> tuple[Install, ...]:
        """Every install, by title."""
        with self._engine.begin() as connection:
            rows = connection.execute(select(INSTALLS).order_by(INSTALLS.c.title, INSTALLS.c.id)).all()
        return tuple(map(self._install, rows))

    def get(self, product: str) -> Install:
        """The install of that product. Raises NotFound."""
        found = self.find(product)
        if found is None:
            raise NotFound("no such product is installed here", remedy="look at the list of products")
        return found

    def find(self, product: str) -> Install | None:
        """The install of that product, or None."""
        with self._engine.begin() as connection:
            row = connection.execute(select(INSTALLS).where(INSTALLS.c.id == product)).one_or_none()
        return None if row is None else self._install(row)

    def client(self, client_id: str) -> Client | None:
        """The product as the gateway knows it, by its id; None when it is not installed."""
        found = self.find(client_id)
        if found is None:
            return None
        return Client(
            id=found.id,
            name=found.title,
            launch_uri=found.launch_uri,
            redirect_uris=(found.redirect_uri,),
            origin=found.origin,
            scopes=found.scopes,
        )

    def is_changed(self, install: Install) -> bool:
        """Whether the files are other than those installed."""
        try:
            return digest_of(install.folder) != install.digest
        except (BadProduct, OSError):
            return True

    def _install(self, row: Row[tuple[str, ...]]) -> Install:
        origin = f"{self._base.scheme}://{row.id}.{self._base.netloc}"
        installed: datetime = from_us(row.installed_us)
        return Install(
            id=row.id,
            title=row.title,
            name=row.name,
            version=row.version,
            publisher=row.publisher,
            context=row.context,
            folder=Path(row.folder),
            digest=row.digest,
            origin=origin,
            launch_uri=f"{origin}/{row.launch}",
            redirect_uri=f"{origin}/{row.start}",
            scopes=row.scopes,
            installed=installed,
        )


def examined(folder: Path) -> tuple[Manifest, Part, str]:
    """What an install keeps of the product in `folder`: its manifest, its app and its files' digest.

    Raises BadProduct when it has no app part or holds a symbolic link; what read_manifest raises passes.
    """
    manifest = read_manifest(folder)
    return manifest, _app_of(manifest), digest_of(folder)


def _app_of(manifest: Manifest) -> Part:
    for part in manifest.parts:
        if part.kind == "app":
            return part
    raise BadProduct(
        "the product has no part that can be launched", where="tabard.toml", expected='[[part]] kind="app"'
    )
