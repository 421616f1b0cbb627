"""What was recorded of a product's day, for its maker: part by part, in words or as JSON."""

from dataclasses import asdict
from typing import Any

import typer

from tabard.accreditation import CouldNot, Fared, PartTried, Trial
from tabard.trial import APP_SCENES, HOOK_SCENES

_SIGNS = {
    Fared.worked: "worked",
    Fared.told: "said so",
    Fared.silent: "SAID NOTHING",
    Fared.old: "SHOWED OLD DATA",
    Fared.ran: "RAN WHAT IT WAS SHOWN",
    Fared.hammered: "HAMMERED",
    Fared.failed: "FAILED",
}


def as_json(told: Trial | CouldNot) -> dict[str, Any]:
    """All of it, what was measured and the facts' digest beside the facts."""
    if isinstance(told, CouldNot):
        return {"could_not": asdict(told)}
    return {**asdict(told), "measured": dict(told.measured), "sha256": told.sha256}


def tell_words(told: Trial | CouldNot) -> None:
    """Part by part: scopes, hosts, writes, scenes, scenarios."""
    if isinstance(told, CouldNot):
        typer.echo(f"NOT TRIED: {told.reason}\n  {told.remedy}")
        return
    for part in told.parts:
        _tell_part(part)
    tools = ", ".join(f"{name} {version}" for name, version in told.tools)
    typer.echo(f"facts {told.sha256}\n  with {tools}, by the dialects {', '.join(told.dialects)}")
    for name, number in told.measured:
        typer.echo(f"  {name}: {number}")


def _tell_part(part: PartTried) -> None:
    typer.echo(f"part[{part.at}] {part.title} ({part.kind})")
    if part.untried:
        typer.echo(f"  NOT TRIED: {part.untried}\n    {part.remedy}")
        return
    _tell_list("used", part.used)
    _tell_list("never used", part.unused)
    _tell_list("hosts tried", part.hosts)
    _tell_list("refused", part.refused)
    for one in part.wrote:
        taken = "taken" if one.was_taken else "not taken"
        typer.echo(f"  {'wrote':<12} {one.type}: {taken}{''.join(f'; {fault}' for fault in one.faults)}")
    words = APP_SCENES if part.kind == "app" else HOOK_SCENES
    for scene in part.scenes:
        saw = f"; {scene.saw}" if scene.saw else ""
        typer.echo(f"  {_SIGNS[scene.did]:<22} {scene.name}: {words.get(scene.name, '')}{saw}")
    for played in part.scenarios:
        typer.echo(f"  {'passed' if played.has_passed else 'FAILED':<22} {played.file}: {played.title}")
        if not played.has_passed:
            typer.echo(f"    {played.step}: {played.expected}; {played.got}")


def _tell_list(label: str, told: tuple[str, ...]) -> None:
    if told:
        typer.echo(f"  {label:<12} {' '.join(told) if label != 'refused' else '; '.join(told)}")
