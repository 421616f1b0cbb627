"""Cases in words on a terminal: the queue, one case, and what is signed."""

from collections.abc import Iterable, Mapping
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from tabard.cli.terminal import shown
from tabard.decision import plain_words
from tabard.store.asking import Drafted, Told

_ID_SHOWN = 12


def tell_rows(cases: Iterable[Told]) -> None:
    """The queue as a table."""
    table = Table("case", "product", "publisher", "status", "next")
    for one in cases:
        names = (one["id"][:_ID_SHOWN], f"{one['product']} {one['version']}", one["publisher"], one["status"])
        table.add_row(*map(shown, names), shown(one["next_step"]))
    Console().print(table, highlight=False, markup=False)


def tell_case(told: Told, drafted: Drafted | None) -> None:
    """All of one case, what would be signed last."""
    _tell(f"{told['name']} {told['version']} ({told['product']}) by {told['publisher_name']}: {told['status']}")
    _tell(f"{told['summary']}\nIntended use: {told['intended_use']}")
    clock = told["service"]
    _tell(f"Class {told['product_class']}; {clock['used_days']} of {clock['of_days']} working days used")
    _part(
        "Who judges it",
        (f"{one['name']} ({one['role']}); conflict of interest: {one['conflicts']}" for one in told["taken"]),
    )
    if since := told["since"]:
        _part("How it is judged", (f"{since['route']}, since {since['version'] or 'nothing'}", *since["because"]))
    _part("What it may touch", (one["words"] for one in told["touches"]))
    _part("What changed", told["changed"])
    _part("Hazards", map(_hazard, told["hazards"]))
    _part("Findings", map(_finding, told["findings"]))
    _part("To be reviewed by a person", map(_unreviewed, told["unreviewed"]))
    _part("Reviews", (f"{one['rule']}: {one['verdict']}, by {one['by']}: {one['reason']}" for one in told["reviews"]))
    _part("Asked and answered", map(_remark, told["remarks"]))
    _part("What happened", (f"{one['at']}  {one['kind']}  {one['by']}  {one['words']}" for one in told["happened"]))
    if drafted is not None:
        tell_drafted(drafted)
    _part("Signed by", (f"{one['name']} ({one['role']})" for one in told["signed_by"]))
    _tell(told["next"])


def _remark(one: Told) -> str:
    what = "asks" if one["is_question"] else "answers " + str(one["answers"]) if one["answers"] else "says"
    return f"{one['number']}  {one['by']} {what}, {one['about']}: {one['words']}"


def _hazard(one: Told) -> str:
    """From what to what, why it can come about, and who keeps it down by what."""
    lines = [f"{one['id']} {one['title']}: {one['before']} -> {one['after']}", f"cause: {one['cause']}"]
    lines += (f"{control['owner']}: {_line(control)}" for control in one["controls"])
    return "\n      ".join((*lines, f"why it may remain: {one['reason']}") if one["reason"] else lines)


def _line(control: Told) -> str:
    return (
        f"{control['text']} ({', '.join(control['implemented'])})" if control["implemented"] else str(control["text"])
    )


def _unreviewed(one: Told) -> str:
    return f"{one['rule']} at {one['place']}: {one['got']} (judged by {' or '.join(one['judges'])})"


def _finding(one: Mapping[str, Any]) -> str:
    detail = (f"{name}: {one[name]}" for name in ("expected", "got", "remedy") if one[name])
    return "\n      ".join((f"{one['verdict']:<14} {one['rule']}  {one['place']}", *detail))


def tell_drafted(drafted: Drafted, *, err: bool = False) -> None:
    """What is signed, a sentence a line."""
    _tell("What is signed:", err=err)
    for line in (*plain_words(drafted.decision, drafted.touched), f"It is said in the name of {drafted.verifier}."):
        _tell(f"  {' '.join(line.split())}", err=err)  # a sentence a line: none may look like another


def _part(title: str, lines: Iterable[str]) -> None:
    told = tuple(lines)
    if told:
        _tell(f"\n{title}")
        for line in told:
            _tell(f"  {line}")


def _tell(words: str, *, err: bool = False) -> None:
    typer.echo("\n".join(map(shown, words.split("\n"))), err=err)
