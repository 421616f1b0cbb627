"""From a folder to its package: the same folder gives the same bytes on any machine, and nothing is left out silently."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tabard.product.errors import BadPackage, PackageFault
from tabard.product.manifest import FILE_NAME, parse_manifest, read_manifest
from tabard.product.model import Manifest
from tabard.product.names import fault_of
from tabard.product.package import Package, pack, read_package
from tabard.product.sbom import SBOM_NAME, sbom_of
from tabard.product.ustar import LARGEST_FILE_BYTES, MOST_FILES
from tabard.product.wheels import LOCK, wheel_faults

_LEFTOVER_ENDS = ("~", ".bak", ".orig", ".rej", ".swp", ".tmp", ".pyc")
_LEFTOVER_NAMES = frozenset({"Thumbs.db", "desktop.ini", "__pycache__", "node_modules"})
_BUILT_ENDS = (".tabard", ".tabard.release.json")
_KEY_ENDS = (".pem", ".pem.pub", ".key", ".p12", ".pfx")


def build(folder: Path) -> Package:
    """The package of the product in `folder`, with the bill of materials (`sbom.cdx.json`) that is made of it.

    Raises BadManifest; and BadPackage for a symbolic link or anything else that is no plain file, for hidden files,
    editors' leftovers, earlier packages and keys that the manifest's `leave_out` does not name, and for whatever `pack` refuses.
    """
    manifest = read_manifest(folder)
    names = _names(folder, manifest.leave_out)
    files = {name: _content(folder, name) for name in names}
    manifest = parse_manifest(files.get(FILE_NAME, b""), files)  # a page that is left out is no file of the product
    given = files.pop(SBOM_NAME, None)
    files[SBOM_NAME] = sbom_of(manifest, files)
    if given is not None and given != files[SBOM_NAME]:
        raise BadPackage(
            PackageFault.left_over,
            "the bill of materials is made by the build, and another one lies here",
            where=SBOM_NAME,
            remedy="delete it",
        )
    _check_wheels(manifest, files)
    return read_package(pack(files))


def _check_wheels(manifest: Manifest, files: Mapping[str, bytes]) -> None:
    """Raises BadPackage with every fault: what is fetched is fetched before, so that a build never needs a network."""
    if faults := wheel_faults(manifest, files):
        raise BadPackage(
            PackageFault.bad_wheels,
            "\n".join(
                ("the wheels are not those that the lock and the manifest name", *(f"  {one}" for one in faults))
            ),
            where=LOCK,
            remedy="fetch what is missing by `tabard product wheels`, and mend what is listed",
        )


def left_out(folder: Path, entries: Sequence[str]) -> tuple[str, ...]:
    """Which files in `folder` the manifest's `leave_out` keeps from the package, by name."""
    return tuple(sorted(name for name, _ in _walk(folder, "", ()) if _is_named(name, entries)))


def _names(folder: Path, leave_out: Sequence[str]) -> tuple[str, ...]:
    """Every file that goes in. Raises BadPackage for the first that must not."""
    names = []
    for name, path in _walk(folder, "", leave_out):
        if path.is_symlink() or not path.is_file():
            raise BadPackage(
                PackageFault.not_a_file,
                "a package holds plain files alone",
                where=name,
                got="a symbolic link" if path.is_symlink() else "something else",
                remedy="put the file itself in its place",
            )
        if leftover := _leftover(name):
            raise BadPackage(
                PackageFault.left_over,
                "this does not look like a part of the product",
                where=name,
                got=leftover,
                remedy=f"take it out of the folder, or name it under `leave_out` in {FILE_NAME}",
            )
        names.append(name)
        if len(names) >= MOST_FILES:
            raise BadPackage(PackageFault.too_many_files, "these are more files than a package may hold")
    return tuple(names)


def _walk(folder: Path, prefix: str, leave_out: Sequence[str]) -> Iterator[tuple[str, Path]]:
    """Whatever lies below the folder, but folders themselves, by name; left out are the entries."""
    for path in sorted(folder.iterdir()):
        name = prefix + path.name
        if _is_named(name, leave_out):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path, f"{name}/", leave_out)
        else:
            yield name, path


def _is_named(name: str, entries: Sequence[str]) -> bool:
    """Whether an entry names the file or folder itself, or a folder that it lies in."""
    return any(f"{name}/".startswith(f"{entry.rstrip('/')}/") for entry in entries)


def _leftover(name: str) -> str | None:
    for part in name.split("/"):
        if part.startswith("."):
            return "a hidden file or folder"
        if part in _LEFTOVER_NAMES or part.endswith(_LEFTOVER_ENDS) or part.startswith("#"):
            return "what an editor or a tool left behind"
    if name.endswith(_BUILT_ENDS):
        return "what an earlier `build` or `sign` made"
    if name.endswith(_KEY_ENDS):
        return "what is named as a key is; keys are kept elsewhere"
    return None


def _content(folder: Path, name: str) -> bytes:
    if fault_of(name) is None:
        with (folder / name).open("rb") as file:
            return file.read(LARGEST_FILE_BYTES + 1)  # one more than `pack` allows: it tells
    return b""  # `pack` tells of the name
