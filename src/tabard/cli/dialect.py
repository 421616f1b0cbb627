"""`tabard link dialect`: dialects as tables (list, check, diff), and what became of a link's (history)."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console

from tabard import link as links
from tabard.cli import dialect_change, shadow
from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.dialect_change import SHORT
from tabard.cli.link_options import EXIT_SOME_FAILED, HERE, Hospital, LinkName, folder_of
from tabard.cli.messages import number_of, table
from tabard.cli.terminal import line
from tabard.dialect import BadDialect, Dialect, Difference, differences, digest_of, load, names
from tabard.ground.errors import CallerError, TabardError

app = typer.Typer(no_args_is_help=True)
for _verb in (
    dialect_change.propose,
    shadow.shadow,
    shadow.report,
    dialect_change.approve,
    dialect_change.switch,
    dialect_change.back,
):
    app.command()(_verb)


@app.callback()
def _dialect() -> None:
    """How a feed is read: dialects, what differs between two, and changing a link's with the words that it wants."""


@app.command(name="list")
def list_(*, hospital: Hospital = HERE, as_json: AsJson = False) -> None:
    """The shipped dialects; and of a hospital's links the live one, what is proposed, and whose words are missing."""
    shipped = [(name, load(name)) for name in names()]
    found = (
        [_of_link(hospital, one) for one in links.list_links(hospital)]
        if (hospital / "hospital.toml").is_file()
        else []
    )
    if as_json:
        told = [
            {"name": name, "title": one.title, "versions": one.versions, "digest": digest_of(one)}
            for name, one in shipped
        ]
        tell_json({"shipped": told, "links": found})
        return
    table(
        ("dialect", "for", "HL7", "digest"),
        [(name, one.title, " ".join(one.versions), digest_of(one)[:SHORT]) for name, one in shipped],
    )
    if found:
        table(("link", "live", "since", "before", "proposed", "wants the word of"), [_row(one) for one in found])


@app.command()
def check(
    dialects: Annotated[list[str], typer.Argument(metavar="FILE...", help="Dialects' TOML files, or shipped names.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Read dialects whole and tell all faults with their lines, those of form first; exit 1 where one has any."""
    is_well = True
    for one in dialects:
        try:
            found = load(one)
        except BadDialect as fault:
            is_well = False
            _tell_faults(one, fault, as_json=as_json)
        else:
            told = {"dialect": one, "name": found.name, "digest": digest_of(found), "faults": []}
            tell_json(told) if as_json else line(f"ok    {one}: {found.title}, digest {told['digest'][:SHORT]}")
    if not is_well:
        raise typer.Exit(EXIT_SOME_FAILED)


@app.command()
def diff(
    dialects: Annotated[
        list[str],
        typer.Argument(metavar="[OLD] NEW", help="Two dialects; one alone with --link, against its live one."),
    ],
    *,
    link: Annotated[
        str | None, typer.Option("--link", metavar="NAME", help="OLD is the live dialect of this link.")
    ] = None,
    hospital: Hospital = HERE,
    as_json: AsJson = False,
) -> None:
    """What two dialects say differently, key by key, and what kind of rule each is; the risky ones want two persons' words."""
    found = differences(*_pair(dialects, link, hospital))
    if as_json:
        tell_json(found)
    elif not found:
        Console().print("They say the same.", highlight=False)
    else:
        tell_differences(found)


@app.command()
def history(name: LinkName, *, hospital: Hospital = HERE, as_json: AsJson = False) -> None:
    """Everything that was proposed, run, approved and switched for a link: when, by whom and why."""
    entries = links.read_history(folder_of(hospital), name)
    if not entries:
        links.load_link(hospital, name)
    if as_json:
        tell_json(entries)
        return
    for one in entries:
        role = f" as {one.role}" if one.role else ""
        line(f"{one.at:%Y-%m-%d %H:%M:%S} UTC  {one.step.value:<9} {one.digest[:SHORT]}  {one.name or one.by}{role}")
        if one.reason:
            line(f"          {one.reason}")
        if one.span:
            line(f"          {one.span}: {one.messages} messages, {one.changed} differ; report {one.report[:SHORT]}")


def tell_differences(found: tuple[Difference, ...]) -> None:
    """Each difference on two lines: a table would cut its values."""
    for one in found:
        line(f"{one.kind.value:<12}{one.key}")
        line(f"            {_value(one.old)}  ->  {_value(one.new)}")


def _value(value: Any) -> str:
    return "nothing" if value is None else msgspec.json.encode(value).decode()


def _pair(dialects: list[str], link: str | None, hospital: Path) -> tuple[Dialect, Dialect]:
    match dialects:
        case [new] if link is not None:
            return links.live_version(folder_of(hospital), link).dialect, load(new)
        case [old, new] if link is None:
            return load(old), load(new)
    raise CallerError("two dialects are compared", expected="OLD NEW, or NEW with --link NAME", remedy="name them")


def _tell_faults(one: str, fault: BadDialect, *, as_json: bool) -> None:
    if as_json:
        tell_json({"dialect": one, "faults": fault.faults})
    else:
        line(f"FAIL  {one}: {number_of(len(fault.faults), 'fault')}")
        for each in fault.faults:
            line(f"      {each}")


def _of_link(folder: Path, settings: links.LinkSettings) -> dict[str, Any]:
    """How the dialect of a link stands, or why that cannot be told."""
    told: dict[str, Any] = {"link": settings.name, "set_up_with": settings.dialect}
    try:
        found = links.standing(folder, settings.name)
    except TabardError as fault:
        return {**told, "fault": fault.message}
    proposal = found.proposal
    return {
        **told,
        "live": found.live.digest,
        "since": found.live.at,
        "before": None if found.before is None else found.before.digest,
        "proposed": None if proposal is None else proposal.made.digest,
        "kinds": () if proposal is None else proposal.made.kinds,
        "report": None if proposal is None or proposal.shadow is None else proposal.shadow.report,
        "missing": () if proposal is None else proposal.missing,
        "is_ready": proposal is not None and proposal.is_ready,
    }


def _row(told: dict[str, Any]) -> tuple[str, ...]:
    if "fault" in told:
        return (told["link"], told["fault"], "", "", "", "")
    digests = {name: (told[name] or "")[:SHORT] for name in ("live", "before", "proposed")}
    wants = ", ".join(told["missing"]) or ("may be switched to" if told["is_ready"] else "")
    wants = wants if told["report"] or not told["proposed"] else f"a shadow run; {wants}"
    return (
        told["link"],
        digests["live"],
        f"{told['since']:%Y-%m-%d %H:%M}",
        digests["before"],
        digests["proposed"],
        wants,
    )
