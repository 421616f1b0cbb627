"""Products on trial: a maker's folder, which nobody accredited. What cannot be opened is told before it is installed."""

from pathlib import Path

from tabard.hospital.errors import BadProduct
from tabard.hospital.files_digest import digest_of
from tabard.product import Kind, Manifest, Part, read_manifest


def examined(folder: Path) -> tuple[Manifest, Part | None, str]:
    """What an install keeps of the product in `folder`: its manifest, its app (None where it is answers alone) and its files' digest.

    Raises BadProduct when there is nothing of it that could be used, or it holds a symbolic link; what read_manifest raises passes.
    """
    manifest = read_manifest(folder)
    return manifest, app_of(manifest), digest_of(folder)


def app_of(manifest: Manifest) -> Part | None:
    """The part that is opened; None of a product that is asked for advice alone. Raises BadProduct when it has neither."""
    for part in manifest.parts:
        if part.kind is Kind.app:
            return part
    if manifest.server is not None:
        return None
    raise BadProduct(
        "the product has no part that can be launched", where="tabard.toml", expected='[[part]] kind="app"'
    )
