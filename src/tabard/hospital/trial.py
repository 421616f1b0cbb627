"""Products on trial: a maker's folder, which nobody accredited. What cannot be opened is told before it is installed."""

from pathlib import Path

from tabard.hospital.errors import BadProduct
from tabard.hospital.files_digest import digest_of
from tabard.product import Manifest, Part, read_manifest


def examined(folder: Path) -> tuple[Manifest, Part, str]:
    """What an install keeps of the product in `folder`: its manifest, its app and its files' digest.

    Raises BadProduct when it has no app part or holds a symbolic link; what read_manifest raises passes.
    """
    manifest = read_manifest(folder)
    return manifest, app_of(manifest), digest_of(folder)


def app_of(manifest: Manifest) -> Part:
    """The part that is opened. Raises BadProduct when there is none."""
    for part in manifest.parts:
        if part.kind == "app":
            return part
    raise BadProduct(
        "the product has no part that can be launched", where="tabard.toml", expected='[[part]] kind="app"'
    )
