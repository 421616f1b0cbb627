"""`tabard hospital`: one trust's own Tabard."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from tabard.catalogue import Channel
from tabard.cli import client as clients, egress, hospital_catalogue, subscription
from tabard.cli.account import account
from tabard.cli.parts import parts
from tabard.cli.terminal import line
from tabard.ground.errors import CallerError
from tabard.hospital import (
    Begun,
    Install,
    NotForTrials,
    Passed,
    TakenOn,
    Wanted,
    examined,
    init as begin,
    install as install_product,
    load,
    trust as pin,
    uninstall as take_away,
)
from tabard.link import list_links

app = typer.Typer(no_args_is_help=True)
app.command()(account)
app.command()(clients.launch)
app.command()(parts)
app.command()(hospital_catalogue.catalogue)
app.command()(hospital_catalogue.receipt)
app.command()(hospital_catalogue.override)
app.add_typer(clients.app, name="client")
app.add_typer(egress.app, name="egress")
app.add_typer(subscription.app, name="subscription")
_keys = typer.Typer(no_args_is_help=True, help="The keys of id_tokens.")
_keys.command()(clients.rotate)
app.add_typer(_keys, name="keys")


@_keys.callback()
def _of_keys() -> None:
    """The keys by which apps know that an id_token is this hospital's."""


_PORT = 8700
_Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The hospital's folder.")]
_AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


@app.callback()
def _hospital() -> None:
    """One trust's own Tabard: make its folder, trust a centre, install products, serve it."""


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make; it will hold everything.")],
    name: Annotated[str, typer.Option(help="What the hospital is called.")],
    ods: Annotated[str, typer.Option(help="Its ODS code, such as RXX.")],
    port: Annotated[int, typer.Option(help="The port of its pages and its gateway.")] = _PORT,
    for_trials: Annotated[  # noqa: FBT002  a flag of the command line
        bool, typer.Option("--for-trials", help="Take products that nobody accredited: never for real patients.")
    ] = False,
    record: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Keep the record in this PostgreSQL database: postgresql://user@host/db, its password apart.",
        ),
    ] = None,
    products: Annotated[
        list[Path] | None,
        typer.Option("--product", metavar="DIR", help="With --for-trials: install the product in this folder."),
    ] = None,
    as_json: _AsJson = False,  # noqa: FBT002  a flag of the command line
) -> None:
    """Make a hospital, with one account whose password is shown this once."""
    _check_trials(products or (), for_trials=for_trials)
    begun = begin(folder, name, ods, port, for_trials=for_trials, record=record)
    installs = load(begun.folder).installs
    installed = [installs.install(product) for product in products or ()]
    if as_json:
        typer.echo(msgspec.json.encode(_told(begun, installed)))
    else:
        _tell_begun(begun, installed, folder)


@app.command()
def serve(folder: _Folder) -> None:
    """Serve the hospital's links, gateway and pages until Ctrl-C."""
    from tabard.wiring import serve_hospital  # noqa: PLC0415  making a hospital need not wait for all that serving takes

    serve_hospital(folder, tell=lambda addresses: _tell_addresses(folder, addresses))


@app.command()
def trust(
    folder: _Folder,
    catalogue: Annotated[str, typer.Option(metavar="URL|DIR", help="Where the centre's catalogue is.")],
    root: Annotated[
        Path, typer.Option(metavar="FILE", help="The centre's root, had by another way than that address.")
    ],
    refresh_s: Annotated[
        int | None, typer.Option(help="How often to ask for the catalogue, in seconds; 300 when never said.")
    ] = None,
    channel: Annotated[
        Channel, typer.Option(help="live, or airgap: carried on a stick, and pinned to that.")
    ] = Channel.live,
    receipts: Annotated[
        str, typer.Option(metavar="URL", help="Where signed receipts go: the store's /api/receipts.")
    ] = "",
    as_json: _AsJson = False,  # noqa: FBT002  a flag of the command line
) -> None:
    """Trust a centre: what it accredits can be installed, what it recalls is stopped."""
    try:
        raw = root.read_bytes()
    except OSError as fault:
        raise CallerError("the root cannot be read", where=str(root), got=fault.strerror or "") from fault
    verifier = pin(folder, catalogue, raw, refresh_s=refresh_s, channel=channel, receipts=receipts)
    fingerprint = sha256(raw).hexdigest()
    if as_json:
        told = {"verifier": verifier, "catalogue": catalogue, "root_sha256": fingerprint}
        typer.echo(msgspec.json.encode(told))
    else:
        typer.echo(f"{load(folder).settings.name} trusts {verifier}.\n  root fingerprint  {fingerprint}")
        typer.echo(f"Have the centre read that to you. Next:\n  tabard hospital install {folder} PRODUCT")


