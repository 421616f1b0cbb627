"""What the centre's recalls mean for one package."""

from collections.abc import Collection, Iterable

from tabard.catalogue import Level, Recall, digest_of
from tabard.hospital.model import Stop, Why


def of_package(recalls: Iterable[Recall], product: str, sha256: str) -> tuple[Recall, ...]:
    """The recalls that are about this package, the newest first."""
    about = (one for one in recalls if one.is_about(product, sha256))
    return tuple(sorted(about, key=lambda one: one.issued, reverse=True))


def stop_of(recalls: Iterable[Recall], overridden: Collection[str] = ()) -> Stop | None:
    """Why the package must be stopped; None when no recall says so. Suspensions whose digests are `overridden` are answered for."""
    found = tuple(recalls)
    for recall in found:
        if recall.level is Level.stop:
            return Stop(Why.recalled, recall.reason, recall.remedy)
    for recall in found:
        if recall.level is Level.suspend and digest_of(recall) not in overridden:
            return Stop(Why.suspended, recall.reason, recall.remedy)
    return None
