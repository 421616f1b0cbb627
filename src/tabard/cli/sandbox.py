"""`tabard sandbox`: a pretend hospital whose day comes over MLLP, and from a Millennium by FHIR too."""

import os
from contextlib import ExitStack
from datetime import UTC, datetime
from enum import StrEnum
from itertools import chain
from pathlib import Path
from secrets import randbelow
from typing import Annotated, BinaryIO

import msgspec
import typer
from rich.console import Console

from tabard.cli.addresses import host_and_port
from tabard.cli.pretending import pretend_clock, read_faults, read_habits
from tabard.cli.screens import screen_of, with_apps
from tabard.cli.signals import stopped_by_signals
from tabard.ground.errors import CallerError
from tabard.sandbox import (
    NAMED,
    Charted,
    Fault,
    PretendLorenzo,
    PretendMillennium,
    Refused,
    Sent,
    WholeDay,
    batch_file,
    large_hospital,
    worded,
)

app = typer.Typer(no_args_is_help=True)

_SEEDS = 100_000
_FAULTS = ", ".join(fault.value for fault in Fault)
_A_WEDNESDAY = datetime(2026, 10, 14)  # noqa: DTZ001  as the command line reads times


class Voice(StrEnum):
    """Whose record system is pretended."""

    lorenzo = "lorenzo"
    millennium = "millennium"


@app.callback()
def _sandbox() -> None:
    """Pretend record systems with synthetic patients."""


@app.command()
def serve(  # noqa: PLR0913, PLR0917  each is an option of the command line
    to: Annotated[str, typer.Option(metavar="HOST:PORT", help="The hospital link's MLLP address.")],
    as_: Annotated[
        Voice, typer.Option("--as", help="St Elsewhere's Lorenzo or Millpond Royal's Millennium.")
    ] = Voice.lorenzo,
    fhir_port: Annotated[int, typer.Option(min=0, max=65535, help="Millennium's FHIR port; 0 takes a free one.")] = 0,
    client: Annotated[str | None, typer.Option(help="Let this client id ask Millennium's FHIR server.")] = None,
    client_key: Annotated[
        Path | None, typer.Option(help="Its public key in PEM (`tabard link key`); without one a secret is printed.")
    ] = None,
    apps: Annotated[
        list[str] | None,
        typer.Option(
            "--app", metavar="CLIENT=URL", help="Millennium's screen opens this: URL is HOSPITAL/launch/LINK."
        ),
    ] = None,
    app_key: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The apps' public key in PEM; without one they are public clients."),
    ] = None,
    opens: Annotated[
        list[str] | None,
        typer.Option("--open", metavar="TEXT=URL", help="Lorenzo's screen opens this: URL is HOSPITAL/context/LINK."),
    ] = None,
    context_secret: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The secret by which Lorenzo's addresses are sealed.")
    ] = None,
    screen_port: Annotated[int, typer.Option(min=0, max=65535, help="Lorenzo's screen; 0 takes a free port.")] = 0,
    seed: Annotated[int | None, typer.Option(help="The same seed lives the same day; drawn when not given.")] = None,
    speed: Annotated[float, typer.Option(min=0.001, help="How many times as fast as life.")] = 60.0,
    share: Annotated[float, typer.Option(min=0, max=0.9, help="How full the wards are at the start.")] = 0.7,
    events: Annotated[int | None, typer.Option(min=0, help="End after so many events of the day.")] = None,
    beds: Annotated[int | None, typer.Option(min=24, max=5000, help="A whole hospital of so many beds.")] = None,
    begin: Annotated[
        datetime | None,
        typer.Option(help="When the pretend day begins (UTC); 2026-10-25T00:20 meets the hour that comes twice."),
    ] = None,
    fault: Annotated[
        list[str] | None, typer.Option(metavar="KIND=SHARE", help=f"What befalls a share of messages: {_FAULTS}.")
    ] = None,
    habits: Annotated[str | None, typer.Option(help=f"In whose manner it is worded: {', '.join(NAMED)}.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON for each message.")] = False,  # noqa: FBT002  a flag of the command line
) -> None:
    """Fill a pretend hospital's wards, then live its day until Ctrl-C, telling HOST:PORT by HL7 v2 over MLLP."""
    host, port = host_and_port(to, "--to")
    chosen = randbelow(_SEEDS) if seed is None else seed
    screen = Console(stderr=as_json, highlight=False, soft_wrap=True)

    def tell_trouble(reason: str) -> None:
        screen.print(f"No acknowledgement from {host}:{port} ({reason}); trying until there is one.", markup=False)

    layout, clock = (large_hospital(beds) if beds else None), pretend_clock(begin, speed)
    faults, manner = read_faults(fault or [], chosen), read_habits(habits)
    hospital: PretendLorenzo | PretendMillennium
    if as_ is Voice.lorenzo:
        _must_be_millennium(fhir_port, client, client_key)
        hospital = PretendLorenzo(
            host, port, seed=chosen, layout=layout, clock=clock, patience_s=None, tell_trouble=tell_trouble
        )
    else:
        hospital = PretendMillennium(
            host,
            port,
            fhir_port=fhir_port,
            seed=chosen,
            layout=layout,
            clock=clock,
            patience_s=None,
            tell_trouble=tell_trouble,
        )
    hospital.faults, hospital.habits = faults, manner
    if beds:
        hospital.day = WholeDay(
            chosen, begin=clock(), layout=hospital.layout, census=hospital.census, people=hospital.people
        )
    screen.print(f"Pretend {as_.title()} of {hospital.layout.name}: seed {chosen}, to {host}:{port}, Ctrl-C ends it.")
    try:
        with ExitStack() as parts:
            if isinstance(hospital, PretendMillennium):
                with_apps(hospital, apps or (), app_key)
                _open(hospital, client, client_key, screen, as_json=as_json)
                if apps:
                    screen.print(f"A doctor's screen at {hospital.screen}", markup=False)
            elif (seen := screen_of(hospital, opens or (), context_secret, screen_port)) is not None:
                parts.callback(seen.close)
                seen.start()
                screen.print(f"A doctor's screen at {seen.origin}", markup=False)
            with stopped_by_signals(hospital.stop):
                _live(hospital, screen, speed=speed, share=share, events=events, as_json=as_json)
    finally:
        hospital.close()
    screen.print(f"The pretend {as_.title()} hung up.")


