"""`tabard catalogue rotate` and `drill`: keys changed one signature after the other, and bad days tried on a copy."""

from pathlib import Path
from typing import Annotated

import typer

from tabard.catalogue import BAD_DAYS, Done, Rotating, Rotation, drill as run_drill
from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.keys import public_key
from tabard.cli.passphrase import make_key, read_key
from tabard.cli.terminal import line
from tabard.ground.errors import CallerError
from tabard.ground.keys import PublicKey, SigningKey

_CATALOGUE = "catalogue"
_ALONE = ("catalogue", "snapshot", "timestamp", "online")
Store = Annotated[Path, typer.Argument(metavar="STORE_DIR", help="The store's folder.")]


def rotate(
    store: Store,
    role: Annotated[
        str | None,
        typer.Argument(
            metavar="[ROLE]", help="root, targets, recall, catalogue, snapshot, timestamp; online: the last three."
        ),
    ] = None,
    *,
    into: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Make the new keys of people here; they sign at once.")
    ] = None,
    new: Annotated[
        list[Path] | None, typer.Option(metavar="PEM", help="A new public key made elsewhere; again for more.")
    ] = None,
    lost: Annotated[
        list[str] | None,
        typer.Option(metavar="KEYID", help="Take only this key off; again for more. Else all of the role give way."),
    ] = None,
    key: Annotated[list[Path] | None, typer.Option(metavar="FILE", help="A key that signs; again for more.")] = None,
    abandon: Annotated[bool, typer.Option("--abandon", help="Forget a change that waits for signatures.")] = False,
    as_json: AsJson = False,
) -> None:
    """Change the keys of a role: drafted once, signed one person after the other, published when it is enough."""
    rotation = Rotation(store / _CATALOGUE)
    if abandon:
        rotation.abandon()
        _tell(None, as_json=as_json)
        return
    status, signers = rotation.status(), [read_key(file) for file in key or ()]
    if status is None and role is not None:
        made = _made(rotation, role, into, lost or ())
        status = rotation.begin(
            role, [*(one.public for one in made), *_public(new)], _whole(rotation, role, lost or ())
        )
        signers += made
    if status is not None and role not in {None, status.role}:
        raise CallerError(
            f"a change of the keys of {status.role} waits for signatures",
            remedy="sign that to its end, or --abandon it",
        )
    if status is not None and signers:
        status = rotation.sign(signers)
    _tell(status, as_json=as_json)


def drill(
    store: Store,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Which bad day; without it all are named.")
    ] = None,
    role: Annotated[str | None, typer.Argument(metavar="[ROLE]", help="With lost-key: whose.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Drill a bad day on a copy of the catalogue, with stand-ins for every key; exit 1 where it does not come out well."""
    if name is None:
        _names(as_json=as_json)
        return
    wanted = f"lost-{role}" if name == "lost-key" else name
    outcome = run_drill(store / _CATALOGUE, wanted, tell=(lambda _: None) if as_json else _step)
    if as_json:
        tell_json({"drill": outcome.name, "is_well": outcome.is_well, "steps": outcome.steps})
    else:
        line(
            "Well: a centre would have come through." if outcome.is_well else "Not well: see the steps marked NOT WELL."
        )
    if not outcome.is_well:
        raise typer.Exit(1)


def _step(done: Done) -> None:
    line(f"{'well' if done.is_well else 'NOT WELL':<9}{done.what}")
    line(f"         {done.came}")


def _names(*, as_json: bool) -> None:
    if as_json:
        tell_json(list(BAD_DAYS))
        return
    for name in BAD_DAYS:
        line(name)


def _made(rotation: Rotation, role: str, into: Path | None, lost: list[str] | tuple[str, ...]) -> list[SigningKey]:
    """New keys of people in the folder, as many as are to be replaced; the store's own are made by the rotation."""
    if into is None or role in _ALONE:
        return []
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    free = (path for number in range(1, 1000) if not (path := into / f"{role}-{number}.pem").exists())
    return [make_key(next(free)) for _ in range(len(lost) or len(rotation.keyids(role)))]


def _public(files: list[Path] | None) -> list[PublicKey]:
    return [public_key(file) for file in files or ()]


def _whole(rotation: Rotation, role: str, lost: list[str] | tuple[str, ...]) -> list[str]:
    """Ids may be given by their beginning, as they are shown. Raises CallerError where that is no one key's."""
    whole = []
    for told in lost:
        found = [keyid for keyid in rotation.keyids(role) if keyid.startswith(told)]
        if len(found) != 1:
            raise CallerError(
                "this is no one key of the role",
                where="--lost",
                got=told,
                expected=", ".join(one[:12] for one in rotation.keyids(role)),
            )
        whole += found
    return whole


def _tell(status: Rotating | None, *, as_json: bool) -> None:
    if as_json:
        tell_json(
            None if status is None else {"role": status.role, "is_done": status.is_done, "missing": status.missing}
        )
    elif status is None:
        line("No change of keys waits for signatures.")
    elif status.is_done:
        line(f"The keys of {status.role} are changed, and published.")
    else:
        line(f"A change of the keys of {status.role} waits for signatures:")
        for one in status.missing:
            line(f"  {one.document:<9}{one.have} of {one.need} of {one.by}")
        line("Each holder signs with `tabard catalogue rotate STORE_DIR --key FILE`.")
