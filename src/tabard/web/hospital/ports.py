"""What the pages need from outside, and no more."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from tabard.audit import Asked as AuditAsked, Found as AuditFound
from tabard.fhir import Resource
from tabard.fhir.scopes import Scopes
from tabard.gateway import Asking, Context, EncounterContext, PatientContext, Person
from tabard.gateway.cds import Advice as Advised, Reaction, Said, Service
from tabard.gateway.kept import KeptLine
from tabard.link import (
    About,
    Asked,
    Counts,
    Decision,
    Feed,
    Inspected,
    Intervention,
    Line,
    Lines,
    Looker,
    MessageChange,
    Signatory,
    Standing,
)
from tabard.link.writeback import Write


class Records(Protocol):
    """The gateway's door: patients are seen through it alone, and each look is audited with its purpose."""

    def read(self, person: Person, resource_type: str, resource_id: str, purpose: str) -> Resource:
        """The resource. Raises Refused (403, 404)."""

    def search(
        self, person: Person, resource_type: str, parameters: tuple[tuple[str, str], ...], purpose: str
    ) -> Resource:
        """A searchset Bundle; the parameters of its `next` link are those of the next page. Raises Refused."""


class Launcher(Protocol):
    """Begins the launch of a product, and ends what launches gave."""

    def launch(self, person: Person, client_id: str, context: Context) -> str:
        """The address that the browser is sent to, with `iss` and a `launch` good for one use within five minutes."""

    def signed_out(self, *, person_id: str) -> None:
        """End at once every token of the apps that this person opened, but where one may go on without them."""


class Consenting(Protocol):
    """What a person says about an app that asks to be opened. Every method raises Refused (404 where nothing waits)."""

    def find(self, person: Person, handle: str) -> Asking:
        """What waits for the person."""

    def choose(self, person: Person, handle: str, context: PatientContext | EncounterContext) -> str:
        """Open the app for this patient; where the browser goes next."""

    def approve(self, person: Person, handle: str, chosen: Scopes) -> str:
        """Let the app have what was chosen; where the browser goes next."""

    def decline(self, person: Person, handle: str) -> str:
        """Let the app have nothing; where the browser goes next."""


class Links(Protocol):
    """The running links of this hospital. Any thread may ask."""

    def feeds(self) -> Sequence[Feed]:
        """How fresh each link is."""

    def faults(self) -> Sequence[str]:
        """What keeps messages from being taken or applied now; empty when all is well."""

    def replay(self, seqs: Iterable[int], by: str, reason: str) -> tuple[int, ...]:
        """Have messages applied again; which of them can be. Nothing beyond the record is set off."""

    def release(self, keys: Iterable[bytes], by: str, reason: str = "") -> tuple[int, ...]:
        """Have the held messages of `keys` tried again, oldest first; which they are."""

    def park(self, seq: int, by: str, reason: str) -> None:
        """Set a message that is held aside. Raises NotFound, CallerError where it is not held."""


class Journal(Protocol):
    """What people may see of the journal: no message's content. Any thread may ask."""

    def counts(self, link: str | None = None) -> Counts:
        """The counts of one link, or of all."""

    def parked(self, limit: int = 50, *, before: int | None = None, link: str | None = None) -> Sequence[Line]:
        """Messages not filed (parked or refused), the newest first, those numbered below `before`."""

    def latest(self, limit: int = 50) -> Sequence[Line]:
        """Messages of every state, the newest first."""

    def arrivals(self, since: datetime, step: timedelta) -> dict[str, dict[int, int]]:
        """How many messages each link received since a moment, by steps counted from 0."""

    def line(self, seq: int) -> Line:
        """One message. Raises NotFound."""

    def interventions(self, seq: int) -> Sequence[Intervention]:
        """What people decided about a message, in order."""

    def key(self, seq: int) -> bytes:
        """The key that a message is held under; empty where it is held under none. Raises NotFound."""

    def search(self, asked: Asked, limit: int = 50, *, before: int | None = None) -> Lines:
        """The messages that agree with all that is asked, newest first, numbered below `before`."""


