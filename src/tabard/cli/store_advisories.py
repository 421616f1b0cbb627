"""`tabard store advisories`: the known vulnerabilities that a store's catalogue carries to its own checker, makers and hospitals."""

from pathlib import Path
from typing import Annotated, Any

import typer

from tabard.accreditation import AdvisorySet
from tabard.catalogue import LARGEST_ADVISORIES_BYTES
from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.keys import public_key
from tabard.cli.product_files import read_file
from tabard.store import load

app = typer.Typer(no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(metavar="STORE_DIR", help="The store's folder.")]


@app.callback()
def _advisories() -> None:
    """Known vulnerabilities: bring a signed set, see how old the one is that is carried."""


@app.command("import")
def import_(
    folder: Folder,
    signed_set: Annotated[Path, typer.Argument(metavar="FILE", help="What `tabard rules advisories` made.")],
    *,
    key: Annotated[Path, typer.Option(metavar="PEM", help="The public key of whoever signed it.")],
    new_key: Annotated[
        bool, typer.Option("--new-key", help="Take this key from now on in the place of the one before; it is logged.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Let the catalogue carry a signed set of known vulnerabilities, in the place of an older one; the first key is kept."""
    store = load(folder)
    raw, theirs, was = read_file(signed_set, LARGEST_ADVISORIES_BYTES), public_key(key), store.advisories.keyid
    known = store.advisories.bring(raw, theirs, is_new_key=new_key)
    if was not in ("", theirs.keyid):
        typer.echo(f"The key {was} was replaced by {theirs.keyid}; store.toml keeps it.", err=True)
    _tell(known, store.advisories.why_not(known), as_json=as_json)


@app.command()
def show(folder: Folder, *, as_json: AsJson = False) -> None:
    """Say what is carried, and whether it is too old to judge by; exit 1 where it judges nothing."""
    store = load(folder)
    known = store.advisories.carried()
    why_not = "the catalogue carries none" if known is None else store.advisories.why_not(known)
    _tell(known, why_not, as_json=as_json)
    if why_not:
        raise typer.Exit(1)


def _tell(known: AdvisorySet | None, why_not: str, *, as_json: bool) -> None:
    if as_json:
        tell_json({**_told(known), "why_not": why_not})
        return
    if known is not None:
        typer.echo(f"{len(known.advisories):,} advisories for {', '.join(known.ecosystems)}")
        typer.echo(f"  made    {known.made:%Y-%m-%d}, {known.age_days} days ago\n  sha256  {known.sha256}")
    if why_not:
        typer.echo(
            f"They judge nothing: {why_not}. Bring a set of today: tabard store advisories import DIR FILE --key PEM"
        )


def _told(known: AdvisorySet | None) -> dict[str, Any]:
    if known is None:
        return {"made": None, "age_days": None, "sha256": None, "advisories": 0, "ecosystems": []}
    return {
        "made": known.made,
        "age_days": known.age_days,
        "sha256": known.sha256,
        "advisories": len(known.advisories),
        "ecosystems": known.ecosystems,
    }
