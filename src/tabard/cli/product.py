"""`tabard product`: making a product: begin, check, build, sign, submit."""

import typer

from tabard.cli import (
    evidence,
    hazards,
    product_beginning as beginning,
    product_checking as checking,
    product_packing as packing,
    product_submitting as submitting,
)

app = typer.Typer(no_args_is_help=True)
app.add_typer(hazards.app, name="hazards", help="A product's hazard log and safety case.")
app.add_typer(evidence.app, name="evidence", help="What a maker shows a store: its own evidence, and a product's.")


@app.callback()
def _product() -> None:
    """Making a product: begin, check, build, sign, submit."""


for _verb in (*beginning.COMMANDS, *checking.COMMANDS, *packing.COMMANDS, *submitting.COMMANDS):
    app.command()(_verb)
