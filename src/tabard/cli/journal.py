"""`tabard link journal|replay`: what came and what became of it, and messages given again."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console

from tabard import link as links
from tabard.cli.link_options import HERE, AsJson, Hospital, OneLink, folder_of, progress, tell_json
from tabard.cli.messages import table, tell_messages, texts
from tabard.ground.time import system_clock

_REASONS = {"waiting": "held because", "no_effect": "without effect because", "parked": "parked because", "refused": "refused because"}  # fmt: skip


def journal(
    *,
    link: OneLink = None,
    parked: Annotated[
        int, typer.Option(min=0, metavar="N", help="Also the last N messages that were not applied.")
    ] = 0,
    latest: Annotated[int, typer.Option(min=0, metavar="N", help="Also the last N messages of any state.")] = 0,
    hospital: Hospital = HERE,
    as_json: AsJson = False,
) -> None:
    """How many messages came and what became of them; with reason and remedy, those that were not applied."""
    folder = folder_of(hospital)
    view = links.journal_of(folder)
    counts = view.counts(link)
    if link is not None and not counts.received:  # of a link that was taken away the journal still tells
        links.load_link(folder, link)
    lines = {"parked": view.parked(parked, link=link), "latest": view.latest(latest, link=link)}
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
    for state, words in _REASONS.items():
        if reasons.get(state):
            table((words, "messages"), texts(reasons[state]))
    tell_messages(lines["latest"], is_why_told=False)
    tell_messages(lines["parked"], is_why_told=True)


def replay(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The link whose messages they are.")],
    *,
    by: Annotated[str, typer.Option("--by", metavar="PERSON", help="Who decides it.")],
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
    with progress("messages") as tell:
        done = links.replay(folder, which, by, reason, system_clock, zone=zone, tell=tell)
    if as_json:
        tell_json({"replayed": done})
    else:
        Console().print(f"{len(done)} messages will be applied again", highlight=False)
