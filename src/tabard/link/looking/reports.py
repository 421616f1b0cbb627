"""What a shadow report tells message by message: patients' data, shown to a person for a reason, audited first."""

from itertools import islice

from tabard.audit import AuditEvent, AuditLog, Outcome
from tabard.ground.time import Clock
from tabard.link.comparing import MESSAGE
from tabard.link.looking.looks import Looker
from tabard.link.shadow_report import MessageChange, ShadowReport, read_report


def look_into(
    report: ShadowReport, looker: Looker, audit: AuditLog, clock: Clock, *, first: int = 0, most: int = 50
) -> tuple[MessageChange, ...]:
    """Messages of a report from the one numbered `first` (0 the first) on; nothing is given that was not audited.

    Raises AuditUnavailable.
    """
    shown = tuple(islice(read_report(report.path), first, first + most))
    names = {change.resource for one in shown for change in one.changes if change.resource != MESSAGE}
    event = AuditEvent(
        at=clock(),
        action="shadow-report",
        outcome=Outcome.granted,
        person=looker.person,
        context=f"link/{report.link}",
        resource=f"shadow/{report.digest}",
        purpose=looker.purpose,
        seen=tuple(sorted(names)),
    )
    audit.write(event).result()
    return shown
