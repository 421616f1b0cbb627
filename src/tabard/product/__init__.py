"""Product: what a product says of itself, in its `tabard.toml`."""

from tabard.product.errors import BadManifest, Fault
from tabard.product.manifest import FILE_NAME, read_manifest
from tabard.product.model import Context, Kind, Manifest, Part

__all__ = ["FILE_NAME", "BadManifest", "Context", "Fault", "Kind", "Manifest", "Part", "read_manifest"]
