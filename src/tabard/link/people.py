"""A person laid into the record, as one message tells it."""

from collections.abc import Iterator

from msgspec.structs import replace

from tabard.dialect import Draft, PatientKey
from tabard.fhir import Resource, nhs_number
from tabard.link.desk import Desk
from tabard.link.identity import holders, is_by_old_number
from tabard.link.likeness import is_overwritten
from tabard.link.merging import merge


def file_person(desk: Desk, draft: Draft, key: PatientKey | None, *, is_settled: bool = False) -> Iterator[str]:
    """Lay over what is known of the person what the message tells; gives flags.

    What a message under a number that a merge put out of use says of the person is what the registration given up said, and
    is not taken. Where a person settled whom it is about (`is_settled`), a number that is somebody else's stays theirs alone:
    else whatever came for them would be in doubt from then on.
    """
    held = desk.get("Patient", draft.resource["id"])
    if is_by_old_number(held, key):
        yield "PID-3:number-out-of-use"
        return
    if held is not None and key is not None and is_overwritten(held, key):
        yield "PID-3:another-person"
    if "name" in draft.cleared and held is not None and "name" in held:
        yield "PID-5:name-not-emptied"
    if is_settled and held is not None:
        numbers = [one for one in draft.resource.get("identifier", []) if not _is_anothers(desk, one, held)]
        if len(numbers) < len(draft.resource.get("identifier", [])):
            yield "PID-3:number-of-another"
            draft = replace(draft, resource={**draft.resource, "identifier": numbers})
    desk.put(merge(held, desk.still_new(draft)))


def _is_anothers(desk: Desk, number: Resource, held: Resource) -> bool:
    """Whether it is a local number that is another patient's, and not this one's as well."""
    name = number.get("system", ""), number.get("value", "")
    own = {(one.get("system", ""), one.get("value", "")) for one in held.get("identifier", [])}
    if name[0] in {"", nhs_number.SYSTEM} or name in own:
        return False
    return bool(holders(desk.record, PatientKey((name,))) - {held["id"]})
