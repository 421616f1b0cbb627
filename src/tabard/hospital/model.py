"""What a hospital is made of, as frozen values: its settings and installs, and who may do what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from tabard.catalogue import Channel
from tabard.gateway.sign_in import SignInSettings
from tabard.hospital.reached import FROM_HERE, Reached
from tabard.product import Manifest

REFRESH_S = 300
"""How often a hospital asks for the catalogue, in seconds, when its settings say nothing else."""


class Role(StrEnum):
    """What a person is at this hospital."""

    clinician = "clinician"
    integration = "integration"
    clinical_safety = "clinical_safety"
    """A clinical safety officer: whose word a change of what a feed means wants, beside an integration lead's."""
    admin = "admin"


class Area(StrEnum):
    """A part of the portal that a role opens."""

    patients = "patients"
    links = "links"
    audit = "audit"


AREAS: dict[Role, frozenset[Area]] = {
    Role.clinician: frozenset({Area.patients}),
    Role.integration: frozenset({Area.links}),
    Role.clinical_safety: frozenset({Area.links, Area.audit}),
    Role.admin: frozenset(Area),
}


def areas_of(roles: frozenset[str]) -> frozenset[Area]:
    """The areas that any of `roles` opens; a role unknown here opens none."""
    known = [AREAS[Role(role)] for role in roles if role in Role.__members__]
    return frozenset().union(*known)


NOT_IMPLIED = frozenset({Role.clinical_safety})
"""Roles that a person holds by being given them and in no other way: their word is their own."""


def with_implied(roles: frozenset[str]) -> frozenset[str]:
    """The roles, and those that come with them: an admin is everything but a clinical safety officer."""
    return roles | {role.value for role in Role if role not in NOT_IMPLIED} if Role.admin in roles else roles


@dataclass(frozen=True, slots=True)
class Pinned:
    """The centre that a hospital trusts: where its catalogue is (a URL or a folder), and the SHA-256 of its first root.

    It is pinned to one `channel`. `receipts` is where signed receipts are sent, "" for nowhere.
    """

    source: str
    root_sha256: str
    channel: Channel = Channel.live
    receipts: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """`hospital.toml`: the hospital's name, its ODS code, where it answers, and whose catalogue it trusts.

    `record` is the address of the PostgreSQL database that holds the record, without its password; None for a file of SQLite
    in the folder. A hospital for trials takes products that nobody accredited. The catalogue is refreshed every `refresh_s` seconds. Without
    `sign_in` people sign in by the embedded list of accounts, which is for a demo.
    """

    name: str
    ods: str
    port: int
    base_url: str
    for_trials: bool = False
    refresh_s: int = REFRESH_S
    catalogue: Pinned | None = None
    reached: Reached = FROM_HERE
    sign_in: SignInSettings | None = None
    record: str | None = None


class State(StrEnum):
    """Whether a product can be opened here."""

    active = "active"
    stopped = "stopped"
    uninstalled = "uninstalled"


class Why(StrEnum):
    """Why a product was stopped, in a word."""

    recalled = "recalled"
    suspended = "suspended"
    files_changed = "files_changed"
    not_accredited = "not_accredited"


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a product cannot be opened, in words for those who work with it, and what to do instead."""

    why: Why
    words: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Install:
    """A product at this hospital: where its files are, how it is launched, and what its parts may ask for (`scopes`, one text).

    `context`, `launch_uri` and `redirect_uri` are "" of a product that is asked for advice and never opened.
    `sha256` is of its package, "" for a folder on trial; `files` are the digests of the package's files by name.
    `manifest` is None where an earlier Tabard kept none. `evidence` leads to what was verified.
    """

    id: str
    title: str
    name: str
    version: str
    publisher: str
    context: str
    folder: Path
    digest: str
    origin: str
    launch_uri: str
    redirect_uri: str
    scopes: str
    installed: datetime
    sha256: str
    state: State
    stop: Stop | None
    evidence: int | None
    manifest: Manifest | None
    files: Mapping[str, str]

    @property
    def is_active(self) -> bool:
        """Whether it can be opened."""
        return self.state is State.active

    @property
    def is_trial(self) -> bool:
        """Whether nobody accredited it: a folder, at a hospital for trials."""
        return not self.sha256
