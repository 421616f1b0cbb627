"""What the gateway needs from outside."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from tabard.fhir.asking import Added, MayReach
from tabard.gateway.model import Client, Person
from tabard.link.writeback import Offer, Prepared, Taken


class Versioned(Protocol):
    """Which version of which resource."""

    @property
    def type(self) -> str:
        """Its resource type."""

    @property
    def id(self) -> str:
        """Its id in the record."""

    @property
    def version(self) -> int:
        """Its version, from 1."""


class Stored(Versioned, Protocol):
    """One version of a resource, its JSON with `meta` in it."""

    @property
    def updated(self) -> datetime:
        """When this version was written."""

    @property
    def body(self) -> bytes:
        """The resource as JSON."""


class Page(Protocol):
    """One page of a search; `next` is the record's own cursor, None at the end."""

    @property
    def matches(self) -> Sequence[Stored]:
        """What was searched for."""

    @property
    def included(self) -> Sequence[Stored]:
        """What `_include` brought along."""

    @property
    def next(self) -> str | None:
        """Where the next page begins."""

    @property
    def total(self) -> int | None:
        """How many match in all, where it is known."""


class Noted(Protocol):
    """What a page may be besides: one with words to its reader, such as that something is not shown."""

    @property
    def notices(self) -> Sequence[str]:
        """Sentences, told before what was found."""


class Record(Protocol):
    """The record as far as it is read. Safe to call from any thread.

    Types that are not in it but asked elsewhere at the moment of the question (see `Elsewhere`) may raise a CallerError
    where whose they are is in doubt, and a PeerError where nobody answers.
    """

    def read(self, resource_type: str, resource_id: str) -> Stored | None:
        """The newest version, None when there is none."""

    def read_version(self, resource_type: str, resource_id: str, version: int) -> Stored | None:
        """One version, None when there is none."""

    def history(self, resource_type: str, resource_id: str) -> Sequence[Stored]:
        """All versions, the newest first."""

    def search(
        self,
        resource_type: str,
        parameters: Sequence[tuple[str, str]],
        *,
        count: int | None = None,
        cursor: str | None = None,
        within: Sequence[Added] = (),
        may_reach: MayReach | None = None,
    ) -> Page:
        """One page of what matches all `parameters` and all of `within`. Raises CallerError for what it does not know.

        `may_reach` says what must hold of the types that a search goes through; it is given for such a search alone.

        A cursor is bound to `parameters`; `within`, which is what the policy appends, may differ on the next page.
        """

    def last_change(self) -> int:
        """The number of the last write: as long as it stays, so does everything that was read since."""


Elsewhere = Mapping[str, Sequence[str]]
"""Resource types that are asked elsewhere, one patient at a time, each with the search parameters that hold there.

They can be read and searched, and have no versions here; asking takes its time, so that nobody asks on the event loop and
nobody asks twice.
"""


class Feed(Protocol):
    """How fresh one link is; `state` is live, behind, silent or never."""

    @property
    def link(self) -> str:
        """The link's name."""

    @property
    def state(self) -> str:
        """live, behind, silent or never."""

    @property
    def last_received(self) -> datetime | None:
        """When the last message came, None before the first."""


Feeds = Callable[[], Sequence[Feed]]
"""How fresh each link is, from memory: called on every answer."""


class Waits(Protocol):
    """Whether messages wait to be applied, and about whom. Asked on every answer about patients, from any thread."""

    def is_any(self) -> bool:
        """Whether any message is held at all: quick, as the answer is nearly always no."""

    def is_about(self, patient_id: str, /) -> bool:
        """Whether a held message is about the patient of that id."""


class Writes(Protocol):
    """What products may write at this hospital, and the way there. Safe to call from any thread."""

    @property
    def types(self) -> frozenset[str]:
        """Types of which new ones may be made."""

    @property
    def updates_patients(self) -> bool:
        """Whether a Patient may be changed."""

    @property
    def largest_bytes(self) -> int:
        """How much a resource may be, as JSON."""

    def prepare(self, offer: Offer, /) -> Prepared:
        """Refuse what can be refused, before anything is kept. Raises CallerError."""

    def take(self, prepared: Prepared, /) -> Taken:
        """Keep it, and send it on. The same again is the first one. Raises CallerError."""

    def written(self, resource_type: str, resource_id: str, /) -> Stored | None:
        """The resource as it is in the record, where a product wrote it here."""


class ClientRegistry(Protocol):
    """The products installed and live here."""

    def client(self, id: str) -> Client | None:  # noqa: A002  the standard's word is client_id
        """The client of that id; None when unknown or not live."""


class Sessions(Protocol):
    """Who is signed in at the portal."""

    def person_of(self, headers: Mapping[str, str]) -> Person | None:
        """The person whose session these request headers (names in lower case) carry; None for nobody."""


@runtime_checkable
class SignedIn(Protocol):
    """What sessions may know besides: since when."""

    def signed_in_at(self, headers: Mapping[str, str]) -> datetime | None:
        """When the person whose session these headers carry signed in; None where it is not known."""


class Directory(Protocol):
    """Whom this hospital itself can ask about a person who is not there."""

    def roles_of(self, person_id: str, /) -> frozenset[str] | None:
        """What the person is now; None for somebody of whom the hospital cannot say."""
