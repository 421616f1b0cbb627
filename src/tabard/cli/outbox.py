"""`tabard link outbox`: what products wrote, how far each has come, and what a person decides of it."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.link_options import HERE, Hospital, folder_of
from tabard.cli.messages import table
from tabard.cli.person import By, operator_of
from tabard.ground.errors import CallerError
from tabard.link.writeback import WORDS, Outlook, Write, WriteState

app = typer.Typer(invoke_without_command=True)

Number = Annotated[int, typer.Argument(metavar="ID", help="A write by its number, as listed.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in a sentence.")]


@app.callback()
def outbox(
    context: typer.Context,
    *,
    state: Annotated[WriteState | None, typer.Option(help="Those in one state alone.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, metavar="N", help="How many, newest first.")] = 50,
    hospital: Hospital = HERE,
    as_json: AsJson = False,
) -> None:
    """What products wrote and how far each has come: pending, accepted (received, not filed), rejected, unclear, confirmed."""
    if context.invoked_subcommand is not None:
        return
    with Outlook.of(folder_of(hospital)) as outlook:
        standing = outlook.standing(state, limit)
    if as_json:
        tell_json({"counts": standing.counts, "writes": [asdict(one) for one in standing.writes]})
        return
    table(tuple(standing.counts), [tuple(map(str, standing.counts.values()))])
    heads = ("id", "written", "what", "to", "state", "reason", "what to do")
    if standing.writes:
        table(heads, [_row(one) for one in standing.writes])
    elif not any(standing.counts.values()):
        Console().print("Nothing was written yet. See docs/do/write-back.md.", highlight=False)


@app.command()
def resend(number: Number, *, by: By, reason: Reason, hospital: Hospital = HERE, as_json: AsJson = False) -> None:
    """Have a write that is rejected or unclear sent again: the same number, the same bytes."""
    folder, person = _decided_by(hospital, by, reason)
    with Outlook.of(folder) as outlook:
        _tell(outlook.send_again(number, by=person, why=reason), as_json=as_json)


@app.command()
def accept(number: Number, *, by: By, reason: Reason, hospital: Hospital = HERE, as_json: AsJson = False) -> None:
    """Somebody looked in the record system: what is rejected or unclear here is there."""
    _decide(hospital, number, WriteState.accepted, by, reason, as_json=as_json)


@app.command()
def reject(number: Number, *, by: By, reason: Reason, hospital: Hospital = HERE, as_json: AsJson = False) -> None:
    """Somebody looked in the record system: what is unclear here is not there, and is not sent again."""
    _decide(hospital, number, WriteState.rejected, by, reason, as_json=as_json)


def _decide(hospital: Path, number: int, state: WriteState, by: str, reason: str, *, as_json: bool) -> None:
    folder, person = _decided_by(hospital, by, reason)
    with Outlook.of(folder) as outlook:
        _tell(outlook.decide(number, state, by=person, why=reason), as_json=as_json)


def _decided_by(hospital: Path, by: str, reason: str) -> tuple[Path, str]:
    """The hospital's folder, and the username of who decides. Raises CallerError without a password, a role or a reason."""
    if not reason.strip():
        raise CallerError("a decision has a reason", where="--reason", expected="a text", remedy="Say it.")
    folder = folder_of(hospital)
    return folder, operator_of(folder, by)


def _tell(write: Write, *, as_json: bool) -> None:
    if as_json:
        tell_json(asdict(write))
    else:
        Console().print(f"{write.resource}: {WORDS[write.state]}. {write.reason}", highlight=False)


def _row(one: Write) -> tuple[str, ...]:
    when = f"{one.created:%Y-%m-%d %H:%M:%S} UTC"
    return (str(one.id), when, one.resource, one.destination, one.state.value, one.reason, one.remedy)
