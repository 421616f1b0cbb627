"""The one way past a recall: a product that the centre suspended goes on where this hospital's own safety officer answers for it.

Nobody overrides a stop. What was answered for is the recall's whole text: one made graver, or of other words, is another.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import msgspec

from tabard.catalogue import Level, Recall, digest_of
from tabard.ground.errors import CallerError, InternalError, NotFound
from tabard.ground.private_files import write_private
from tabard.hospital.folder import Folder
from tabard.hospital.hospital import Hospital
from tabard.hospital.model import Role, Why

_FILE = "overrides.json"
_SHORTEST = 10


@dataclass(frozen=True, slots=True)
class Override:
    """Who answers for a suspended product here, why, since when; `recall_sha256` is the digest of the recall's whole text."""

    recall_id: str
    recall_sha256: str
    product: str
    by: str
    reason: str
    at: datetime


def overrides(folder: Folder) -> tuple[Override, ...]:
    """Every override that was ever given here."""
    path = folder.root / _FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=tuple[Override, ...])
    except FileNotFoundError:
        return ()
    except msgspec.DecodeError as fault:
        raise InternalError("the overrides kept here are spoilt", where=str(path), remedy="restore the file") from fault


def overridden(folder: Folder) -> frozenset[str]:
    """The digests of the recalls that were answered for; none where that cannot be read: then they hold."""
    try:
        return frozenset(one.recall_sha256 for one in overrides(folder))
    except InternalError:
        return frozenset()


def override(hospital: Hospital, recall_id: str, by: str, roles: Collection[str], reason: str) -> Override:
    """Let a product go on that the centre suspended; who says so is this hospital's clinical safety officer.

    Raises NotFound, and CallerError for another role, another level, or no reason. The caller writes it into the audit.
    """
    recall = _suspension(hospital, recall_id)
    if Role.clinical_safety not in roles:
        raise CallerError(
            "only a clinical safety officer may answer for a suspended product",
            where="--by",
            got=by,
            expected="clinical_safety",
        )
    if len(reason.strip()) < _SHORTEST:
        raise CallerError("an override has a reason", where="--reason", expected="a sentence")
    told = Override(recall.id, digest_of(recall), recall.product, by, reason.strip(), hospital.clock())
    before = overrides(hospital.folder)
    write_private(hospital.folder.root / _FILE, msgspec.json.encode((*before, told)))
    here = hospital.installs.find(recall.product)
    if here is not None and here.stop is not None and here.stop.why is Why.suspended:
        hospital.installs.resume(here)
    return told


def _suspension(hospital: Hospital, recall_id: str) -> Recall:
    found = next((one for one in hospital.centre.recalls if one.id == recall_id), None)
    if found is None:
        raise NotFound("no recall of this id holds here", where=recall_id)
    if found.level is not Level.suspend:
        raise CallerError(
            "this recall is not one that a hospital may answer for",
            where=recall_id,
            expected="suspend",
            got=found.level.value,
        )
    return found
