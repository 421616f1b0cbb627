"""A person laid into the record, as one message tells it."""

from collections.abc import Iterator

from tabard.dialect import Draft, PatientKey
from tabard.link.desk import Desk
from tabard.link.identity import is_by_old_number
from tabard.link.likeness import is_overwritten
from tabard.link.merging import merge


def file_person(desk: Desk, draft: Draft, key: PatientKey | None) -> Iterator[str]:
    """Lay over what is known of the person what the message tells; gives flags.

    What a message under a number that a merge put out of use says of the person is what the registration given up said, and
    is not taken.
    """
    held = desk.get("Patient", draft.resource["id"])
    if is_by_old_number(held, key):
        yield "PID-3:number-out-of-use"
        return
    if held is not None and key is not None and is_overwritten(held, key):
        yield "PID-3:another-person"
    if "name" in draft.cleared and held is not None and "name" in held:
        yield "PID-5:name-not-emptied"
    desk.put(merge(held, desk.still_new(draft)))
