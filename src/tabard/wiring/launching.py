"""A launch made beside a hospital, whether it is being served or not: for trying an app, and for conformance kits."""

from contextlib import closing
from pathlib import Path

from tabard import hospital as hospitals
from tabard.audit import AuditLog
from tabard.database import engine
from tabard.gateway import (
    EncounterContext,
    Launches,
    Launching,
    Lifetimes,
    PatientContext,
    Person,
    prepare_gateway,
)
from tabard.ground.errors import NotFound
from tabard.ground.ids import unguessable
from tabard.ground.time import Clock, system_clock
from tabard.hospital import Hospital
from tabard.record import RecordReader
from tabard.wiring.record import own_record


def launch_address(
    folder: Path,
    client: str,
    context: PatientContext | EncounterContext,
    username: str | None = None,
    clock: Clock = system_clock,
) -> str:
    """The address that opens a client of the hospital in `folder`, once, within five minutes; audited.

    For the person with that username, or for whoever opens it first, signed in. Raises NoHospital, NotFound for a username
    that nobody has, Refused for a client or context that there is not.
    """
    hospital = hospitals.load(folder, clock)
    place = hospital.folder
    person = None if username is None else _person(hospital, username)
    record = own_record(hospital)
    tables = engine(place.root / "gateway.db")
    prepare_gateway(tables)
    base = f"{hospital.settings.base_url}/fhir"
    try:
        with closing(RecordReader(record)) as reader, closing(AuditLog(place.audit, clock)) as audit:
            launches = Launches(tables, clock, unguessable, Lifetimes())
            launching = Launching(base, hospital.registry, reader, launches, audit, clock)
            if person is None:
                return launching.launch_for_anybody(client, context)
            return launching.launch(person, client, context)
    finally:
        tables.dispose()


def _person(hospital: Hospital, username: str) -> Person:
    account = hospital.accounts.find(username)
    if account is None:
        raise NotFound("nobody here has that username", remedy="tabard hospital account makes one")
    return hospitals.person(account)
