"""Recalls at the centre: the list as it is written, what would undo one, and which products one component is in."""

from pathlib import Path

from tabard.catalogue import roles
from tabard.catalogue.edition import Edition
from tabard.catalogue.metadata import Metadata, Targets
from tabard.catalogue.model import Entry, Listed, Recall, RecallList, read, write
from tabard.catalogue.reinstating import Reinstatement, digest_of
from tabard.decision import NEEDED, read_summary
from tabard.ground.dsse import Envelope
from tabard.ground.errors import TabardError
from tabard.ground.keys import SigningKey
from tabard.ground.time import Clock


def recall_list(edition: Edition) -> RecallList:
    """The list as it is published."""
    return read(edition.target(roles.RECALL, roles.RECALLS) or b"", RecallList)


def put_recalls(edition: Edition, listed: RecallList, key: SigningKey) -> None:
    """Publish the list, signed with one of the recall keys. Raises NotPublished for another key."""
    edition.put(roles.RECALL, roles.RECALLS, write(listed))
    edition.sign(roles.RECALL, [key])
    edition.publish()


def versions_of(public: Path) -> dict[str, int]:
    """Since which version of the recall role each recall stands in the list, by its id."""
    found, paths = dict[str, int](), (public / "metadata").glob(f"*.{roles.RECALL}.json")
    for version, path in sorted((int(path.name.partition(".")[0]), path) for path in paths):
        info = Metadata[Targets].from_bytes(path.read_bytes()).signed.targets[roles.RECALLS]
        raw = (public / "targets" / info.get_prefixed_paths()[0]).read_bytes()
        for recall in read(raw, RecallList).recalls:
            found.setdefault(recall.id, version)
    return found


def draft_reinstatement(recall: Recall, entry: Entry | None, verifier: str, reason: str, clock: Clock) -> Reinstatement:
    """What undoes this recall once enough accreditors have signed it: as many as the product's gravest class needs."""
    product_class = max((_class_of(one) for one in entry.versions), default=0) if entry is not None else max(NEEDED)
    now = clock().replace(microsecond=0)
    return Reinstatement(recall.id, digest_of(recall), recall.product, product_class, reason, now, verifier)


def _class_of(listed: Listed) -> int:
    """The product's class as the signed decision says it; the highest where that cannot be read."""
    try:
        return read_summary(Envelope.from_bytes(listed.decision_bytes).payload).decision.product_class
    except TabardError:
        return max(NEEDED)