@app.command()
def day(
    file: Annotated[Path, typer.Argument(help="The batch file to write; it must not be there yet.")],
    seed: Annotated[int, typer.Option(help="The same seed writes the same day.")] = 1,
    beds: Annotated[int, typer.Option(min=24, max=5000, help="How many beds the hospital has.")] = 600,
    hours: Annotated[float, typer.Option(min=0.1, max=24 * 31, help="How many hours are told.")] = 24.0,
    begin: Annotated[datetime, typer.Option(help="When it begins (UTC).")] = _A_WEDNESDAY,
    share: Annotated[float, typer.Option(min=0, max=0.9, help="How full the wards are at the start.")] = 0.85,
    habits: Annotated[str | None, typer.Option(help=f"In whose manner it is worded: {', '.join(NAMED)}.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of words.")] = False,
) -> None:
    """Write a day of a pretend Lorenzo hospital into FILE as one HL7 batch: those who are in, then what happens."""
    manner, start = read_habits(habits), begin.replace(tzinfo=UTC)
    lived = WholeDay(seed, beds=beds, begin=start)
    layout, number = lived.census.layout, 0
    with _new_file(file) as out:
        for piece in batch_file(
            worded(chain(lived.fill(start, share), lived.told(start, hours)), layout, manner), layout, start
        ):
            number += out.write(piece)
    if as_json:
        typer.echo(msgspec.json.encode({"file": str(file), "size_bytes": number, "seed": seed}).decode())
    else:
        typer.echo(f"{file}: {number} bytes. Its dialect is `st-elsewhere`.")


def _new_file(path: Path) -> BinaryIO:
    try:
        return path.open("xb")
    except OSError as fault:
        raise CallerError(
            "the file cannot be written",
            where=str(path),
            got=os.strerror(fault.errno or 0),
            remedy="name a new file in a folder that is there",
        ) from fault


def _must_be_millennium(fhir_port: int, client: str | None, client_key: Path | None) -> None:
    if fhir_port or client or client_key:
        raise CallerError(
            "a pretend Lorenzo has no FHIR server",
            where="--fhir-port, --client, --client-key",
            remedy="add `--as millennium`, or leave them out",
        )


def _open(
    millennium: PretendMillennium, client: str | None, client_key: Path | None, screen: Console, *, as_json: bool
) -> None:
    """Start the FHIR server, let the client in, and say where it is."""
    if client_key is not None and client is None:
        raise CallerError("a key needs a client", where="--client-key", remedy="name the client with --client")
    secret = _let_in(millennium, client, client_key) if client else None

    def tell_refused(refused: Refused) -> None:
        _tell_refused(refused, screen, as_json=as_json)

    millennium.start(tell_refused)
    screen.print(f"FHIR at {millennium.fhir_base}", markup=False)
    if secret is not None:
        screen.print(f"Client {client}, secret {secret} (pretend, told once)", markup=False)


def _let_in(millennium: PretendMillennium, client: str, client_key: Path | None) -> str | None:
    """Register the client by its key, or answer a secret for it."""
    if client_key is None:
        return millennium.register_secret(client)
    try:
        pem = client_key.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as fault:
        raise CallerError(
            "the client's public key cannot be read", where=str(client_key), remedy="name a PEM file with --client-key"
        ) from fault
    millennium.register_client(client, pem)
    return None


def _live(
    hospital: PretendLorenzo | PretendMillennium,
    screen: Console,
    *,
    speed: float,
    share: float,
    events: int | None,
    as_json: bool,
) -> None:
    count = 0
    with screen.status("dialling ..."):
        for source in (hospital.fill(share), hospital.play(speed=speed, events=events)):
            for happened in hospital.until_stopped(source):
                count += 1
                _tell(happened, count, screen, as_json=as_json)


def _tell(happened: Sent | Charted, count: int, screen: Console, *, as_json: bool) -> None:
    """A line for what happened and where, not to whom; what was only charted has no acknowledgement."""
    event = happened.event
    code = happened.acknowledgement.code if isinstance(happened, Sent) else None
    place = event.stay.place if event.stay else None
    if as_json:
        told = {
            "count": count,
            "event": event.kind.value,
            "at": event.at,
            "ward": place.ward if place else None,
            "bed": place.bed if place else None,
            "ack": code,
            "attempts": happened.attempts if isinstance(happened, Sent) else 0,
        }
        typer.echo(msgspec.json.encode(told).decode())
    else:
        where = f"{place.ward} {place.bed}" if place else ""
        screen.print(f"{count:>6}  {event.at:%a %H:%M}  {event.kind.value}  {where:<14} {code or 'charted'}")


def _tell_refused(refused: Refused, screen: Console, *, as_json: bool) -> None:
    """A line for a request that the real one would not have answered; names of parameters, never a value."""
    if as_json:
        told = {"refused": refused.type, "parameters": refused.parameters, "why": refused.why}
        typer.echo(msgspec.json.encode(told).decode())
    else:
        asked = f"{refused.type}?{'&'.join(refused.parameters)}"
        screen.print(f"refused {asked}: {refused.why}", markup=False)
