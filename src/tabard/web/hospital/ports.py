"""What the pages need from outside, and no more."""

from collections.abc import Sequence
from typing import Protocol

from tabard.fhir import Resource
from tabard.gateway import Context, Person
from tabard.link import Counts, Feed, Line


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
