"""`tabard catalogue`: the signed catalogue: verify it, recall a product."""

from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from tabard.catalogue import Client, Level, NotPublished, Publishing, Recall, Step, walk
from tabard.cli import catalogue_keys, catalogue_recalls, catalogue_sites
from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.passphrase import read_key
from tabard.cli.terminal import line
from tabard.ground.errors import CallerError, NotFound
from tabard.ground.ids import unguessable
from tabard.ground.time import system_clock

app = typer.Typer(no_args_is_help=True)
app.command()(catalogue_keys.rotate)
app.command()(catalogue_keys.drill)
app.command()(catalogue_sites.export)
app.command()(catalogue_sites.enrol_site)
app.command()(catalogue_sites.receive)
app.command()(catalogue_sites.reach)
app.command()(catalogue_recalls.affected)
app.command()(catalogue_recalls.recall_component)
app.add_typer(catalogue_recalls.reinstate, name="reinstate", help="Undo a recall, by those who accredit.")

_CATALOGUE = "catalogue"
_ID_LENGTH = 12


@app.callback()
def _catalogue() -> None:
    """The signed catalogue: verify it, recall a product."""


@app.command()
def verify(
    product: Annotated[str | None, typer.Argument(metavar="[PRODUCT]", help="One product; without it all.")] = None,
    *,
    source: Annotated[str, typer.Option("--from", metavar="URL|DIR", help="Where the catalogue is.")],
    root: Annotated[Path, typer.Option(metavar="FILE", help="The root that the centre handed over.")],
    as_json: AsJson = False,
) -> None:
    """Walk the whole chain as a stranger would: root, roles, decisions, packages; who signed each, and until when."""
    pinned = _pinned(root)
    with TemporaryDirectory(prefix="tabard-") as folder:
        steps = []
        for step in walk(Client(Path(folder), source, pinned), product):
            steps.append(step)
            if not as_json:
                _tell(step)
    if as_json:
        tell_json({"from": source, "steps": steps})
    else:
        typer.echo("Verified. The publisher's own signature is verified by each hospital that installs.")


@app.command()
def recall(  # noqa: PLR0913  each is a word of the command line
    store: Annotated[Path, typer.Argument(metavar="STORE_DIR", help="The store's folder.")],
    product: Annotated[str, typer.Argument(metavar="PRODUCT", help="The product's id.")],
    *,
    version: Annotated[
        str | None, typer.Option(metavar="V", help="This version alone; without it every version, those to come too.")
    ] = None,
    level: Annotated[
        Level, typer.Option(help="How far: told; not installed anew; stopped unless a safety officer answers; stopped.")
    ] = Level.stop,
    drill: Annotated[bool, typer.Option("--drill", help="Try how far a recall reaches, without any effect.")] = False,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, for those who used the product.")],
    remedy: Annotated[str, typer.Option(metavar="TEXT", help="What they are to do instead.")],
    key: Annotated[Path, typer.Option(metavar="FILE", help="One of the recall keys, kept away from the store.")],
    as_json: AsJson = False,
) -> None:
    """Recall a product: every hospital that has it obeys at its next look at the catalogue, and never forgets it."""
    publishing = Publishing(store / _CATALOGUE)
    issued = Recall(
        id=unguessable()[:_ID_LENGTH],
        product=product,
        packages=_packages(publishing, product, version),
        level=Level.advisory if drill else level,
        is_drill=drill,
        reason=_text("--reason", reason),
        remedy=_text("--remedy", remedy),
        issued=system_clock(),
    )
    publishing.recall(issued, read_key(key))
    if as_json:
        tell_json(issued)
    else:
        which = "every version, those to come too" if version is None else f"version {version}"
        word = "Drilled" if drill else "Recalled"
        typer.echo(f"{word}: {product}, {which}, {issued.level} (recall {issued.id}). Hospitals obey within minutes.")
        typer.echo(f"Who has: tabard catalogue reach {store} {issued.id}")


@app.command()
def renew(
    store: Annotated[Path, typer.Argument(metavar="STORE_DIR", help="The store's folder.")],
    role: Annotated[str | None, typer.Argument(metavar="[ROLE]", help="root, targets or recall.")] = None,
    *,
    key: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="A key of the role; as often as it needs.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Sign what an offline role says anew; without a role, tell until when the word of each holds."""
    publishing = Publishing(store / _CATALOGUE)
    known = publishing.expiries()
    if role is not None:
        if role not in known:
            raise CallerError("there is no such role", where=role, expected=", ".join(known))
        publishing.renew(role, [read_key(file) for file in key or ()])
        known = publishing.expiries()
    if as_json:
        tell_json(known)
        return
    for name, until in known.items():
        typer.echo(f"{name:<12} holds until {until:%Y-%m-%d %H:%M} UTC")


def _pinned(root: Path) -> bytes:
    try:
        return root.read_bytes()
    except OSError as fault:
        raise CallerError(
            "the root cannot be read", where=str(root), got=fault.strerror, remedy="check its path"
        ) from fault


def _packages(publishing: Publishing, product: str, version: str | None) -> tuple[str, ...]:
    try:
        entry = publishing.entry(product)
    except NotPublished:
        entry = None
    if entry is None:
        known = ", ".join(one.product for one in publishing.summaries())
        raise NotFound("the catalogue does not list this product", where=product, expected=known or "a listed product")
    if version is None:
        return ()
    listed = entry.version(version)
    if listed is None:
        raise NotFound(
            "this version is not listed",
            where=f"{product} {version}",
            expected=", ".join(one.version for one in entry.versions),
            remedy="name one of these, or none for every version",
        )
    return (listed.package_sha256,)


def _text(option: str, text: str) -> str:
    if not text.strip():
        raise CallerError("a recall says why, and what to do", where=option, expected="a sentence")
    return text.strip()


def _tell(step: Step) -> None:
    signed = f"; signed by {', '.join(step.signed_by)}" if step.signed_by else ""
    until = f"; until {step.until.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if step.until else ""
    line(f"{step.step:<12} {' '.join(filter(None, (step.about, step.says)))}{signed}{until}")
