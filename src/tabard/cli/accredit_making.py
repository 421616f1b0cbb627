"""What a maker does with a case of theirs, signed with the publisher's key: answer, plan, ask for a review, withdraw."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from tabard.cli.accredit_options import At, Key, Mine, Reason
from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.passphrase import read_key
from tabard.ground.errors import CallerError
from tabard.store.asking import StoreAt


def reply(
    case: Mine,
    *,
    at: At,
    key: Key,
    question: Annotated[int, typer.Option(metavar="NUMBER", help="The question that you answer.")],
    words: Annotated[str, typer.Option(metavar="TEXT", help="Your answer.")],
    as_json: AsJson = False,
) -> None:
    """As the publisher: answer a question; with the last one answered the case is in review again."""
    _do(at, key, case, "replies", {"question": question, "words": words}, as_json)


def plan(
    case: Mine,
    *,
    at: At,
    key: Key,
    condition: Annotated[str, typer.Option(metavar="ID", help="The condition that is yours.")],
    step: Annotated[list[str], typer.Option(metavar="DATE=TEXT", help="A step and its last day; may be given again.")],
    as_json: AsJson = False,
) -> None:
    """As the publisher: tell by which steps you will work a condition off."""
    steps = [_step(one) for one in step]
    _do(at, key, case, "plans", {"condition": condition, "steps": steps}, as_json)


def ask_review(case: Mine, *, at: At, key: Key, reason: Reason, as_json: AsJson = False) -> None:
    """As the publisher: have a refusal reviewed by other people than those who refused, within 28 days."""
    _do(at, key, case, "reviews", {"reason": reason}, as_json)


def withdraw(case: Mine, *, at: At, key: Key, reason: Reason, as_json: AsJson = False) -> None:
    """As the publisher: take a version back, for good; once it is published, the catalogue lists it no more."""
    _do(at, key, case, "withdrawals", {"reason": reason}, as_json)


COMMANDS: tuple[Callable[..., None], ...] = (reply, plan, ask_review, withdraw)


def _do(at: str, key: Key, case: str, what: str, body: dict[str, Any], as_json: bool) -> None:  # noqa: FBT001  as the commands have it
    with StoreAt(at, read_key(key)) as store:
        told = store.as_maker(case, what, body)
    if as_json:
        tell_json(told)
    else:
        typer.echo(f"{told['product']} {told['version']}: {told['status']}. {told['next']}")


def _step(text: str) -> dict[str, str]:
    due, _, words = text.partition("=")
    if not due.strip() or not words.strip():
        raise CallerError("a step has a day and words", where="--step", expected="2027-01-31=TEXT", got=text)
    return {"due": due.strip(), "text": words.strip()}