@app.command()
def install(
    folder: _Folder,
    product: Annotated[str, typer.Argument(metavar="[PRODUCT[@VERSION]]", help="Its id in the catalogue.")] = "",
    accept: Annotated[  # noqa: FBT002  a flag of the command line
        bool, typer.Option("--accept-conditions", help="Take on the conditions and controls that are shown, unasked.")
    ] = False,
    allow_older: Annotated[  # noqa: FBT002  a flag of the command line
        bool, typer.Option("--allow-older", help="Also when a newer version is here.")
    ] = False,
    trial: Annotated[
        Path | None,
        typer.Option("--folder", metavar="PATH", help="The product in this folder, at a hospital for trials."),
    ] = None,
    as_json: _AsJson = False,  # noqa: FBT002  a flag of the command line
) -> None:
    """Verify a product of the catalogue, step by step, and install it; what fails stops it and leaves nothing."""
    if (trial is None) == (not product):
        raise CallerError("name a product of the catalogue, or a --folder", remedy="tabard hospital install --help")
    hospital = load(folder)
    if trial is not None:
        _tell_installed(hospital.installs.install(trial), [], None, as_json=as_json)
        return
    steps: list[Passed] = []
    taken: list[TakenOn] = []

    def tell(passed: Passed) -> None:
        steps.append(passed)
        if not as_json:
            line(f"  passed  {passed.step.value:<11}{passed.words}")

    def agree(to: TakenOn) -> bool:
        taken.append(to)
        if not as_json:
            _tell_taken(to)
        return accept or (not as_json and _asked(hospital.settings.name))

    name, _, version = product.partition("@")
    installed = install_product(hospital, Wanted(name, version or None, allow_older=allow_older), agree, tell)
    _tell_installed(installed, steps, taken[0] if taken else None, as_json=as_json)


@app.command()
def uninstall(
    folder: _Folder,
    product: Annotated[str, typer.Argument(metavar="PRODUCT", help="Its id.")],
    as_json: _AsJson = False,  # noqa: FBT002  a flag of the command line
) -> None:
    """Take a product away: it opens no more, and what it was given ends. What was verified is kept."""
    gone = take_away(load(folder), product)
    if as_json:
        typer.echo(msgspec.json.encode({"product": gone.id, "version": gone.version, "state": "uninstalled"}))
    else:
        typer.echo(f"{gone.title} {gone.version} is here no more; what was verified of it is kept.")


def _check_trials(products: Sequence[Path], *, for_trials: bool) -> None:
    """What cannot be installed is told before anything is made."""
    if products and not for_trials:
        raise NotForTrials(
            "nobody has accredited a product that comes from a folder",
            where=str(products[0]),
            remedy="add --for-trials for a hospital without real patients, or install from a catalogue later",
        )
    for product in products:
        examined(product)


def _asked(hospital: str) -> bool:
    """Whether the person at the terminal takes it on; nobody there is a no."""
    try:
        return typer.confirm(f"Does {hospital} take this on?")
    except typer.Abort:
        return False


def _tell_taken(taken: TakenOn) -> None:
    """What the product may do here, and what the hospital would take on."""
    typer.echo("It may touch:")
    for words in taken.touches:
        line(f"  {'more than before  ' if words in taken.more else ''}{words}")
    typer.echo("The hospital takes on:")
    for condition in taken.conditions:
        line(f"  condition  {condition}")
    for control in taken.controls:
        line(f"  control    {control.words} (hazard {control.hazard})")


def _tell_installed(install: Install, steps: Sequence[Passed], taken: TakenOn | None, *, as_json: bool) -> None:
    """What is installed now."""
    if as_json:
        typer.echo(msgspec.json.encode(_installed(install, steps, taken)))
    elif install.is_trial:
        typer.echo(f"{install.title} {install.version} is here on trial: nobody has accredited it")
    else:
        typer.echo(f"{install.title} {install.version} is installed, in {install.folder}")


def _installed(install: Install, steps: Sequence[Passed], taken: TakenOn | None) -> dict[str, Any]:
    return {
        "product": install.id,
        "version": install.version,
        "sha256": install.sha256,
        "origin": install.origin,
        "is_trial": install.is_trial,
        "steps": [{"step": one.step, "words": one.words} for one in steps],
        "conditions": () if taken is None else taken.conditions,
        "controls": () if taken is None else taken.controls,
        "touches": () if taken is None else taken.touches,
        "more": () if taken is None else taken.more,
    }


def _tell_begun(begun: Begun, installed: Sequence[Install], folder: Path) -> None:
    """What was made, the password this once, and what comes next, with the folder as it was named."""
    typer.echo(f"{begun.settings.name} is in {begun.folder}")
    for install in installed:
        typer.echo(f"  product   {install.title} {install.version}")
    typer.echo(f"  username  {begun.username}\n  password  {begun.password}")
    typer.echo("The password stands nowhere else: keep it now. Next:")
    typer.echo(f"  tabard link add NAME --port PORT --hospital {folder}\n  tabard hospital serve {folder}")


def _tell_addresses(folder: Path, addresses: Mapping[str, tuple[str, int]]) -> None:
    """Where the hospital answers, once it does."""
    settings = load(folder).settings
    typer.echo(f"{settings.name}: {settings.base_url} (Ctrl-C ends it)")
    for link in list_links(folder):
        host, port = addresses[link.name]
        typer.echo(f"  link {link.name} listens on {host}:{port}, dialect {link.dialect}")
    if not addresses:
        typer.echo("  no link yet: add one with `tabard link add`, then serve again")


def _told(begun: Begun, installed: Sequence[Install]) -> dict[str, str | int | list[str]]:
    return {
        "folder": str(begun.folder),
        "name": begun.settings.name,
        "ods": begun.settings.ods,
        "port": begun.settings.port,
        "base_url": begun.settings.base_url,
        "username": begun.username,
        "password": begun.password,
        "products": [install.id for install in installed],
    }
