"""`tabard hospital egress`: which hosts outside a product declares, and this hospital's word on each."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from tabard.audit import AuditLog
from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.link_options import folder_of
from tabard.cli.person import By, person_of
from tabard.cli.terminal import line
from tabard.database import engine
from tabard.gateway.egress import Approvals
from tabard.ground.time import system_clock
from tabard.hospital import load

app = typer.Typer(no_args_is_help=True)

_Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The hospital's folder.")]
_Product = Annotated[str, typer.Argument(metavar="PRODUCT", help="A product that is installed.")]
_Host = Annotated[str, typer.Argument(metavar="HOST", help="A host as the product declares it.")]
_Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in a sentence.")]


@app.callback()
def _egress() -> None:
    """The hosts outside that products may call: declared by them, approved here."""


@app.command("list")
def list_(folder: _Folder, product: _Product, *, as_json: AsJson = False) -> None:
    """What a product declares, and what was decided of it."""
    with _approvals(folder) as approvals:
        standings = approvals.standings(product)
    if as_json:
        tell_json([asdict(one) for one in standings])
        return
    for one in standings:
        word = "approved" if one.is_approved else "not approved" if one.by is None else f"withdrawn: {one.reason}"
        line(f"{one.declared.host}  {word}")
        line(f"    {one.declared.purpose}  Data: {', '.join(one.declared.data)}")
    if not standings:
        line("It declares no host outside.")


@app.command()
def approve(folder: _Folder, product: _Product, host: _Host, *, by: By, reason: _Reason) -> None:
    """Let a product call a host, for the purpose and with the data that it declares now."""
    _decide(folder, product, host, by, reason, is_approval=True)


@app.command()
def withdraw(folder: _Folder, product: _Product, host: _Host, *, by: By, reason: _Reason) -> None:
    """Let it no more, at once."""
    _decide(folder, product, host, by, reason, is_approval=False)


def _decide(folder: Path, product: str, host: str, by: str, reason: str, *, is_approval: bool) -> None:
    person = person_of(folder_of(folder), by)
    with _approvals(folder) as approvals:
        approvals.decide(person.username, person.roles, product, host, reason, approve=is_approval)
    line(f"{product} may {'now' if is_approval else 'no longer'} call {host}.")


@contextmanager
def _approvals(folder: Path) -> Iterator[Approvals]:
    hospital = load(folder_of(folder))
    tables, audit = engine(hospital.folder.root / "gateway.db"), AuditLog(hospital.folder.audit, system_clock)
    try:
        yield Approvals(tables, hospital.installs.outside, audit, system_clock)
    finally:
        audit.close()
        tables.dispose()
