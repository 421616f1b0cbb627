"""Who signs what: the roles of the catalogue, how many keys each needs, and for how long their word holds.

Source: TUF specification 1.0, 2.1 (roles); TAP 15 (succinct bins).
"""

from datetime import timedelta
from typing import Final

ROOT: Final = "root"
TARGETS: Final = "targets"
SNAPSHOT: Final = "snapshot"
TIMESTAMP: Final = "timestamp"
CATALOGUE: Final = "catalogue"
RECALL: Final = "recall"
BIN: Final = "bin"

OFFLINE = {ROOT: (3, 2), TARGETS: (2, 2), RECALL: (2, 1)}
"""Roles whose keys are kept away from the store: how many keys there are, and how many must sign."""

ONLINE = (CATALOGUE, SNAPSHOT, TIMESTAMP)
"""Roles that the store signs for by itself, one key each. The bins are signed with the key of the catalogue."""

BIN_BITS = 8
"""256 bins: at 10,000 products a site fetches some 20 kB after one of them changed, not three megabytes."""

LASTS = {
    ROOT: timedelta(days=365),
    TARGETS: timedelta(days=90),
    RECALL: timedelta(days=90),
    CATALOGUE: timedelta(days=30),
    BIN: timedelta(days=30),
    SNAPSHOT: timedelta(days=7),
    TIMESTAMP: timedelta(days=1),
}
"""For how long each role's word holds. That nothing newer is kept back, the timestamp says every day."""

ACCREDITORS: Final = "accreditors.json"
INDEX: Final = "index.json"
RECALLS: Final = "recall.json"
ADVISORIES: Final = "products/_advisories.json"
"""Known vulnerabilities, in a bin. Every catalogue delegates `products/*` to the bins, and no product has such an id."""

LARGEST_ADVISORIES_BYTES = 16 * 1024 * 1024
"""A site, or a maker, fetches them when it asks for them; all else is small."""


def entry_path(product: str) -> str:
    """The target that holds a product's entry."""
    return f"products/{product}.json"


def package_path(sha256: str) -> str:
    """Where a package lies, beside the metadata and the targets."""
    return f"packages/{sha256}.tabard"


def kind_of(role: str) -> str:
    """The role, or `bin` for each of the bins."""
    return BIN if role.startswith(f"{BIN}-") else role


def lasts(role: str) -> timedelta:
    """For how long this role's word holds."""
    return LASTS[kind_of(role)]


def delegator_of(role: str) -> str:
    """The role that names this role's keys."""
    if kind_of(role) == BIN:
        return CATALOGUE
    return ROOT if role in {TARGETS, SNAPSHOT, TIMESTAMP} else TARGETS


def threshold(role: str) -> int:
    """How many keys of this role must sign."""
    return OFFLINE[role][1] if role in OFFLINE else 1
