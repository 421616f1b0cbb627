"""Changes of what a feed means, each in the audit log: who proposed, approved, switched or went back, and who was refused.

The link's own history says why, in the person's words; the audit says who and when, among all else that they did. A step is
taken once it is written there, and not at all where it cannot be.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tabard.audit import AuditEvent, AuditLog, Outcome
from tabard.dialect import Dialect
from tabard.ground.errors import CallerError
from tabard.ground.time import Clock
from tabard.link import switching
from tabard.link.history import Entry, Step
from tabard.link.switching import Signatory, Standing

_VERBS = {
    Step.proposed: "dialect-propose",
    Step.approved: "dialect-approve",
    Step.live: "dialect-switch",
    Step.back: "dialect-back",
}


class Changing:
    """As the functions of `switching`, audited. All raise AuditUnavailable, and then nothing is changed."""

    def __init__(self, folder: Path, audit: AuditLog, clock: Clock) -> None:
        self._folder = folder
        self._audit = audit
        self._clock = clock

    def propose(self, link: str, dialect: Dialect | Path | str, by: Signatory, reason: str) -> Standing:
        """Propose a dialect."""
        with self._refused(Step.proposed, link, by):
            return switching.propose(self._folder, link, dialect, by, reason, self._clock, note=self._note)

    def approve(self, link: str, digest: str, by: Signatory, role: str, report: str) -> Standing:
        """Give a word for the proposed version."""
        with self._refused(Step.approved, link, by, digest):
            return switching.approve(self._folder, link, digest, by, role, report, self._clock, note=self._note)

    def switch(self, link: str, digest: str, by: Signatory) -> Standing:
        """Make an approved version live."""
        with self._refused(Step.live, link, by, digest):
            return switching.switch(self._folder, link, digest, by, self._clock, note=self._note)

    def back(self, link: str, by: Signatory, reason: str) -> Standing:
        """Go back to the version before."""
        with self._refused(Step.back, link, by):
            return switching.back(self._folder, link, by, reason, self._clock, note=self._note)

    def _note(self, link: str, entry: Entry) -> None:
        self._write(Outcome.granted, entry.step, link, entry.by, entry.digest, entry.role)

    @contextmanager
    def _refused(self, step: Step, link: str, by: Signatory, digest: str = "") -> Iterator[None]:
        try:
            yield
        except CallerError:
            self._write(Outcome.refused, step, link, by.username, digest)
            raise

    def _write(
        self, outcome: Outcome, step: Step, link: str, person: str, digest: str, role: str | None = None
    ) -> None:
        event = AuditEvent(
            at=self._clock(),
            action=_VERBS[step],
            outcome=outcome,
            person=person,
            context=f"link/{link}",
            resource=f"dialect/{digest}" if digest else None,
            purpose=role,
        )
        self._audit.write(event).result()
