"""Store: the central service. Publishers, submissions, cases, listings."""

from tabard.store.checker import Checker, Given, ProcessChecker
from tabard.store.decision_log import DecisionLog
from tabard.store.dues import Due
from tabard.store.errors import (
    BadSettings,
    CheckerFailed,
    EarlierForm,
    FolderTaken,
    MovedOn,
    NoStore,
    NotTaken,
    NotYours,
    Stopped,
    Unknown,
)
from tabard.store.evidence_askers import Maker
from tabard.store.evidence_desk import LARGEST_EVIDENCE_BYTES, Taken, check_offer
from tabard.store.evidence_ending import EndingEvidence
from tabard.store.evidence_media import Media
from tabard.store.model import (
    Assessor,
    Begun,
    CaseDetail,
    CaseRow,
    Enrolled,
    Happening,
    ListedVersion,
    Listing,
    Publisher,
    PublisherKey,
    Settings,
    Signed,
    Submission,
)
from tabard.store.people import ROLE
from tabard.store.requests import SCHEME, Asked, body_sha256_told, signed
from tabard.store.store import Store, init, load
from tabard.store.submitting import LARGEST_PACKAGE_BYTES, LARGEST_RELEASE_BYTES, MANUFACTURER
from tabard.store.worker import Worker

__all__ = [
    "LARGEST_EVIDENCE_BYTES",
    "LARGEST_PACKAGE_BYTES",
    "LARGEST_RELEASE_BYTES",
    "MANUFACTURER",
    "ROLE",
    "SCHEME",
    "Asked",
    "Assessor",
    "BadSettings",
    "Begun",
    "CaseDetail",
    "CaseRow",
    "Checker",
    "CheckerFailed",
    "DecisionLog",
    "Due",
    "EarlierForm",
    "EndingEvidence",
    "Enrolled",
    "FolderTaken",
    "Given",
    "Happening",
    "ListedVersion",
    "Listing",
    "Maker",
    "Media",
    "MovedOn",
    "NoStore",
    "NotTaken",
    "NotYours",
    "ProcessChecker",
    "Publisher",
    "PublisherKey",
    "Settings",
    "Signed",
    "Stopped",
    "Store",
    "Submission",
    "Taken",
    "Unknown",
    "Worker",
    "body_sha256_told",
    "check_offer",
    "init",
    "load",
    "signed",
]
