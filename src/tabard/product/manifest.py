"""Reading `tabard.toml`: all that is wrong is told together, and unknown keys are refused."""

import tomllib
from pathlib import Path, PurePosixPath
from typing import Any

from tabard.fhir.scopes import BadScope, parse
from tabard.product.errors import BadManifest, Fault
from tabard.product.model import Context, Kind, Manifest, Part
from tabard.product.reading import Check, Table, matching, one_of

FILE_NAME = "tabard.toml"

_ID = matching(r"[a-z][a-z0-9-]{0,61}[a-z0-9]", "2 to 63 small letters, digits and hyphens, a letter first")
_VERSION = matching(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}", "three numbers such as 1.0.0")
_PUBLISHER = matching(r"[A-Z0-9]{3,10}", "an ODS code such as RZZ")


def read_manifest(folder: Path) -> Manifest:
    """What the product in `folder` says of itself.

    Raises BadManifest with every fault of its `tabard.toml`, or when there is no such file or it is no TOML.
    """
    faults: list[Fault] = []
    manifest = _manifest(folder, Table(_toml(folder / FILE_NAME), "", faults), faults)
    if faults or manifest is None:
        raise BadManifest.of(FILE_NAME, tuple(faults))
    return manifest


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadManifest("a product has a manifest", where=str(path), got="no such file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise BadManifest("the manifest is not TOML", where=FILE_NAME, got=str(fault)) from fault


def _manifest(folder: Path, table: Table, faults: list[Fault]) -> Manifest | None:
    told = {
        "id": table.text("id", _ID),
        "name": table.text("name"),
        "version": table.text("version", _VERSION),
        "publisher": table.text("publisher", _PUBLISHER),
        "summary": table.text("summary", default=""),
    }
    parts = tuple(_part(folder, part, faults) for part in table.tables("part"))
    table.finish()
    return None if faults else Manifest(folder=folder, parts=tuple(part for part in parts if part), **told)


def _part(folder: Path, table: Table, faults: list[Fault]) -> Part | None:
    kind = table.text("kind", one_of(Kind))
    title = table.text("title")
    launch, start = (table.text(key, _page_in(folder)) for key in ("launch", "start"))
    context = table.text("context", one_of(Context))
    scopes = table.texts("scopes", _scope)
    table.finish()
    return None if faults else Part(Kind(kind), title, launch, start, Context(context), scopes)


def _page_in(folder: Path) -> Check:
    """A check that the text names a file inside the folder, by a relative path without `..`."""

    def check(value: str) -> str | None:
        path = PurePosixPath(value)
        if path.is_absolute() or ".." in path.parts or "\\" in value:
            return "a path inside the product's folder"
        return None if (folder / path).is_file() else "a file of the product"

    return check


def _scope(value: str) -> str | None:
    try:
        parse(value)
    except BadScope:
        return "a SMART scope such as user/Encounter.rs"
    return "one scope a text" if " " in value else None
