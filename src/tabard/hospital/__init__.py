"""Hospital: the trust's service. Its folder and settings, accounts and sessions, installed products."""

from tabard.hospital.errors import BadProduct, BadSettings, FolderTaken, NoHospital
from tabard.hospital.folder import Folder
from tabard.hospital.hospital import Begun, Hospital, init, load
from tabard.hospital.installs import Installs, examined
from tabard.hospital.model import Area, Install, Role, Settings, areas_of
from tabard.hospital.people import People, person

__all__ = [
    "Area",
    "BadProduct",
    "BadSettings",
    "Begun",
    "Folder",
    "FolderTaken",
    "Hospital",
    "Install",
    "Installs",
    "NoHospital",
    "People",
    "Role",
    "Settings",
    "areas_of",
    "examined",
    "init",
    "load",
    "person",
]
