"""The keys that sign unattended: of two that lie there while one takes the other's place, the one whose word counts now."""

from collections.abc import Iterator
from pathlib import Path

from tabard.catalogue import roles
from tabard.catalogue.edition import Edition
from tabard.catalogue.rotating import keyids_of
from tabard.ground.errors import NotFound
from tabard.ground.keys import SigningKey, read_signing_key

PENDING = "pending"
"""Where a change of keys waits until enough people have signed it, new online keys with it."""


def online_keys(folder: Path, edition: Edition) -> dict[str, SigningKey]:
    """The store's keys by role, as the root and the targets role name them now. A role whose key is lost is left out."""
    root, targets, found = edition.root.signed, edition.role(roles.TARGETS).signed, {}
    for role in roles.ONLINE:
        named = keyids_of(root, targets, role)
        for key in _lying(folder, role):
            if key.public.keyid in named:
                found[role] = key
    return found


def need_online(folder: Path, edition: Edition) -> dict[str, SigningKey]:
    """All of the store's keys. Raises NotFound, with the way out, where one is lost."""
    found = online_keys(folder, edition)
    if missing := [role for role in roles.ONLINE if role not in found]:
        raise NotFound(
            "the store's key for this role is lost, or is not the one that the catalogue names",
            where=f"{folder / 'keys'}: {', '.join(missing)}",
            remedy=f"restore it, or make a new one: `tabard catalogue rotate STORE_DIR {missing[0]}`",
        )
    return found


def unattended(folder: Path) -> frozenset[str]:
    """The ids of the keys that lie in the catalogue's folder, where whoever breaks into the store finds them."""
    return frozenset(key.public.keyid for role in roles.ONLINE for key in _lying(folder, role))


def _lying(folder: Path, role: str) -> Iterator[SigningKey]:
    for place in (folder / "keys", folder / PENDING / "keys"):
        path = place / f"{role}.pem"
        if path.is_file():
            yield read_signing_key(path)
