"""A package: the one sequence of bytes that a version of a product is, known by its SHA-256."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from tabard.product import ustar
from tabard.product.errors import BadManifest, BadPackage, PackageFault
from tabard.product.manifest import FILE_NAME, parse_manifest
from tabard.product.model import Manifest

SUFFIX = ".tabard"


@dataclass(frozen=True, slots=True)
class Package:
    """A package, read and found whole; `files` are by name in order, `sha256` is in hexadecimal."""

    raw: bytes = field(repr=False)
    sha256: str
    files: Mapping[str, bytes] = field(repr=False, compare=False)
    manifest: Manifest = field(compare=False)

    @property
    def size_bytes(self) -> int:
        """How long the package is."""
        return len(self.raw)

    @property
    def file_name(self) -> str:
        """What the package's file is called: `<id>-<version>.tabard`."""
        return f"{self.manifest.id}-{self.manifest.version}{SUFFIX}"


def pack(files: Mapping[str, bytes]) -> bytes:
    """The one archive of these files; what they say is not looked at.

    Raises BadPackage for a name that is not safe, two that collide, and more than the limits allow.
    """
    return ustar.write(files)


def read_package(raw: bytes) -> Package:
    """The package of these bytes: exactly those that `pack` would give again, with a sound manifest among the files.

    Raises BadPackage, whose `reason` says why.
    """
    files = ustar.read(raw)
    if FILE_NAME not in files:
        raise BadPackage(PackageFault.bad_manifest, "the package has no manifest", where=FILE_NAME, got="no such file")
    try:
        manifest = parse_manifest(files[FILE_NAME], files)
    except BadManifest as bad:
        raise BadPackage(
            PackageFault.bad_manifest, bad.message, where=bad.where, got=bad.got, remedy=bad.remedy
        ) from bad
    return Package(raw, sha256(raw).hexdigest(), files, manifest)
