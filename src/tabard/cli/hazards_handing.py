"""`tabard product hazards hand-over`: another key of the clinical safety officer's than the version before had."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.passphrase import read_key
from tabard.cli.product_files import package_in, write_file
from tabard.ground.errors import CallerError
from tabard.product import build


def hand_over(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The product's folder.")],
    *,
    before: Annotated[Path, typer.Option(metavar="PACKAGE", help="The version before, which the old key approved.")],
    key: Annotated[Path, typer.Option(metavar="FILE", help="The officer's new private key (PEM).")],
    old_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The old one; without it a person of the centre asks about it.")
    ] = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, in five words or more.")],
    as_json: AsJson = False,
) -> None:
    """Say by signature whose key takes over: safety/succession.json, before or after the new key approves."""
    from tabard.accreditation.safety.approving import read_approval  # noqa: PLC0415  help needs none of it
    from tabard.accreditation.safety.model import APPROVAL  # noqa: PLC0415  the same
    from tabard.accreditation.safety.papers import case_of  # noqa: PLC0415  the same
    from tabard.accreditation.safety.succession import SUCCESSION, hand_over as hand  # noqa: PLC0415  the same

    package, older = build(folder), package_in(before)
    case = case_of(package)
    if case is None or case.officer is None:
        raise CallerError("the safety case names no officer", where=str(folder), remedy="add [officer] to it")
    then = read_approval(older.files.get(APPROVAL, b""), older.manifest.hazards)
    keys = tuple(read_key(path) for path in (key, old_key) if path is not None)
    raw = hand(package.manifest.id, then, case.officer, reason, keys, datetime.now(UTC))
    path = folder / SUCCESSION
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, raw)
    told = {"succession": SUCCESSION, "from": then.keyid, "to": keys[0].public.keyid, "by_old": old_key is not None}
    if as_json:
        tell_json(told)
        return
    typer.echo(f"{path}: from key {then.keyid[:16]}… to {keys[0].public.keyid[:16]}…")
    if old_key is None:
        typer.echo("The old key did not sign it: a person of the centre will ask your organisation about it.")
