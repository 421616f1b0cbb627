"""A later version is judged by what is other than before, and now and then as a whole, by lot.

What a person reviewed before stands again only where its evidence has the same digest, nothing that their role judges
changed, and the lot did not fall on it. The lot is drawn from a number that was made after the bytes were fixed, so that
no maker can try bytes until it spares them; number and digest are kept, so that anybody can draw it again.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum, unique

from tabard.accreditation.errors import BadHazardLog
from tabard.accreditation.hazards.reading import read_hazard_log
from tabard.decision import Role
from tabard.product import Manifest, Package

ONE_IN = 10
"""Of the versions in which nothing changed that has to be judged, so many are judged as a whole all the same."""

_LARGE_CHANGE = 0.2
"""A share of a package's code: more than this is judged anew by security."""

_CODE = (".js", ".mjs", ".py", ".html", ".css", ".wasm")


@unique
class Changed(StrEnum):
    """What can be other in a later version, as far as it has to be judged."""

    permissions = "permissions"
    intended_use = "intended_use"
    declared = "declared"
    safety_officer = "safety_officer"
    hazards = "hazards"
    dependencies = "dependencies"
    code = "code"


@unique
class Route(StrEnum):
    """How a version is judged: the first of all, by difference, as a whole by lot, or with nothing to judge anew."""

    first = "first"
    difference = "difference"
    sample = "sample"
    same = "same"


_LOOKS: Mapping[Changed, frozenset[Role]] = {
    Changed.permissions: frozenset(Role),
    Changed.intended_use: frozenset(Role),
    Changed.declared: frozenset(Role),
    Changed.safety_officer: frozenset({Role.clinical_safety}),
    Changed.hazards: frozenset({Role.clinical_safety}),
    Changed.dependencies: frozenset({Role.security}),
    Changed.code: frozenset({Role.security, Role.clinical_safety}),
}


@dataclass(frozen=True, slots=True)
class Since:
    """Since which version, by which route, what changed in words, which roles judge anew, and the share of code that is other (0 to 1)."""

    version: str
    route: Route
    because: tuple[str, ...]
    roles: tuple[Role, ...]
    code_changed: float = 0.0
    lot: str = ""


def is_drawn(nonce: str, package_sha256: str, one_in: int = ONE_IN) -> bool:
    """Whether the lot falls on that package; the same for everybody who draws again."""
    return int.from_bytes(bytes.fromhex(lot_of(nonce, package_sha256))[:8]) % one_in == 0


def lot_of(nonce: str, package_sha256: str) -> str:
    """The number from which the lot is read, in hexadecimal."""
    return hashlib.sha256(f"{nonce}:{package_sha256}".encode()).hexdigest()


def since(before: Package | None, after: Package, nonce: str, one_in: int = ONE_IN) -> Since:
    """How `after` is judged, `before` being the newest version that was accredited."""
    if before is None:
        return Since("", Route.first, ("No version of it was accredited before.",), tuple(Role))
    found = dict(_changes(before, after))
    share, lot = code_changed(before.files, after.files), lot_of(nonce, after.sha256)
    version, words = before.manifest.version, tuple(found.values())
    roles = frozenset[Role]().union(*(_LOOKS[one] for one in found))
    if roles:
        ordered = tuple(role for role in Role if role in roles)
        return Since(version, Route.difference, words, ordered, share, lot)
    if is_drawn(nonce, after.sha256, one_in):
        told = ("The lot fell on it: it is judged as a whole, though nothing changed that would ask for it.",)
        return Since(version, Route.sample, told, tuple(Role), share, lot)
    return Since(version, Route.same, ("Nothing changed that has to be judged anew.",), (), share, lot)


def _changes(before: Package, after: Package) -> Iterable[tuple[Changed, str]]:
    old, new = before.manifest, after.manifest
    if more := sorted(_asked(new) - _asked(old)):
        yield Changed.permissions, f"It asks for more: {', '.join(more)}."
    if old.intended_use != new.intended_use:
        yield Changed.intended_use, "What it is for is told in other words."
    if _declared(old) != _declared(new):
        yield Changed.declared, "It is used elsewhere or by others, or is another device."
    if old.safety_officer != new.safety_officer:
        yield Changed.safety_officer, "Its clinical safety officer is another."
    if _hazards_differ(before.files.get(old.hazards, b""), after.files.get(new.hazards, b"")):
        yield Changed.hazards, "Its hazard log changed."
    if _components(old) != _components(new):
        yield Changed.dependencies, "Its dependencies changed."
    if (share := code_changed(before.files, after.files)) > _LARGE_CHANGE:
        yield Changed.code, f"{share:.0%} of its code changed."


def _hazards_differ(before: bytes, after: bytes) -> bool:
    """Whether more differs than which version and issue it is: a log names them, and so no two are the same bytes."""
    try:
        old, new = (replace(read_hazard_log(raw), version="", issue=1, supersedes="") for raw in (before, after))
    except BadHazardLog:
        return before != after
    return old != new


def code_changed(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> float:
    """The share of the code's bytes that stand in files which are other than before, from 0 to 1."""
    old, new = ({name: raw for name, raw in files.items() if name.endswith(_CODE)} for files in (before, after))
    names = old.keys() | new.keys()
    total = sum(max(len(old.get(name, b"")), len(new.get(name, b""))) for name in names)
    other = sum(
        max(len(old.get(name, b"")), len(new.get(name, b""))) for name in names if old.get(name) != new.get(name)
    )
    return other / total if total else 0.0


def _asked(manifest: Manifest) -> set[str]:
    """All that it may do more than another: scopes, what it is opened with, hosts, what its pages are allowed."""
    parts = manifest.parts
    scopes = {scope for part in parts for scope in part.scopes}
    opened = {f"opened with {part.context}" for part in parts}
    allowed = {f"pages with {allow}" for part in parts for allow in part.allows}
    hosts = {f"calls {one.host}" for one in manifest.outside}
    return scopes | opened | allowed | hosts | ({"a process of its own"} if manifest.server else set())


def _declared(manifest: Manifest) -> tuple[object, ...] | None:
    """By what its class and what is asked of it are found, besides what it may do; the maker's words on it aside."""
    told = manifest.declared
    return (told.device, frozenset(told.care), frozenset(told.users)) if told else None


def _components(manifest: Manifest) -> set[tuple[str, str, str]]:
    return {(one.name, one.version, one.purl) for one in manifest.components}
