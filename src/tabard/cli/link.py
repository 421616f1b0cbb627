"""`tabard link`: links to record systems, a look at what a dialect makes of messages, and the journal in counts."""

import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console

from tabard import link as links
from tabard.cli.addresses import host_and_port
from tabard.cli.messages import table, tell_answer, tell_messages, texts
from tabard.dialect import load, names
from tabard.ground.errors import CallerError, NotFound
from tabard.hl7v2 import split_messages

app = typer.Typer(no_args_is_help=True)

_EXIT_SOME_FAILED = 1

Hospital = Annotated[
    Path, typer.Option("--hospital", metavar="DIR", envvar="TABARD_HOSPITAL", help="The hospital's folder.")
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]
AsLines = Annotated[bool, typer.Option("--json", help="A line of JSON for each message.")]
OneLink = Annotated[str | None, typer.Option("--link", metavar="NAME", help="One link alone.")]
_HERE = Path("hospital")


@app.callback()
def _link() -> None:
    """Links to record systems: add, list, translate, send, look into the journal."""


@app.command()
def add(  # noqa: PLR0913  each is an option of the command
    name: Annotated[str, typer.Argument(metavar="NAME", help="a-z, 0-9 and -, such as lorenzo.")],
    *,
    port: Annotated[int, typer.Option(help="The port to listen on; 0 lets the machine choose at each start.")],
    dialect: Annotated[str, typer.Option(help="A shipped dialect, or the path of a dialect's TOML file.")] = "itk-2.4",
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    silence_after_s: Annotated[
        int, typer.Option("--silence-after", metavar="SECONDS", help="Quiet for longer is told as silent.")
    ] = 600,
    fhir: Annotated[
        str | None, typer.Option(metavar="URL", help="The same record system's FHIR R4 base, its tenant at the end.")
    ] = None,
    client_id: Annotated[str, typer.Option(metavar="ID", help="The id under which you are registered there.")] = "",
    identifier: Annotated[
        list[str] | None,
        typer.Option(metavar="REC=THEIRS", help="An identifier system of the record, and theirs for the same numbers."),
    ] = None,
    secret: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A client secret, where you have no key registered.")
    ] = None,
    hospital: Hospital = _HERE,
    as_json: AsJson = False,
) -> None:
    """Add a link: the hospital listens there for HL7 v2 over MLLP when it is next served, and asks over FHIR as told."""
    folder = _folder(hospital)
    load(dialect)  # raises where there is none, or one with faults
    known = dialect if dialect in names() else str(Path(dialect).resolve())
    if fhir is None and (client_id or identifier or secret):
        raise CallerError("these belong to a FHIR base", where="--fhir", remedy="give --fhir URL too")
    asked = None if fhir is None else _fhir(folder, name, fhir, client_id, identifier or [], secret)
    settings = links.LinkSettings(
        name=name, dialect=known, port=port, host=host, silence_after_s=silence_after_s, fhir=asked
    )
    path = links.add_link(folder, settings)
    if as_json:
        _json(asdict(settings))
    else:
        place = f"{host}:{port}" if port else f"a port of {host} that the machine chooses at each start"
        typer.echo(f"Link {name} will listen on {place}, dialect {known}: {path}")
        if asked is not None:
            typer.echo(
                f"It asks {asked.base_url}. Register the key of `tabard link key {name}` there, then: tabard link test {name}"
            )


@app.command()
def key(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A link with a FHIR base.")],
    *,
    hospital: Hospital = _HERE,
    as_json: Annotated[bool, typer.Option("--json", help="As a JWK instead of PEM.")] = False,
) -> None:
    """Print the public key of a link, to be registered at its record system."""
    folder = _folder(hospital)
    found = links.link_key(folder, links.load_link(folder, name))
    if as_json:
        _json({"pem": found.pem, "jwk": found.jwk})
    else:
        typer.echo(found.pem.strip())


@app.command(name="test")
def examine(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A link with a FHIR base.")],
    *,
    hospital: Hospital = _HERE,
    as_json: AsJson = False,
) -> None:
    """Ask the record system behind a link: a token, what it can do, a search; and what it refused so far. Exit 1 where one fails."""
    folder = _folder(hospital)
    report = links.examine(folder, links.load_link(folder, name))
    if as_json:
        _json(report)
    else:
        for step in report.steps:
            typer.echo(f"{'ok  ' if step.is_well else 'FAIL'}  {step.name}: {step.told}")
            if step.remedy:
                typer.echo(f"      {step.remedy}")
        rows = [
            (one.reason, str(one.times), f"{one.last:%Y-%m-%d %H:%M:%S} UTC", one.sentence) for one in report.refusals
        ]
        if rows:
            table(("what was refused", "times", "last", "what it means"), rows)
    if not all(step.is_well for step in report.steps):
        raise typer.Exit(_EXIT_SOME_FAILED)


