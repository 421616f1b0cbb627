"""`tabard accredit framework`: by what products are judged, what is asked of one, and what a new version changes."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from tabard.accreditation.claims import CLAIMS_NAME, NO_CLAIMS, Claims, read_claims
from tabard.accreditation.frameworks import (
    BadFramework,
    Classed,
    Criterion,
    Framework,
    all_frameworks,
    criteria_for,
    criterion,
    differences,
    framework,
    plain_criterion,
    product_class,
    read_framework,
    set_aside,
)
from tabard.accreditation.table import RULES
from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.terminal import line
from tabard.ground.errors import CallerError
from tabard.product import read_manifest
from tabard.product.folder import files_in

app = typer.Typer(no_args_is_help=True)

On = Annotated[
    datetime | None,
    typer.Option("--on", metavar="DATE", formats=["%Y-%m-%d"], help="The day it is asked for; today when not given."),
]
Id = typer.Argument(metavar="ID", help="A framework such as dtac-2.0, or a criterion such as dtac-2.0/C1.2.4.")


@app.callback()
def _framework() -> None:
    """By what products are judged: frameworks, their criteria, and what a new version changes."""


@app.command(name="list")
def list_(*, on: On = None, as_json: AsJson = False) -> None:
    """Every framework, from when until when it is in force, and how many criteria it has."""
    day = _day(on)
    rows = [_head(one, day) for one in all_frameworks()]
    if as_json:
        tell_json(rows)
        return
    for row in rows:
        line(
            f"{row['id']:<14}{row['criteria']:>4} criteria  from {row['effective']}  {'in force' if row['in_force'] else 'not in force'}  {row['title']}"
        )


@app.command()
def show(id_: Annotated[str, Id], *, as_json: AsJson = False) -> None:
    """One framework with its criteria, or one criterion with the rules that look at it."""
    if "/" in id_:
        _show_criterion(criterion(id_), as_json=as_json)
        return
    one = framework(id_)
    if as_json:
        tell_json(
            {**_head(one, _day(None)), "told": one.told, "criteria_of_it": [_plain(each) for each in one.criteria]}
        )
        return
    line(f"{one.title} {one.version}, from {one.effective}\n")
    for told in (one.source, one.licence, *one.told):
        line(f"  {told}")
    section = ""
    for each in one.criteria:
        if each.section != section:
            section = each.section
            typer.echo()
            line(section)
        line(f"  {each.number:<10}{each.level:<8}{each.title}: {each.asks}")


@app.command()
def asked(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A product's folder.")],
    *,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """What is asked of a product: its class and why, each criterion with what its maker claims, and what is not asked."""
    manifest = read_manifest(folder)
    classed, claims, day = product_class(manifest), _claims(folder), _day(on)
    criteria = criteria_for(classed, day)
    if as_json:
        tell_json(_asked(classed, criteria, claims, day))
        return
    line(
        f"{manifest.name} is of class {classed.value.value}: it is judged by {' and '.join(sorted(role.replace('_', ' ') for role in classed.roles))}"
    )
    for why in classed.because:
        line(f"  {why}")
    typer.echo()
    for one in criteria:
        line(f"{_claimed(claims, one):<8}{one.id:<28}{one.title}: {one.asks}")
    states = Counter(_claimed(claims, one) for one in criteria)
    typer.echo()
    line(f"{len(criteria)} asked: {', '.join(f'{count} {state}' for state, count in sorted(states.items()))}")
    line(f"{len(set_aside(classed, day))} are not asked of a product of this class; --json says why of each")


@app.command()
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A framework's id, or a framework's file.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The newer one.")],
    *,
    as_json: AsJson = False,
) -> None:
    """What a version of a framework changes against another, criterion by criterion, and the days of grace."""
    was, now = _either(old), _either(new)
    found = differences(was, now)
    if as_json:
        tell_json({"old": was.id, "new": now.id, "effective": now.effective.isoformat(), "grace_days": now.grace_days,
               "differences": [{"number": one.number, "change": one.change, "what": one.what,
                                "was": one.was and _plain(one.was), "now": one.now and _plain(one.now)} for one in found]})  # fmt: skip
        return
    for one in found:
        told = one.now or one.was
        line(
            f"{one.change:<8}{one.number:<10}{told.title if told else ''}{'  ' + ', '.join(one.what) if one.what else ''}"
        )
    line(f"{len(found)} differences; {now.id} is in force from {now.effective}, with {now.grace_days} days of grace")


def _show_criterion(one: Criterion, *, as_json: bool) -> None:
    if as_json:
        tell_json(_plain(one))
        return
    line(f"{one.id}  {one.title}")
    line(f"  asks    {one.asks}")
    line(f"  of      the {one.owner}, class {one.least_class} and above; {one.level}")
    rules = ", ".join(_rules(one)) or "none"
    line(f"  rules   {rules}{'' if one.by_rule_alone else '; a person judges it'}")


def _head(one: Framework, day: date) -> dict[str, Any]:
    return {
        "id": one.id,
        "version": one.version,
        "title": one.title,
        "effective": one.effective.isoformat(),
        "until": one.until.isoformat() if one.until else None,
        "in_force": one.is_in_force(day),
        "grace_days": one.grace_days,
        "source": one.source,
        "licence": one.licence,
        "sha256": one.sha256,
        "criteria": len(one.criteria),
    }


def _plain(one: Criterion) -> dict[str, Any]:
    return {**plain_criterion(one), "rules": _rules(one)}


def _rules(one: Criterion) -> list[str]:
    return [rule.id for rule in RULES if one.id in rule.criteria]


def _asked(classed: Classed, criteria: Iterable[Criterion], claims: Claims, day: date) -> dict[str, Any]:
    return {
        "class": classed.value.value,
        "because": classed.because,
        "roles": sorted(classed.roles),
        "asked": [{**_plain(one), "claim": _claimed(claims, one)} for one in criteria],
        "set_aside": [{"id": one.id, "why": why} for one, why in set_aside(classed, day)],
    }


def _claims(folder: Path) -> Claims:
    files = files_in(folder)
    if CLAIMS_NAME not in files:
        return NO_CLAIMS
    content = {name: (folder / name).read_bytes() for name in files}
    return read_claims(content[CLAIMS_NAME], content)


def _claimed(claims: Claims, one: Criterion) -> str:
    claim = claims.of(one.id)
    return claim.state if claim else ("rules" if one.by_rule_alone else "-")


def _either(told: str) -> Framework:
    """A framework on the shelf, or one in a file that somebody proposes."""
    if not told.endswith(".toml"):
        return framework(told)
    try:
        return read_framework(Path(told).read_text(encoding="utf-8"), told)
    except (OSError, UnicodeDecodeError, BadFramework) as fault:
        raise CallerError("this is no framework's file", where=told, got=str(fault)) from fault


def _day(on: datetime | None) -> date:
    return on.date() if on else datetime.now(UTC).date()
