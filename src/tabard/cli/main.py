"""`tabard`: mounts each room's commands, and tells errors so that the reader knows what to do next."""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version as version_of
from typing import Annotated

import typer

from tabard.cli.terminal import shown
from tabard.ground.errors import InternalError, TabardError

ROOMS = {
    "accredit": "Judging what was submitted: review, sign or refuse.",
    "audit": "The audit: verify it, keep its heads, see who looked.",
    "catalogue": "The signed catalogue: verify it, recall a product.",
    "demo": "A store, two hospitals, two products: the whole story.",
    "hospital": "One trust's own Tabard: make it, install products, serve it.",
    "link": "Links to record systems, and what came over them.",
    "product": "Making a product: begin, check, build, sign, submit.",
    "rules": "The rules of accreditation: list them, sign advisories.",
    "sandbox": "Pretend record systems with synthetic patients.",
    "store": "The central store: make it, enrol people, serve it.",
}
EXIT_CALLER, EXIT_OURS = 1, 70


def main() -> None:
    """Run one command; a TabardError becomes a clear sentence on standard error and a non-zero exit."""
    try:
        command_line(sys.argv[1:])(prog_name="tabard")
    except TabardError as error:
        tell(error)
        raise SystemExit(EXIT_OURS if isinstance(error, InternalError) else EXIT_CALLER) from None


def command_line(arguments: Sequence[str]) -> typer.Typer:
    """The commands of the room that `arguments` name first, or of all rooms: one room is imported quickest.

    Help is plain text: the framed kind calls every flag a `<bool>` and breaks sentences to fit its boxes.
    """
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    app.callback(help="Tabard: an open toolkit and app store for hospital software.")(_tabard)
    for room in [arguments[0]] if arguments and arguments[0] in ROOMS else list(ROOMS):
        app.add_typer(import_module(f"tabard.cli.{room}").app, name=room, help=ROOMS[room])
    return app


def _tell_version(is_asked: bool) -> None:  # noqa: FBT001  as the command line calls it
    if is_asked:
        typer.echo(f"tabard {version_of('tabard')}")
        raise typer.Exit


def _tabard(
    version: Annotated[bool, typer.Option("--version", callback=_tell_version, help="Which version this is.")] = False,  # noqa: FBT002  a flag of the command line
) -> None:
    """Nothing happens before the room's own command."""
    del version


def tell(error: TabardError) -> None:
    """The error in words on standard error: what, where, expected, got, remedy, a line each."""
    told = {"where": error.where, "expected": error.expected, "got": error.got, "remedy": error.remedy}
    message = map(shown, f"tabard: {error.message}".split("\n"))  # faults of one document stand a line each
    lines = [*message, *(f"  {label + ':':<10}{shown(value)}" for label, value in told.items() if value)]
    print("\n".join(lines), file=sys.stderr)  # noqa: T201  the command line's own voice
