"""What a hospital is made of, as frozen values: its settings, accounts, installs, and who may do what."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path


class Role(StrEnum):
    """What a person is at this hospital."""

    clinician = "clinician"
    integration = "integration"
    admin = "admin"


class Area(StrEnum):
    """A part of the portal that a role opens."""

    patients = "patients"
    links = "links"


AREAS: dict[Role, frozenset[Area]] = {
    Role.clinician: frozenset({Area.patients}),
    Role.integration: frozenset({Area.links}),
    Role.admin: frozenset(Area),
}


def areas_of(roles: frozenset[str]) -> frozenset[Area]:
    """The areas that any of `roles` opens; a role unknown here opens none."""
    known = [AREAS[Role(role)] for role in roles if role in Role.__members__]
    return frozenset().union(*known)


def with_implied(roles: frozenset[str]) -> frozenset[str]:
    """The roles, and those that come with them: an admin is everything."""
    return frozenset(role.value for role in Role) if Role.admin in roles else roles


@dataclass(frozen=True, slots=True)
class Settings:
    """`hospital.toml`: the hospital's name, its ODS code, and where it answers."""

    name: str
    ods: str
    port: int
    base_url: str


@dataclass(frozen=True, slots=True)
class Install:
    """A product at this hospital: where its files are, how it is launched, and what it may ask for (`scopes`, one text)."""

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
