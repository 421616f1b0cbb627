"""What begins a product: its folder, and the wheels that it names."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.product_files import browser_parts, make_folder
from tabard.product import FILE_NAME, Kind, hook_starter, owed, parse_manifest, starter


def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
    *,
    publisher: Annotated[
        str, typer.Option(metavar="ODS", help="The ODS code of whoever will publish it, such as RZZ.")
    ],
    name: Annotated[str | None, typer.Option(help="What people will call it.")] = None,
    id_: Annotated[
        str | None, typer.Option("--id", help="What it is known by: a-z, 0-9 and -; else the folder's name.")
    ] = None,
    kind: Annotated[
        Kind, typer.Option(help="An app, or a hook: a CDS service that answers when a patient is opened.")
    ] = Kind.app,
    as_json: AsJson = False,
) -> None:
    """Begin a product: a small working app for a patient, or a hook, to look at, change and build on."""
    product = id_ or folder.resolve().name
    called = name or product.replace("-", " ").capitalize()
    files = _begun(kind, product, called, publisher)
    manifest = parse_manifest(files[FILE_NAME], files)  # what will not do is told before anything is made
    make_folder(folder, files)
    if as_json:
        tell_json({"folder": str(folder), "product": manifest.id, "files": sorted(files)})
        return
    typer.echo(f"{manifest.name} ({manifest.id}) is in {folder}: {len(files)} files")
    for fault in owed(manifest):
        typer.echo(f"  to come   {fault.where}: accreditation will ask for {fault.expected}")
    typer.echo(f"Next:\n  tabard product check {folder}\n  tabard product build {folder}")


def wheels(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The product's folder.")], *, as_json: AsJson = False
) -> None:
    """Fetch the wheels that a product's requirements.txt names with their hashes; the one step that needs a network."""
    from tabard.cli.wheels import fetch  # noqa: PLC0415  nothing else needs it

    came = fetch(folder)
    if as_json:
        tell_json({"folder": str(folder), "wheels": came})
        return
    typer.echo(f"{len(came)} wheels came" if came else "All wheels are here")
    for name in came:
        typer.echo(f"  {name}: its [[component]] says its licence")


COMMANDS: tuple[Callable[..., None], ...] = (new, wheels)


def _begun(kind: Kind, product: str, called: str, publisher: str) -> dict[str, bytes]:
    if kind is Kind.app:
        return starter(product, called, publisher, browser_parts())
    from tabard.cli.wheels import kit_wheel  # noqa: PLC0415  only a hook needs it

    kit = kit_wheel()
    return hook_starter(product, called, publisher, (kit.file_name, kit.raw), kit.locked)
