"""`tabard hospital subscription`: who is told of changes here, where; stopping one, and the hosts at which clients may be told."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from tabard.audit import AuditEvent, AuditLog, Outcome
from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.link_options import folder_of
from tabard.cli.person import By, person_of
from tabard.cli.terminal import line
from tabard.database import engine
from tabard.gateway.egress import Approvals
from tabard.gateway.subscriptions import FILE, Endpoints, Shelf, Status, Subscription
from tabard.ground.errors import CallerError, NotFound
from tabard.ground.time import system_clock, to_instant
from tabard.hospital import load

app = typer.Typer(no_args_is_help=True)

_Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The hospital's folder.")]
_Client = Annotated[str, typer.Argument(metavar="CLIENT", help="The client_id of a registered app or service.")]
_Host = Annotated[str, typer.Argument(metavar="HOST", help="Its whole name, with :PORT unless 443.")]
_Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in a sentence.")]
_ADMIN = "admin"
_REASON = range(3, 201)


@app.callback()
def _subscription() -> None:
    """Subscriptions to changes: list, off; approve or withdraw a host for a client."""


@app.command("list")
def list_(folder: _Folder, *, as_json: AsJson = False) -> None:
    """Every subscription: whose, to what, where it is told, and how it stands. No patient and no secret is shown."""
    with _parts(folder) as (shelf, _, _):
        found = shelf.all()
    if as_json:
        tell_json([_told(one) for one in found])
        return
    for one in found:
        line(f"{one.id}  {one.status.value}  {one.owner.client}  {one.wanted.topic}")
        line(f"    {one.wanted.endpoint or 'its own socket'}  {one.last} events  {one.error}".rstrip())
    if not found:
        line("Nobody subscribes.")


@app.command()
def off(
    folder: _Folder,
    id_: Annotated[str, typer.Argument(metavar="ID", help="The subscription.")],
    *,
    by: By,
    reason: _Reason,
    as_json: AsJson = False,
) -> None:
    """Turn a subscription off, at once: nothing more is told. Its owner sees that, and may ask for another."""
    person = person_of(folder_of(folder), by)
    if _ADMIN not in person.roles or len(reason.strip()) not in _REASON:
        raise CallerError(
            "a subscription is stopped by an administrator, with a reason",
            where="--by, --reason",
            expected="an account with the role admin, and 3 to 200 characters",
            remedy="have one of them do it",
        )
    with _parts(folder) as (shelf, _, audit):
        one = shelf.find(id_)
        if one is None:
            raise NotFound("there is no such subscription", where=id_, remedy="tabard hospital subscription list")
        event = AuditEvent(
            system_clock(),
            "subscription-off",
            Outcome.granted,
            person=person.username,
            client=one.owner.client,
            resource=f"Subscription/{id_}",
            purpose=reason.strip(),
        )
        audit.write(event).result()
        stopped = shelf.off(id_, "The hospital turned it off.")
    if as_json:
        tell_json(_told(stopped or one._replace(status=Status.off)))
    else:
        line(f"{id_} is off: {one.owner.client} is told nothing more of {one.wanted.topic}.")


@app.command()
def approve(folder: _Folder, client: _Client, host: _Host, *, by: By, reason: _Reason, as_json: AsJson = False) -> None:
    """Let a registered client be told at a host. A product's hosts are approved by `hospital egress`."""
    _decide(folder, client, host, by, reason, is_approval=True)
    _decided(client, host, is_approval=True, as_json=as_json)


@app.command()
def withdraw(
    folder: _Folder, client: _Client, host: _Host, *, by: By, reason: _Reason, as_json: AsJson = False
) -> None:
    """Let it be told there no more, at once."""
    _decide(folder, client, host, by, reason, is_approval=False)
    _decided(client, host, is_approval=False, as_json=as_json)


def _decide(folder: Path, client: str, host: str, by: str, reason: str, *, is_approval: bool) -> None:
    person = person_of(folder_of(folder), by)
    known = load(folder).clients.client(client)
    if known is None:
        raise NotFound("no such client is registered here", where=client, remedy="tabard hospital client list")
    with _parts(folder) as (_, endpoints, _):
        endpoints.decide(person.username, person.roles, client, host, reason, approve=is_approval)


def _decided(client: str, host: str, *, is_approval: bool, as_json: bool) -> None:
    if as_json:
        tell_json({"client": client, "host": host, "approved": is_approval})
    else:
        line(f"{client} may {'now' if is_approval else 'no longer'} be told at {host}.")


@contextmanager
def _parts(folder: Path) -> Iterator[tuple[Shelf, Endpoints, AuditLog]]:
    hospital = load(folder_of(folder))
    root = hospital.folder.root
    told, tables = engine(root / FILE), engine(root / "gateway.db")
    audit = AuditLog(hospital.folder.audit, system_clock)
    try:
        declared = Approvals(tables, hospital.installs.outside, audit, system_clock)
        yield Shelf(told, system_clock), Endpoints(tables, declared, audit, system_clock), audit
    finally:
        audit.close()
        tables.dispose()
        told.dispose()


def _told(one: Subscription) -> dict[str, Any]:
    return {
        "id": one.id,
        "client": one.owner.client,
        "person": one.owner.person,
        "kind": one.kind.value,
        "topic": one.wanted.topic,
        "content": one.wanted.content.value,
        "endpoint": one.wanted.endpoint or None,
        "status": one.status.value,
        "error": one.error or None,
        "events": one.last,
        "end": None if one.wanted.end is None else to_instant(one.wanted.end),
        "made": to_instant(one.made),
    }
