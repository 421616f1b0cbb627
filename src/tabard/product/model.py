"""What a product says of itself."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Kind(StrEnum):
    """What a part is. An app is a web page launched with a context."""

    app = "app"


class Context(StrEnum):
    """What an app is launched with."""

    patient = "patient"
    encounter = "encounter"
    ward = "ward"
    none = "none"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a product; `launch` and `start` are pages in the product's folder, `scopes` SMART scopes."""

    kind: Kind
    title: str
    launch: str
    start: str
    context: Context
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """A product's `tabard.toml`, read and found whole; `publisher` is an ODS code."""

    folder: Path
    id: str
    name: str
    version: str
    publisher: str
    summary: str
    parts: tuple[Part, ...]
