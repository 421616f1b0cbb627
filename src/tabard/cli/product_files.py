"""The files that `tabard product` reads and writes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from tabard.ground.errors import CallerError
from tabard.product import LARGEST_BYTES, Package, read_package

Made = Annotated[Path, typer.Argument(metavar="PACKAGE", help="A package that `tabard product build` made.")]


def browser_parts() -> dict[str, bytes]:
    """The SMART client that the house's own products carry. Raises CallerError where it was not put there."""
    from tabard.demo.products import product_folder  # noqa: PLC0415  only a new product needs it

    vendor = product_folder("ward-board") / "vendor"
    return {f"vendor/{file.name}": file.read_bytes() for file in sorted(vendor.iterdir())}


def make_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files of a new product. Raises CallerError where something is there already."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CallerError("here is something already", where=str(folder), remedy="name a folder that is not there yet")
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, content)


def folder_of(folder: Path) -> Path:
    """The folder, if there is one. Raises CallerError."""
    if not folder.is_dir():
        raise CallerError("there is no such folder", where=str(folder), remedy="name the product's folder")
    return folder


def package_in(path: Path) -> Package:
    """The package in a file. Raises CallerError when it cannot be read, BadPackage when it is none."""
    if path.is_dir():
        raise CallerError("this is a folder, not a package", where=str(path), remedy="build it: `tabard product build`")
    return read_package(read_file(path, LARGEST_BYTES))


def read_file(path: Path, limit: int) -> bytes:
    """The file's bytes, one more than the limit at the most: whoever judges them sees that they are too many."""
    try:
        with path.open("rb") as file:
            return file.read(limit + 1)
    except OSError as fault:
        raise CallerError(
            "the file cannot be read", where=str(path), got=fault.strerror, remedy="check its path"
        ) from fault


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole. Raises CallerError when that cannot be."""
    try:
        path.write_bytes(content)
    except OSError as fault:
        raise CallerError("the file cannot be written", where=str(path), got=fault.strerror) from fault
