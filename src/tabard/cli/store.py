"""`tabard store`: the central store: make its folder, serve it, enrol publishers and assessors."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from tabard.cli import store_advisories
from tabard.cli.keys import public_key
from tabard.cli.passphrase import read_key
from tabard.decision import Role
from tabard.store import Begun, Enrolled, Publisher, init as begin, load

app = typer.Typer(no_args_is_help=True)
app.add_typer(store_advisories.app, name="advisories", help="Known vulnerabilities that the catalogue carries.")

_PORT = 8600
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The store's folder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
Key = Annotated[Path, typer.Option(metavar="PEM", help="The file of the public key.")]


@app.callback()
def _store() -> None:
    """The central store: make its folder, serve it, enrol who may submit and who judges."""


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make; it will hold everything.")],
    *,
    name: Annotated[str, typer.Option(help="What the store is called.")],
    port: Annotated[int, typer.Option(help="The port of its pages and its API.")] = _PORT,
    offline: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the keys go that must leave this machine: DIR-offline.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a store: its keys, its signed catalogue, and root.json, which hospitals pin."""
    begun = begin(folder, offline, name, port)
    if as_json:
        typer.echo(msgspec.json.encode(_told(begun)))
    else:
        _tell_begun(begun, folder)


@app.command()
def serve(folder: Folder) -> None:
    """Serve the store's pages, its API and the catalogue until Ctrl-C."""
    from tabard.wiring import serve_store  # noqa: PLC0415  enrolling need not wait for all that serving takes

    settings = load(folder).settings
    serve_store(folder, tell=lambda: typer.echo(f"{settings.name}: {settings.base_url} (Ctrl-C ends it)"))


@app.command()
def enrol_publisher(
    folder: Folder,
    *,
    ods: Annotated[str, typer.Option(help="The organisation's ODS code, such as RZZ.")],
    name: Annotated[str, typer.Option(help="What the organisation is called.")],
    key: Key,
    as_json: AsJson = False,
) -> None:
    """Let an organisation submit what it signed with this key; again with another key gives it a further one."""
    publisher = load(folder).publishers.enrol(ods, name, (public_key(key),))
    if as_json:
        typer.echo(msgspec.json.encode(publisher))
    else:
        _tell_publisher(publisher)


@app.command()
def enrol_assessor(
    folder: Folder,
    *,
    name: Annotated[str, typer.Option(help="The person's full name; it stands in every decision.")],
    role: Annotated[Role, typer.Option(help="What they judge: one person, one role.")],
    key: Key,
    organisation: Annotated[
        str, typer.Option(metavar="ODS", help="Whom they work for; nobody judges their own house's products.")
    ],
    offline: Annotated[Path, typer.Option(metavar="DIR", help="The folder with the offline targets keys.")],
    username: Annotated[str | None, typer.Option(help="Also make an account for the store's pages.")] = None,
    as_json: AsJson = False,
) -> None:
    """Name a person who judges, signed with the offline targets keys; hospitals believe nobody else."""
    targets = [read_key(path) for path in sorted(offline.glob("targets-*.pem"))]
    enrolled = load(folder).assessors.enrol(name, role, public_key(key), targets, username, organisation=organisation)
    if as_json:
        typer.echo(msgspec.json.encode(enrolled))
    else:
        _tell_enrolled(enrolled)


def _tell_begun(begun: Begun, folder: Path) -> None:
    typer.echo(f"{begun.settings.name} is in {begun.folder}")
    typer.echo(f"  root fingerprint  {begun.root_sha256}")
    typer.echo(f"  for hospitals     {begun.root}")
    typer.echo(f"  offline keys      {begun.offline}")
    typer.echo(
        "The offline keys can name assessors, recall products and replace every other key: move them off this machine now,\n"
        "root, targets and recall apart, onto hardware or encrypted media in a safe. The store does not need them to run. Next:"
    )
    typer.echo(f"  tabard store enrol-publisher {folder} --ods ODS --name NAME --key PUBLIC_PEM")
    typer.echo(
        f"  tabard store enrol-assessor {folder} --name NAME --role clinical_safety --organisation ODS --key PUBLIC_PEM --offline DIR"
    )
    typer.echo(f"  tabard store serve {folder}")


def _tell_publisher(publisher: Publisher) -> None:
    typer.echo(f"{publisher.name} ({publisher.ods}) may submit what it signs with")
    for key in publisher.keys:
        typer.echo(f"  {key.keyid}  until {key.valid_until:%Y-%m-%d}")


def _tell_enrolled(enrolled: Enrolled) -> None:
    who = enrolled.assessor
    typer.echo(f"{who.name} judges as {who.role} until {who.valid_until:%Y-%m-%d}: {who.id}")
    if enrolled.password is not None:
        typer.echo(f"  username  {who.username}\n  password  {enrolled.password}")
        typer.echo(
            "The password stands nowhere else: hand it over now. With it one looks, reviews, asks and drafts; only the key signs."
        )


def _told(begun: Begun) -> dict[str, str | int]:
    return {
        "folder": str(begun.folder),
        "offline": str(begun.offline),
        "name": begun.settings.name,
        "port": begun.settings.port,
        "base_url": begun.settings.base_url,
        "verifier": begun.settings.verifier,
        "root": str(begun.root),
        "root_sha256": begun.root_sha256,
    }
