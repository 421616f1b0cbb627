"""`tabard hospital catalogue`, `receipt` and `override`: the catalogue looked at from a stick, and what is answered."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from tabard.audit import AuditEvent, AuditLog, Outcome
from tabard.catalogue import Client
from tabard.cli.person import By, person_of
from tabard.cli.terminal import line
from tabard.ground.errors import CallerError, TabardError
from tabard.ground.private_files import write_private
from tabard.hospital import (
    Hospital,
    Install,
    load,
    overridden,
    override as answer_for,
    recalls_of,
    receipt_key,
    sealed_receipt,
    stop_of,
)

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The hospital's folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


def catalogue(
    folder: Folder,
    *,
    source: Annotated[
        str | None, typer.Option("--catalogue", metavar="URL|DIR", help="Look there this once: on a stick, say.")
    ] = None,
    receipt: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the signed receipt here, to be carried back.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Look at the centre's catalogue now and obey its recalls; say how old it is. What is here goes on, however old."""
    hospital = load(folder)
    client = hospital.centre.client if source is None else hospital.centre.at(source)
    fault = _looked(client)
    stopped = _obey(hospital, client)
    if receipt is not None:
        write_private(receipt.absolute(), sealed_receipt(hospital, client))
    state, now = client.state(), hospital.clock()
    told: dict[str, Any] = {
        "age": state.age(now),
        "as_of": state.as_of,
        "expires": state.expires,
        "is_fresh": state.is_fresh(now),
    }
    told |= {"list_version": client.list_version(), "stopped": [one.id for one in stopped], "fault": str(fault or "")}
    if as_json:
        typer.echo(msgspec.json.encode(told).decode())
    else:
        _tell(told, stopped)
    if fault is not None:
        raise fault


def receipt(
    folder: Folder,
    *,
    key: Annotated[bool, typer.Option("--key", help="Print the public key that the centre enrols.")] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a signed receipt here, to be carried.")
    ] = None,
) -> None:
    """This hospital's signed word to the centre: which recalls it knows, how each product stands. Nothing of any patient."""
    if key == (out is not None):
        raise CallerError("name --key or --out", remedy="tabard hospital receipt --help")
    hospital = load(folder)
    if out is None:
        typer.echo(receipt_key(hospital).pem.strip())
        return
    write_private(out.absolute(), sealed_receipt(hospital))
    line(f"{out}: carry it to the centre; `tabard catalogue receive STORE_DIR {out.name}` takes it.")


def override(
    folder: Folder,
    recall: Annotated[str, typer.Argument(metavar="RECALL", help="The id of a recall of the level suspend.")],
    *,
    by: By,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why the product may go on here, in a sentence.")],
) -> None:
    """Answer for a suspended product as this hospital's clinical safety officer: it goes on, and that is in the audit."""
    hospital, person = load(folder), person_of(folder, by)
    told = answer_for(hospital, recall, person.username, person.roles, reason)
    audit = AuditLog(hospital.folder.audit, hospital.clock)
    try:
        event = AuditEvent(
            told.at,
            "override",
            Outcome.granted,
            person=told.by,
            client=told.product,
            resource=told.recall_id,
            reason=told.reason,
        )
        audit.write(event).result()
    finally:
        audit.close()
    line(f"{told.product} goes on here, against recall {told.recall_id}; {told.by} answers for it.")


def _looked(client: Client) -> TabardError | None:
    try:
        client.refresh()
    except TabardError as fault:
        return fault
    return None


def _obey(hospital: Hospital, client: Client) -> list[Install]:
    """Stop what is recalled; a hospital that is being served ends the tokens within a second."""
    answered, stopped = overridden(hospital.folder), []
    for install in hospital.installs.all():
        stop = None if install.is_trial else stop_of(recalls_of(client.recalls(), install.id, install.sha256), answered)
        if stop is not None and install.is_active:
            hospital.installs.stop(install, stop)
            stopped.append(install)
    return stopped


def _tell(told: dict[str, Any], stopped: list[Install]) -> None:
    line(f"The catalogue is {told['age']}; list of recalls {told['list_version']}.")
    if not told["is_fresh"]:
        line(
            "It is out of date: a recall since then would not be known here. Nothing new is installed; what is here goes on."
        )
    for one in stopped:
        line(f"Stopped: {one.title} {one.version}, which the centre has recalled.")
