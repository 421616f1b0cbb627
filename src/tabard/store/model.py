"""What a store is made of, as frozen values that a page, an answer or a command can show."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tabard.accreditation import Case, HazardLog
from tabard.catalogue import Recall
from tabard.decision import Decision, Role
from tabard.product import Manifest, Touch


@dataclass(frozen=True, slots=True)
class Settings:
    """`store.toml`: what the store is called, where it answers, and the URI its decisions are known by.

    `advisories_key` is the id of the one key whose sets of advisories are taken, "" until the first is brought.
    """

    name: str
    port: int
    base_url: str
    verifier: str
    advisories_key: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """A store just initialised. `offline` holds the keys that must leave this machine."""

    folder: Path
    offline: Path
    settings: Settings
    root: Path
    root_sha256: str


@dataclass(frozen=True, slots=True)
class PublisherKey:
    """One key of a publisher, and from when until when it counts."""

    keyid: str
    pem: str
    valid_from: datetime
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class Publisher:
    """A trust or supplier that may submit, by its ODS code."""

    ods: str
    name: str
    enrolled: datetime
    keys: tuple[PublisherKey, ...]


@dataclass(frozen=True, slots=True)
class Assessor:
    """A person who judges: one person, one role. `username` opens the store's pages, where there is one."""

    id: str
    name: str
    role: Role
    keyids: tuple[str, ...]
    valid_from: datetime
    valid_until: datetime
    username: str | None
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """An assessor just enrolled. The password, where an account was made, stands nowhere else: show it once."""

    assessor: Assessor
    password: str | None


@dataclass(frozen=True, slots=True)
class Submission:
    """What a submitter is answered; `words` are for them to read.

    `secret` opens the submission's own page, and is told this once; "" where these bytes are public and anybody could have sent them.
    """

    case: Case
    is_new: bool
    words: tuple[str, ...]
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of what happened to a case."""

    at: datetime
    kind: str
    by: str
    words: str


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed a decision, as what, by which key."""

    accreditor: str
    name: str
    role: Role
    keyid: str


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in the queue. `next_step` says in words who must do what; days are working days of the service clock."""

    id: str
    product: str
    name: str
    version: str
    publisher: str
    publisher_name: str
    status: str
    submitted: datetime
    changed: datetime
    next_step: str
    signed_by: tuple[Signed, ...]
    failing: int
    unassessed: int
    unreviewed: int
    product_class: int
    outcome: str
    used_days: int
    of_days: int
    taken_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """All of one case. `version` counts its changes; `decision` and `words` are what is signed, once it is drafted.

    `is_stuck` says that our checker failed on it as often as it is tried.
    """

    row: CaseRow
    case: Case
    version: int
    manifest: Manifest
    touches: tuple[Touch, ...]
    hazards: HazardLog | None
    changed: tuple[str, ...]
    decision: Decision | None
    words: tuple[str, ...]
    happened: tuple[Happening, ...]
    progress: str
    is_stuck: bool
    package_size: int
    release_keyid: str


@dataclass(frozen=True, slots=True)
class ListedVersion:
    """One published version: what was decided on it, by whom, what it may touch, and what was recalled of it since.

    `is_current` says whether a hospital may install it anew today: its decision is in date and no recall forbids it.
    """

    version: str
    published: datetime
    package_sha256: str
    package_size: int
    decision: Decision
    words: tuple[str, ...]
    signed_by: tuple[Signed, ...]
    touches: tuple[Touch, ...]
    manifest: Manifest
    changed: tuple[str, ...]
    recalls: tuple[Recall, ...]
    is_current: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """A product's page: `versions` newest first."""

    product: str
    name: str
    summary: str
    publisher: str
    publisher_name: str
    versions: tuple[ListedVersion, ...]
    recalls: tuple[Recall, ...]

    @property
    def newest(self) -> ListedVersion:
        """The version a reader is shown first."""
        return self.versions[0]
