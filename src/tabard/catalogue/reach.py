"""The centre's book of sites: whose receipts are taken, and how far a recall has come, site by site, by name."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Engine,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

from tabard.catalogue.model import Level, Recall
from tabard.catalogue.receipts import Because, Here, NotReceived, Receipt, Standing, open_receipt
from tabard.database import engine
from tabard.ground.errors import CallerError
from tabard.ground.keys import PublicKey
from tabard.ground.time import Clock, from_us, system_clock, to_us

_GAP = timedelta(seconds=5)
"""A site's receipts are taken no oftener."""

_AHEAD = timedelta(hours=1)
_KEPT = 20
"""How many receipts of a site are kept as they came, for whoever wants to look back."""

_SITE = re.compile(r"[A-Z0-9]{3,10}")
_METADATA = MetaData()
_SITES = Table(
    "site",
    _METADATA,
    Column("id", String, primary_key=True),
    Column("name", Text, nullable=False),
    Column("keyid", String, nullable=False, unique=True),
    Column("pem", Text, nullable=False),
    Column("enrolled_us", BigInteger, nullable=False),
    Column("heard_us", BigInteger),
    Column("number", BigInteger, nullable=False),
    Column("list_version", BigInteger, nullable=False),
    Column("products", Text, nullable=False),
)
_RECEIPTS = Table(
    "receipt",
    _METADATA,
    Column("site", String, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("heard_us", BigInteger, nullable=False),
    Column("envelope", LargeBinary, nullable=False),
)


@unique
class How(StrEnum):
    """How far a recall has come at a site."""

    acted = "acted"
    reached = "reached"
    behind = "behind"
    silent = "silent"


@dataclass(frozen=True, slots=True)
class Site:
    """A site that is enrolled: its ODS code, its name, when it was last heard, which list of recalls it then knew."""

    id: str
    name: str
    keyid: str
    heard: datetime | None
    list_version: int
    products: tuple[Here, ...]


@dataclass(frozen=True, slots=True)
class At:
    """How far a recall has come at one site."""

    site: str
    name: str
    how: How
    heard: datetime | None


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a recall has come: `acted`, known but not acted on, heard of without it, or `silent` since it was issued."""

    recall: str
    is_drill: bool
    sites: tuple[At, ...]

    def named(self, how: How) -> tuple[str, ...]:
        """The sites by name at which it is so."""
        return tuple(one.name for one in self.sites if one.how is how)


class Sites:
    """The book in `folder` (a file of its own beside the catalogue). Threads and processes may share it."""

    def __init__(self, folder: Path, clock: Clock = system_clock) -> None:
        self._engine: Engine = engine(folder / "sites.db")
        self._clock = clock
        _METADATA.create_all(self._engine)

    def close(self) -> None:
        """Close its connections."""
        self._engine.dispose()

    def enrol(self, site: str, name: str, key: PublicKey) -> Site:
        """Take this site's receipts from now on; again with another key lets that one take the other's place.

        Raises CallerError for no ODS code, no name, or a key that is enrolled for another site.
        """
        site, name = site.strip().upper(), name.strip()
        if not _SITE.fullmatch(site) or not name:
            raise CallerError("a site has an ODS code and a name", where=site[:20], expected="such as RXX and its name")
        with self._engine.begin() as connection:
            other = connection.execute(select(_SITES.c.id).where(_SITES.c.keyid == key.keyid)).scalar()
            if other not in {None, site}:
                raise CallerError(
                    "this key is enrolled already", where=str(other), remedy="make a key for this site alone"
                )
            told = {"name": name, "keyid": key.keyid, "pem": key.pem}
            if not connection.execute(update(_SITES).where(_SITES.c.id == site).values(told)).rowcount:
                fresh = {
                    "id": site,
                    "enrolled_us": to_us(self._clock()),
                    "number": 0,
                    "list_version": 0,
                    "products": "[]",
                }
                connection.execute(insert(_SITES).values(told | fresh))
        return next(one for one in self.all() if one.id == site)

    def all(self) -> tuple[Site, ...]:
        """Every site that is enrolled, by name."""
        with self._engine.begin() as connection:
            return tuple(map(_site, connection.execute(select(_SITES).order_by(_SITES.c.name, _SITES.c.id)).all()))

    def receive(self, raw: bytes) -> Receipt:
        """Take a receipt that was sent or carried here. Raises NotReceived with its reason; then nothing was kept."""
        receipt, envelope = open_receipt(raw)
        now = self._clock()
        with self._engine.begin() as connection:
            row = connection.execute(select(_SITES).where(_SITES.c.id == receipt.site)).one_or_none()
            if row is None:
                raise NotReceived(Because.unknown_site, "no site of this id is enrolled", got=receipt.site[:20])
            if not envelope.signers([PublicKey(row.keyid, row.pem)]):
                raise NotReceived(Because.not_signed, "the site's key did not sign this", expected=row.keyid[:16])
            _need_turn(receipt, row, now)
            told = {"heard_us": to_us(now), "number": receipt.number, "list_version": receipt.list_version}
            products = msgspec.json.encode(receipt.products).decode()
            connection.execute(update(_SITES).where(_SITES.c.id == receipt.site).values(**told, products=products))
            kept = {"site": receipt.site, "number": receipt.number, "heard_us": to_us(now), "envelope": raw}
            connection.execute(insert(_RECEIPTS).values(kept))
            of = _RECEIPTS.c.site == receipt.site
            newest = select(_RECEIPTS.c.number).where(of).order_by(_RECEIPTS.c.number.desc()).limit(_KEPT)
            connection.execute(delete(_RECEIPTS).where(of, _RECEIPTS.c.number.not_in(newest)))
        return receipt

    def receipts(self, site: str) -> tuple[bytes, ...]:
        """The receipts of that site as they came, the newest first; some twenty are kept."""
        asked = select(_RECEIPTS.c.envelope).where(_RECEIPTS.c.site == site).order_by(_RECEIPTS.c.number.desc())
        with self._engine.begin() as connection:
            return tuple(connection.execute(asked).scalars())

    def reach(self, recall: Recall, list_version: int) -> Reach:
        """How far that recall has come, which the list has had since that version."""
        found = (At(one.id, one.name, _how(one, recall, list_version), one.heard) for one in self.all())
        return Reach(recall.id, recall.is_drill, tuple(found))


def _need_turn(receipt: Receipt, row: Row[Any], now: datetime) -> None:
    """Each receipt once, in order, and not too often: an old one cannot hide a site's silence."""
    if receipt.number <= row.number:
        raise NotReceived(
            Because.replayed,
            "this receipt, or a later one, was here before",
            expected=f"above {row.number}",
            got=str(receipt.number),
        )
    if receipt.made > now + _AHEAD:
        raise NotReceived(
            Because.of_time_to_come, "this receipt is of time to come", remedy="set the site's clock right"
        )
    if row.heard_us is not None and timedelta() <= now - from_us(row.heard_us) < _GAP:
        raise NotReceived(
            Because.too_soon, "a receipt of this site came just now", remedy=f"wait {_GAP.seconds} seconds"
        )


def _how(site: Site, recall: Recall, list_version: int) -> How:
    if site.list_version < list_version:
        return How.behind if site.heard is not None and site.heard >= recall.issued else How.silent
    about = [one for one in site.products if recall.is_about(one.product, one.package_sha256)]
    return How.acted if all(_is_obeyed(one.standing, recall.level) for one in about) else How.reached


def _is_obeyed(standing: Standing, level: Level) -> bool:
    match level:
        case Level.stop:
            return standing is Standing.stopped
        case Level.suspend:
            return standing is not Standing.active
        case _:
            return True


def _site(row: Row[Any]) -> Site:
    heard = None if row.heard_us is None else from_us(row.heard_us)
    products = msgspec.json.decode(row.products, type=tuple[Here, ...])
    return Site(row.id, row.name, row.keyid, heard, row.list_version, products)
