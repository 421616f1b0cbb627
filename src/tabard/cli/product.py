"""`tabard product`: making a product: begin, check, build, sign, submit."""

import typer

app = typer.Typer(no_args_is_help=True)
