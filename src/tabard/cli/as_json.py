"""An answer in JSON: the option that asks for it, and its one line."""

from typing import Annotated, Any

import msgspec
import typer

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


def tell_json(told: Any) -> None:
    """The answer as one line of JSON."""
    typer.echo(msgspec.json.encode(told).decode())
