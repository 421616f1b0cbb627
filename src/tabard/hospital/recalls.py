"""What the centre's recalls mean for one package."""

from collections.abc import Iterable

from tabard.catalogue import Level, Recall
from tabard.hospital.model import Stop, Why


def of_package(recalls: Iterable[Recall], product: str, sha256: str) -> tuple[Recall, ...]:
    """The recalls that are about this package, the newest first."""
    about = (one for one in recalls if one.is_about(product, sha256))
    return tuple(sorted(about, key=lambda one: one.issued, reverse=True))


def stop_of(recalls: Iterable[Recall]) -> Stop | None:
    """Why the package must be stopped; None when no recall says so."""
    for recall in recalls:
        if recall.level is Level.stop:
            return Stop(Why.recalled, recall.reason, recall.remedy)
    return None
