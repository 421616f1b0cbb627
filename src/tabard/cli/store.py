"""`tabard store`: the central store: make its folder, serve it."""

import typer

app = typer.Typer(no_args_is_help=True)
