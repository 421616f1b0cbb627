"""Who looks into messages, and that each look is in the audit before anything is shown."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tabard.audit import AuditEvent, AuditLog, Outcome
from tabard.dialect import Dialect
from tabard.fhir import Resource
from tabard.ground.errors import CallerError
from tabard.ground.ids import KeyedIds
from tabard.ground.time import Clock
from tabard.journal import JournalReader
from tabard.link.identity import LooseIds
from tabard.link.parked import JOURNAL_FILE

_REASON = range(3, 201)


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looks, in what role and why: both go into the audit; `reason` is 3 to 200 characters and no patient's data."""

    person: str
    role: str
    reason: str

    def __post_init__(self) -> None:
        if len(self.reason.strip()) not in _REASON:
            raise CallerError(
                "a message is shown for a reason only",
                where="reason",
                expected="3 to 200 characters that say why, without a patient's data",
                remedy="say why you look, such as: parked, the sender asks",
            )

    @property
    def purpose(self) -> str:
        """Role and reason as the audit keeps them."""
        return f"{self.role}: {self.reason.strip()}"


class Looks:
    """What a look into a message of the hospital in `folder` needs. Blocking; any thread may use it."""

    def __init__(
        self,
        folder: Path,
        dialects: Callable[[str], Dialect | None],
        ids: KeyedIds,
        audit: AuditLog,
        clock: Clock,
    ) -> None:
        self._journal = JournalReader(folder / JOURNAL_FILE)
        self._dialects = dialects
        self._ids = ids
        self._audit = audit
        self._clock = clock

    def _read_by(self, link: str) -> tuple[Dialect | None, LooseIds]:
        """The dialect of a link, None where it has none now, and ids that no record is asked for."""
        return self._dialects(link), LooseIds(self._ids, link)

    def _write_down(self, looker: Looker, action: str, link: str, seq: int, shown: Iterable[Resource]) -> None:
        """Write down whom the looker is about to see. Raises AuditUnavailable."""
        event = AuditEvent(
            self._clock(),
            action,
            Outcome.granted,
            person=looker.person,
            context="hospital",
            resource=f"urn:tabard:message:{link}:{seq}",
            purpose=looker.purpose,
            seen=tuple(f"Patient/{one['id']}" for one in shown if one["resourceType"] == "Patient"),
        )
        self._audit.write(event).result()
