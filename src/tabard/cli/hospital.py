"""`tabard hospital`: one trust's own Tabard."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from tabard.hospital import Begun, Install, examined, init as begin, load
from tabard.link import list_links

app = typer.Typer(no_args_is_help=True)

_PORT = 8700


@app.callback()
def _hospital() -> None:
    """One trust's own Tabard: make its folder, serve it."""


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make; it will hold everything.")],
    name: Annotated[str, typer.Option(help="What the hospital is called.")],
    ods: Annotated[str, typer.Option(help="Its ODS code, such as RXX.")],
    port: Annotated[int, typer.Option(help="The port of its pages and its gateway.")] = _PORT,
    products: Annotated[
        list[Path] | None,
        typer.Option("--product", metavar="DIR", help="Install the product in this folder; may be given again."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,  # noqa: FBT002  a flag of the command line
) -> None:
    """Make a hospital, with one account whose password is shown this once."""
    for product in products or ():
        examined(product)  # what cannot be installed is told before anything is made
    begun = begin(folder, name, ods, port)
    installs = load(begun.folder).installs
    installed = [installs.install(product) for product in products or ()]
    if as_json:
        typer.echo(msgspec.json.encode(_told(begun, installed)))
    else:
        _tell_begun(begun, installed, folder)


@app.command()
def serve(folder: Annotated[Path, typer.Argument(metavar="DIR", help="The hospital's folder.")]) -> None:
    """Serve the hospital's links, gateway and pages until Ctrl-C."""
    from tabard.wiring import serve_hospital  # noqa: PLC0415  making a hospital need not wait for all that serving takes

    serve_hospital(folder, tell=lambda addresses: _tell_addresses(folder, addresses))


def _tell_begun(begun: Begun, installed: Sequence[Install], folder: Path) -> None:
    """What was made, the password this once, and what comes next, with the folder as it was named."""
    typer.echo(f"{begun.settings.name} is in {begun.folder}")
    for install in installed:
        typer.echo(f"  product   {install.title} {install.version}")
    typer.echo(f"  username  {begun.username}\n  password  {begun.password}")
    typer.echo("The password stands nowhere else: keep it now. Next:")
    typer.echo(f"  tabard link add NAME --port PORT --hospital {folder}\n  tabard hospital serve {folder}")


def _tell_addresses(folder: Path, addresses: Mapping[str, tuple[str, int]]) -> None:
    """Where the hospital answers, once it does."""
    settings = load(folder).settings
    typer.echo(f"{settings.name}: {settings.base_url} (Ctrl-C ends it)")
    for link in list_links(folder):
        host, port = addresses[link.name]
        typer.echo(f"  link {link.name} listens on {host}:{port}, dialect {link.dialect}")
    if not addresses:
        typer.echo("  no link yet: add one with `tabard link add`, then serve again")


def _told(begun: Begun, installed: Sequence[Install]) -> dict[str, str | int | list[str]]:
    return {
        "folder": str(begun.folder),
        "name": begun.settings.name,
        "ods": begun.settings.ods,
        "port": begun.settings.port,
        "base_url": begun.settings.base_url,
        "username": begun.username,
        "password": begun.password,
        "products": [install.id for install in installed],
    }
