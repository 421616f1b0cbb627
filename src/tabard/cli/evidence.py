"""`tabard product evidence`: what a maker gives once for all its products, and what it gives for one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tabard.cli.accredit_options import At, Key
from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.evidence_items import one_of
from tabard.cli.passphrase import read_key
from tabard.cli.terminal import line
from tabard.ground.errors import CallerError

if TYPE_CHECKING:
    from tabard.store.evidence_asking import EvidenceAt

app = typer.Typer(no_args_is_help=True)

_DAY = ["%Y-%m-%d"]
_DIGITS = 64
File = Annotated[Path, typer.Argument(metavar="FILE", help="The document: PDF, PNG, JPEG, docx, xlsx, zip, or text.")]
Item = Annotated[str, typer.Argument(metavar="ID", help="The item's id, or the first letters of it or of its SHA-256.")]


def _tell_kinds(is_asked: bool) -> None:  # noqa: FBT001  as the command line calls it
    if is_asked:
        from tabard.cli.evidence_offering import tell_kinds  # noqa: PLC0415  nothing else needs it

        tell_kinds()
        raise typer.Exit


Kinds = Annotated[
    bool, typer.Option("--kinds", callback=_tell_kinds, is_eager=True, help="Tell every kind and what it must say.")
]
Kind = Annotated[str, typer.Option(metavar="KIND", help="What it is, such as dspt; --kinds tells them all.")]
Title = Annotated[str, typer.Option(metavar="TEXT", help="What people will read it as.")]
Serves = Annotated[
    list[str], typer.Option(metavar="ID", help="A criterion that it serves, such as dtac-2.0/C2.1; again for more.")
]
Made = Annotated[datetime, typer.Option(metavar="DATE", formats=_DAY, help="The day on which it was made.")]
Expires = Annotated[
    datetime | None, typer.Option(metavar="DATE", formats=_DAY, help="The first day on which it stands no more.")
]
Product = Annotated[
    str | None, typer.Option(metavar="ID", help="The product that it is about; else it is the organisation's.")
]
OfPackage = Annotated[
    Path | None, typer.Option("--package", metavar="FILE", help="The package that it was made of, and so its product.")
]
Says = Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="What its kind must say; again for more.")]
OwnId = Annotated[str, typer.Option("--id", metavar="ID", help="An id of your own; one is made where none is given.")]


@app.callback()
def _evidence() -> None:
    """Evidence at a store: your organisation's, given once for all its products, and a product's own."""


@app.command()
def add(  # noqa: PLR0913  each is a word of the command line
    file: File,
    *,
    kind: Kind,
    title: Title,
    serves: Serves,
    made: Made,
    at: At,
    key: Key,
    expires: Expires = None,
    product: Product = None,
    package: OfPackage = None,
    says: Says = None,
    id_: OwnId = "",
    kinds: Kinds = False,
    as_json: AsJson = False,
) -> None:
    """Hand in a document as evidence: the store keeps its bytes and a line in your organisation's ledger, for good."""
    from tabard.cli.evidence_offering import offered  # noqa: PLC0415  help need not wait for it

    del kinds
    days, about = (made.date(), expires and expires.date()), (product, package)
    _hand_in(file, offered(kind, title, serves, says or (), days, about, id_), at, key, as_json=as_json)


@app.command()
def replace(  # noqa: PLR0913  each is a word of the command line
    item: Item,
    file: File,
    *,
    made: Made,
    at: At,
    key: Key,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Another title than before.")] = None,
    serves: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Other criteria than before; again for more.")
    ] = None,
    expires: Expires = None,
    package: OfPackage = None,
    says: Says = None,
    id_: OwnId = "",
    as_json: AsJson = False,
) -> None:
    """Put a newer document in the place of one that stands. What is not said stays as it was; a day of ending is said anew."""
    from tabard.cli.evidence_offering import offered  # noqa: PLC0415  help need not wait for it

    with _at(at, key) as store:
        old = one_of(store.ledger()["items"], item)
    said = says or [f"{name}={value}" for name, value in old["says"].items()]
    days, about = (made.date(), expires and expires.date()), (old["for_product"], package)
    offer = offered(old["kind"], title or old["title"], serves or old["serves"], said, days, about, id_)
    _hand_in(file, {**offer, "instead_of": [old["id"]]}, at, key, as_json=as_json)


