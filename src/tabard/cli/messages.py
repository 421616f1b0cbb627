"""Messages, their answers and their counts in words on a terminal."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from tabard import link as links
from tabard.cli.terminal import line
from tabard.dialect import Explanation


def tell_answer(number: int, answer: links.Answer, *, as_json: bool) -> None:
    """What was answered to one message."""
    told = {"message": number, "control_id": answer.control_id, "code": answer.code, "text": answer.text}
    if as_json:
        typer.echo(msgspec.json.encode({**told, "taken": answer.is_taken}).decode())
    else:
        stray = "" if answer.is_for_it else "  (an answer to another message)"
        typer.echo(f"{number:>6}  {answer.code}  {answer.control_id}  {answer.text}{stray}".rstrip())


def tell_messages(lines: Sequence[links.Line], *, is_why_told: bool) -> None:
    """A line for each message, below it what happened and what to do: a table would cut both short."""
    for one in lines:
        known = (f"{one.seq:>6}", f"{one.received:%Y-%m-%d %H:%M:%S} UTC", one.link, one.event, one.control_id)
        typer.echo("  ".join(filter(None, (*known, one.state, one.reason, *one.flags))))
        for text in filter(None, (one.detail, one.remedy) if is_why_told else ()):
            typer.echo(f"          {text}")


def number_of(count: int, name: str) -> str:
    """`1 message`, `2 messages`."""
    return f"{count} {name}" if count == 1 else f"{count} {name}s"


def texts(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """Counts as rows of a table."""
    return [(name, str(number)) for name, number in counts.items()]


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table on the screen; what is too wide goes on below, for a name or an address that is cut is of no use."""
    shown = Table()
    for head in heads:
        shown.add_column(head, overflow="fold")
    for row in rows:
        shown.add_row(*row)
    Console().print(shown, highlight=False)


def tell_explanation(number: int, explanation: Explanation) -> None:
    """Each element of what a message becomes: what it holds, and the fields and the rule that made it."""
    typer.echo(f"message {number}")
    for one in explanation.elements:
        value = msgspec.json.encode(one.value).decode()
        line(f"  {one.resource}.{one.element} = {value}")
        line(f"      {', '.join(one.fields) or 'no field'}; {one.rule}")
    if explanation.unmapped:
        line(f"  went nowhere: {', '.join(explanation.unmapped)}")
