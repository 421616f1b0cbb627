"""Hospital: the trust's service. Its folder, settings and people; products verified, installed, watched and stopped."""

from tabard.hospital.centre import Centre
from tabard.hospital.clients import Clients, NewClient, Registry
from tabard.hospital.errors import (
    BadClient,
    BadProduct,
    BadSettings,
    FolderTaken,
    InstallRefused,
    NoCentre,
    NoHospital,
    NotForTrials,
    OtherCentre,
)
from tabard.hospital.evidence import Control, Evidence, Passed, Signer, Step, Told, listed
from tabard.hospital.folder import Folder
from tabard.hospital.hospital import Begun, Hospital, init, load
from tabard.hospital.installing import Accept, TakenOn, install, uninstall
from tabard.hospital.installs import Installs, Owed, files_changed
from tabard.hospital.model import Area, Install, Pinned, Role, Settings, State, Stop, Why, areas_of
from tabard.hospital.overriding import Override, overridden, override, overrides
from tabard.hospital.people import People, person
from tabard.hospital.reached import Network, Reached, Tls
from tabard.hospital.recalls import of_package as recalls_of, stop_of
from tabard.hospital.receipts import receipt_key, sealed_receipt
from tabard.hospital.trial import examined
from tabard.hospital.trusting import trust
from tabard.hospital.verification import Tell, Verified, Wanted
from tabard.hospital.watch import Revoker, Watch

__all__ = [
    "Accept",
    "Area",
    "BadClient",
    "BadProduct",
    "BadSettings",
    "Begun",
    "Centre",
    "Clients",
    "Control",
    "Evidence",
    "Folder",
    "FolderTaken",
    "Hospital",
    "Install",
    "InstallRefused",
    "Installs",
    "Network",
    "NewClient",
    "NoCentre",
    "NoHospital",
    "NotForTrials",
    "OtherCentre",
    "Override",
    "Owed",
    "Passed",
    "People",
    "Pinned",
    "Reached",
    "Registry",
    "Revoker",
    "Role",
    "Settings",
    "Signer",
    "State",
    "Step",
    "Stop",
    "TakenOn",
    "Tell",
    "Tls",
    "Told",
    "Verified",
    "Wanted",
    "Watch",
    "Why",
    "areas_of",
    "examined",
    "files_changed",
    "init",
    "install",
    "listed",
    "load",
    "overridden",
    "override",
    "overrides",
    "person",
    "recalls_of",
    "receipt_key",
    "sealed_receipt",
    "stop_of",
    "trust",
    "uninstall",
]