class Inspects(Protocol):
    """Lays messages open: the one way to their content, audited before it is shown."""

    def open(self, seq: int, looker: Looker) -> Inspected:
        """The message, for this person and reason. Raises NotFound, AuditUnavailable."""


class Dialects(Protocol):
    """Changes of what feeds mean, by whom they concern. Each verb raises NotApproved or CallerError where it may not be."""

    def about(self, link: str) -> About:
        """All about a link's dialect. Raises NotFound."""

    def propose(self, link: str, text: str, by: Signatory, reason: str) -> Standing:
        """Propose a TOML text. Raises BadDialect with every fault and its line."""

    def run_shadow(
        self, link: str, digest: str, by: Signatory, *, day: date | None = None, last: int | None = None
    ) -> None:
        """Begin a run over a day, yesterday, or the last messages."""

    def look_into(self, link: str, looker: Looker, *, first: int = 0, most: int = 50) -> Sequence[MessageChange]:
        """What the latest report tells, message by message; audited first."""

    def approve(self, link: str, digest: str, by: Signatory, role: str, report: str) -> Standing:
        """Give a word for a version as its report shows it."""

    def switch(self, link: str, digest: str, by: Signatory) -> Standing:
        """Make an approved version live."""

    def back(self, link: str, by: Signatory, reason: str) -> Standing:
        """Go back to the version before."""


class Doubts(Protocol):
    """Messages of which nobody knows whom they are about."""

    def is_one(self, seq: int) -> bool:
        """Whether the message waits for a person to say it. Raises NotFound."""

    def candidates(self, seq: int, looker: Looker) -> Sequence[Resource]:
        """The patients whom it may be about; audited first."""

    def decision(self, seq: int) -> Decision | None:
        """What a person said of it and did not withdraw. Raises NotFound."""

    def settle(self, seq: int, decision: Decision) -> None:
        """A person's word on it, in place of an earlier one: it and what waits behind it go on. Raises CallerError, NotFound."""

    def let_go(self, seq: int, by: str, reason: str) -> None:
        """What a message that was set aside held up goes on."""


class Writes(Protocol):
    """What products wrote for a patient, and how it stands with the record system."""

    def states(self, patient: str) -> Sequence[Write]:
        """The writes for a patient, by the record's id, newest first."""


class Audits(Protocol):
    """The audit's own door: each look is audited itself. Every method raises Refused where the person's roles do not open it."""

    def look(
        self, person: Person, asked: AuditAsked, purpose: str, limit: int = 50, before: str | None = None
    ) -> AuditFound:
        """A page of the audit, the newest first. Raises NotFound, CallerError, AuditUnavailable."""

    def patients(self, person: Person, identifier: str) -> tuple[str, ...]:
        """The record's ids of those who have an NHS number or a hospital number."""


class KeptHere(Protocol):
    """What products keep for a patient that no record system holds."""

    def about(self, patient: str, /) -> Sequence[KeptLine]:
        """What is kept for the patient, by the record's id, newest first."""


class Waits(Protocol):
    """Whether messages are held, and about whom."""

    def is_any(self) -> bool:
        """Whether any message is held."""

    def is_about(self, patient_id: str, /) -> bool:
        """Whether one is about the patient of that id."""


class Advice(Protocol):
    """The advice of products about a patient, and what people did with it."""

    def has_services(self) -> bool:
        """Whether any product gives advice here."""

    def all(self) -> Sequence[Service]:
        """The services that are live."""

    def advise(self, person: Person, patient: str, /) -> Sequence[Advised]:
        """What they say now, each with its fault where it could not; never longer than the slowest may take."""

    def said(self, person: Person, patient: str, /) -> Sequence[Said]:
        """What they said at the last admission or discharge. Raises Refused."""

    def react(self, person: Person, patient: str, service: str, reaction: Reaction, /) -> None:
        """Tell a service what became of its card. Raises Refused, PeerError, ProductError."""
