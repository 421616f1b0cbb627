"""Reading `tabard.toml`: all that is wrong is told together, and unknown keys are refused."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from tabard.ground.faults import Fault
from tabard.ground.toml import read_toml
from tabard.product import checks
from tabard.product.errors import BadManifest
from tabard.product.folder import files_in
from tabard.product.model import (
    Allow,
    CareSetting,
    Component,
    Context,
    Declared,
    DeviceClass,
    Hook,
    Kind,
    Manifest,
    Outside,
    Part,
    SafetyOfficer,
    Server,
    Service,
    User,
)
from tabard.product.reading import Table

FILE_NAME = "tabard.toml"

_LARGEST_BYTES = 256 * 1024
_MOST_PREFETCHED = 20
_BOUNDS = {
    "memory_mb": (64, 2048, 256),
    "processes": (4, 256, 32),
    "open_files": (32, 1024, 256),
    "timeout_s": (1, 30, 5),
    "start_s": (1, 120, 20),
}
"""Of each number of a [server]: the least, the most, and what holds where nothing is said."""


def read_manifest(folder: Path) -> Manifest:
    """What the product in `folder` says of itself.

    Raises BadManifest with every fault of its `tabard.toml`, or when there is no such file or it is no TOML.
    """
    try:
        text = (folder / FILE_NAME).read_bytes()
    except OSError:
        raise BadManifest(
            "a product has a manifest",
            where=str(folder / FILE_NAME),
            got="no such file",
            remedy="name a product's folder; `tabard product new` begins one",
        ) from None
    return parse_manifest(text, files_in(folder))


def parse_manifest(text: bytes, files: Collection[str]) -> Manifest:
    """What a `tabard.toml` says of a product whose files are `files` (relative names, `/` between folders). Pure.

    Raises BadManifest with every fault.
    """
    faults: list[Fault] = []
    manifest = _manifest(frozenset(files), Table(_toml(text), "", faults), faults)
    if faults or manifest is None:
        raise BadManifest.of(tuple(faults), FILE_NAME)
    return manifest


def owed(manifest: Manifest) -> tuple[Fault, ...]:
    """What accreditation asks a manifest to say, and this one does not. A product on trial may owe it; one that is judged may not."""
    said = {
        "summary": (manifest.summary, "what the product is for, in a sentence"),
        "licence": (manifest.licence, "the product's own licence as an SPDX expression"),
        "intended_use": (manifest.intended_use, "who uses it, where, for what, and what it is not for"),
        "safety_officer": (manifest.safety_officer, "the publisher's clinical safety officer: name, register, number"),
    }
    return tuple(Fault(key, expected, "nothing") for key, (value, expected) in said.items() if not value)


def _toml(text: bytes) -> dict[str, Any]:
    try:
        return read_toml(text, _LARGEST_BYTES)
    except ValueError as fault:
        raise BadManifest("the manifest is not TOML", where=FILE_NAME, got=str(fault)) from fault


def _manifest(files: frozenset[str], table: Table, faults: list[Fault]) -> Manifest | None:
    told = {
        "id": table.text("id", checks.ID),
        "name": table.text("name", checks.LINE),
        "version": table.text("version", checks.VERSION),
        "publisher": table.text("publisher", checks.PUBLISHER),
        "summary": table.text("summary", checks.LINE, ""),
        "licence": table.text("licence", checks.licence, ""),
        "intended_use": table.text("intended_use", checks.PROSE, ""),
        "hazards": table.text("hazards", checks.file_of(files), "hazards.toml"),
    }
    leave_out = table.texts("leave_out", checks.inside, is_owed=False)
    officer = _officer(table.table("safety_officer"))
    parts = tuple(_part(files, part, faults) for part in table.tables("part", is_owed=True))
    components = tuple(_component(files, one) for one in table.tables("component", is_owed=False))
    server = _server(files, table.table("server"))
    declared = _declared(table.table("declared"), faults)
    outside = tuple(_outside(one) for one in table.tables("outside", is_owed=False))
    _note_hosts_twice(table, outside)
    _note_shared_files(table, components)
    _note_unserved(table, parts, has_server=server is not None)
    table.finish()
    if faults:
        return None
    whole = tuple(part for part in parts if part)
    return Manifest(
        parts=whole,
        safety_officer=officer,
        components=components,
        leave_out=leave_out,
        server=server,
        outside=outside,
        declared=declared,
        **told,
    )


def _officer(table: Table | None) -> SafetyOfficer | None:
    if table is None:
        return None
    officer = SafetyOfficer(*(table.text(key, checks.LINE) for key in ("name", "register", "number")))
    table.finish()
    return officer


def _declared(table: Table | None, faults: list[Fault]) -> Declared | None:
    if table is None:
        return None
    device, because = table.text("device", checks.one_of(DeviceClass)), table.text("because", checks.LINE)
    care, users = table.texts("care", checks.one_of(CareSetting)), table.texts("users", checks.one_of(User))
    for key, said in (("care", care), ("users", users)):
        if not said:
            table.fault(key, "one at the least", None)
    table.finish()
    if faults:
        return None
    return Declared(DeviceClass(device), because, tuple(map(CareSetting, care)), tuple(map(User, users)))


def _part(files: frozenset[str], table: Table, faults: list[Fault]) -> Part | None:
    kind = table.text("kind", checks.one_of(Kind))
    part = _hook(table) if kind == Kind.hook else _app(files, table, faults)
    table.finish()
    return None if faults else part


def _app(files: frozenset[str], table: Table, faults: list[Fault]) -> Part | None:
    title = table.text("title", checks.LINE)
    launch, start = (table.text(key, checks.file_of(files)) for key in ("launch", "start"))
    context = table.text("context", checks.one_of(Context))
    scopes = table.texts("scopes", checks.scope)
    allows = table.texts("allows", checks.one_of(Allow), is_owed=False)
    if faults:
        return None
    return Part(Kind.app, title, launch, start, Context(context), scopes, tuple(map(Allow, allows)))


def _hook(table: Table) -> Part | None:
    """A CDS service. Source: CDS Hooks 2.0, "Discovery"."""
    title, id_ = table.text("title", checks.LINE), table.text("id", checks.SERVICE_ID)
    when, description = table.text("hook", checks.one_of(Hook)), table.text("description", checks.LINE)
    scopes = table.texts("scopes", checks.patient_scope)
    prefetch = table.pairs("prefetch", checks.PREFETCH_KEY, checks.PREFETCH, _MOST_PREFETCHED)
    if when not in list(Hook):
        return None
    service = Service(id_, Hook(when), description, prefetch)
    return Part(Kind.hook, title, "", "", service.hook.context, scopes, service=service)


def _server(files: frozenset[str], table: Table | None) -> Server | None:
    if table is None:
        return None
    server = Server(
        module=table.text("module", checks.module_in(files)),
        **{key: table.number(key, *bounds) for key, bounds in _BOUNDS.items()},
    )
    table.finish()
    return server


def _note_unserved(table: Table, parts: tuple[Part | None, ...], *, has_server: bool) -> None:
    """Hooks want a server, a server wants hooks, and each service an id of its own."""
    services = [part.service.id for part in parts if part and part.service]
    if services and not has_server:
        table.fault("server", "a table [server]: something must answer the hooks", None)
    if has_server and not services and all(parts):
        table.fault("server", "no [server] where no part is a hook", "a table [server]")
    for id_ in sorted({one for one in services if services.count(one) > 1}):
        table.fault("part", "services with an id of their own each", id_)


def _outside(table: Table) -> Outside:
    host, purpose = table.text("host", checks.HOST), table.text("purpose", checks.LINE)
    data = table.texts("data", checks.LINE)
    if not data:
        table.fault("data", "each kind of data that leaves, or “none of any patient”", None)
    table.finish()
    return Outside(host, purpose, data)


def _note_hosts_twice(table: Table, outside: tuple[Outside, ...]) -> None:
    """A host is told once: two purposes for one could not be told apart when they are approved."""
    hosts = [one.host for one in outside]
    for at, host in enumerate(hosts):
        if host and host in hosts[:at]:
            table.fault(f"outside[{at}].host", "each host once", host)


def _component(files: frozenset[str], table: Table) -> Component:
    name, version = table.text("name", checks.LINE), table.text("version", checks.LINE)
    licence, purl = table.text("licence", checks.licence), table.text("purl", checks.PURL)
    if purl and version and not purl.endswith(f"@{version}"):
        table.fault("purl", f"a package URL that ends in @{version}, the component's version", purl)
    its = table.texts("files", checks.file_of(files))
    if not its:
        table.fault("files", "one file at the least", None)
    table.finish()
    return Component(name, version, licence, purl, its)


def _note_shared_files(table: Table, components: tuple[Component, ...]) -> None:
    """A file is of one component: of two it could not be said whose licence it has."""
    seen: set[str] = set()
    for at, component in enumerate(components):
        for file in seen.intersection(component.files):
            table.fault(f"component[{at}].files", "files that no other component names", file)
        seen.update(component.files)
