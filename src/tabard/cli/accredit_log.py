"""`tabard accredit log`: the decision log of a store, read and held against the head that its catalogue signs."""

from pathlib import Path
from typing import Annotated

import httpx
import typer

from tabard.cli.accredit_options import At
from tabard.cli.as_json import AsJson, tell_json
from tabard.decision import Entry, Head, read_log, verify_log
from tabard.ground.errors import CallerError, PeerError

app = typer.Typer(no_args_is_help=True)

_PATIENCE_S = 60.0
_LARGEST = 64 * 1024 * 1024

Read = Annotated[
    Path | None, typer.Option("--file", metavar="FILE", help="Read the log from this file, not from the store.")
]


@app.callback()
def _log() -> None:
    """The decision log: every decision and what became of it, each line holding the digest of the one before."""


@app.command()
def show(*, at: At, file: Read = None, as_json: AsJson = False) -> None:
    """The lines, the first first."""
    entries = read_log(_raw(at, file))
    if as_json:
        tell_json([{**_told(one), "sha256": one.sha256} for one in entries])
    for one in () if as_json else entries:
        typer.echo(f"{one.seq:>5}  {one.at:%Y-%m-%d %H:%M}  {one.kind:<12} {one.product} {one.version}  {one.words}")


@app.command()
def verify(
    *,
    at: At,
    file: Read = None,
    head: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A head that was kept: the target decisions/head.json.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Hold each line against the one before, and the head that the catalogue publishes, or that you kept, against them all."""
    published = Head.from_bytes(head.read_bytes()) if head else _published(at)
    found = verify_log(read_log(_raw(at, file)), published)
    if as_json:
        tell_json({"count": found.count, "sha256": found.sha256, "published": published and published.count})
    else:
        told = f"the published head is line {published.count}" if published else "no head is published yet"
        typer.echo(f"{found.count} line(s) hold together, head {found.sha256}; {told}.")


def _raw(at: str, file: Path | None) -> bytes:
    return file.read_bytes() if file else _get(f"{at.rstrip('/')}/api/decisions")


def _published(at: str) -> Head | None:
    """The head as the store hands it out; `tabard catalogue verify` tells whether the catalogue that signs it is the right one."""
    raw = _get(f"{at.rstrip('/')}/api/decisions/head", is_needed=False)
    return Head.from_bytes(raw) if raw else None


def _get(url: str, *, is_needed: bool = True) -> bytes:
    try:
        answer = httpx.get(url, timeout=_PATIENCE_S)
    except (httpx.HTTPError, httpx.InvalidURL) as fault:
        raise PeerError("the store does not answer", where=url, got=type(fault).__name__) from fault
    if not is_needed and answer.status_code == httpx.codes.NOT_FOUND:
        return b""
    if answer.status_code != httpx.codes.OK or len(answer.content) > _LARGEST:
        raise CallerError("this is not how a store answers", where=url, got=f"HTTP {answer.status_code}")
    return answer.content


def _told(one: Entry) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__slots__}
