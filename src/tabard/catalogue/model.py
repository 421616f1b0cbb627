"""What a catalogue lists: products, their versions, and recalls."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum, unique
from typing import Any, TypeVar

import msgspec

from tabard.catalogue.errors import NotPublished
from tabard.ground.canonical import canonical
from tabard.ground.errors import InternalError

LARGEST_PACKAGE_BYTES = 64 * 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PRODUCT = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_VERSION = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){2}")
_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listed:
    """A version as listed: its package by SHA-256 and size in bytes, its signed decision and its publisher's release."""

    version: str
    package_sha256: str
    package_size: int
    decision: dict[str, Any]
    release: dict[str, Any]
    published: datetime

    def __post_init__(self) -> None:
        need_digest(self.package_sha256)
        _need_text(self.decision, self.release)
        if not _VERSION.fullmatch(self.version):
            raise NotPublished("this is no version", expected="numbers such as 1.0.0", got=self.version[:80])
        if not 0 < self.package_size <= LARGEST_PACKAGE_BYTES:
            raise NotPublished("a package of this size is not listed", got=f"{self.package_size} bytes")

    @property
    def decision_bytes(self) -> bytes:
        """The decision's envelope as JSON, for `tabard.decision.judge`."""
        return canonical(self.decision)

    @property
    def release_bytes(self) -> bytes:
        """The release's envelope as JSON, always the same text."""
        return canonical(self.release)


@dataclass(frozen=True, slots=True)
class Entry:
    """A product and its accredited versions, newest first: what one target of the catalogue holds."""

    product: str
    name: str
    summary: str
    publisher: str
    versions: tuple[Listed, ...]

    def __post_init__(self) -> None:
        need_product(self.product)
        if not self.versions or len({one.version for one in self.versions}) != len(self.versions):
            raise NotPublished("an entry lists each of its versions once, and one at least", where=self.product)

    @property
    def newest(self) -> Listed:
        """The version that was published last."""
        return self.versions[0]

    def version(self, version: str) -> Listed | None:
        """That version as listed, or None."""
        return next((one for one in self.versions if one.version == version), None)

    def to_bytes(self) -> bytes:
        """The entry as JSON, always the same text."""
        return canonical(msgspec.to_builtins(self))

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Entry":
        """The entry of a JSON text. Raises NotPublished when it is none."""
        return read(raw, cls)


@dataclass(frozen=True, slots=True)
class Summary:
    """A product in short, as the index of all products holds it."""

    product: str
    name: str
    summary: str
    publisher: str
    version: str
    published: datetime

    @classmethod
    def of(cls, entry: Entry) -> "Summary":
        """The entry in short."""
        newest = entry.newest
        return cls(entry.product, entry.name, entry.summary, entry.publisher, newest.version, newest.published)


@unique
class Level(StrEnum):
    """How far a recall goes: told; not installed anew; stopped unless the site's own safety officer answers for it; stopped."""

    advisory = "advisory"
    no_new_installs = "no_new_installs"
    suspend = "suspend"
    stop = "stop"

    @classmethod
    def _missing_(cls, value: object) -> "Level":
        """A level of a newer centre that is not known here is taken for the gravest."""
        del value
        return cls.stop


@dataclass(frozen=True, slots=True)
class Recall:
    """A word from the centre about a product that may be installed: which packages (none named: all), how far, why.

    A drill tries how far a recall reaches and has no effect: it is an advisory on paper too, so that a site which knows no
    drills stops nothing for it. One that says more than that is none.
    `issued` is always a moment that can be compared and shown, whatever was written: no date keeps a recall from holding.
    """

    id: str
    product: str
    packages: tuple[str, ...]
    level: Level
    reason: str
    remedy: str
    issued: datetime
    is_drill: bool = False

    def __post_init__(self) -> None:
        need_product(self.product)
        for sha256 in self.packages:
            need_digest(sha256)
        object.__setattr__(self, "is_drill", self.is_drill and self.level is Level.advisory)
        object.__setattr__(self, "issued", _moment(self.issued))

    def is_about(self, product: str, package_sha256: str) -> bool:
        """Whether this package of this product is meant."""
        return product == self.product and (not self.packages or package_sha256 in self.packages)


@dataclass(frozen=True, slots=True)
class RecallList:
    """The target `recall.json`: recalls, and the signed words by which some of them were undone (DSSE envelopes)."""

    recalls: tuple[Recall, ...] = ()
    reinstatements: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Index:
    """The target `index.json`: all products in short."""

    products: tuple[Summary, ...] = ()


def write(value: RecallList | Index) -> bytes:
    """The list as JSON, always the same text."""
    return canonical(msgspec.to_builtins(value))


def read(raw: bytes, kind: type[T]) -> T:
    """What a JSON text says, as that kind. Fields that are not known are passed over. Raises NotPublished."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, NotPublished, RecursionError) as fault:
        raise NotPublished(f"this is no {kind.__name__.lower()} of a catalogue", got=str(fault)) from fault


def need_product(product: str) -> None:
    """Raises NotPublished where `product` cannot be the id of one."""
    if not _PRODUCT.fullmatch(product):
        raise NotPublished("this is no product's id", expected="a-z, 0-9 and -, 64 at most", got=product[:80])


def need_digest(sha256: str) -> None:
    """Raises NotPublished where `sha256` is none."""
    if not _SHA256.fullmatch(sha256):
        raise NotPublished("this is no SHA-256", expected="64 hexadecimal digits", got=sha256[:80])


def _need_text(*envelopes: dict[str, Any]) -> None:
    """Raises NotPublished where an envelope holds what no signed text can: fractions, or depth beyond measure."""
    try:
        for one in envelopes:
            canonical(one)
    except (InternalError, RecursionError) as fault:
        raise NotPublished("this envelope has no one text", got=type(fault).__name__) from fault


def _moment(told: datetime) -> datetime:
    """The moment in UTC: one without an offset is taken for UTC, one that no calendar here can show for the nearest."""
    aware = told if told.tzinfo else told.replace(tzinfo=UTC)
    return min(max(aware, _FIRST), _LAST).astimezone(UTC)
