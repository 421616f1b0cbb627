"""`tabard link dialect shadow|report`: what a proposed dialect would do to messages that came, and the report of it."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from tabard import link as links
from tabard.audit import AuditLog
from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.dialect_change import SHORT, proposal_of
from tabard.cli.link_options import HERE, Hospital, LinkName, folder_of, progress
from tabard.cli.messages import number_of, table, texts
from tabard.cli.person import By, looker_of, person_of
from tabard.cli.terminal import line
from tabard.ground.errors import CallerError, NotFound
from tabard.ground.ids import KeyedIds
from tabard.ground.time import system_clock


def shadow(
    name: LinkName,
    *,
    by: By,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; yesterday when not said.")
    ] = None,
    last: Annotated[int | None, typer.Option(min=1, metavar="N", help="The last N messages instead of a day.")] = None,
    hospital: Hospital = HERE,
    as_json: AsJson = False,
) -> None:
    """Run the proposed dialect over journaled messages beside the live one: what would be filed otherwise, and what parked."""
    from tabard.hospital import load  # noqa: PLC0415  half a second that most commands do not need

    folder = folder_of(hospital)
    made, person = proposal_of(folder, name).made, person_of(folder, by)
    ids, on = KeyedIds(load(folder).folder.ids_key), None if day is None else day.date()
    with progress("messages") as tell:
        report = links.shadow(folder, name, made.digest, person, ids, system_clock, day=on, last=last, tell=tell)
    _tell(report, as_json=as_json)


def report(
    name: LinkName,
    *,
    show: Annotated[
        int,
        typer.Option(min=0, metavar="N", help="Also what differs in the first N messages: patients' data, audited."),
    ] = 0,
    by: Annotated[str, typer.Option("--by", metavar="USERNAME", help="With --show: your account here.")] = "",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="With --show: why you look.")] = "",
    hospital: Hospital = HERE,
    as_json: AsJson = False,
) -> None:
    """The latest shadow report of what is proposed: counts, and with --show what differs, element by element."""
    folder = folder_of(hospital)
    shadowed = proposal_of(folder, name).shadow
    if shadowed is None:
        raise NotFound("it has not run in the shadow yet", where=f"link {name}", remedy="`tabard link dialect shadow`")
    found = links.report_of(folder, shadowed)
    if not show:
        _tell(found, as_json=as_json)
        return
    if not by or not reason.strip():
        raise CallerError(
            "patients' data is shown to a person, for a reason",
            where="--show",
            expected="--by and --reason",
            remedy="name your account and why you look; or leave --show out for the counts alone",
        )
    shown = _shown(folder, person_of(folder, by), found, show, reason)
    _tell(found, as_json=as_json, shown=shown)


def _tell(found: links.ShadowReport, *, as_json: bool, shown: tuple[links.MessageChange, ...] | None = None) -> None:
    if as_json:
        told = asdict(found) | {"path": str(found.path)}
        tell_json(told if shown is None else told | {"shown": shown})
        return
    line(f"{found.span}: {number_of(found.messages, 'message')}, {found.changed} would be filed otherwise")
    if not found.messages:
        line(
            "Nothing was compared: this report says nothing of the change. Run it over a --day that has messages, or --last N."
        )
    for words, counts in (("newly parked", found.parked_now), ("no more parked", found.parked_then)):
        if counts:
            table((words, "messages"), texts(counts))
    if found.elements:
        table(("element", "messages"), texts(dict(sorted(found.elements.items(), key=lambda one: -one[1]))))
    for one in shown or ():
        _tell_message(one)
    whole = "" if found.is_whole else "; more differ than are told one by one"
    line(f"Report {found.digest[:SHORT]}: {found.path}, with patients' data{whole}")


def _tell_message(one: links.MessageChange) -> None:
    line(f"message {one.seq}")
    for words, reason in (("live", one.parked_then), ("proposed", one.parked_now)):
        if reason:
            line(f"  the {words} dialect parks it: {reason}")
    for change in one.changes:
        line(f"  {change.resource} {change.element}: {_value(change.old)}  ->  {_value(change.new)}")


def _value(value: Any) -> str:
    return "nothing" if value is None else msgspec.json.encode(value).decode()


def _shown(
    folder: Path, person: links.Signatory, found: links.ShadowReport, most: int, reason: str
) -> tuple[links.MessageChange, ...]:
    """The first messages of a report, once it is written down who sees them."""
    looker = looker_of(person, reason)
    audit = AuditLog(folder / "audit", system_clock)
    try:
        return links.look_into(found, looker, audit, system_clock, most=most)
    finally:
        audit.close()
