"""What the commands of accreditation share: where the store is, whose key asks, which case, and how an answer is told."""

from pathlib import Path
from typing import Annotated

import typer

from tabard.ground.errors import CallerError
from tabard.store.asking import StoreAt

At = Annotated[str, typer.Option("--store", metavar="URL", envvar="TABARD_STORE", help="The store's address.")]
Key = Annotated[
    Path,
    typer.Option(
        "--key",
        metavar="FILE|URI",
        envvar="TABARD_KEY",
        help="Your private key, or the pkcs11: URI of one on a token; a passphrase or PIN is asked for.",
    ),
]
One = Annotated[str, typer.Argument(metavar="CASE", help="The case's id, or its first letters.")]
Mine = Annotated[str, typer.Argument(metavar="CASE", help="The case's id, as submitting told it.")]
Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why, in five words or more; it stands in the record.")]


def case_id(store: StoreAt, begun: str) -> str:
    """The whole id of the case that begins so. Raises CallerError where there is none, or more than one."""
    found = [str(one["id"]) for one in store.cases() if str(one["id"]).startswith(begun)]
    if len(found) != 1:
        raise CallerError(
            "no case begins so" if not found else "more than one case begins so",
            got=begun,
            remedy="tabard accredit list",
        )
    return found[0]
