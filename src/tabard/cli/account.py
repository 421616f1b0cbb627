"""`tabard hospital account`: who may sign in at a hospital, and what they are there."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from tabard.accounts import random_password
from tabard.ground.errors import CallerError
from tabard.hospital import Role, load


def account(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The hospital's folder.")],
    username: Annotated[str, typer.Argument(metavar="USERNAME", help="By which the person signs in.")],
    *,
    name: Annotated[str, typer.Option(metavar="NAME", help="The person's name, as others see it.")],
    roles: Annotated[
        list[Role],
        typer.Option("--role", help="What the person is here; again for more. An admin is all but clinical_safety."),
    ],
    practitioner: Annotated[
        str | None, typer.Option(metavar="ID", help="The Practitioner of the record that the person is.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Make an account, or make one anew; its password is shown this once. Each person has their own: two words are two persons'."""
    if not username.strip() or not name.strip():
        raise CallerError("an account is a person's", expected="a username and a name", remedy="give both")
    password = random_password()
    load(folder).accounts.put(username, name, frozenset(roles), password, practitioner)
    if as_json:
        told = {"username": username, "name": name, "roles": sorted(roles), "password": password}
        typer.echo(msgspec.json.encode(told))
    else:
        typer.echo(f"{name} signs in as {username}: {', '.join(sorted(roles))}\n  password  {password}")
        typer.echo("The password stands nowhere else: hand it over now.")
