"""`tabard link settle`: whom a parked message is about, where only a person can say."""

from typing import Annotated, Any

import typer

from tabard import link as links
from tabard.cli.as_json import AsJson, tell_json
from tabard.cli.link_options import HERE, Hospital, folder_of
from tabard.cli.person import By, looker_of, person_of
from tabard.cli.terminal import line
from tabard.ground.errors import CallerError


def settle(  # noqa: PLR0913  each is an option of the command
    seq: Annotated[
        int, typer.Argument(metavar="SEQ", help="The message by its number: `tabard link journal --parked N`.")
    ],
    *,
    by: By,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, or how you know.")],
    same_person: Annotated[
        str | None, typer.Option(metavar="ID", help="It is about this patient of the record, by their id here.")
    ] = None,
    new_person: Annotated[bool, typer.Option("--new-person", help="It is about somebody not known yet.")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="It is to have no effect.")] = False,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="What was said of it was wrong: it is in doubt again.")
    ] = False,
    hospital: Hospital = HERE,
    as_json: AsJson = False,
) -> None:
    """Say whom a parked message is about; it and what waits behind it run on. Without a choice: who it may be (audited).

    Said again of the same message, it takes the place of what was said before; what was filed by that stays where it is.
    """
    folder = folder_of(hospital)
    person = person_of(folder, by)
    looker = looker_of(person, reason)
    decision = _decision(person, reason, same_person, new_person=new_person, reject=reject, withdraw=withdraw)
    from tabard.wiring import doubts_in  # noqa: PLC0415  what touches the record takes a while to import

    with doubts_in(folder) as doubts:
        if decision is None:
            _tell(seq, [_named(one) for one in doubts.candidates(seq, looker)], doubts.decision(seq), as_json=as_json)
            return
        doubts.settle(seq, decision)
    if as_json:
        tell_json({"seq": seq, "decision": decision.kind, "by": decision.by})
    elif decision.kind == "withdraw":
        line(f"Message {seq} is in doubt again, as its words are")
    else:
        line(f"Message {seq} runs on as decided: {decision.kind}")


def _decision(
    person: links.Signatory, reason: str, same_person: str | None, *, new_person: bool, reject: bool, withdraw: bool
) -> links.Decision | None:
    """What was chosen; None for nothing. Raises CallerError for more than one."""
    chosen = [
        *([links.same_person(same_person, person.username, reason)] if same_person else []),
        *([links.new_person(person.username, reason)] if new_person else []),
        *([links.reject(person.username, reason)] if reject else []),
        *([links.withdraw(person.username, reason)] if withdraw else []),
    ]
    if len(chosen) > 1:
        raise CallerError(
            "one decision at a time", expected="--same-person, --new-person, --reject or --withdraw", remedy="choose"
        )
    return chosen[0] if chosen else None


def _named(patient: dict[str, Any]) -> dict[str, Any]:
    """Enough of a patient to tell them from others."""
    return {name: patient[name] for name in ("id", "name", "birthDate", "gender", "identifier") if name in patient}


def _tell(seq: int, found: list[dict[str, Any]], stands: links.Decision | None, *, as_json: bool) -> None:
    if as_json:
        tell_json(found)
        return
    if not found:
        line("Nobody here has any number that the message names.")
    for one in found:
        names = [f"{name.get('family', '')}, {' '.join(name.get('given', ()))}" for name in one.get("name", ())]
        numbers = [str(each.get("value", "")) for each in one.get("identifier", ())]
        line(f"{one['id']}  {' / '.join(names)}  born {one.get('birthDate', 'unknown')}  {', '.join(numbers)}")
    if stands is not None:
        whom = f" {stands.patient_id}" if stands.patient_id else ""
        line(
            f"Decided by {stands.by} at {stands.at}: {stands.kind}{whom} ({stands.reason}). To take that back: --withdraw"
        )
    line(f"Then: tabard link settle {seq} --by USERNAME --reason TEXT --same-person ID, or --new-person, or --reject")
