"""The bill of materials is valid, is of this product and version, and names every component and every file with its hash.

Source: CycloneDX 1.6 (ECMA-424), JSON schema, strict; DCB0129 4.2, 2.5 (third-party products).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tabard.accreditation.found import failed, passed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.product import SBOM_NAME, Package, purl_of

FAMILY = Family.licences
CRITERIA = ("tabard/bill-of-materials", "asvs-5.0/15.1.2", "dcb0129-4.2/2.5.1")

_REMEDY = "build the package again: `tabard product build` makes the bill of materials"
_MOST_TOLD = 10


@dataclass(frozen=True, slots=True)
class _Bill:
    """What a bill of materials says: components, and files as (whose, name, hash); whose is "" for the maker's own."""

    product: tuple[str, str, str]
    components: frozenset[tuple[str, str, str, str]]
    files: frozenset[tuple[str, str, str]]


def check(subject: Subject) -> Iterator[Found]:
    """Hold the bill against the schema, then against the package."""
    raw = subject.package.files.get(SBOM_NAME)
    if raw is None:
        yield failed(SBOM_NAME, "a bill of materials", "no such file", _REMEDY)
        return
    looked_at = sha256(raw)
    if fault := _schema_fault(raw):
        yield failed(SBOM_NAME, "CycloneDX 1.6, valid by its strict schema", fault, _REMEDY, looked_at)
        return
    said, true = _said(json.loads(raw)), _true(subject.package)
    wrong = [*_differences(said, true)]
    for place, expected, got in wrong[:_MOST_TOLD]:
        yield failed(f"{SBOM_NAME} {place}", expected, got, _REMEDY, looked_at)
    if not wrong:
        told = f"{len(said.components)} components, {len(said.files)} files"
        yield passed(SBOM_NAME, told, looked_at, *(digest for _, _, digest in true.files))


def _schema_fault(raw: bytes) -> str | None:
    from cyclonedx.schema import SchemaVersion  # noqa: PLC0415  takes a second to import
    from cyclonedx.validation.json import JsonStrictValidator  # noqa: PLC0415  as above

    try:
        fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        return "no JSON in UTF-8"
    return None if fault is None else str(getattr(fault.data, "message", "not valid"))


def _said(bill: dict[str, Any]) -> _Bill:
    product = bill.get("metadata", {}).get("component", {})
    components = bill.get("components", [])
    others = [one for one in components if one["type"] != "file"]
    files = {("", *_file(one)) for one in components if one["type"] == "file"}
    files |= {(one.get("purl", ""), *_file(each)) for one in others for each in one.get("components", [])}
    named = frozenset((one.get("purl", ""), one["name"], one.get("version", ""), _licence(one)) for one in others)
    return _Bill(
        (product.get("name", ""), product.get("version", ""), product.get("purl", "")), named, frozenset(files)
    )


def _file(one: dict[str, Any]) -> tuple[str, str]:
    hashes = {each["alg"]: each["content"] for each in one.get("hashes", [])}
    return one["name"], hashes.get("SHA-256", "no SHA-256")


def _licence(one: dict[str, Any]) -> str:
    return " AND ".join(
        each.get("expression") or each.get("license", {}).get("id", "") for each in one.get("licenses", [])
    )


def _true(package: Package) -> _Bill:
    manifest = package.manifest
    owner = {name: one.purl for one in manifest.components for name in one.files}
    files = {(owner.get(name, ""), name, sha256(raw)) for name, raw in package.files.items() if name != SBOM_NAME}
    components = frozenset((one.purl, one.name, one.version, one.licence) for one in manifest.components)
    return _Bill((manifest.id, manifest.version, purl_of(manifest)), components, frozenset(files))


def _differences(said: _Bill, true: _Bill) -> Iterator[tuple[str, str, str]]:
    if said.product != true.product:
        yield "metadata.component", " ".join(true.product), " ".join(said.product)
    for one in sorted(true.components - said.components):
        yield "components", " ".join(one), "not named so"
    for one in sorted(said.components - true.components):
        yield "components", "the manifest's components alone", " ".join(one)
    for whose, name, digest in sorted(true.files - said.files):
        yield "components", f"{name} ({whose or 'own'}) with SHA-256 {digest[:16]}…", "not named so"
    for whose, name, digest in sorted(said.files - true.files):
        yield "components", "the package's files alone", f"{name} ({whose or 'own'}) with SHA-256 {digest[:16]}…"
