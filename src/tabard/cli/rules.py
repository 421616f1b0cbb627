"""`tabard rules`: the rules of accreditation: which there are, and the signed advisories that one of them goes by."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from tabard.cli.passphrase import read_key
from tabard.cli.product_files import write_file
from tabard.ground.errors import CallerError

app = typer.Typer(no_args_is_help=True)

_LARGEST_ENTRY_BYTES = 8 * 1024 * 1024


@app.callback()
def _rules() -> None:
    """The rules of accreditation: list them, sign advisories."""


@app.command("list")
def list_(*, as_json: Annotated[bool, typer.Option("--json", help="A line of JSON for each rule.")] = False) -> None:
    """List the rules by which products are judged: what must hold, of which family, for which criteria."""
    from tabard.accreditation import RULES  # noqa: PLC0415  it takes a while to import

    for family, group in groupby(sorted(RULES, key=lambda one: one.family), key=lambda one: one.family):
        if not as_json:
            typer.echo(f"{family.value.capitalize()}")
        for rule in group:
            told = {
                "id": rule.id,
                "criteria": rule.criteria,
                "family": rule.family.name,
                "title": rule.title,
                "source": rule.source,
                "judges": [role.value for role in rule.judges],
            }
            typer.echo(msgspec.json.encode(told).decode() if as_json else f"  {rule.id:<26} {rule.title}")


@app.command()
def advisories(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A folder of OSV files, as their publishers give them out.")
    ],
    *,
    key: Annotated[Path, typer.Option(metavar="FILE", help="The private key (PEM) that signs the set.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to.")],
) -> None:
    """Make one signed set of the advisories in a folder, for PyPI and npm; a passphrase is asked for as in `product sign`."""
    from tabard.accreditation.probing.known import sign_advisories  # noqa: PLC0415  the same

    raw = sign_advisories(_entries(folder), read_key(key), datetime.now(UTC))
    write_file(out, raw)
    typer.echo(f"{out}: {len(raw):,} bytes")


def _entries(folder: Path) -> Iterator[dict[str, Any]]:
    """Every OSV entry below the folder. Raises CallerError for a file that is none."""
    for path in sorted(folder.rglob("*.json")):
        raw = path.read_bytes() if path.stat().st_size <= _LARGEST_ENTRY_BYTES else b""
        try:
            told = json.loads(raw)
        except ValueError:
            told = None
        if not isinstance(told, dict) or "id" not in told:
            raise CallerError("this is no advisory", where=str(path), expected="an entry of OSV as JSON")
        yield told
