"""`tabard accredit`: judging what was submitted: the cases, and signing a decision."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from tabard.cli import (
    accredit_criteria as criteria,
    accredit_judging as judging,
    accredit_log as log,
    accredit_making as making,
    accredit_report as reporting,
    accredit_widening as widening,
    framework,
)
from tabard.cli.accredit_options import At, Key, One, case_id
from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.cases import tell_case, tell_drafted, tell_rows
from tabard.cli.passphrase import VARIABLE, make_key, read_key
from tabard.ground.errors import CallerError
from tabard.ground.keys import SigningKey, new_signing_key, write_signing_key
from tabard.store.asking import StoreAt, Told, statement_of

app = typer.Typer(no_args_is_help=True)
app.add_typer(framework.app, name="framework")

_OPEN = ("in_review", "signing")

Accept = typer.Option(metavar="RULE=REASON", help="Your review of what that rule could not assess; may be given again.")


@app.callback()
def _accredit() -> None:
    """Judging what was submitted: the cases, and signing a decision."""


@app.command()
def key(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The new private key; FILE.pub is the public one.")],
    *,
    plain: Annotated[bool, typer.Option("--no-passphrase", help="Write the private key unencrypted.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a key to judge with: the private half stays with you, the public half goes to whoever runs the store."""
    public = file.with_name(f"{file.name}.pub")
    if public.exists():
        raise CallerError("here is a file already", where=str(public), remedy="name another file for the new key")
    if not plain and not os.environ.get(VARIABLE) and not sys.stdin.isatty():
        raise CallerError(
            "a key to sign decisions with has a passphrase", remedy=f"set {VARIABLE}, or say --no-passphrase"
        )
    made = _plain_key(file) if plain else make_key(file)
    public.write_text(made.public.pem)
    if as_json:
        tell_json({"key": str(file), "public": str(public), "keyid": made.public.keyid})
    else:
        typer.echo(f"{file} is yours alone; send {public} to whoever runs the store\n  key id  {made.public.keyid}")


@app.command(name="list")
def list_(*, at: At, key: Key, as_json: AsJson = False) -> None:
    """The cases, newest first, and what each waits for."""
    with StoreAt(at, read_key(key)) as store:
        cases = store.cases()
    if as_json:
        tell_json(cases)
    elif not cases:
        typer.echo("No case yet.")
    else:
        tell_rows(cases)


@app.command()
def show(case: One, *, at: At, key: Key, as_json: AsJson = False) -> None:
    """All of one case: what it may touch, findings, hazards, what changed, and the words that are signed."""
    with StoreAt(at, read_key(key)) as store:
        told = store.case(case_id(store, case))
        drafted = statement_of(told, store.package(told)) if told["statement"] else None
    if as_json:
        tell_json(told)
    else:
        tell_case(told, drafted)


@app.command()
def review(
    case: One,
    *,
    at: At,
    key: Key,
    accept: Annotated[list[str], Accept],
    as_json: AsJson = False,
) -> None:
    """Put your word, with its reason, in the place of what a rule that your role judges could not assess; sign nothing yet."""
    with StoreAt(at, read_key(key)) as store:
        told = store.case(case_id(store, case))
        for rule, reason in map(_accepted, accept):
            told = store.review(told["case"], rule, reason)
    if as_json:
        tell_json(told)
    else:
        typer.echo(f"Reviewed: {len(accept)}. {told['next']}")


