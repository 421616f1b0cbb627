"""What both ways in share: who comes, whether messages about the patient wait, and the audit of every try."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from tabard.accounts import Account, Voucher
from tabard.audit import AuditEvent, AuditLog, Outcome
from tabard.gateway.ehr_launch.errors import LOOK, STAFF, NotOpened
from tabard.gateway.ehr_launch.model import Opening
from tabard.gateway.model import CLINICIAN
from tabard.gateway.ports import Waits
from tabard.gateway.sign_in import NotSignedIn, ProviderAway, Staff
from tabard.ground.errors import CallerError, PeerError
from tabard.ground.time import Clock
from tabard.link import Doubtful, EhrError, NobodyHere

_Come = TypeVar("_Come")
_UNKNOWN_NAME = "Somebody without a name"


@dataclass(frozen=True, slots=True)
class Arrivals:
    """One link's. Blocking; safe from any thread. `action` is the audit's word for this way in."""

    link: str
    action: str
    staff: Staff
    waits: Waits
    audit: AuditLog
    clock: Clock

    def person(self, numbers: Iterable[tuple[str, str]], named: str | None) -> Account:
        """The member of staff of these numbers, or the one whom the link's own table names. Raises NotOpened.

        A launch makes nobody more than a clinician, whatever they are when they sign in.
        """
        try:
            id_ = self.staff.one(numbers) if named is None else self.staff.known(named)
        except NotSignedIn as fault:
            raise NotOpened(fault.reason, fault.message, remedy=STAFF) from fault
        if id_ is None:
            raise NotOpened(
                "unknown_user", "Nobody in the record here is the user whom the record system named.", remedy=STAFF
            )
        return Account(id_, id_, self.staff.name(id_) or _UNKNOWN_NAME, frozenset({CLINICIAN}), id_)

    @contextmanager
    def by(self, account: Account) -> Iterator[None]:
        """Whatever is refused within, it was this person who tried: the audit says so."""
        try:
            yield
        except (CallerError, PeerError) as fault:
            refused = not_opened(fault)
            refused.person = account.id
            raise refused from fault

    def voucher(self) -> Voucher:
        """Who vouches for whoever comes this way."""
        return Voucher(f"launch:{self.link}")

    def must_be_current(self, patient: str) -> None:
        """Nothing opens on a patient about whom messages wait: who they are, or what they have, is in doubt. Raises NotOpened."""
        if self.waits.is_any() and self.waits.is_about(patient):
            raise NotOpened(
                "held",
                "Messages about this patient wait for somebody to settle a doubt, so that it is not sure whose they are.",
                status=409,
                remedy=LOOK,
            )

    def judged(self, product: str, step: Callable[[], _Come]) -> _Come:
        """What a step came to; why it came to nothing is written down first. Raises NotOpened, AuditUnavailable."""
        try:
            return step()
        except (CallerError, PeerError) as fault:
            refused = not_opened(fault)
            self._write(_outcome(refused), product, person=refused.person, reason=refused.reason)
            raise refused from fault

    def opened(self, product: str, step: Callable[[], Opening]) -> Opening:
        """The same of the last step: what it opens is written down too."""
        opening = self.judged(product, step)
        self._write(Outcome.granted, opening.product, person=opening.account.id, patient=opening.patient)
        return opening

    def _write(
        self,
        outcome: Outcome,
        product: str,
        *,
        person: str | None,
        patient: str | None = None,
        reason: str | None = None,
    ) -> None:
        event = AuditEvent(
            self.clock(),
            self.action,
            outcome,
            person=person,
            client=product or None,
            context=None if patient is None else f"Patient/{patient}",
            reason=reason,
            purpose=self.link,
        )
        self.audit.write(event).result()


def _outcome(refused: NotOpened) -> Outcome:
    """What the other system failed at is no refusal."""
    return Outcome.failed if refused.status >= 500 else Outcome.refused  # noqa: PLR2004  HTTP's own number


def not_opened(fault: CallerError | PeerError) -> NotOpened:
    """Why nothing was opened, in this room's words."""
    match fault:
        case NotOpened():
            return fault
        case NotSignedIn():
            return NotOpened(fault.reason, fault.message, status=fault.status)
        case NobodyHere():
            return NotOpened(fault.reason, fault.message, status=404, remedy=LOOK)
        case Doubtful():
            return NotOpened(fault.doubt.value, fault.message, status=409, remedy=fault.remedy or LOOK)
        case ProviderAway() | EhrError():
            return NotOpened(fault.reason, fault.message, status=503, remedy=fault.remedy or LOOK)
        case _:
            return NotOpened(type(fault).__name__, fault.message, status=400, remedy=fault.remedy or LOOK)
