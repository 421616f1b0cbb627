"""Rows of the queue as values."""

from datetime import datetime
from typing import Any

from tabard.ground.time import from_us
from tabard.link.out.model import OutMessage, OutReason, OutState

_COLUMNS = (
    "message.id, message.destination, control_id, of, state, reason, detail, attempts, doubts, code, created, not_before,"
    " sent, settled, decided_by, decided_why, change"
)
SELECT = f"SELECT {_COLUMNS} FROM fate CROSS JOIN message USING (id)"  # noqa: S608  constants only


def message_of(row: Any) -> OutMessage:
    """The message in a row of SELECT."""
    number, destination, control_id, of, state, reason, detail, attempts, doubts, code, created = row[:11]
    not_before, sent, settled, by, why, change = row[11:]
    return OutMessage(
        id=number,
        destination=destination,
        control_id=control_id,
        of=of,
        state=OutState(state),
        reason=None if reason is None else OutReason(reason),
        detail=detail,
        attempts=attempts,
        doubts=doubts,
        code=code,
        created=from_us(created),
        not_before=moment_of(not_before),
        sent=moment_of(sent),
        settled=moment_of(settled),
        decided_by=by,
        decided_why=why,
        change=change,
    )


def moment_of(us: int | None) -> datetime | None:
    """A time as the tables keep it."""
    return None if us is None else from_us(us)
