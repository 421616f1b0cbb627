"""`tabard product`: making a product: begin, check, build, sign, submit."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from tabard.cli import hazards
from tabard.cli.passphrase import make_key, read_key
from tabard.cli.product_files import browser_parts, folder_of, make_folder, package_in, read_file, write_file
from tabard.ground.errors import CallerError
from tabard.ground.keys import PublicKey, SigningKey
from tabard.product import (
    FILE_NAME,
    BadManifest,
    BadPackage,
    Kind,
    Package,
    build as build_package,
    hook_starter,
    left_out,
    owed,
    parse_manifest,
    sign_release,
    starter,
    touches,
)

if TYPE_CHECKING:
    from tabard.accreditation import AdvisorySet, CouldNot, Probes, Trial

app = typer.Typer(no_args_is_help=True)
app.add_typer(hazards.app, name="hazards", help="A product's hazard log and safety case.")

_EXIT_FAILED = 1
_RELEASE_END = ".release.json"
_LARGEST_RELEASE_BYTES = 4 * 1024 * 1024
_LARGEST_KEY = 16 * 1024

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
Made = Annotated[Path, typer.Argument(metavar="PACKAGE", help="A package that `tabard product build` made.")]


@app.callback()
def _product() -> None:
    """Making a product: begin, check, build, sign, submit."""


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
    *,
    publisher: Annotated[
        str, typer.Option(metavar="ODS", help="The ODS code of whoever will publish it, such as RZZ.")
    ],
    name: Annotated[str | None, typer.Option(help="What people will call it.")] = None,
    id_: Annotated[
        str | None, typer.Option("--id", help="What it is known by: a-z, 0-9 and -; else the folder's name.")
    ] = None,
    kind: Annotated[
        Kind, typer.Option(help="An app, or a hook: a CDS service that answers when a patient is opened.")
    ] = Kind.app,
    as_json: AsJson = False,
) -> None:
    """Begin a product: a small working app for a patient, or a hook, to look at, change and build on."""
    product = id_ or folder.resolve().name
    called = name or product.replace("-", " ").capitalize()
    files = _begun(kind, product, called, publisher)
    manifest = parse_manifest(files[FILE_NAME], files)  # what will not do is told before anything is made
    make_folder(folder, files)
    if as_json:
        _json({"folder": str(folder), "product": manifest.id, "files": sorted(files)})
        return
    typer.echo(f"{manifest.name} ({manifest.id}) is in {folder}: {len(files)} files")
    for fault in owed(manifest):
        typer.echo(f"  to come   {fault.where}: accreditation will ask for {fault.expected}")
    typer.echo(f"Next:\n  tabard product check {folder}\n  tabard product build {folder}")


def _begun(kind: Kind, product: str, called: str, publisher: str) -> dict[str, bytes]:
    if kind is Kind.app:
        return starter(product, called, publisher, browser_parts())
    from tabard.cli.wheels import kit_wheel  # noqa: PLC0415  only a hook needs it

    kit = kit_wheel()
    return hook_starter(product, called, publisher, (kit.file_name, kit.raw), kit.locked)


@app.command()
def wheels(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The product's folder.")], *, as_json: AsJson = False
) -> None:
    """Fetch the wheels that a product's requirements.txt names with their hashes; the one step that needs a network."""
    from tabard.cli.wheels import fetch  # noqa: PLC0415  nothing else needs it

    came = fetch(folder)
    if as_json:
        _json({"folder": str(folder), "wheels": came})
        return
    typer.echo(f"{len(came)} wheels came" if came else "All wheels are here")
    for name in came:
        typer.echo(f"  {name}: its [[component]] says its licence")


@app.command()
def check(
    product: Annotated[Path, typer.Argument(metavar="DIR|PACKAGE", help="A product's folder, or its package.")],
    *,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Leave the rules that need a browser unassessed.")
    ] = False,
    no_trial: Annotated[
        bool, typer.Option("--no-trial", help="Leave out the day at a pretend hospital, and its rules unassessed.")
    ] = False,
    advisories: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A signed set of known vulnerabilities.")
    ] = None,
    advisories_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The public key (PEM) of whoever signs such sets.")
    ] = None,
    before: Annotated[
        Path | None, typer.Option(metavar="PACKAGE", help="The version before, to hold hazards and changes against.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON for each finding.")] = False,
) -> None:
    """Hold a product against the rules that the store will hold it against; exit 1 where one failed."""
    from rich.console import Console  # noqa: PLC0415  building and signing need not wait for it

    from tabard import accreditation  # noqa: PLC0415  the same
    from tabard.cli import findings as words  # noqa: PLC0415  the same

    with Console(stderr=True).status("Reading the product", spinner="line") as status:
        knows = _knows(advisories, advisories_key)
        probes = _probes(status.update, knows, no_browser=no_browser, no_trial=no_trial)
        try:
            made = build_package(product) if product.is_dir() else package_in(product)
            older = package_in(before) if before else None
            found = accreditation.assess(made, probes, status.update, before=older).findings
        except BadManifest as bad:
            found = words.of_manifest(bad)
        except BadPackage as bad:
            found = words.of_package(bad)
    (words.tell_lines if as_json else words.tell_words)(found)
    if any(one.verdict in (accreditation.Verdict.failed, accreditation.Verdict.error) for one in found):
        raise typer.Exit(_EXIT_FAILED)


