"""`tabard link load`: what the record system held before the link, loaded from files; and the word that it is all there."""

from pathlib import Path
from typing import Annotated

import typer

from tabard import link as links
from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.link_options import HERE, Hospital, LinkName, folder_of, progress
from tabard.cli.messages import number_of
from tabard.cli.person import By, operator_of
from tabard.cli.terminal import line
from tabard.ground.errors import CallerError
from tabard.ground.time import system_clock


def load(
    name: LinkName,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE...", help="Batch files (FHS, BHS), or messages one after another."),
    ] = None,
    *,
    by: By,
    close: Annotated[bool, typer.Option("--close", help="Say that all is there: the record is complete.")] = False,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="With --close: how you know.")] = "",
    hospital: Hospital = HERE,
    as_json: AsJson = False,
) -> None:
    """Load what was before day one; until --close every page and answer says since when the record is incomplete."""
    folder = folder_of(hospital)
    if close == bool(files):
        raise CallerError(
            "files are loaded, or the load is closed", expected="FILE... or --close", remedy="give one of the two"
        )
    if close:
        if not reason.strip():
            raise CallerError(
                "that all is there is said for a reason",
                where="--reason",
                expected="how you know that the record is complete",
                remedy="say it, such as: all wards counted against the bed board",
            )
        person = operator_of(folder, by)
        links.close_opening(folder, name, person, reason, system_clock)
        tell_json({"closed": name}) if as_json else line(f"Link {name}: the record is complete, {person} says")
        return
    person = operator_of(folder, by)
    with progress("messages") as tell:
        done = links.load_opening(folder, name, files or (), person, system_clock, tell=tell)
    incomplete = links.Opening(folder, name).state()
    if as_json:
        told = {"journaled": done.number, "known": done.known, "unreadable": done.unreadable}
        tell_json({**told, "incomplete_since": None if incomplete is None else incomplete.since})
        return
    many = number_of(done.number, "message")
    line(f"{many}, of which {done.known} were here already and {done.unreadable} cannot be read")
    line("While the hospital is served they are applied at once, else at the next serving: `tabard link journal`")
    line(f"When all is loaded: tabard link load {name} --close --by USERNAME --reason TEXT")