@app.command()
def sign(  # noqa: PLR0913  an option each
    case: One,
    *,
    at: At,
    key: Key,
    accept: Annotated[list[str] | None, Accept] = None,
    condition: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="A condition for hospitals; may be given again.")
    ] = None,
    site: Annotated[
        list[str] | None, typer.Option(metavar="ODS", help="First of its type, for this site; may be given again.")
    ] = None,
    exit_: Annotated[
        list[str] | None,
        typer.Option("--exit", metavar="TEXT", help="What must be shown there first; may be given again."),
    ] = None,
    months: Annotated[int | None, typer.Option(min=1, max=36, help="How long it holds; 12 when not given.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Sign without asking.")] = False,
    as_json: AsJson = False,
) -> None:
    """Review, draft where nothing is drafted, show the words, and sign them when you say yes."""
    asked = {"months": months, "conditions": condition, "sites": site, "exit_criteria": exit_}
    with StoreAt(at, read_key(key)) as store:
        told = _to_sign(store.case(case_id(store, case)))
        for rule, reason in map(_accepted, accept or ()):
            told = store.review(told["case"], rule, reason)
        told = _drafted(store, told, {name: value for name, value in asked.items() if value})
        told = _signed(store, told, yes=yes, as_json=as_json)
    _tell_signed(told, as_json=as_json)


@app.command()
def refuse(
    case: One,
    *,
    at: At,
    key: Key,
    ground: Annotated[list[str], typer.Option(metavar="TEXT", help="Why, in five words or more; may be given again.")],
    yes: Annotated[bool, typer.Option("--yes", help="Sign without asking.")] = False,
    as_json: AsJson = False,
) -> None:
    """Draft a refusal with its grounds, show the words, and sign them; the others sign it as any decision: a public record."""
    with StoreAt(at, read_key(key)) as store:
        told = store.case(case_id(store, case))
        told = store.draft(told["case"], {"grounds": ground}, seen=told["version_of_case"])
        told = _signed(store, told, yes=yes, as_json=as_json)
    _tell_signed(told, as_json=as_json)


for _verb in (*judging.COMMANDS, *criteria.COMMANDS, *making.COMMANDS, *widening.COMMANDS, *reporting.COMMANDS):
    app.command()(_verb)
app.add_typer(log.app, name="log", help="The decision log: read it, hold it against what the catalogue signs.")


def _signed(store: StoreAt, told: Told, *, yes: bool, as_json: bool) -> Told:
    """The case with this person's signature, once they have read the words and said yes."""
    drafted = statement_of(told, store.package(told))
    tell_drafted(drafted, err=as_json)
    if not yes and not typer.confirm("Sign this?", err=True):
        raise typer.Abort
    return store.sign(told["case"], drafted.statement)


def _tell_signed(told: Told, *, as_json: bool) -> None:
    if as_json:
        tell_json(told)
    else:
        names = " and ".join(f"{one['name']} ({one['role']})" for one in told["signed_by"])
        typer.echo(f"Signed by {names}. {told['next']}")


def _plain_key(path: Path) -> SigningKey:
    made = new_signing_key()
    write_signing_key(path, made)
    return made


def _to_sign(told: Told) -> Told:
    """The case, where there is something to sign yet, its widening first. Raises CallerError before any words are shown for nothing."""
    if told["widening"]:
        return {**told, "statement": told["widening"], "signed_by": ()}
    if told["status"] not in _OPEN:
        raise CallerError(
            "there is nothing to sign in this case",
            where=str(told["case"]),
            expected=" or ".join(_OPEN),
            got=str(told["status"]),
            remedy=str(told["next"]),
        )
    return told


def _drafted(store: StoreAt, told: Told, terms: dict[str, Any]) -> Told:
    """The case with its statement: drafted now where there is none, or where nobody has signed and more is asked."""
    if told["statement"] and not terms:
        return told
    if told["signed_by"]:
        raise CallerError(
            "somebody has signed the draft as it stands",
            expected="no --condition, --site, --exit and no --months",
            remedy="sign it as it is, or refer the case back",
        )
    return store.draft(told["case"], terms, seen=told["version_of_case"])


def _accepted(text: str) -> tuple[str, str]:
    rule, _, reason = text.partition("=")
    if not rule.strip() or not reason.strip():
        raise CallerError("a review names a rule and a reason", where="--accept", expected="RULE=REASON", got=text)
    return rule.strip(), reason.strip()