def _probes(
    tell: Callable[[str], None], knows: "Callable[[], AdvisorySet | CouldNot]", *, no_browser: bool, no_trial: bool
) -> "Probes":
    """What gathers for the rules, as far as it was asked for."""
    from tabard import accreditation  # noqa: PLC0415  building and signing need not wait for it

    tries: Callable[[Package], Trial | CouldNot] = accreditation.no_trial
    if not no_trial:
        from tabard.trial import check_product  # noqa: PLC0415  the same

        tries = partial(check_product, tell=tell, with_browser=not no_browser)
    if no_browser:
        return accreditation.without_browser(tries, knows)
    return accreditation.chromium(tries=tries, knows=knows)


def _knows(path: Path | None, key: Path | None) -> "Callable[[], AdvisorySet | CouldNot]":
    """What knows of vulnerabilities: the set that was given, verified now. Raises CallerError where one of the two is missing."""
    from tabard import accreditation  # noqa: PLC0415  the same

    if path is None and key is None:
        return accreditation.no_advisories
    if path is None or key is None:
        raise CallerError("a set and the key that signed it go together", where="--advisories, --advisories-key")
    public = PublicKey.from_pem(read_file(key, _LARGEST_KEY).decode("utf-8", "replace"))
    known = accreditation.read_advisories(read_file(path, _LARGEST_RELEASE_BYTES), (public,), datetime.now(UTC))
    return lambda: known


@app.command()
def checkers(*, as_json: AsJson = False) -> None:
    """Make the environment of the static checkers, of the lock that came with this Tabard; needs a network, once."""
    from tabard.cli.checkers import make_checkers  # noqa: PLC0415  nothing else needs it

    folder = make_checkers()
    if as_json:
        _json({"folder": str(folder)})
    else:
        typer.echo(f"The checkers are in {folder}")


