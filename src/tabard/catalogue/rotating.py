"""Changing keys: the next root, and the delegations that name other keys.

Source: TUF specification 1.0, 6.1: a root is signed by the keys of the one before it and by its own.
"""

from collections.abc import Collection, Mapping
from copy import deepcopy
from datetime import datetime

from tuf.api.exceptions import UnsignedMetadataError

from tabard.catalogue import roles
from tabard.catalogue.edition import not_enough
from tabard.catalogue.metadata import Metadata, Root, Targets
from tabard.ground.keys import PublicKey, SigningKey


def next_root(
    old: Metadata[Root],
    signers: Collection[SigningKey],
    now: datetime,
    keys: Mapping[str, Collection[PublicKey]] | None = None,
) -> Metadata[Root]:
    """The root after `old`, in which each role of `keys` has those and no others.

    Raises NotPublished when the signers are not enough, by the old root and by the new one.
    """
    new = deepcopy(old)
    for role, theirs in (keys or {}).items():
        for keyid in list(new.signed.roles[role].keyids):
            new.signed.revoke_key(keyid, role)
        for key in theirs:
            new.signed.add_key(key.tuf, role)
    new.signed.version += 1
    new.signed.expires = now + roles.LASTS[roles.ROOT]
    new.signatures.clear()
    for signer in signers:
        new.sign(signer.signer, append=True)
    try:
        for judge in (old.signed, new.signed):
            judge.verify_delegate(roles.ROOT, new.signed_bytes, new.signatures)
    except UnsignedMetadataError as fault:
        raise not_enough(roles.ROOT, fault) from fault
    return new


def replace_delegate(signed: Targets, role: str, key: PublicKey) -> None:
    """Let this one key speak for a delegated role."""
    assert signed.delegations is not None  # noqa: S101  this role delegates
    assert signed.delegations.roles is not None  # noqa: S101
    for keyid in list(signed.delegations.roles[role].keyids):
        signed.revoke_key(keyid, role)
    signed.add_key(key.tuf, role)


def replace_bins(signed: Targets, key: PublicKey) -> None:
    """Let this one key speak for all bins."""
    assert signed.delegations is not None  # noqa: S101  this role delegates
    assert signed.delegations.succinct_roles is not None  # noqa: S101
    for keyid in list(signed.delegations.succinct_roles.keyids):
        signed.revoke_key(keyid)
    signed.add_key(key.tuf)
