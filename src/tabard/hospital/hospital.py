"""One hospital, begun or opened from its folder: settings, accounts, sessions, installs, and the centre it trusts."""

from dataclasses import dataclass
from pathlib import Path

from tabard import accounts
from tabard.accounts import STANDARD, Accounts, Cost, Seals, Sessions, Throttle, random_password
from tabard.database import Place, engine
from tabard.gateway import SigningKeys
from tabard.ground.time import Clock, system_clock
from tabard.hospital import schema, settings as settings_file
from tabard.hospital.centre import Centre
from tabard.hospital.clients import Clients, Registry
from tabard.hospital.errors import FolderTaken
from tabard.hospital.folder import Folder
from tabard.hospital.installs import Installs
from tabard.hospital.model import Role, Settings
from tabard.hospital.people import People
from tabard.hospital.record_place import record_place

ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Hospital:
    """What a hospital's folder holds, opened."""

    folder: Folder
    settings: Settings
    accounts: Accounts
    sessions: Sessions
    people: People
    installs: Installs
    clients: Clients
    centre: Centre
    throttle: Throttle
    seals: Seals
    clock: Clock

    @property
    def record(self) -> Place:
        """Where its record is. Raises BadSettings."""
        return record_place(self.folder.root, self.settings.record)

    @property
    def registry(self) -> Registry:
        """Everybody who may ask the gateway for tokens."""
        return Registry(self.installs, self.clients)

    @property
    def signing_keys(self) -> SigningKeys:
        """The keys of id_tokens."""
        return SigningKeys(self.clock, self.folder.keys / "id-tokens.json")


@dataclass(frozen=True, slots=True)
class Begun:
    """A hospital just initialised. The password stands nowhere else: show it once."""

    folder: Path
    settings: Settings
    username: str
    password: str


def init(
    folder: Path,
    name: str,
    ods: str,
    port: int,
    *,
    for_trials: bool = False,
    record: str | None = None,
    cost: Cost = STANDARD,
) -> Begun:
    """Begin a hospital in `folder`, with one admin account. Raises FolderTaken, BadSettings.

    `record` is the address of a PostgreSQL database, without a password; else the record is a file in the folder. One
    `for_trials` takes products that nobody accredited. The settings are written last: a folder without them was
    never finished, and may be begun again.
    """
    settings = settings_file.standard(name, ods, port, for_trials=for_trials, record=record)
    if (folder / settings_file.FILE).exists():
        raise FolderTaken(
            "here is a hospital already", where=str(folder), remedy="choose another folder, or serve this one"
        )
    place = Folder(folder.absolute())
    place.begin()
    password = random_password()
    tables = engine(place.database)
    accounts.METADATA.create_all(tables)
    schema.prepare(tables)
    Accounts(tables, cost).put(ADMIN, "Administrator", frozenset({Role.admin}), password)
    tables.dispose()
    settings_file.write(place.root, settings)
    return Begun(place.root, settings, ADMIN, password)


def load(folder: Path, clock: Clock = system_clock, *, cost: Cost = STANDARD) -> Hospital:
    """Open the hospital in `folder`. Raises NoHospital, BadSettings."""
    place = Folder(folder.absolute())
    settings = settings_file.read(place.root)
    tables = engine(place.database)
    accounts.METADATA.create_all(tables)
    schema.prepare(tables)
    seals = Seals(place.session_key)
    cookie = f"__Host-tabard-{settings.ods.lower()}"
    sessions = Sessions(tables, seals, cookie, clock, takes_passwords=settings.sign_in is None)
    people = Accounts(tables, cost)
    return Hospital(
        folder=place,
        settings=settings,
        accounts=people,
        sessions=sessions,
        people=People(sessions, people if settings.sign_in is None else None),
        clients=Clients(tables, clock),
        installs=Installs(tables, settings.base_url, clock, for_trials=settings.for_trials),
        centre=Centre(place, settings.catalogue, clock),
        throttle=Throttle(clock),
        seals=seals,
        clock=clock,
    )
