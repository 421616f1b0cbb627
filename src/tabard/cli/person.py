"""Who sits at the terminal: an account of the hospital and its password, asked for and never on the command line."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from tabard import link as links
from tabard.ground.errors import CallerError

VARIABLE = "TABARD_PASSWORD"

By = Annotated[
    str, typer.Option("--by", metavar="USERNAME", help="Your account at this hospital; its password is asked.")
]


def person_of(folder: Path, username: str) -> links.Signatory:
    """The person of an account of the hospital in `folder`, by its password. Raises CallerError for a wrong one."""
    from tabard.hospital import load, person  # noqa: PLC0415  half a second that only signing wants

    told = os.environ.get(VARIABLE)
    if told is None and not sys.stdin.isatty():
        raise CallerError("the account wants its password", where=username, remedy=f"set {VARIABLE}, or use a terminal")
    password = told or typer.prompt(f"Password of {username}", hide_input=True, err=True)
    account = load(folder).accounts.check(username, password)
    if account is None:
        raise CallerError("no account has this name and password", where="--by", got=username, remedy="try again")
    return links.Signatory(account.username, account.name, person(account).roles)


def looker_of(person: links.Signatory, reason: str) -> links.Looker:
    """Who looks at patients' data, in which role and why. Raises CallerError for whoever does not answer for the feed."""
    return links.Looker(person.username, _role(person), reason)


def operator_of(folder: Path, username: str) -> str:
    """The username of somebody who answers for the feed, by the account's password. Raises CallerError for anybody else."""
    person = person_of(folder, username)
    _role(person)
    return person.username


def _role(person: links.Signatory) -> str:
    """In which role they answer for the feed."""
    roles = [role for role in (links.CLINICAL_SAFETY, links.INTEGRATION) if role in person.roles]
    if not roles:
        raise CallerError(
            "this is for those who answer for the feed",
            where="--by",
            expected="an account with the role clinical_safety or integration",
            remedy="have one of them do it",
        )
    return roles[0]
