"""What the pages need from outside, and no more."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from tabard.fhir import Resource
from tabard.gateway import Context, Person


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

    def revoke(self, *, person_id: str) -> None:
        """End at once every token of the products that this person opened."""


class Feed(Protocol):
    """How fresh one link is."""

    @property
    def link(self) -> str:
        """The link's name."""

    @property
    def state(self) -> str:
        """live, behind, silent or never."""

    @property
    def last_received(self) -> datetime | None:
        """When the last message came."""

    @property
    def waiting(self) -> int:
        """How many messages are journaled and not yet in the record."""

    @property
    def oldest_waiting(self) -> datetime | None:
        """Since when the longest waits."""

    @property
    def silence_after_s(self) -> int:
        """After how many quiet seconds the feed is called silent."""


class Line(Protocol):
    """A message of the journal, without any of its content."""

    @property
    def seq(self) -> int:
        """Its number in the journal."""

    @property
    def link(self) -> str:
        """The link that brought it."""

    @property
    def received(self) -> datetime:
        """When it came."""

    @property
    def control_id(self) -> str:
        """MSH-10, empty where the header could not be read."""

    @property
    def event(self) -> str:
        """`ADT^A01`, empty where the header could not be read."""

    @property
    def state(self) -> str:
        """waiting, applied, parked, refused or duplicate."""

    @property
    def reason(self) -> str | None:
        """Why it was not filed, as a code."""

    @property
    def detail(self) -> str | None:
        """Why, as a sentence."""

    @property
    def remedy(self) -> str | None:
        """What to do."""

    @property
    def flags(self) -> Sequence[str]:
        """What was noticed on reading it, such as `PID-7:bad-date`."""


class Counts(Protocol):
    """How many messages came, and what became of them."""

    @property
    def received(self) -> int:
        """All of them: the sum of the states."""

    @property
    def states(self) -> Mapping[str, int]:
        """How many are in each state."""

    @property
    def parked_reasons(self) -> Mapping[str, int]:
        """How many are parked for each reason."""


class Links(Protocol):
    """The running links of this hospital. Any thread may ask."""

    def feeds(self) -> Sequence[Feed]:
        """How fresh each link is."""

    def faults(self) -> Sequence[str]:
        """What keeps messages from being taken or applied now; empty when all is well."""


class Journal(Protocol):
    """What people may see of the journal: no message's content. Any thread may ask."""

    def counts(self, link: str | None = None) -> Counts:
        """The counts of one link, or of all."""

    def parked(self, limit: int = 50, *, before: int | None = None, link: str | None = None) -> Sequence[Line]:
        """Messages not filed (parked or refused), the newest first, those numbered below `before`."""

    def latest(self, limit: int = 50) -> Sequence[Line]:
        """Messages of every state, the newest first."""
