"""`tabard sandbox`: a pretend hospital whose day comes over MLLP."""

from secrets import randbelow
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from tabard.cli.addresses import host_and_port
from tabard.cli.signals import stopped_by_signals
from tabard.sandbox import PretendLorenzo, Sent

app = typer.Typer(no_args_is_help=True)

_SEEDS = 100_000


@app.callback()
def _sandbox() -> None:
    """Pretend record systems with synthetic patients."""


@app.command()
def serve(
    to: Annotated[str, typer.Option(metavar="HOST:PORT", help="The hospital link's MLLP address.")],
    seed: Annotated[int | None, typer.Option(help="The same seed lives the same day; drawn when not given.")] = None,
    speed: Annotated[float, typer.Option(min=0.001, help="How many times as fast as life.")] = 60.0,
    share: Annotated[float, typer.Option(min=0, max=0.9, help="How full the wards are at the start.")] = 0.7,
    events: Annotated[int | None, typer.Option(min=0, help="End after so many events of the day.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON for each message.")] = False,  # noqa: FBT002  a flag of the command line
) -> None:
    """Fill a pretend Lorenzo's wards, then live its day until Ctrl-C, telling HOST:PORT by HL7 v2 over MLLP."""
    host, port = host_and_port(to, "--to")
    chosen = randbelow(_SEEDS) if seed is None else seed
    screen = Console(stderr=as_json, highlight=False, soft_wrap=True)

    def tell_trouble(reason: str) -> None:
        screen.print(f"No acknowledgement from {host}:{port} ({reason}); trying until there is one.", markup=False)

    lorenzo = PretendLorenzo(host, port, seed=chosen, patience_s=None, tell_trouble=tell_trouble)
    screen.print(f"Pretend Lorenzo of {lorenzo.layout.name}: seed {chosen}, to {host}:{port}, Ctrl-C ends it.")
    with stopped_by_signals(lorenzo.stop):
        _live(lorenzo, screen, speed=speed, share=share, events=events, as_json=as_json)
    screen.print("The pretend Lorenzo hung up.")


def _live(
    lorenzo: PretendLorenzo, screen: Console, *, speed: float, share: float, events: int | None, as_json: bool
) -> None:
    count = 0
    with screen.status("dialling ..."):
        for source in (lorenzo.fill(share), lorenzo.play(speed=speed, events=events)):
            for sent in lorenzo.until_stopped(source):
                count += 1
                _tell(sent, count, screen, as_json=as_json)
    lorenzo.close()


def _tell(sent: Sent, count: int, screen: Console, *, as_json: bool) -> None:
    """A line for a message: what happened and where, not to whom."""
    event, code = sent.event, sent.acknowledgement.code
    place = event.stay.place if event.stay else None
    if as_json:
        told = {
            "count": count,
            "event": event.kind.value,
            "at": event.at,
            "ward": place.ward if place else None,
            "bed": place.bed if place else None,
            "ack": code,
            "attempts": sent.attempts,
        }
        typer.echo(msgspec.json.encode(told).decode())
    else:
        where = f"{place.ward} {place.bed}" if place else ""
        screen.print(f"{count:>6}  {event.at:%a %H:%M}  {event.kind.value}  {where:<14} {code}")
