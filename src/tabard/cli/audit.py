"""`tabard audit`: is the log whole, its signed heads, and who looked at what."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Annotated, Any

import msgspec
import typer

from tabard import audit as log
from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.link_options import EXIT_SOME_FAILED, HERE, Hospital, folder_of
from tabard.cli.messages import number_of
from tabard.cli.person import By, person_of
from tabard.cli.terminal import line
from tabard.ground.errors import CallerError, NotFound
from tabard.ground.keys import PublicKey
from tabard.ground.time import system_clock

app = typer.Typer(no_args_is_help=True)

_FOLLOW_S = 1.0
_Copies = Annotated[
    list[Path] | None,
    typer.Option("--heads", metavar="FILE", help="Signed heads that had left this host; again for more."),
]
_Key = Annotated[
    Path | None,
    typer.Option("--key", metavar="FILE", help="The hospital's public key, as it was kept elsewhere (PEM)."),
]


@app.callback()
def _audit() -> None:
    """The audit of a hospital: who saw what, and whether the log still says so."""


@app.command()
def verify(heads: _Copies = None, key: _Key = None, hospital: Hospital = HERE, as_json: AsJson = False) -> None:  # noqa: FBT002  a flag of the command line
    """Follow every chain, and hold it against the signed heads. Exit 1 where anything was changed, removed or cut off."""
    folder = _audit_of(hospital)
    verdict = log.verify_with_heads(folder, tuple(heads or ()), None if key is None else _public(key))
    caveat = log.caveat_of(folder, verdict)
    if as_json:
        tell_json({**asdict(verdict), "is_intact": verdict.is_intact, "caveat": caveat})
    else:
        _tell(verdict, caveat)
    if not verdict.is_intact:
        raise typer.Exit(EXIT_SOME_FAILED)


@app.command()
def heads(
    *,
    follow: Annotated[bool, typer.Option("--follow", help="Go on with each new one, until Ctrl-C.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Append to a file instead, what it has not had.")
    ] = None,
    key: Annotated[bool, typer.Option("--key", help="The public key that they are signed with, alone.")] = False,
    hospital: Hospital = HERE,
) -> None:
    """The signed heads, a line of JSON each, to be sent off this host; signed each minute while the hospital is served."""
    folder = _audit_of(hospital)
    path, public = folder / "heads.jsonl", folder / "heads.pub"
    if not public.is_file():
        raise NotFound("no head was ever signed here", where=str(path), remedy="serve the hospital: it makes the key")
    if key:
        typer.echo(public.read_text(), nl=False)
        return
    with suppress(KeyboardInterrupt):
        for lines in _read_on(path, 0 if out is None else _had(path, out), is_endless=follow):
            _give(lines, out)


@app.command()
def search(  # noqa: PLR0913  what may be asked for
    *,
    by: By,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why you look: it is audited itself.")],
    patient: Annotated[str | None, typer.Option(metavar="ID", help="Whose data, by the record's id.")] = None,
    person: Annotated[str | None, typer.Option(metavar="ID", help="Who looked, by the account's id.")] = None,
    product: Annotated[str | None, typer.Option(metavar="ID", help="By which product.")] = None,
    action: Annotated[str | None, typer.Option(metavar="VERB", help="What was done, such as read.")] = None,
    outcome: Annotated[log.Outcome | None, typer.Option(help="How it ended.")] = None,
    since: Annotated[datetime | None, typer.Option(help="From this moment on (UTC).")] = None,
    until: Annotated[datetime | None, typer.Option(help="Before this moment (UTC).")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="How many, the newest first.")] = 50,
    before: Annotated[str | None, typer.Option(metavar="PLACE", help="Those after a page that ended here.")] = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make the index anew first; not while served.")] = False,
    hospital: Hospital = HERE,
    as_json: AsJson = False,
) -> None:
    """Who looked at whom, with what, when: the newest first. The look is audited before anything is shown."""
    folder = _audit_of(hospital)
    looker = person_of(folder_of(hospital), by)
    if log.AUDITORS.isdisjoint(looker.roles):
        roles = " or ".join(sorted(log.AUDITORS))
        raise CallerError(
            "this is for those who answer for the audit", where="--by", expected=f"an account with the role {roles}"
        )
    if not reason.strip():
        raise CallerError("a look has a reason", where="--reason", expected="a text", remedy="say why you look")
    asked = log.Asked(patient, person, product, action, outcome, since=_utc(since), until=_utc(until))
    _write_down(folder, looker.username, reason.strip(), asked)
    with _index(folder, rebuild=rebuild) as index:
        found = log.Search(folder, index).find(asked, limit, before)
    if as_json:
        entries = [{"id": one.id, "file": one.file, "line": one.n, "event": one.event} for one in found.entries]
        tell_json({"entries": entries, "older": found.older, "index": asdict(found.progress)})
        return
    for one in found.entries:
        line(_words(one))
    line(f"{number_of(len(found.entries), 'event')}." + (f" Older: --before {found.older}" if found.older else ""))
    if not found.progress.is_whole:
        line(f"The index lacks the last {found.progress.behind_bytes} bytes of the log: ask again in a moment.")


def _audit_of(hospital: Path) -> Path:
    folder = folder_of(hospital) / "audit"
    if not folder.is_dir():
        raise NotFound("there is no audit here", where=str(folder), remedy="serve the hospital: it begins one")
    return folder


def _public(path: Path) -> PublicKey:
    try:
        return PublicKey.from_pem(path.read_text())
    except (OSError, UnicodeDecodeError) as fault:
        raise CallerError("the key cannot be read", where=str(path), remedy="name a PEM file") from fault


def _tell(verdict: log.Verdict, caveat: str) -> None:
    line(f"{number_of(verdict.chains, 'chain')}, {number_of(verdict.events, 'event')}.")
    if verdict.heads:
        line(f"{number_of(verdict.heads, 'signed head')} compared, the last of {verdict.signed_until}.")
    for name in verdict.torn:
        line(f"{name}: its process died while writing the last line; nobody was answered on its strength.")
    for problem in verdict.problems:
        line(f"WRONG  {problem}")
    for remedy in dict.fromkeys(problem.remedy for problem in verdict.problems):
        line(f"What to do: {remedy}")
    line("Nothing was changed, removed or added." if verdict.is_intact else "The audit is NOT whole.")
    if caveat:
        line(f"But {caveat}.")


def _read_on(path: Path, place: int, *, is_endless: bool) -> Iterator[bytes]:
    """Whole lines from a place on; endlessly, each as it comes."""
    pause = Event()
    while True:
        with path.open("rb") as file:
            file.seek(place)
            read = file.read()
        lines = read[: read.rfind(b"\n") + 1]
        if lines:
            yield lines
            place += len(lines)
        elif not is_endless:
            return
        else:
            pause.wait(_FOLLOW_S)


def _had(path: Path, out: Path) -> int:
    """How much of the heads a file has already. Raises CallerError where it holds something else."""
    size = out.stat().st_size if out.is_file() else 0
    with path.open("rb") as ours:
        if size and ours.read(size) != out.read_bytes():
            raise CallerError(
                "this file holds other heads",
                where=str(out),
                expected="a beginning of the same heads",
                remedy="compare them: `tabard audit verify --heads FILE`; name another file for these",
            )
    return size


def _give(lines: bytes, out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.write(lines)
        sys.stdout.buffer.flush()
        return
    with out.open("ab") as file:
        file.write(lines)


def _write_down(folder: Path, person: str, reason: str, asked: log.Asked) -> None:
    """The look itself goes into the audit first. Raises AuditUnavailable."""
    writer = log.AuditLog(folder, system_clock)
    try:
        resource = None if asked.patient is None else f"Patient/{asked.patient}"
        names = tuple(name for name, value in asdict(asked).items() if value is not None)
        event = log.AuditEvent(
            system_clock(),
            "audit",
            log.Outcome.granted,
            person=person,
            context="hospital",
            resource=resource,
            purpose=reason,
            parameters=names,
        )
        writer.write(event).result()
    finally:
        writer.close()


@contextmanager
def _index(folder: Path, *, rebuild: bool) -> Iterator[log.Index | None]:
    """The index to catch up with; None where the serving hospital fills it. Raises CallerError to rebuild it then."""
    try:
        index = log.Index(folder)
    except CallerError:
        if rebuild:
            raise
        yield None
        return
    try:
        if rebuild:
            index.rebuild()
        index.catch_up()
        yield index
    finally:
        index.close()


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _words(one: log.Entry) -> str:
    if one.event is None:
        return f"{one.file}: this line is gone or was changed; run `tabard audit verify`"
    told: dict[str, Any] = msgspec.to_builtins(one.event)
    rest = (
        f"{name}={told[name]}"
        for name in ("person", "client", "context", "resource", "reason", "purpose")
        if name in told
    )
    return f"{told['at']}  {told['action']:<10} {told['outcome']:<8} {' '.join(rest)}  {one.id}"
