"""`tabard hospital`: one trust's own Tabard."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from tabard.hospital import Begun, init as begin, load

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
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,  # noqa: FBT002  a flag of the command line
) -> None:
    """Make a hospital, with one account whose password is shown this once."""
    begun = begin(folder, name, ods, port)
    if as_json:
        typer.echo(msgspec.json.encode(_told(begun)))
        return
    screen = Console(highlight=False)
    screen.print(f"{begun.settings.name} is in {begun.folder}", soft_wrap=True)
    screen.print(f"  username  {begun.username}\n  password  {begun.password}")
    screen.print("The password stands nowhere else: keep it now.")
    screen.print(f"Next: tabard link add, then tabard hospital serve {begun.folder}", soft_wrap=True)


@app.command()
def serve(folder: Annotated[Path, typer.Argument(metavar="DIR", help="The hospital's folder.")]) -> None:
    """Serve the hospital's links, gateway and pages until Ctrl-C."""
    from tabard.wiring import serve_hospital  # noqa: PLC0415  making a hospital need not wait for all that serving takes

    settings = load(folder).settings
    Console(highlight=False).print(f"{settings.name}: {settings.base_url} (Ctrl-C ends it)", soft_wrap=True)
    serve_hospital(folder)


def _told(begun: Begun) -> dict[str, str | int]:
    return {
        "folder": str(begun.folder),
        "name": begun.settings.name,
        "ods": begun.settings.ods,
        "port": begun.settings.port,
        "base_url": begun.settings.base_url,
        "username": begun.username,
        "password": begun.password,
    }
