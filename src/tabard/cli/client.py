"""`tabard hospital client`: SMART apps and services that a hospital registers by itself; and launching one."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from tabard.cli.terminal import line
from tabard.gateway import Client, ClientKind, EncounterContext, PatientContext
from tabard.ground.errors import CallerError
from tabard.hospital import NewClient, load

app = typer.Typer(no_args_is_help=True)

_Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The hospital's folder.")]
_AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
_LARGEST_JWKS_BYTES = 64 * 1024


@app.callback()
def _client() -> None:
    """Apps and services registered by this hospital: add, list, remove."""


@app.command()
def add(  # noqa: PLR0913  each is an option of the command
    folder: _Folder,
    *,
    name: Annotated[str, typer.Option(metavar="NAME", help="What people read when it asks them for consent.")],
    scope: Annotated[str, typer.Option(metavar="SCOPES", help="All that it may ever ask for, blanks between.")],
    redirects: Annotated[
        list[str] | None, typer.Option("--redirect", metavar="URI", help="Where codes are sent; again for more.")
    ] = None,
    launch: Annotated[str, typer.Option("--launch", metavar="URI", help="Where it is opened from the portal.")] = "",
    client_id: Annotated[str, typer.Option("--id", metavar="ID", help="Its client_id; made where none is given.")] = "",
    origin: Annotated[
        str | None, typer.Option(metavar="ORIGIN", help="Whose pages read answers; else that of the first redirect.")
    ] = None,
    with_secret: Annotated[bool, typer.Option("--secret", help="Make a secret, shown this once.")] = False,
    jwks: Annotated[
        str | None,
        typer.Option(metavar="FILE|URL", help="Its public keys (JWK Set): a file, or where it publishes them."),
    ] = None,
    backend: Annotated[
        bool, typer.Option("--backend", help="A service with system scopes and nobody in front.")
    ] = False,
    for_patients: Annotated[bool, typer.Option("--for-patients", help="Used by patients themselves.")] = False,
    as_json: _AsJson = False,
) -> None:
    """Register an app: public with PKCE alone, or with a secret, or with keys. Nobody has accredited it: its user consents."""
    hospital = load(folder)
    is_published = jwks is not None and jwks.startswith(("https://", "http://"))
    new = NewClient(
        name=name,
        scopes=scope,
        id=client_id,
        launch_uri=launch,
        redirect_uris=tuple(redirects or ()),
        origin=origin,
        kind=ClientKind.backend if backend else ClientKind.third_party,
        with_secret=with_secret,
        jwks=None if jwks is None or is_published else _jwks(jwks),
        jwks_uri=jwks if is_published else None,
        is_patient_facing=for_patients,
    )
    client, secret = hospital.clients.add(new, hospital.installs)
    if as_json:
        typer.echo(msgspec.json.encode(_told(client) | ({} if secret is None else {"client_secret": secret})))
        return
    base = hospital.settings.base_url
    typer.echo(f"{client.name} is registered.\n  client_id      {client.id}")
    if secret is not None:
        typer.echo(f"  client_secret  {secret}\nThe secret stands nowhere else: keep it now.")
    typer.echo(f"  FHIR base      {base}/fhir\n  token          {base}/auth/token")


@app.command("list")
def list_(folder: _Folder, *, as_json: _AsJson = False) -> None:
    """The apps and services registered here, besides installed products."""
    clients = load(folder).clients.all()
    if as_json:
        typer.echo(msgspec.json.encode([_told(one) for one in clients]))
        return
    for one in clients:
        line(f"{one.id}  {one.name}  {one.kind.value}, {_proof(one)}")
        line(f"  {one.scopes}")
    if not clients:
        typer.echo("no client is registered: tabard hospital client add")


@app.command()
def remove(
    folder: _Folder,
    client_id: Annotated[str, typer.Argument(metavar="ID", help="Its client_id.")],
    *,
    as_json: _AsJson = False,
) -> None:
    """Take an app away: it gets no further token, and those that it has end within a second where the hospital is served."""
    gone = load(folder).clients.remove(client_id)
    if as_json:
        typer.echo(msgspec.json.encode({"client_id": gone.id, "state": "removed"}))
    else:
        typer.echo(f"{gone.name} is here no more. Its id is not given to anybody else.")


def launch(
    folder: _Folder,
    *,
    client: Annotated[str, typer.Option(metavar="ID", help="An installed product, or a registered client.")],
    patient: Annotated[str, typer.Option(metavar="ID", help="The patient, by the record's id.")],
    encounter: Annotated[str | None, typer.Option(metavar="ID", help="One of the patient's visits.")] = None,
    username: Annotated[
        str | None, typer.Option("--for", metavar="USERNAME", help="For this person alone; a product needs it.")
    ] = None,
    as_json: _AsJson = False,
) -> None:
    """Print an address that opens an app for a patient: good once, for five minutes."""
    from tabard.wiring import launch_address  # noqa: PLC0415  other commands need not wait for all that wiring takes

    context = PatientContext(patient) if encounter is None else EncounterContext(encounter, patient)
    address = launch_address(folder, client, context, username)
    typer.echo(msgspec.json.encode({"launch": address}) if as_json else address)


def rotate(folder: _Folder, *, as_json: _AsJson = False) -> None:
    """Sign id_tokens with a new key from now on; the one before is published for another day."""
    kid = load(folder).signing_keys.rotate()
    typer.echo(msgspec.json.encode({"kid": kid}) if as_json else f"id_tokens are signed with a new key: {kid}")


def _jwks(file: str) -> dict[str, Any]:
    try:
        raw = Path(file).read_bytes()
        told = msgspec.json.decode(raw[:_LARGEST_JWKS_BYTES])
    except OSError as fault:
        raise CallerError("the file cannot be read", where=file, got=fault.strerror) from fault
    except msgspec.DecodeError as fault:
        raise CallerError("the file is no JSON", where=file, expected="a JWK Set") from fault
    if not isinstance(told, dict):
        raise CallerError("the file is no JWK Set", where=file, expected='{"keys": [...]}')
    return told


def _proof(client: Client) -> str:
    if client.secret_digest is not None:
        return "proves itself by a secret"
    return "public" if client.is_public else "proves itself by its keys"


def _told(client: Client) -> dict[str, Any]:
    return {
        "client_id": client.id,
        "name": client.name,
        "kind": client.kind.value,
        "proof": "secret" if client.secret_digest else "none" if client.is_public else "keys",
        "jwks_uri": client.jwks_uri,
        "launch_uri": client.launch_uri,
        "redirect_uris": client.redirect_uris,
        "origin": client.origin,
        "scope": client.scopes,
        "is_patient_facing": client.is_patient_facing,
    }
