"""`tabard catalogue affected`, `recall-component` and `reinstate`: one advisory and its products; a recall undone."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from tabard.catalogue import (
    Affected,
    Level,
    Publishing,
    Recall,
    affected as find_affected,
    draft_reinstatement,
    read_reinstatement,
)
from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.passphrase import read_key
from tabard.cli.terminal import line
from tabard.ground.dsse import Envelope
from tabard.ground.errors import CallerError, NotFound
from tabard.ground.ids import unguessable
from tabard.ground.private_files import write_private
from tabard.ground.time import system_clock

_CATALOGUE = "catalogue"
_ID_LENGTH = 12
Store = Annotated[Path, typer.Argument(metavar="STORE_DIR", help="The store's folder.")]
Purl = Annotated[
    str, typer.Argument(metavar="PURL", help="The component's package URL, such as pkg:npm/htmx.org@2.0.0.")
]
Below = Annotated[str | None, typer.Option(metavar="VERSION", help="Only versions of it below this one.")]
reinstate = typer.Typer(no_args_is_help=True)


@reinstate.callback()
def _reinstate() -> None:
    """Undo a recall: drafted, signed by those who accredit, published with a recall key."""


def affected(store: Store, purl: Purl, *, below: Below = None, as_json: AsJson = False) -> None:
    """Which listed versions have a component in them, by their bills of materials."""
    found = find_affected(Publishing(store / _CATALOGUE), purl, below)
    if as_json:
        tell_json(found)
    for one in () if as_json else found:
        line(
            f"{one.product} {one.version}  {one.component or 'its bill of materials cannot be read: look for yourself'}"
        )
    if not found and not as_json:
        line("No listed version has it.")


def recall_component(
    store: Store,
    purl: Purl,
    *,
    below: Below = None,
    level: Annotated[Level, typer.Option(help="How far the recall goes.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, for those who use the products.")],
    remedy: Annotated[str, typer.Option(metavar="TEXT", help="What they are to do instead.")],
    key: Annotated[Path, typer.Option(metavar="FILE", help="One of the recall keys.")],
    as_json: AsJson = False,
) -> None:
    """Recall every listed version that has a component in it: one recall a product. Bills that cannot be read are told, not recalled."""
    publishing = Publishing(store / _CATALOGUE)
    found, signer = find_affected(publishing, purl, below), read_key(key)
    issued = [
        _recall(product, found, level, reason, remedy)
        for product in sorted({one.product for one in found if one.component})
    ]
    for one in issued:
        publishing.recall(one, signer)
    unread = sorted({one.product for one in found if not one.component})
    if as_json:
        tell_json({"recalls": issued, "cannot_be_read": unread})
        return
    for one in issued:
        line(f"Recalled: {one.product}, {len(one.packages)} version(s), {one.level} (recall {one.id})")
    for product in unread:
        line(f"Not recalled: {product}: its bill of materials cannot be read, look for yourself")
    if not found:
        line("No listed version has it.")


@reinstate.command("draft")
def draft(
    store: Store,
    recall: Annotated[str, typer.Argument(metavar="RECALL", help="The recall's id.")],
    *,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why it holds no more.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the words go that are to be signed.")],
) -> None:
    """Write what undoes a recall, for those who accredit to sign."""
    publishing = Publishing(store / _CATALOGUE)
    found = next((one for one in publishing.recalls() if one.id == recall), None)
    if found is None:
        raise NotFound(
            "no recall of this id holds", where=recall, expected=", ".join(one.id for one in publishing.recalls())
        )
    told = draft_reinstatement(
        found, publishing.entry(found.product), publishing.trust().verifier, reason, system_clock
    )
    if out.exists():
        raise CallerError("here is a file already", where=str(out), remedy="name another")
    write_private(out.absolute(), told.draft().to_bytes())
    line(f"{out}: each accreditor signs it with `tabard catalogue reinstate sign {out} --key FILE`")


@reinstate.command("sign")
def sign(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What was drafted.")],
    *,
    key: Annotated[Path, typer.Option(metavar="FILE", help="Your key, with which you accredit.")],
    yes: Annotated[bool, typer.Option("--yes", help="Sign what is shown, unasked.")] = False,
) -> None:
    """Show what undoes a recall, and sign it as an accreditor, on your own machine."""
    envelope = _envelope(file)
    for name, value in asdict(read_reinstatement(envelope)).items():
        line(f"  {name:<15}{value}")
    if not (yes or typer.confirm("Sign that this recall holds no more?")):
        raise typer.Exit(1)
    write_private(file.absolute(), envelope.signed_by(read_key(key)).to_bytes())
    line(f"{file} is signed.")


@reinstate.command("publish")
def publish(
    store: Store,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What enough accreditors have signed.")],
    *,
    key: Annotated[Path, typer.Option(metavar="FILE", help="One of the recall keys: it puts the list out.")],
) -> None:
    """Publish what enough accreditors signed; the recall key alone undoes nothing."""
    told = Publishing(store / _CATALOGUE).reinstate(_envelope(file), read_key(key))
    line(
        f"Recall {told.recall_id} of {told.product} is undone. A product that was stopped is started again by its hospital, by hand."
    )


def _recall(product: str, found: tuple[Affected, ...], level: Level, reason: str, remedy: str) -> Recall:
    packages = tuple(one.package_sha256 for one in found if one.product == product and one.component)
    return Recall(unguessable()[:_ID_LENGTH], product, packages, level, reason, remedy, system_clock())


def _envelope(file: Path) -> Envelope:
    try:
        return Envelope.from_bytes(file.read_bytes())
    except OSError as fault:
        raise CallerError("the file cannot be read", where=str(file), got=fault.strerror or "") from fault
