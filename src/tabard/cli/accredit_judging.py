"""What assessors do to a case besides reviewing and signing: take it on, ask, set conditions, reopen, suspend, reinstate."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from tabard.cli.accredit_options import At, Key, One, Reason, case_id
from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.passphrase import read_key
from tabard.ground.errors import CallerError
from tabard.store.asking import StoreAt, Told


class Owner(StrEnum):
    """Who has to see to a condition."""

    site = "site"
    maker = "maker"


def assign(
    case: One,
    *,
    at: At,
    key: Key,
    conflict: Annotated[
        str,
        typer.Option(
            metavar="TEXT", help="Your conflicts of interest: none, or what they are; then you do not judge it."
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Take a case on in your role, and declare your conflicts of interest; it stands in the decision."""
    told = _done(at, key, case, lambda store, found: store.assign(found, conflict))
    free = next(one for one in reversed(told["taken"]))
    _tell(told, as_json, f"{free['name']} has declared: {free['conflicts']}.")


def refer_back(
    case: One,
    *,
    at: At,
    key: Key,
    question: Annotated[str, typer.Option(metavar="TEXT", help="What the publisher must answer or mend.")],
    about: Annotated[str, typer.Option(metavar="WHAT", help="A rule, a criterion, a digest of evidence.")] = "case",
    as_json: AsJson = False,
) -> None:
    """Ask the publisher; the service clock stands until every question is answered."""
    told = _done(at, key, case, lambda store, found: store.refer_back(found, about, question))
    _tell(told, as_json, f"{told['product']} {told['version']} is referred back.")


def condition(  # noqa: PLR0913  an option each
    case: One,
    *,
    at: At,
    key: Key,
    add: Annotated[str | None, typer.Option(metavar="TEXT", help="Set this condition of the decision to be.")] = None,
    owner: Annotated[Owner, typer.Option(help="Who has to see to it.")] = Owner.site,
    due: Annotated[
        str | None, typer.Option(metavar="DATE", help="Its last day, as 2027-01-31; a maker's has one.")
    ] = None,
    drop: Annotated[
        str | None, typer.Option(metavar="ID", help="Take this condition away before it is drafted.")
    ] = None,
    met: Annotated[str | None, typer.Option(metavar="ID", help="Say that this condition of a decision is met.")] = None,
    how: Annotated[str, typer.Option(metavar="TEXT", help="How it was seen to be met, in five words or more.")] = "",
    evidence: Annotated[str, typer.Option(metavar="SHA256", help="The digest of what shows it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Set, drop or see met a condition: one of --add, --drop and --met."""
    if sum(one is not None for one in (add, drop, met)) != 1:
        raise CallerError("one thing at a time", expected="one of --add, --drop and --met")

    def act(store: StoreAt, found: str) -> Told:
        if add is not None:
            return store.add_condition(found, add, owner.value, _date(due))
        if drop is not None:
            return store.drop_condition(found, drop)
        return store.meet(found, met or "", how, evidence)

    told = _done(at, key, case, act)
    _tell(told, as_json, "\n".join(map(_condition, told["conditions"])) or "No condition.")


def recheck(case: One, *, at: At, key: Key, as_json: AsJson = False) -> None:
    """Have the rules run once more, by what is known today; what people said stays where its evidence is found again."""
    _tell(_done(at, key, case, lambda store, found: store.recheck(found)), as_json, "The rules run once more.")


def reopen(case: One, *, at: At, key: Key, as_json: AsJson = False) -> None:
    """Drop the statement with whatever signatures it has, and review on."""
    _tell(_done(at, key, case, lambda store, found: store.reopen(found)), as_json, "The statement is dropped.")


def suspend(case: One, *, at: At, key: Key, reason: Reason, as_json: AsJson = False) -> None:
    """Have the catalogue list a version no more, at once; what is installed already, `tabard catalogue recall` reaches."""
    told = _done(at, key, case, lambda store, found: store.suspend(found, reason))
    _tell(told, as_json, f"{told['product']} {told['version']} is suspended.")


def reinstate(case: One, *, at: At, key: Key, reason: Reason, as_json: AsJson = False) -> None:
    """One of two words, of people of different roles, by which a suspended version is listed again."""
    told = _done(at, key, case, lambda store, found: store.reinstate(found, reason))
    _tell(told, as_json, f"{told['product']} {told['version']}: {told['status']}.")


COMMANDS: tuple[Callable[..., None], ...] = (assign, refer_back, condition, recheck, reopen, suspend, reinstate)


def _done(at: str, key: Key, case: str, act: Callable[[StoreAt, str], Told]) -> Told:
    with StoreAt(at, read_key(key)) as store:
        return act(store, case_id(store, case))


def _tell(told: Told, as_json: bool, words: str) -> None:  # noqa: FBT001  as the commands have it
    if as_json:
        tell_json(told)
    else:
        typer.echo(f"{words} {told['next']}")


def _condition(one: Told) -> str:
    due = f", by {one['due']}" if one["due"] else ""
    return f"  {one['id']}  {one['text']} ({one['owner']}{due})"


def _date(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as fault:
        raise CallerError("this is no date", where="--due", expected="such as 2027-01-31", got=text) from fault
