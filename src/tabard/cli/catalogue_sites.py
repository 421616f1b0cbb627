"""`tabard catalogue export`, `enrol-site`, `receive` and `reach`: the catalogue carried, and what sites answer."""

from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from tabard.catalogue import Channel, How, Publishing, Sites, export as export_catalogue
from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.keys import public_key
from tabard.cli.terminal import line
from tabard.ground.errors import CallerError

_CATALOGUE = "catalogue"
Store = Annotated[Path, typer.Argument(metavar="STORE_DIR", help="The store's folder.")]


def export(
    into: Annotated[Path, typer.Argument(metavar="DEST", help="A folder on a stick, or of a mirror.")],
    *,
    source: Annotated[str, typer.Option("--from", metavar="URL|DIR", help="Where the catalogue is.")],
    root: Annotated[Path, typer.Option(metavar="FILE", help="The root that the centre handed over.")],
    channel: Annotated[
        Channel, typer.Option(help="airgap is carried to sites without a network; live is for mirrors.")
    ] = Channel.airgap,
    product: Annotated[
        list[str] | None, typer.Option(metavar="PRODUCT", help="Packages of this product alone; again for more.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Copy the catalogue, verified while it is copied, for a stick or a mirror."""
    told = export_catalogue(source, _read(root), into, channel, product)
    if as_json:
        tell_json(told)
        return
    line(
        f"{into}: channel {told.channel}, {told.files} files, {told.size_bytes:,} bytes, {len(told.products)} products with their newest package"
    )
    line(
        f"signed by the centre {_day(told.as_of)}; good until {_day(told.until)}. A site that reads it shows how old it is."
    )


def enrol_site(
    store: Store,
    *,
    ods: Annotated[str, typer.Option(help="The site's ODS code, such as RXX.")],
    name: Annotated[str, typer.Option(help="What the site is called.")],
    key: Annotated[
        Path, typer.Option(metavar="PEM", help="The public key that `tabard hospital receipt DIR --key` printed.")
    ],
    as_json: AsJson = False,
) -> None:
    """Take a site's signed receipts from now on; again with another key, that one takes the first one's place."""
    with closing(_sites(store)) as sites:
        site = sites.enrol(ods, name, public_key(key))
    if as_json:
        tell_json(site)
    else:
        line(f"{site.name} ({site.id}) is enrolled; its receipts are signed with key {site.keyid[:16]}")


def receive(
    store: Store,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A receipt that was carried here.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Take a receipt that came on a stick. One that was here before is refused."""
    with closing(_sites(store)) as sites:
        receipt = sites.receive(_read(file))
    if as_json:
        tell_json(receipt)
    else:
        line(
            f"{receipt.site}: list {receipt.list_version}, {len(receipt.products)} products, made {_day(receipt.made)}"
        )


def reach(
    store: Store,
    recall: Annotated[str, typer.Argument(metavar="RECALL", help="A recall's or a drill's id.")],
    *,
    as_json: AsJson = False,
) -> None:
    """How far a recall has come: which sites have acted, which know it, which are silent, by name."""
    publishing = Publishing(store / _CATALOGUE)
    version = publishing.recall_version(recall)
    issued = next(one for one in publishing.all_recalls() if one.id == recall)
    with closing(_sites(store)) as sites:
        told = sites.reach(issued, version)
    if as_json:
        tell_json(told)
        return
    line(
        f"{'Drill' if told.is_drill else 'Recall'} {recall} of {issued.product}, {issued.level}, issued {_day(issued.issued)}"
    )
    for how in How:
        line(f"{how:<9}{len(told.named(how))} of {len(told.sites)}")
    for one in told.sites:
        if one.how is not How.acted:
            line(f"  {one.how:<9}{one.name} ({one.site}), last heard {_day(one.heard)}")


def _sites(store: Path) -> Sites:
    return Sites(Publishing(store / _CATALOGUE).folder)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise CallerError("the file cannot be read", where=str(path), got=fault.strerror or "") from fault


def _day(moment: datetime | None) -> str:
    return "never" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"
