"""`tabard demo`: the whole story on this machine."""

import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.status import Status

from tabard.cli.signals import stopped_by_signals
from tabard.demo import Outcome, Play, Stage, Step, free_ports, live_on, once, play, stage_in, staying, stop_living
from tabard.ground.errors import CallerError
from tabard.sandbox import Charted, Sent

app = typer.Typer(invoke_without_command=True, subcommand_metavar="")

_SPEED = 90.0
_SILENCE_ONCE_S, _SILENCE_STAYING_S = 3, 60


@app.callback()
def demo(
    once_only: Annotated[bool, typer.Option("--once", help="Play every step without staying.")] = False,  # noqa: FBT002  a flag of the command line
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write steps, addresses and people to FILE.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--dir", metavar="DIR", help="Keep the store and the hospitals in DIR.")
    ] = None,
) -> None:
    """A store, two hospitals, two products: built, judged, installed, opened, lived with and recalled. Ctrl-C ends it."""
    screen = Console()
    with _interrupted_by_sigterm(), _kept_folder(folder) as kept, _stage(kept, stays=not once_only) as stage:
        played = _play(once() if once_only else staying(), stage, screen)
        if json_file is not None:
            json_file.write_bytes(msgspec.json.format(msgspec.json.encode(played.told())) + b"\n")
        if not played.ok:
            raise typer.Exit(1)
        if not once_only:
            _stay(stage, screen)


@contextmanager
def _interrupted_by_sigterm() -> Iterator[None]:
    """Within it SIGTERM is as Ctrl-C: what was started is ended."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _kept_folder(folder: Path | None) -> Iterator[Path]:
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="tabard-demo-") as temporary:
            yield Path(temporary)
        return
    if folder.exists() and any(folder.iterdir()):
        raise CallerError(
            "this folder is not empty",
            where=f"--dir {folder}",
            remedy="name a new folder; an earlier demo's hospitals are looked at with `tabard hospital serve DIR/st-elsewhere`",
        )
    folder.mkdir(parents=True, exist_ok=True)
    yield folder


@contextmanager
def _stage(folder: Path, *, stays: bool) -> Iterator[Stage]:
    silence_s = _SILENCE_STAYING_S if stays else _SILENCE_ONCE_S
    stage = stage_in(folder, free_ports(), silence_s)
    try:
        yield stage
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    finally:
        stage.clear()


def _play(steps: tuple[Step, ...], stage: Stage, screen: Console) -> Play:
    with screen.status("") as status:

        def before(step: Step) -> None:
            status.update(f"{step.name} ...")

        def after(outcome: Outcome) -> None:
            _tell(outcome, screen)

        return play(steps, stage, before, after)


def _tell(outcome: Outcome, screen: Console) -> None:
    mark = "[green]ok  [/]" if outcome.ok else "[red]FAIL[/]"
    screen.print(f"{mark} {outcome.seconds:6.2f} s  {outcome.name:<40}", end="", highlight=False)
    screen.print(outcome.told, style="dim" if outcome.ok else "red", markup=False, highlight=False, soft_wrap=True)


def _stay(stage: Stage, screen: Console) -> None:
    """Live on until Ctrl-C, then stop cleanly."""
    screen.print(
        f"\n[bold]Open {stage.elsewhere.base}[/] and sign in; then Products, Ward board, Open.", highlight=False
    )
    for where, people in stage.people.items():
        screen.print(f"  {where}", highlight=False)
        for one in people:
            told = f"    {one.username:<16} {one.password:<25} {one.does}"
            screen.print(told, highlight=False, markup=False, soft_wrap=True)
    for name, address in stage.addresses.items():
        screen.print(f"  {name:<32} {address}", highlight=False, markup=False, soft_wrap=True)
    command = f"tabard catalogue recall {stage.centre.folder} ward-board --level stop --reason WHY --remedy WHAT"
    screen.print("  Pull the cord, and look at both hospitals a moment later:", highlight=False)
    screen.print(
        f"    {command} --key {stage.centre.offline / 'recall-1.pem'}", highlight=False, markup=False, soft_wrap=True
    )
    screen.print(f"Both hospitals live {_SPEED:g} times as fast as life. Ctrl-C ends it.\n", highlight=False)
    with stopped_by_signals(lambda: stop_living(stage)), screen.status("") as status:
        live_on(stage, _SPEED, lambda told: _happened(told, status))
    screen.print("Stopping.")


def _happened(told: Sent | Charted, status: Status) -> None:
    """The latest event on one line: what and where, not to whom."""
    place = told.event.stay.place if told.event.stay else ""
    status.update(f"{told.event.at:%H:%M:%S}  {told.event.kind.name.replace('_', ' ')}  {place}")
