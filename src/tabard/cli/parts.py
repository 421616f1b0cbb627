"""`tabard hospital parts`: how the servers of the products are, at a hospital that is being served."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from tabard.hospital import load

_MB = 1024 * 1024


def parts(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The hospital's folder.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """How the products' servers are: running or not, restarts, memory, and why each last ended."""
    from tabard.runner import Health, told_in  # noqa: PLC0415  no other command of a hospital needs it

    told = told_in(load(folder).folder.root / "parts")
    if as_json:
        typer.echo(msgspec.json.encode(told))
        return
    if not told:
        typer.echo("No server of a product runs here: none is installed, or the hospital is not being served.")

    def line(one: Health) -> str:
        memory = "" if one.memory_bytes is None else f", {one.memory_bytes / _MB:.0f} MB"
        return f"{one.product}: {one.state.replace('_', ' ')} since {one.since:%d-%b-%Y %H:%M:%S} UTC, restarts: {one.restarts}{memory}"

    for one in told:
        typer.echo(line(one))
        whom = "the hospital's own user" if one.uid is None else f"user {one.uid}"
        typer.echo(f"  runs as   {whom}; limits by {one.limits_by or 'nothing yet'}")
        if one.reason:
            typer.echo(f"  last end  {one.reason}")