@app.command(name="list")
def list_(*, hospital: Hospital = _HERE, as_json: AsJson = False) -> None:
    """The links of the hospital."""
    found = links.list_links(_folder(hospital))
    if as_json:
        _json([asdict(one) for one in found])
    elif not found:
        Console().print("No links yet: add one with `tabard link add`.", highlight=False)
    else:
        rows = [(one.name, one.dialect, f"{one.host}:{one.port}", f"{one.silence_after_s} s") for one in found]
        table(("link", "dialect", "listens on", "silent after"), rows)


@app.command()
def translate(
    file: Annotated[
        str, typer.Argument(metavar="FILE|-", help="Messages one after another, or MLLP framed; - is standard input.")
    ],
    *,
    dialect: Annotated[str, typer.Option(help="A shipped dialect, or the path of a dialect's TOML file.")] = "itk-2.4",
    as_json: Annotated[bool, typer.Option("--json", help="The output is lines of JSON anyway.")] = False,
) -> None:
    """Print one FHIR Bundle a message as NDJSON; an OperationOutcome, and in the end exit 1, where one cannot be read."""
    del as_json
    content, known = _content(file), load(dialect)
    is_whole, count = True, 0
    for translated in links.translate_file(content, known):
        is_whole, count = is_whole and translated.is_read, count + 1
        typer.echo(translated.line)
    if not count:
        raise CallerError("there is no message in it", where=file, expected="messages that begin with MSH")
    if not is_whole:
        raise typer.Exit(_EXIT_SOME_FAILED)


@app.command()
def send(
    file: Annotated[
        str, typer.Argument(metavar="FILE|-", help="Messages one after another, or MLLP framed; - is standard input.")
    ],
    to: Annotated[str, typer.Argument(metavar="HOST:PORT", help="Where a link listens.")],
    *,
    as_json: AsLines = False,
) -> None:
    """Send each message over MLLP and print its acknowledgement; exit 1 where one was not taken."""
    host, port = host_and_port(to, "HOST:PORT")
    messages = tuple(split_messages(_content(file)))
    if not messages:
        raise CallerError("there is no message in it", where=file, expected="messages that begin with MSH")
    taken = 0
    for number, answer in enumerate(links.send(messages, host, port), 1):
        taken += answer.is_taken
        tell_answer(number, answer, as_json=as_json)
    if not as_json:
        Console().print(f"{taken} of {len(messages)} taken", highlight=False)
    if taken != len(messages):
        raise typer.Exit(_EXIT_SOME_FAILED)


@app.command()
def journal(
    *,
    link: OneLink = None,
    parked: Annotated[
        int, typer.Option(min=0, metavar="N", help="Also the last N messages that were not applied.")
    ] = 0,
    latest: Annotated[int, typer.Option(min=0, metavar="N", help="Also the last N messages of any state.")] = 0,
    hospital: Hospital = _HERE,
    as_json: AsJson = False,
) -> None:
    """How many messages came and what became of them; with reason and remedy, those that were not applied."""
    folder = _folder(hospital)
    view = links.journal_of(folder)
    counts = view.counts(link)
    if link is not None and not counts.received:  # of a link that was taken away the journal still tells
        links.load_link(folder, link)
    lines = {"parked": view.parked(parked, link=link), "latest": view.latest(latest, link=link)}
    view.close()
    if as_json:
        asked = {"parked": parked, "latest": latest}
        _json({**asdict(counts), **{name: told for name, told in lines.items() if asked[name]}})
        return
    table(("received", *counts.states), [(str(counts.received), *map(str, counts.states.values()))])
    if counts.parked_reasons:
        table(("parked because", "messages"), texts(counts.parked_reasons))
    tell_messages(lines["latest"], is_why_told=False)
    tell_messages(lines["parked"], is_why_told=True)


def _folder(folder: Path) -> Path:
    if not (folder / "hospital.toml").is_file():
        raise NotFound(
            "there is no hospital here",
            where=str(folder),
            expected="a folder with hospital.toml",
            remedy="name it by --hospital or TABARD_HOSPITAL, or make one: `tabard hospital init`",
        )
    return folder


def _fhir(
    folder: Path, name: str, base_url: str, client_id: str, identifiers: Sequence[str], secret: Path | None
) -> links.FhirSettings:
    """The settings of the FHIR side, judged before a key is made for them."""
    pairs = [one.partition("=")[::2] for one in identifiers]
    if not all(ours and theirs for ours, theirs in pairs):
        raise CallerError("a pair of identifier systems is wrong", where="--identifier", expected="REC=THEIRS")
    links.LinkSettings(name=name, dialect="", port=0)  # its name is part of a file's name
    told = links.FhirSettings(base_url.rstrip("/"), client_id, dict(pairs), key=f"link-{name}.pem")
    if name in {one.name for one in links.list_links(folder)}:
        return told  # add_link says so
    if secret is None:
        return replace(told, key=links.make_link_key(folder, name))
    return replace(told, key="", secret=links.keep_link_secret(folder, name, _content(str(secret)).decode()))


def _content(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as fault:
        raise CallerError("the file cannot be read", where=file, got=fault.strerror, remedy="check its path") from fault


def _json(told: Any) -> None:
    typer.echo(msgspec.json.encode(told).decode())
