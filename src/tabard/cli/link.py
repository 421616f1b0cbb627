"""`tabard link`: links to record systems: add, list, remove, test; and where its other commands are mounted."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from tabard import link as links
from tabard.cli import destination, dialect as dialects, journal, load as loading, outbox, settle, translate
from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.link_options import EXIT_SOME_FAILED, HERE, Hospital, LinkName, content_of, folder_of
from tabard.cli.messages import table
from tabard.dialect import Dialect, digest_of, load, names
from tabard.ground.errors import CallerError

app = typer.Typer(no_args_is_help=True)
app.add_typer(dialects.app, name="dialect", help="How a feed is read, and changing it.")
app.add_typer(outbox.app, name="outbox")
app.add_typer(destination.app, name="destination")
for _verb in (translate.translate, translate.send, journal.journal, journal.replay, settle.settle, loading.load):
    app.command()(_verb)


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
        int | None,
        typer.Option(
            "--silence-after", metavar="SECONDS", help="Quiet for longer is told as silent; 0: its own rhythm says."
        ),
    ] = None,
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
    hospital: Hospital = HERE,
    as_json: AsJson = False,
) -> None:
    """Add a link: the hospital listens there for HL7 v2 over MLLP when it is next served, and asks over FHIR as told."""
    folder = folder_of(hospital)
    _check_history(folder, name, load(dialect))  # raises where there is none, or one with faults
    known = dialect if dialect in names() else str(Path(dialect).resolve())
    if fhir is None and (client_id or identifier or secret):
        raise CallerError("these belong to a FHIR base", where="--fhir", remedy="give --fhir URL too")
    asked = None if fhir is None else _fhir(folder, name, fhir, client_id, identifier or [], secret)
    settings = links.LinkSettings(name=name, dialect=known, port=port, host=host, fhir=asked)
    if silence_after_s is not None:
        settings = replace(settings, silence_after_s=silence_after_s)
    path = links.add_link(folder, settings)
    if as_json:
        tell_json(asdict(settings))
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
    hospital: Hospital = HERE,
    as_json: Annotated[bool, typer.Option("--json", help="As a JWK instead of PEM.")] = False,
) -> None:
    """Print the public key of a link, to be registered at its record system."""
    folder = folder_of(hospital)
    found = links.link_key(folder, links.load_link(folder, name))
    if as_json:
        tell_json({"pem": found.pem, "jwk": found.jwk})
    else:
        typer.echo(found.pem.strip())


@app.command(name="test")
def examine(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A link with a FHIR base.")],
    *,
    hospital: Hospital = HERE,
    as_json: AsJson = False,
) -> None:
    """Ask the record system behind a link: a token, what it can do, a search; and what it refused so far. Exit 1 where one fails."""
    folder = folder_of(hospital)
    report = links.examine(folder, links.load_link(folder, name))
    if as_json:
        tell_json(report)
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
        raise typer.Exit(EXIT_SOME_FAILED)


@app.command(name="list")
def list_(*, hospital: Hospital = HERE, as_json: AsJson = False) -> None:
    """The links of the hospital: what they listen on, the live dialect, the FHIR side, how fresh, how much waits or is parked."""
    found = links.overview(folder_of(hospital))
    if as_json:
        tell_json([{**asdict(one.settings), **_standing(one)} for one in found])
    elif not found:
        Console().print("No links yet: add one with `tabard link add`.", highlight=False)
    else:
        heads = ("link", "dialect", "listens on", "feed", "last message", "silent after", "waiting", "parked")
        table(heads, [_row(one) for one in found])
        for one in found:
            if one.settings.fhir is not None:
                typer.echo(f"Link {one.settings.name} asks {one.settings.fhir.base_url} over FHIR")
            if one.incomplete_since is not None:
                Console().print(
                    f"Record incomplete since {one.incomplete_since:%Y-%m-%d %H:%M} UTC: the opening load of link"
                    f" {one.settings.name} is not closed.",
                    highlight=False,
                )
            if one.fault:
                Console().print(f"Messages of link {one.settings.name} wait: {one.fault}", highlight=False)


@app.command()
def remove(name: LinkName, *, hospital: Hospital = HERE, as_json: AsJson = False) -> None:
    """Take a link away: it listens no more. What came over it, and the history of its dialect, are kept."""
    links.remove_link(folder_of(hospital), name)
    if as_json:
        tell_json({"removed": name})
    else:
        typer.echo(f"Link {name} is here no more; its messages and its dialect's history are kept.")


def _standing(one: links.Overview) -> dict[str, Any]:
    """What a link's settings do not say."""
    told = {"live": one.live, "fault": one.fault, "last_received": one.last_received, "counts": one.counts}
    return {**told, "feed": one.feed, "incomplete_since": one.incomplete_since}


def _row(one: links.Overview) -> tuple[str, ...]:
    settings, last = one.settings, one.last_received
    return (
        settings.name,
        one.live[:12] or settings.dialect,
        f"{settings.host}:{settings.port}",
        "not served" if one.feed is None else str(one.feed["state"]),
        "never" if last is None else f"{last:%Y-%m-%d %H:%M} UTC",
        _silence(one),
        str(one.counts.get("waiting", 0)),
        str(one.counts.get("parked", 0)),
    )


def _silence(one: links.Overview) -> str:
    """After how long the feed is silent, and who says so."""
    if one.settings.silence_after_s:
        return f"{one.settings.silence_after_s} s"
    return "its own rhythm" if one.feed is None else f"{one.feed['silence_after_s']} s"


def _check_history(folder: Path, name: str, dialect: Dialect) -> None:
    """A link that was taken away and is added again has the dialect that it had: a change wants its words."""
    if not links.read_history(folder, name):
        return
    live = links.live_version(folder, name)
    if live.digest != digest_of(dialect):
        raise CallerError(
            "a link of this name was here before, and had another dialect",
            where=f"link {name}",
            got=digest_of(dialect)[:12],
            expected=f"the dialect that was live: {live.digest[:12]}",
            remedy=f"add it with --dialect {links.version_path(folder, live.digest)}, then propose the other one",
        )


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
    return replace(told, key="", secret=links.keep_link_secret(folder, name, content_of(str(secret)).decode()))
