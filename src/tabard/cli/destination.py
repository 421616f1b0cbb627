"""`tabard link destination`: where messages to record systems go: list, show, and go by changed files at once."""

from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from tabard import link as links
from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.link_options import HERE, Hospital, folder_of
from tabard.cli.messages import table
from tabard.cli.terminal import line
from tabard.ground.errors import CallerError
from tabard.link.control import SOCKET_FILE
from tabard.link.out import OUTBOX_FILE, Destination, OutReason, list_destinations, load_destination
from tabard.link.out.model import TOLD
from tabard.link.writeback import Outlook

app = typer.Typer(no_args_is_help=True, help="Where messages to record systems go.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="A destination: the name of its file in destinations/.")]


@app.command(name="list")
def list_(*, hospital: Hospital = HERE, as_json: AsJson = False) -> None:
    """Each destination: where it is, whether it is reached, how much waits to be sent, since when, and what is unclear."""
    folder = folder_of(hospital)
    states = _states(folder)
    found = [_told(one, states.get(one.name)) for one in list_destinations(folder)]
    if as_json:
        tell_json(found)
    elif not found:
        Console().print("No destinations yet. See docs/do/write-back.md.", highlight=False)
    else:
        heads = ("destination", "where", "TLS", "state", "queued", "oldest", "rejected", "unclear")
        table(heads, [_row(one) for one in found])


@app.command()
def show(name: Name, *, hospital: Hospital = HERE, as_json: AsJson = False) -> None:
    """All settings of a destination, and how it fares."""
    folder = folder_of(hospital)
    told = _told(load_destination(folder, name), _states(folder).get(name))
    if as_json:
        tell_json(told)
        return
    for key, value in told.items():
        if isinstance(value, dict):
            value = ", ".join(f"{word} {number}" for word, number in value.items())  # noqa: PLW2901  as it is shown
        line(f"{key:<24}{'' if value is None else value}")
    if told["remedy"]:
        line(told["remedy"])


@app.command()
def reload(*, hospital: Hospital = HERE, as_json: AsJson = False) -> None:
    """Have the hospital that is being served read the files anew, and go by them at once."""
    folder = folder_of(hospital)
    list_destinations(folder)  # what is wrong in a file is told here, with its place
    if not (folder / SOCKET_FILE).exists():
        raise CallerError(
            "the hospital is not being served", remedy="nothing need be done: the next start reads the files"
        )
    changed = links.ask(folder, "reload_destinations")
    if as_json:
        tell_json({"changed": changed})
    else:
        line(f"Gone by now: {', '.join(changed)}" if changed else "Nothing in the files is other than what is gone by.")


def _states(folder: Path) -> dict[str, dict[str, Any]]:
    """How each fares, by name: asked of who serves the hospital, else read of what is kept."""
    if (folder / SOCKET_FILE).exists():
        with suppress(CallerError):  # nobody there, or no link that writes anything back: then nothing is carried
            return {one["name"]: one for one in links.ask(folder, "destinations")}
    if not (folder / OUTBOX_FILE).exists():
        return {}
    with Outlook.of(folder) as outlook:
        return {one.name: {**asdict(one), "is_connected": None} for one in outlook.destinations()}


def _told(destination: Destination, state: dict[str, Any] | None) -> dict[str, Any]:
    """Settings and state as one."""
    fault = None if state is None or state["fault"] is None else OutReason(state["fault"])
    sentence, remedy = ("", "") if fault is None else TOLD[fault]
    told = {"is_connected": None, "counts": {}, "oldest_queued": None, "strays": 0} if state is None else state
    known = {name: told[name] for name in ("is_connected", "counts", "oldest_queued", "strays")}
    return {**asdict(destination), **known, "fault": fault, "told": sentence, "remedy": remedy}


def _row(told: dict[str, Any]) -> tuple[str, ...]:
    counts = told["counts"]
    is_connected = told["is_connected"]
    state = told["told"] or {None: "not served", True: "connected", False: "not connected now"}[is_connected]
    return (
        *(told["name"], f"{told['host']}:{told['port']}", "yes" if told["tls"] else "no", state),
        *(str(counts.get("queued", 0)), str(told["oldest_queued"] or "")),
        *(str(counts.get("rejected", 0)), str(counts.get("unclear", 0))),
    )
