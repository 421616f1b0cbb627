"""Hospital: the trust's service. Its folder and settings, accounts and sessions, installed products."""

from tabard.hospital.accounts import Accounts
from tabard.hospital.errors import BadProduct, BadSettings, FolderTaken, NoHospital, TooManyTries
from tabard.hospital.folder import Folder
from tabard.hospital.hospital import Begun, Hospital, init, load
from tabard.hospital.installs import Installs, examined
from tabard.hospital.model import Account, Area, Install, Role, Settings, areas_of
from tabard.hospital.passwords import Cost
from tabard.hospital.seals import Seals
from tabard.hospital.sessions import Session, Sessions
from tabard.hospital.throttle import Throttle

__all__ = [
    "Account",
    "Accounts",
    "Area",
    "BadProduct",
    "BadSettings",
    "Begun",
    "Cost",
    "Folder",
    "FolderTaken",
    "Hospital",
    "Install",
    "Installs",
    "NoHospital",
    "Role",
    "Seals",
    "Session",
    "Sessions",
    "Settings",
    "Throttle",
    "TooManyTries",
    "areas_of",
    "examined",
    "init",
    "load",
]
