"""`tabard accredit`: judging what was submitted: the cases, and signing a decision."""

import typer

app = typer.Typer(no_args_is_help=True)
