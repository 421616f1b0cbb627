"""What a product says of itself."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a part is. An app is a web page launched with a context."""

    app = "app"


class Context(StrEnum):
    """What an app is launched with."""

    patient = "patient"
    encounter = "encounter"
    ward = "ward"
    none = "none"


class Allow(StrEnum):
    """What a part's pages may do beyond the strictest policy; each loosens the policy of the product's origin."""

    data_images = "data-images"
    blob_images = "blob-images"
    inline_styles = "inline-styles"
    workers = "workers"
    wasm = "wasm"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a product; `launch` and `start` are pages in the product's folder, `scopes` SMART scopes."""

    kind: Kind
    title: str
    launch: str
    start: str
    context: Context
    scopes: tuple[str, ...]
    allows: tuple[Allow, ...] = ()


@dataclass(frozen=True, slots=True)
class Component:
    """Somebody else's part inside the product: `licence` an SPDX expression, `files` its files in the product's folder."""

    name: str
    version: str
    licence: str
    purl: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SafetyOfficer:
    """The publisher's clinical safety officer: `register` is where they are registered (GMC, NMC, ...), with their number."""

    name: str
    register: str
    number: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A product's `tabard.toml`, read and found whole.

    `publisher` is an ODS code, `licence` an SPDX expression, `hazards` the name of the hazard log in the product's folder.
    What only accreditation asks for may be unsaid ("" or None): `owed` tells what is. `leave_out` names files and
    folders (ending in `/`) that `build` does not take into the package.
    """

    id: str
    name: str
    version: str
    publisher: str
    parts: tuple[Part, ...]
    summary: str = ""
    licence: str = ""
    intended_use: str = ""
    hazards: str = "hazards.toml"
    safety_officer: SafetyOfficer | None = None
    components: tuple[Component, ...] = ()
    leave_out: tuple[str, ...] = ()