@app.command("list")
def list_(*, at: At, key: Key, as_json: AsJson = False) -> None:
    """Every item with how it stands today. With --json the whole ledger, which `tabard product check --evidence` takes."""
    with _at(at, key) as store:
        told = store.ledger()
    if as_json:
        tell_json(told)
        return
    for one in told["items"]:
        state = f"until {one['ends']}" if one["stands"] and one["ends"] else "stands" if one["stands"] else "GONE"
        about = one["for_product"] or "the organisation"
        line(f"{one['id']:<36}{state:<18}{one['kind']}, of {about}: {one['title']}")
        line(f"  sha256:{one['sha256']}  serves {', '.join(one['serves'])}")
        if not one["stands"]:
            line(f"  {one['why_not']}")
    if not told["items"]:
        typer.echo("nothing is kept yet: tabard product evidence add FILE")


@app.command()
def withdraw(
    item: Item,
    *,
    at: At,
    key: Key,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it stands in the ledger for good.")],
    as_json: AsJson = False,
) -> None:
    """Let an item stand no longer, for a reason. It stays in the ledger, and so do its bytes."""
    with _at(at, key) as store:
        one = one_of(store.ledger()["items"], item)
        told = store.withdraw_evidence(one["id"], reason)
    if as_json:
        tell_json(told)
    else:
        line(f"{one['id']} stands no more; products that rest on it are not shown to meet {', '.join(one['serves'])}")


@app.command()
def get(
    item: Item,
    *,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to; nothing is written over.")],
    at: At,
    key: Key,
    as_json: AsJson = False,
) -> None:
    """Fetch the bytes of an item and hold them against their digest: a maker its own, an assessor any, by its whole SHA-256."""
    with _at(at, key) as store:
        digest = item if len(item) == _DIGITS else one_of(store.ledger()["items"], item, must_stand=False)["sha256"]
        raw = store.evidence_bytes(digest)
    try:
        with out.open("xb") as file:
            file.write(raw)
    except OSError as fault:
        raise CallerError("the file cannot be written", where=str(out), got=fault.strerror) from fault
    if as_json:
        tell_json({"sha256": digest, "size_bytes": len(raw), "file": str(out)})
    else:
        line(f"{out}: {len(raw):,} bytes, sha256 {digest}. Open it as you would a stranger's attachment.")


@app.command()
def cite(
    items: Annotated[
        list[str], typer.Argument(metavar="ID|FILE", help="Items by id or by the letters they begin with, or files.")
    ],
    *,
    listed: Annotated[
        Path | None, typer.Option("--evidence", metavar="LIST.json", help="Look in this list, not at the store.")
    ] = None,
    at: Annotated[str, typer.Option("--store", metavar="URL", envvar="TABARD_STORE", help="The store.")] = "",
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", envvar="TABARD_KEY", help="Your private key.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the line for a claim in `claims.toml` that points at these items."""
    from tabard.cli.evidence_cited import cited  # noqa: PLC0415  handing in need not wait for it

    refs = cited(items, listed, lambda: _ledger(at, key))
    if as_json:
        tell_json([{"evidence": f"sha256:{digest}", "title": title} for digest, title in refs])
        return
    typer.echo("evidence = [")
    for digest, title in refs:
        line(f'    "sha256:{digest}",  # {title}')
    typer.echo("]")


def _hand_in(file: Path, offer: dict[str, Any], at: str, key: Path, *, as_json: bool) -> None:
    with _at(at, key) as store, _progress(file) as tell:
        told = store.hand_in(file, offer, tell)
    if as_json:
        tell_json(told)
        return
    line(f"{told['id']}: {told['title']} ({told['kind']}){'' if told['is_new'] else '; it was here already'}")
    line(f"  sha256    {told['sha256']}\n"[:-1])
    line(f"  ends      {told['ends'] or 'not by a day of its own'}")
    line(f"  serves    {', '.join(told['serves'])}")
    line(f'  in claims.toml: evidence = ["sha256:{told["sha256"]}"]')


@contextmanager
def _progress(file: Path) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error while it is sent, where somebody looks."""
    from rich.console import Console  # noqa: PLC0415  other commands need not wait for it
    from rich.progress import Progress  # noqa: PLC0415  the same

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"Sending {file.name}", total=None)
        yield lambda sent, of: bar.update(task, completed=sent, total=of)


def _at(at: str, key: Path) -> "EvidenceAt":
    from tabard.store.evidence_asking import EvidenceAt  # noqa: PLC0415  help need not wait for it

    return EvidenceAt(at, read_key(key))


def _ledger(at: str, key: Path | None) -> Any:
    if not at or key is None:
        raise CallerError("items are looked up somewhere", expected="--evidence LIST.json, or --store and --key")
    with _at(at, key) as store:
        return store.ledger()