@app.command()
def trial(
    product: Annotated[Path, typer.Argument(metavar="DIR|PACKAGE", help="A product's folder, or its package.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Let a product live through a day at a pretend hospital, cut off from the world; exit 1 where it could not be tried."""
    from rich.console import Console  # noqa: PLC0415  building and signing need not wait for it

    from tabard.accreditation import CouldNot  # noqa: PLC0415  the same
    from tabard.cli import trials as words  # noqa: PLC0415  the same
    from tabard.trial import try_product  # noqa: PLC0415  the same

    with Console(stderr=True).status("Reading the product", spinner="line") as status:
        made = build_package(product) if product.is_dir() else package_in(product)
        told = try_product(made, status.update)
    if as_json:
        _json(words.as_json(told))
    else:
        words.tell_words(told)
    if isinstance(told, CouldNot):
        raise typer.Exit(_EXIT_FAILED)


@app.command()
def build(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The product's folder.")],
    *,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to; ID-VERSION.tabard here, where nothing is said.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Build the package of a folder: the same folder gives the same bytes on any machine."""
    package = build_package(folder_of(folder))
    path = out or Path(package.file_name)
    _check_outside(folder, path)
    write_file(path, package.raw)
    kept_out = left_out(folder, package.manifest.leave_out)
    told = {
        "package": str(path),
        "product": package.manifest.id,
        "version": package.manifest.version,
        "sha256": package.sha256,
        "size_bytes": package.size_bytes,
        "files": len(package.files),
        "left_out": kept_out,
        "owed": [fault.where for fault in owed(package.manifest)],
    }
    if as_json:
        _json(told)
        return
    typer.echo(f"{path}: {package.manifest.name} {package.manifest.version}, {package.size_bytes:,} bytes")
    typer.echo(f"  sha256    {package.sha256}\n  files     {len(package.files)}, all of them listed in sbom.cdx.json")
    for entry in package.manifest.leave_out:
        names = left_out(folder, (entry,))
        typer.echo(f"  left out  {entry}" + ("" if names == (entry,) else f": {len(names)} files"))
    for fault in owed(package.manifest):
        typer.echo(f"  to come   {fault.where}: accreditation will ask for {fault.expected}")


@app.command()
def sign(
    package: Made,
    *,
    key: Annotated[Path | None, typer.Option(metavar="FILE", help="The publisher's private key (PEM).")] = None,
    new_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Make a key here and FILE.pub beside it; sign with it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Sign a package as its publisher: PACKAGE.release.json. A passphrase is asked for, or taken from TABARD_PASSPHRASE."""
    if (key is None) == (new_key is None):
        raise CallerError("one key signs", where="--key, --new-key", expected="one of the two")
    made = package_in(package)
    signing = read_key(key) if key else _new_key(new_key or Path())
    path = package.with_name(package.name + _RELEASE_END)
    write_file(path, sign_release(made, signing).to_bytes())
    if as_json:
        public = {"keyid": signing.public.keyid, "public_key": signing.public.pem}
        _json({"release": str(path), "sha256": made.sha256, **public})
        return
    typer.echo(f"{path}: {made.manifest.name} {made.manifest.version}, published by {made.manifest.publisher}")
    typer.echo(f"  sha256    {made.sha256}\n  key       {signing.public.keyid}")
    if new_key:
        typer.echo(f"  new key   {new_key} is yours alone; send {new_key}.pub to whoever runs the store")


@app.command()
def submit(
    package: Made,
    *,
    release: Annotated[Path, typer.Option(metavar="FILE", help="What `tabard product sign` wrote.")],
    to: Annotated[str, typer.Option(metavar="URL", help="The store's address.")],
    wait: Annotated[bool, typer.Option("--wait", help="Wait until the store's rules have spoken.")] = False,
    as_json: AsJson = False,
) -> None:
    """Submit a signed package to a store for accreditation. Whoever publishes is its manufacturer under DCB0129."""
    from rich.console import Console  # noqa: PLC0415  building and signing need not wait for it

    from tabard.cli.submitting import StoreApi  # noqa: PLC0415  the same

    made, signed = package_in(package), read_file(release, _LARGEST_RELEASE_BYTES)
    with (
        StoreApi(to) as store,
        Console(stderr=True).status(f"Sending {made.size_bytes:,} bytes", spinner="line") as status,
    ):
        told = store.submit(made.file_name, made.raw, signed)
        if wait or told.get("status") not in (
            "submitted",
            "checking",
        ):  # what is checked already has findings, or a no with its reason
            status.update("The store's rules are at work")
            told |= store.checked(str(told["case"]))
    if as_json:
        _json(told)
    else:
        _tell_case(made, told)
    if told.get("status") in ("referred_back", "withdrawn", "error") or told.get("outcome") == "refused":
        raise typer.Exit(_EXIT_FAILED)


def _check_outside(folder: Path, path: Path) -> None:
    """Raises CallerError where the package would lie in the product's own folder: the next build would meet it."""
    if path.resolve().is_relative_to(folder.resolve()):
        raise CallerError(
            "the package would lie in the product's own folder",
            where=str(path),
            remedy="build from the folder above, or say --out FILE",
        )


def _new_key(path: Path) -> SigningKey:
    """A new key in `path`, its public half beside it in `path`.pub. Raises CallerError where one of them is there."""
    public = path.with_name(f"{path.name}.pub")
    if public.exists():
        raise CallerError("here is a file already", where=str(public), remedy="name another file for the new key")
    key = make_key(path)
    write_file(public, key.public.pem.encode())
    return key


def _tell_case(package: Package, told: dict[str, Any]) -> None:
    """How the case stands, what did not pass, what publishing means, and what the product may touch."""
    manifest = package.manifest
    typer.echo(f"{manifest.name} {manifest.version} is case {told.get('case')}: {told.get('status')}")
    for finding in told.get("findings") or ():
        if finding.get("verdict") not in ("pass", "not_applicable"):
            typer.echo(f"  {finding['verdict']:<13} {finding['rule']}  {finding['place']}: {finding['got']}")
    for one in told.get("questions") or ():
        typer.echo(f"  question {one['number']}, {one['about']}: {one['words']} ({one['by']})")
    for ground in told.get("grounds") or ():
        typer.echo(f"  refused: {ground}")
    if following := told.get("next"):
        typer.echo(f"  next: {following}")
    for words in told.get("words") or [f"{manifest.publisher} is its manufacturer under DCB0129."]:
        typer.echo(words)
    typer.echo("What it may touch:")
    for touch in touches(manifest):
        typer.echo(f"  {touch.words}")


def _json(told: dict[str, Any]) -> None:
    typer.echo(msgspec.json.encode(told).decode())
