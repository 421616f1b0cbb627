"""`tabard product hazards`: a product's hazard log and safety case: read, compare, record tests, approve."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.hazards_handing import hand_over
from tabard.cli.passphrase import read_key
from tabard.cli.product_files import package_in, read_file, write_file
from tabard.ground.errors import CallerError
from tabard.product import Package, build

if TYPE_CHECKING:
    from tabard.accreditation import HazardLog

app = typer.Typer(no_args_is_help=True)
app.command("hand-over")(hand_over)

_LARGEST_REPORT_BYTES = 16 * 1024 * 1024

Product = Annotated[Path, typer.Argument(metavar="DIR|PACKAGE", help="A product's folder, or its package.")]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The product's folder.")]


@app.callback()
def _hazards() -> None:
    """A product's hazard log and safety case: read, compare, record tests, approve."""


@app.command()
def show(product: Product, *, as_json: AsJson = False) -> None:
    """Tell each hazard with its risk before and after, what keeps it down, and what the hospital must do."""
    log = _log(_package(product))
    if as_json:
        tell_json(msgspec.to_builtins(log) | {"tasks": msgspec.to_builtins(log.to_do)})
        return
    typer.echo(f"{log.product} {log.version}, issue {log.issue}, {log.phase}; approved by {log.approved_by}")
    for one in log.hazards:
        typer.echo(f"\n{one.id} {one.title} ({one.status})\n  effect   {one.effect}\n  harm     {one.harm}")
        typer.echo(f"  before   {one.initial.words}\n  after    {one.residual.words}")
        for control in one.controls:
            typer.echo(f"  {control.id:<8} {control.owner}: {control.text}")
        if one.reason:
            typer.echo(f"  borne    {one.reason}")
    if log.to_do:
        typer.echo("\nWhat each hospital takes on:")
    for task in log.to_do:
        typer.echo(f"  {task.control:<8} {task.words}")


@app.command()
def report(
    product: Product,
    *,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to: a name that ends in .html or .pdf.")],
    as_json: AsJson = False,
) -> None:
    """Write the clinical safety report: the safety case, the risk matrix, each hazard, what hospitals take on, who signed."""
    from tabard.accreditation.safety.rendering import html_of, pdf_of  # noqa: PLC0415  showing a log needs it not
    from tabard.accreditation.safety.reporting import report_of  # noqa: PLC0415  the same

    told = report_of(_package(product))
    if out.suffix not in (".html", ".pdf"):
        raise CallerError(
            "what kind of report?", where="--out", expected="a name that ends in .html or .pdf", got=out.name
        )
    write_file(out, pdf_of(told) if out.suffix == ".pdf" else html_of(told).encode())
    if as_json:
        tell_json({"report": str(out), "is_approved": told.is_approved, "standing": told.standing})
        return
    typer.echo(f"{out}: {told.product} {told.version}, {len(told.hazards)} hazards\n{told.standing}")


@app.command()
def diff(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="The version before: a folder or a package.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="The version after.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Tell what changed from one version's hazard log to the next: taken out, lowered, new, closed."""
    from tabard.accreditation.hazards.differing import differences  # noqa: PLC0415  reading a log needs it not

    changed = differences(_log(_package(before)), _log(_package(after)))
    if as_json:
        tell_json({"words": changed.words, **msgspec.to_builtins(changed)})
        return
    for words in changed.words or ("The hazards are the same.",):
        typer.echo(words)


@app.command("tested")
def record(
    folder: Folder,
    report: Annotated[list[Path], typer.Argument(metavar="JUNIT...", help="JUnit XML that the tests wrote.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Record a run of tests on what lies in the folder now: safety/tested.json, at which controls point."""
    from tabard.accreditation.safety.recording import recorded  # noqa: PLC0415  showing a log needs it not
    from tabard.accreditation.safety.sealing import configuration  # noqa: PLC0415  the same

    package = build(folder)
    raw = tuple(read_file(one, _LARGEST_REPORT_BYTES) for one in report)
    digest = configuration(package.manifest, package.files)
    made = recorded(raw, digest, datetime.now(UTC).date())
    _write(folder, made)
    told = {name: msgspec.json.decode(content) for name, content in made.items()}
    if as_json:
        tell_json(told)
        return
    for name, content in told.items():
        results = [one["result"] for one in content["tests"]]
        typer.echo(f"{name}: {results.count('passed')} of {len(results)} tests passed on configuration {digest[:16]}…")


@app.command()
def approve(
    folder: Folder,
    *,
    key: Annotated[Path, typer.Option(metavar="FILE", help="The clinical safety officer's own private key (PEM).")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Seal the safety case and sign it and the hazard log, as the product's clinical safety officer. Asks before it signs."""
    from tabard.accreditation.safety.model import APPROVAL, CASE  # noqa: PLC0415  showing a log needs it not
    from tabard.accreditation.safety.sealing import signed_papers  # noqa: PLC0415  the same

    package = build(folder)
    signing, at = read_key(key), datetime.now(UTC)
    made = signed_papers(package.manifest, package.files, signing, at)
    _tell_signed(_log(package), package)
    if not yes and not typer.confirm("Sign this?", err=True):
        raise CallerError("nothing was signed", got="no", remedy="look at it again: `tabard product hazards show`")
    _write(folder, made)
    if as_json:
        tell_json({"report": CASE, "approval": APPROVAL, "keyid": signing.public.keyid, "at": at.isoformat()})
        return
    typer.echo(f"{folder / APPROVAL}: signed, key {signing.public.keyid}")


def _tell_signed(log: "HazardLog", package: Package) -> None:
    """What the officer puts their name under, on standard error: the answer alone goes to standard output."""
    worst = max(one.residual.rating for one in log.hazards)
    lines = [
        f"{package.manifest.name} {log.version}, issue {log.issue} of its hazard log: {len(log.hazards)} hazards.",
        f"The worst risk that remains is rated {worst}.",
        *(f"  {one.id} remains {one.residual.words}: {one.reason}" for one in log.hazards if one.reason),
        f"{len(log.to_do)} controls are handed over to each hospital.",
    ]
    for line in lines:
        typer.echo(line, err=True)


def _package(path: Path) -> Package:
    return build(path) if path.is_dir() else package_in(path)


def _log(package: Package) -> "HazardLog":
    from tabard.accreditation import read_hazard_log  # noqa: PLC0415  help needs none of the rules

    return read_hazard_log(package.files.get(package.manifest.hazards, b""))


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for name, raw in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, raw)
