"""What holds a product against the rules before anybody else does: the check, its checkers, and the trial alone."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.product_files import package_in, write_file
from tabard.product import BadManifest, BadPackage, Package, build as build_package

if TYPE_CHECKING:
    from tabard.accreditation import AdvisorySet, CouldNot, Probes, Trial

_EXIT_FAILED = 1


def check(  # noqa: PLR0913  each is a word of the command line
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
    store: Annotated[
        str | None,
        typer.Option(
            metavar="URL|DIR", help="A catalogue to take advisories and the version before from, as the store does."
        ),
    ] = None,
    root: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The root by which that catalogue is believed.")
    ] = None,
    before: Annotated[
        Path | None, typer.Option(metavar="PACKAGE", help="The version before, to hold hazards and changes against.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report too, as the store keeps it.")
    ] = None,
    evidence: Annotated[
        Path | None,
        typer.Option(metavar="LIST.json", help="What `tabard product evidence list --json` wrote: is all shown?"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON for each finding.")] = False,
) -> None:
    """Hold a product against the rules that the store will hold it against; exit 1 where one failed."""
    from rich.console import Console  # noqa: PLC0415  building and signing need not wait for it

    from tabard import accreditation  # noqa: PLC0415  the same
    from tabard.cli import findings as words  # noqa: PLC0415  the same
    from tabard.cli.product_by import Sources, gone_by  # noqa: PLC0415  the same

    sources = Sources(advisories, advisories_key, before, store, root)
    known: AdvisorySet | CouldNot | None = None
    made: Package | None = None
    with Console(stderr=True).status("Reading the product", spinner="line") as status, gone_by(sources) as by:
        probes = _probes(status.update, by.knows, no_browser=no_browser, no_trial=no_trial)
        try:
            made = build_package(product) if product.is_dir() else package_in(product)
            told = accreditation.assess(made, probes, status.update, before=by.before(made))
            found, known = told.findings, by.advisories
            if report is not None:
                write_file(report, told.to_bytes())
        except BadManifest as bad:
            found = words.of_manifest(bad)
        except BadPackage as bad:
            found = words.of_package(bad)
    (words.tell_lines if as_json else words.tell_words)(found)
    if known is not None and not as_json:
        typer.echo(words.of_advisories(known))
    unshown = _unshown(made, evidence, as_json=as_json)
    if unshown or any(one.verdict in (accreditation.Verdict.failed, accreditation.Verdict.error) for one in found):
        raise typer.Exit(_EXIT_FAILED)


def checkers(*, as_json: AsJson = False) -> None:
    """Make the environment of the static checkers, of the lock that came with this Tabard; needs a network, once."""
    from tabard.cli.checkers import make_checkers  # noqa: PLC0415  nothing else needs it

    folder = make_checkers()
    if as_json:
        tell_json({"folder": str(folder)})
    else:
        typer.echo(f"The checkers are in {folder}")


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
        tell_json(words.as_json(told))
    else:
        words.tell_words(told)
    if isinstance(told, CouldNot):
        raise typer.Exit(_EXIT_FAILED)


def _unshown(made: Package | None, evidence: Path | None, *, as_json: bool) -> int:
    """How many references of the product's claims are to evidence that the store would not know."""
    if made is None or evidence is None:
        return 0
    from tabard.cli.evidence_list import read_list, tell_unproven  # noqa: PLC0415  only a list needs it

    return tell_unproven(made, read_list(evidence), datetime.now(UTC).date(), as_json=as_json)


COMMANDS: tuple[Callable[..., None], ...] = (check, checkers, trial)


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
