"""`tabard accredit widen`: what was accredited for its first sites alone goes further, on what was shown there."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from tabard.cli.accredit_options import At, Key, One, case_id
from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.passphrase import read_key
from tabard.decision import read_statement
from tabard.ground.errors import CallerError
from tabard.store.asking import StoreAt, Told, statement_of

_PARTS = 4


def widen(
    case: One,
    *,
    at: At,
    key: Key,
    shown: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NUMBER=SITE=SHA256=TEXT",
            help="That exit criterion, shown at that site on that evidence; may be given again.",
        ),
    ] = None,
    site: Annotated[
        list[str] | None,
        typer.Option(metavar="ODS", help="Only to this further site; may be given again. None: to every site."),
    ] = None,
    drop: Annotated[bool, typer.Option("--drop", help="Drop what was drafted, with its signatures.")] = False,
    as_json: AsJson = False,
) -> None:
    """Draft what lets a first-of-type version go further; the roles that its class needs sign it with `tabard accredit sign`."""
    with StoreAt(at, read_key(key)) as store:
        told = store.case(case_id(store, case))
        if drop:
            told = store.drop_widening(told["case"])
        else:
            answers = [_shown(one, _criteria(store, told)) for one in shown or ()]
            told = store.widen(told["case"], site or [], answers, seen=told["version_of_case"])
    if as_json:
        tell_json(told)
    elif drop:
        typer.echo("What would have widened it is dropped.")
    else:
        typer.echo(f"Drafted. Each role that its class needs signs it: tabard accredit sign {told['case']}")


COMMANDS: tuple[Callable[..., None], ...] = (widen,)


def _criteria(store: StoreAt, told: Told) -> tuple[str, ...]:
    """The exit criteria of the decision that stands."""
    if not told["statement"]:
        return ()
    first = read_statement(statement_of(told, store.package(told)).statement.payload).first_of_type
    return first.exit_criteria if first else ()


def _shown(text: str, criteria: tuple[str, ...]) -> dict[str, Any]:
    parts = [one.strip() for one in text.split("=", _PARTS - 1)]
    number = int(parts[0]) if parts[0].isdecimal() else 0
    if len(parts) != _PARTS or not all(parts) or not 1 <= number <= len(criteria):
        raise CallerError(
            "this does not tell what was shown",
            where="--shown",
            expected=f"NUMBER=SITE=SHA256=TEXT, with the number of one of {len(criteria)} exit criteria",
            got=text[:80],
            remedy="`tabard accredit show CASE` tells the exit criteria in their order",
        )
    return {"criterion": criteria[number - 1], "site": parts[1], "evidence": parts[2], "words": parts[3]}
