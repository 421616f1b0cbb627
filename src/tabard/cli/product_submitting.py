"""What sends a signed package to a store, and tells how its case stands."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.product_files import package_in, read_file
from tabard.ground.errors import CallerError
from tabard.product import Package, touches

_EXIT_FAILED = 1
_LARGEST_RELEASE_BYTES = 4 * 1024 * 1024


def submit(
    package: Annotated[
        Path | None, typer.Argument(metavar="PACKAGE", help="A package that `tabard product build` made.")
    ] = None,
    *,
    to: Annotated[str, typer.Option(metavar="URL", help="The store's address.")],
    release: Annotated[Path | None, typer.Option(metavar="FILE", help="What `tabard product sign` wrote.")] = None,
    draft: Annotated[
        bool, typer.Option("--draft", help="Keep it as a draft: you alone see what the rules find.")
    ] = False,
    case: Annotated[
        str | None, typer.Option(metavar="CASE", help="Submit this draft, in the place of a package.")
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option("--key", metavar="FILE", envvar="TABARD_KEY", help="With --case: the publisher's private key."),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until the store's rules have spoken.")] = False,
    as_json: AsJson = False,
) -> None:
    """Submit a signed package to a store for accreditation, or a draft. Whoever publishes is its manufacturer under DCB0129."""
    if case is not None and package is None:
        _submit_draft(case, to, key, as_json=as_json)
        return
    if package is None or release is None or case is not None:
        raise CallerError("what is to be submitted is not told", expected="PACKAGE and --release, or --case and --key")
    made, signed = package_in(package), read_file(release, _LARGEST_RELEASE_BYTES)
    told = _sent(made, signed, to, is_draft=draft, wait=wait)
    if as_json:
        tell_json(told)
    else:
        _tell_case(made, told)
        _tell_address(to, told)
    if told.get("status") in ("referred_back", "withdrawn", "error") or told.get("outcome") == "refused":
        raise typer.Exit(_EXIT_FAILED)


def _sent(made: Package, release: bytes, to: str, *, is_draft: bool, wait: bool) -> dict[str, Any]:
    """What the store tells of it, findings included where they are there already or are waited for."""
    from rich.console import Console  # noqa: PLC0415  building and signing need not wait for it

    from tabard.cli.submitting import StoreApi, is_being_checked  # noqa: PLC0415  the same

    with (
        StoreApi(to) as store,
        Console(stderr=True).status(f"Sending {made.size_bytes:,} bytes", spinner="line") as status,
    ):
        told = store.submit(made.file_name, made.raw, release, is_draft=is_draft)
        address = str(told.get("address", ""))
        if address and (
            wait or not is_being_checked(told)
        ):  # what is checked already has findings, or a no with its reason
            status.update("The store's rules are at work")
            told |= store.checked(address)
    return told


def _submit_draft(case: str, to: str, key: Path | None, *, as_json: bool) -> None:
    """Let the draft be judged, as its publisher."""
    from tabard.cli.passphrase import read_key  # noqa: PLC0415  building and signing need not wait for it
    from tabard.store.asking import StoreAt  # noqa: PLC0415  the same

    if key is None:
        raise CallerError("a draft is submitted by its publisher", where="--case", remedy="give --key FILE")
    with StoreAt(to, read_key(key)) as asked:
        told = asked.as_maker(case, "submission", {})
    if as_json:
        tell_json(told)
    else:
        typer.echo(f"{told['product']} {told['version']}: {told['status']}. {told['next']}")
        typer.echo(
            "The address that keeping the draft told shows how it fares; `tabard product address CASE` makes a new one."
        )


def address(
    case: Annotated[str, typer.Argument(metavar="CASE", help="The case's id, as submitting told it.")],
    *,
    store: Annotated[str, typer.Option("--store", metavar="URL", envvar="TABARD_STORE", help="The store's address.")],
    key: Annotated[
        Path,
        typer.Option("--key", metavar="FILE", envvar="TABARD_KEY", help="Your private key; a passphrase is asked for."),
    ],
    alone: Annotated[
        bool, typer.Option("--alone", help="Let every earlier address cease: one came to be known.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """As the publisher: have a fresh address of a submission's page, where you read how it fares and what is asked."""
    from tabard.cli.passphrase import read_key  # noqa: PLC0415  building and signing need not wait for it
    from tabard.store.asking import StoreAt  # noqa: PLC0415  the same

    with StoreAt(store, read_key(key)) as asked:
        told = asked.as_maker(case, "addresses", {"alone": alone})
    if as_json:
        tell_json(told)
    else:
        _tell_address(store, told)


COMMANDS: tuple[Callable[..., None], ...] = (submit, address)


def _tell_address(store: str, told: Mapping[str, Any]) -> None:
    """Where its page is; whoever has that address may read it."""
    if where := told.get("address"):
        typer.echo(f"How it fares: {store.rstrip('/')}{where}")
        typer.echo("Keep this address: whoever has it reads what is asked of you and answered.")
    elif where is not None:
        typer.echo(
            f"These bytes are public. Its page is opened by your key: tabard product address {told.get('case')} --store {store}"
        )


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
