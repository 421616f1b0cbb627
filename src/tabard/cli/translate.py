"""`tabard link translate|send`: a look at what a dialect makes of messages, and messages sent to a link."""

import sys
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console

from tabard import link as links
from tabard.cli.addresses import host_and_port
from tabard.cli.link_options import EXIT_SOME_FAILED, AsLines, Messages, content_of, progress
from tabard.cli.messages import tell_answer, tell_explanation
from tabard.cli.terminal import shown
from tabard.dialect import Explanation, load
from tabard.ground.errors import CallerError
from tabard.hl7v2 import split_messages


def translate(
    file: Messages,
    *,
    dialect: Annotated[str, typer.Option(help="A shipped dialect, or the path of a dialect's TOML file.")] = "itk-2.4",
    explain: Annotated[
        bool, typer.Option("--explain", help="For each element the fields of the message and the rule that made it.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Lines of JSON, also with --explain.")] = False,
) -> None:
    """Print one FHIR Bundle a message as NDJSON; an OperationOutcome, and in the end exit 1, where one cannot be read."""
    look = links.explain_file if explain else links.translate_file
    is_whole, count, content = True, 0, content_of(file)
    of = sum(1 for _ in split_messages(content))
    with progress("messages", is_alone=not sys.stdout.isatty()) as tell:
        for count, translated in enumerate(look(content, load(dialect)), 1):
            is_whole = is_whole and translated.is_read
            _tell(count, translated, is_explained=explain, as_json=as_json)
            tell(count, of)
    if not count:
        raise CallerError("there is no message in it", where=file, expected="messages that begin with MSH")
    if not is_whole:
        raise typer.Exit(EXIT_SOME_FAILED)


def send(
    file: Messages,
    to: Annotated[str, typer.Argument(metavar="HOST:PORT", help="Where a link listens.")],
    *,
    as_json: AsLines = False,
) -> None:
    """Send each message over MLLP and print its acknowledgement; exit 1 where one was not taken."""
    host, port = host_and_port(to, "HOST:PORT")
    messages = tuple(split_messages(content_of(file)))
    if not messages:
        raise CallerError("there is no message in it", where=file, expected="messages that begin with MSH")
    taken = 0
    for number, answer in enumerate(links.send(messages, host, port), 1):
        taken += answer.is_taken
        tell_answer(number, answer, as_json=as_json)
    if not as_json:
        Console().print(f"{taken} of {len(messages)} taken", highlight=False)
    if taken != len(messages):
        raise typer.Exit(EXIT_SOME_FAILED)


def _tell(count: int, translated: links.Translated, *, is_explained: bool, as_json: bool) -> None:
    """What a message becomes; why it cannot be read in words, where words were asked for."""
    if translated.explanation is None:
        typer.echo(_unread(translated.line) if is_explained and not as_json else translated.line)
    elif as_json:
        typer.echo(msgspec.json.encode({"message": count, **_explained(translated.explanation)}))
    else:
        tell_explanation(count, translated.explanation)


def _unread(outcome: bytes | str) -> str:
    """Why a message cannot be read, in words."""
    told: list[str] = [issue["diagnostics"] for issue in msgspec.json.decode(outcome)["issue"]]
    return shown("; ".join(told))


def _explained(explanation: Explanation) -> dict[str, Any]:
    """As values of JSON, each element with the rule in words."""
    elements = [{**msgspec.to_builtins(one), "rule": one.rule} for one in explanation.elements]
    return {"elements": elements, "unmapped": explanation.unmapped}
