"""`tabard link journal|replay`: what came and what became of it, and messages given again."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from tabard import link as links
from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.link_options import HERE, Hospital, OneLink, folder_of, progress
from tabard.cli.messages import number_of, table, tell_messages, texts
from tabard.cli.person import By, operator_of
from tabard.cli.terminal import line
from tabard.ground.errors import CallerError
from tabard.ground.time import system_clock

_REASONS = {"waiting": "held because", "no_effect": "without effect because", "parked": "parked because", "refused": "refused because"}  # fmt: skip


class _State(StrEnum):
    """What becomes of a message."""

    waiting = "waiting"
    applied = "applied"
    no_effect = "no_effect"
    parked = "parked"
    refused = "refused"
    duplicate = "duplicate"


def journal(
    *,
    link: OneLink = None,
    parked: Annotated[
        int, typer.Option(min=0, metavar="N", help="Also the last N messages that were not applied.")
    ] = 0,
    latest: Annotated[
        int, typer.Option(min=0, metavar="N", help="Also the last N messages of any state, or of --state.")
    ] = 0,
    state: Annotated[
        _State | None, typer.Option(help="With --latest: those in one state alone, with reason and remedy.")
    ] = None,
    hospital: Hospital = HERE,
    as_json: AsJson = False,
) -> None:
    """How many messages came and what became of them; with reason and remedy, those that were not applied."""
    folder = folder_of(hospital)
    view = links.journal_of(folder)
    counts = view.counts(link)
    if link is not None and not counts.received:  # of a link that was taken away the journal still tells
        links.load_link(folder, link)
    if state is not None and not latest:
        raise CallerError(
            "a state goes with a number of messages", where="--state", expected="--latest N", remedy="add --latest 20"
        )
    of_state = links.Asked(link=link, state=None if state is None else state.value)
    found = view.search(of_state, latest).lines if latest else ()
    lines = {"parked": view.parked(parked, link=link), "latest": found}
    view.close()
    reasons = links.reasons_of(folder, link)
    is_even = counts.received == sum(counts.states.values())
    if as_json:
        asked = {"parked": parked, "latest": latest}
        told = {**asdict(counts), "reasons": reasons, "reconciles": is_even}
        tell_json({**told, **{name: each for name, each in lines.items() if asked[name]}})
        return
    table(("received", *counts.states), [(str(counts.received), *map(str, counts.states.values()))])
    if not is_even:
        Console().print("The states do not add up to what was received: report this.", highlight=False)
    for told_state, words in _REASONS.items():
        if reasons.get(told_state):
            table((words, "messages"), texts(reasons[told_state]))
    tell_messages(lines["latest"], is_why_told=state is not None)
    tell_messages(lines["parked"], is_why_told=True)


def replay(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The link whose messages they are.")],
    *,
    by: By,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in a sentence.")],
    seq: Annotated[list[int] | None, typer.Option(metavar="N", help="A message by its number; again for more.")] = None,
    day: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="All that were received on a day.")] = None,
    parked: Annotated[str | None, typer.Option(metavar="REASON", help="All that are parked for a reason.")] = None,
    hospital: Hospital = HERE,
    as_json: AsJson = False,
) -> None:
    """Have messages applied again. Nothing is sent and no product is told; unserved, it happens at the next serving."""
    folder = folder_of(hospital)
    which = links.Which(tuple(seq or ()), None if day is None else day.date(), parked, name)
    zone = links.zone_of(folder, name)
    _must_be_of(folder, name, seq or ())
    person = operator_of(folder, by)
    with progress("messages") as tell:
        done = links.replay(folder, which, person, reason, system_clock, zone=zone, tell=tell)
    if as_json:
        tell_json({"replayed": done})
    else:
        line(f"{number_of(len(done), 'message')} will be applied again")
        if not done:
            line("Passed over is what was refused, what is a duplicate, what waits anyway, and what retention emptied.")


def _must_be_of(folder: Path, name: str, seqs: Sequence[int]) -> None:
    """Raises CallerError where one of the messages came over another link, NotFound where the journal holds none such."""
    view = links.journal_of(folder)
    try:
        for seq in seqs:
            came = view.line(seq).link
            if came != name:
                raise CallerError(
                    "this message came over another link",
                    where=f"--seq {seq}",
                    expected=f"a message of link {name}",
                    got=came,
                    remedy=f"see `tabard link journal --link {name} --latest 20`, or name link {came}",
                )
    finally:
        view.close()
