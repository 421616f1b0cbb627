"""What is real of record systems that open us: each link's own launches and context addresses."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from tabard.audit import AuditLog
from tabard.gateway.ehr_launch import ContextDoor, SmartDoor
from tabard.gateway.ehr_launch.address import SMALLEST_SECRET_BYTES
from tabard.gateway.ehr_launch.arrivals import Arrivals
from tabard.gateway.ehr_launch.finding import Finding
from tabard.gateway.ports import Record, Waits
from tabard.gateway.sign_in import Attempts, Fetch, Once, Provider, Staff
from tabard.gateway.sign_in.proof import Proof, private_key
from tabard.ground.errors import CallerError
from tabard.ground.time import Clock
from tabard.hospital import Hospital
from tabard.link import ContextSettings, Ehr, LaunchSettings, list_links
from tabard.wiring.outside import secret_file

_DISCOVERY = "/.well-known/smart-configuration"


@dataclass(frozen=True, slots=True)
class Doors:
    """By which links this hospital is opened from outside, and how."""

    launches: Mapping[str, SmartDoor] = field(default_factory=dict)
    contexts: Mapping[str, ContextDoor] = field(default_factory=dict)


@contextmanager
def opened_from(
    hospital: Hospital, ehr: Ehr | None, record: Record, waits: Waits, audit: AuditLog, gateway_db: Engine, clock: Clock
) -> Iterator[Doors]:
    """The doors of the hospital's links, until the context is left. `record` is the hospital's own.

    Raises CallerError for a key or secret that is not there, that others may read, or that is too short.
    """
    once, base_url, keys = Once(gateway_db, clock), hospital.settings.base_url, hospital.folder.keys
    launches: dict[str, SmartDoor] = {}
    contexts: dict[str, ContextDoor] = {}
    staff = Staff(record)
    with ExitStack() as parts:
        for link in list_links(hospital.folder.root):
            if link.launch is not None and link.fhir is not None and ehr is not None:
                base = link.fhir.base_url
                fetch = Fetch()
                parts.callback(fetch.close)
                launches[link.name] = SmartDoor(
                    base=base,
                    back=f"{base_url}/launched/{link.name}",
                    settings=link.launch,
                    provider=Provider(base + _DISCOVERY, fetch, _proof(link.launch, keys, clock)),
                    attempts=Attempts(f"launch {link.name}", hospital.seals, once, clock),
                    charts=ehr.launched,
                    arrivals=Arrivals(link.name, "ehr-launch", staff, waits, audit, clock),
                )
            if link.context is not None:
                contexts[link.name] = ContextDoor(
                    place=f"{base_url}/context/{link.name}",
                    settings=link.context,
                    secrets=_secrets(link.context, keys),
                    once=once,
                    finding=Finding(record),
                    arrivals=Arrivals(link.name, "context-address", staff, waits, audit, clock),
                )
        yield Doors(launches, contexts)


def _proof(settings: LaunchSettings, keys: Path, clock: Clock) -> Proof:
    if not settings.key:
        return Proof(settings.client_id, clock)
    path = keys / settings.key
    return Proof(settings.client_id, clock, key=private_key(secret_file(path), where=str(path)))


def _secrets(settings: ContextSettings, keys: Path) -> tuple[bytes, ...]:
    """The secrets as they are in their files, without the line's end."""
    told = tuple(secret_file(keys / name).strip() for name in settings.secrets)
    for name, secret in zip(settings.secrets, told, strict=True):
        if len(secret) < SMALLEST_SECRET_BYTES:
            raise CallerError(
                "a secret of context addresses is too short",
                where=str(keys / name),
                expected=f"{SMALLEST_SECRET_BYTES} bytes or more, drawn at random",
                got=f"{len(secret)} bytes",
                remedy="openssl rand -base64 48",
            )
    return told
