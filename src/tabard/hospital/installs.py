"""Installs: which products are here and may be opened, where their files are, and what the gateway may grant them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine, Row, Select, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from tabard.gateway import Client
from tabard.ground.errors import NotFound
from tabard.ground.time import Clock, to_us
from tabard.hospital.errors import BadProduct, NotForTrials
from tabard.hospital.evidence import Evidence
from tabard.hospital.files_digest import digest_of
from tabard.hospital.integrity import Integrity
from tabard.hospital.model import Install, State, Stop, Why
from tabard.hospital.rows import Reading, evidence_of, evidence_row, install_row
from tabard.hospital.tables import EVIDENCE, INSTALLS
from tabard.hospital.trial import app_of, examined
from tabard.product import FILE_NAME, Outside, Package

_HERE = INSTALLS.c.state != State.uninstalled


@dataclass(frozen=True, slots=True)
class Owed:
    """A product whose tokens are to be ended: why in a word, and how often it was stopped since they last were."""

    product: str
    why: str
    times: int


class Installs:
    """The installed products. The gateway's port `ClientRegistry`. Every look is at the database: other processes write it too."""

    def __init__(self, engine: Engine, base_url: str, clock: Clock, *, for_trials: bool = False) -> None:
        self._engine = engine
        self._reading = Reading(urlsplit(base_url), for_trials)
        self._clock = clock
        self._integrity = Integrity()

    def install(self, folder: Path) -> Install:
        """Install the product in `folder` on trial (its files stay there), in place of an earlier version of it.

        Raises NotForTrials, and what `examined` raises. The manifest's id is fit for the label of its origin's host
        name: read_manifest lets no other pass. Source: RFC 1123, 2.1.
        """
        folder = folder.resolve()
        manifest, app, digest = examined(folder)
        if not self._reading.for_trials:
            raise NotForTrials(
                "nobody has accredited this product",
                where=str(folder),
                expected="a hospital for trials, or a product of the catalogue",
                remedy="make a hospital for trials by `tabard hospital init --for-trials`; or have the product accredited",
            )
        names = {path.relative_to(folder).as_posix(): "" for path in folder.rglob("*") if path.is_file()}
        row = install_row(manifest, app, folder, names, to_us(self._clock()))
        text = (folder / FILE_NAME).read_text()
        self._put(row | {"digest": digest, "sha256": "", "evidence": None, "manifest": text}, None)
        return self.get(manifest.id)

    def put(self, package: Package, folder: Path, digests: dict[str, str], evidence: Evidence) -> Install:
        """Let the package whose files are in `folder` be the product from now on, with the evidence that it may."""
        manifest = package.manifest
        row = install_row(manifest, app_of(manifest), folder, digests, to_us(self._clock()))
        text = package.files[FILE_NAME].decode()
        self._put(row | {"digest": package.sha256, "sha256": package.sha256, "manifest": text}, evidence)
        return self.get(manifest.id)

    def uninstall(self, product: str) -> Install:
        """Let the product be here no more; its evidence stays. Raises NotFound."""
        install = self.get(product)
        with self._engine.begin() as connection:
            self._end(connection, product, "uninstalled")
            values = {"state": State.uninstalled, "reason": "", "words": "", "remedy": "", "owed": INSTALLS.c.owed + 1}
            connection.execute(update(INSTALLS).where(INSTALLS.c.id == product).values(values))
        return install

    def stop(self, install: Install, stop: Stop) -> None:
        """Let this package of the product be opened no more. Another that took its place meanwhile goes on."""
        told = {"reason": stop.why, "words": stop.words, "remedy": stop.remedy}
        values = {"state": State.stopped, **told, "owed": INSTALLS.c.owed + 1}
        of = (INSTALLS.c.id == install.id, INSTALLS.c.sha256 == install.sha256, _HERE)
        with self._engine.begin() as connection:
            connection.execute(update(INSTALLS).where(*of).values(values))

    def resume(self, install: Install) -> None:
        """Let a package that was suspended be opened again: somebody here answers for it. Nothing else that stopped it ends."""
        of = (
            INSTALLS.c.id == install.id,
            INSTALLS.c.sha256 == install.sha256,
            INSTALLS.c.reason == Why.suspended,
            _HERE,
        )
        with self._engine.begin() as connection:
            values = {"state": State.active, "reason": "", "words": "", "remedy": ""}
            connection.execute(update(INSTALLS).where(*of).values(values))

    def all(self) -> tuple[Install, ...]:
        """Every install that is here, by title."""
        asked = select(INSTALLS).where(_HERE).order_by(INSTALLS.c.title, INSTALLS.c.id)
        return tuple(map(self._reading.install, self._rows(asked)))

    def get(self, product: str) -> Install:
        """The install of that product. Raises NotFound."""
        found = self.find(product)
        if found is None:
            raise NotFound("no such product is installed here", remedy="look at the list of products")
        return found

    def find(self, product: str) -> Install | None:
        """The install of that product, or None."""
        rows = self._rows(select(INSTALLS).where(INSTALLS.c.id == product, _HERE))
        return self._reading.install(rows[0]) if rows else None

    def client(self, client_id: str) -> Client | None:
        """The product as the gateway knows it, by its id; None when it is not installed or is stopped."""
        found = self.find(client_id)
        if found is None or not found.is_active:
            return None
        return Client(
            id=found.id,
            name=found.title,
            launch_uri=found.launch_uri,
            redirect_uris=(found.redirect_uri,) if found.redirect_uri else (),
            origin=found.origin,
            scopes=found.scopes,
        )

    def outside(self, product: str) -> tuple[Outside, ...]:
        """The hosts outside that a product which can be opened here declares; none of any other."""
        found = self.find(product)
        return found.manifest.outside if found is not None and found.is_active and found.manifest is not None else ()

    def checked(self, product: str) -> Install:
        """The install as it is once its files were looked at: one whose files have changed is stopped. Raises NotFound."""
        install = self.get(product)
        fault = None if install.is_trial or not install.is_active else self._integrity.fault_of(install)
        if fault is not None:
            self.stop(install, files_changed(fault))
        return install if fault is None else self.get(product)

    def all_checked(self) -> tuple[Install, ...]:
        """Every install that is here, its files looked at."""
        return tuple(self.checked(one.id) for one in self.all())

    def is_changed(self, install: Install) -> bool:
        """Whether the files of a product on trial are other than those installed."""
        try:
            return install.is_trial and digest_of(install.folder) != install.digest
        except (BadProduct, OSError):
            return True

    def evidence(self, install: Install) -> Evidence | None:
        """What was verified when it was installed; None for a product on trial."""
        rows = self._rows(select(EVIDENCE).where(EVIDENCE.c.seq == install.evidence))
        return evidence_of(rows[0]) if rows else None

    def history(self, product: str) -> tuple[Evidence, ...]:
        """All that was ever verified of a product here, the newest first; also of one that is here no more."""
        asked = select(EVIDENCE).where(EVIDENCE.c.product == product).order_by(EVIDENCE.c.seq.desc())
        return tuple(map(evidence_of, self._rows(asked)))

    def owed(self) -> tuple[Owed, ...]:
        """The products that were stopped or taken away and whose tokens nobody has ended since."""
        asked = select(INSTALLS.c.id, INSTALLS.c.state, INSTALLS.c.reason, INSTALLS.c.owed).where(INSTALLS.c.owed > 0)
        return tuple(Owed(row.id, row.reason or row.state, row.owed) for row in self._rows(asked))

    def settle(self, owed: Owed) -> None:
        """Note that the product's tokens were ended; what was stopped since is still owed."""
        of = (INSTALLS.c.id == owed.product, INSTALLS.c.owed == owed.times)
        with self._engine.begin() as connection:
            connection.execute(update(INSTALLS).where(*of).values(owed=0))

    def _rows(self, asked: Select[Any]) -> Sequence[Row[Any]]:
        with self._engine.begin() as connection:
            return connection.execute(asked).all()

    def _put(self, row: dict[str, Any], evidence: Evidence | None) -> None:
        """The row in place of the one before it, whose evidence is closed, in one transaction."""
        with self._engine.begin() as connection:
            self._end(connection, row["id"], "replaced")
            if evidence is not None:
                kept = insert(EVIDENCE).values(evidence_row(evidence)).returning(EVIDENCE.c.seq)
                row = row | {"evidence": connection.execute(kept).scalar_one()}
            fresh = upsert(INSTALLS).values(**row, owed=0)
            connection.execute(fresh.on_conflict_do_update(["id"], set_=row))  # what is owed stays owed

    def _end(self, connection: Connection, product: str, how: str) -> None:
        open_one = (EVIDENCE.c.product == product, EVIDENCE.c.ended_us.is_(None))
        connection.execute(update(EVIDENCE).where(*open_one).values(ended_us=to_us(self._clock()), ended=how))


def files_changed(fault: str) -> Stop:
    """Why a product whose files have changed is stopped."""
    return Stop(
        Why.files_changed,
        f"Files changed: {fault}. What is here is not what was accredited.",
        "Find out who changed them, then install it again: tabard hospital install.",
    )
