"""`tabard catalogue`: the signed catalogue: verify it, recall a product."""

import typer

app = typer.Typer(no_args_is_help=True)
