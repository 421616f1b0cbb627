"""Changing keys: the next root and the delegations that name other keys, drafted and not yet signed.

Source: TUF specification 1.0, 6.1: a root is signed by the keys of the one before it and by its own.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import deepcopy
from datetime import datetime

from tuf.api.exceptions import UnsignedMetadataError

from tabard.catalogue import roles
from tabard.catalogue.edition import not_enough
from tabard.catalogue.errors import NotPublished
from tabard.catalogue.metadata import Key, Metadata, Root, Targets
from tabard.ground.keys import PublicKey, SigningKey

Keys = Mapping[str, Collection[Key]]


def next_root(
    old: Metadata[Root], signers: Collection[SigningKey], now: datetime, keys: Keys | None = None
) -> Metadata[Root]:
    """The root after `old`, in which each role of `keys` has those and no others.

    Raises NotPublished when the signers are not enough, by the old root and by the new one.
    """
    new = draft_root(old, now, keys or {})
    for signer in signers:
        new.sign(signer.signer, append=True)
    try:
        for judge in (old.signed, new.signed):
            judge.verify_delegate(roles.ROOT, new.signed_bytes, new.signatures)
    except UnsignedMetadataError as fault:
        raise not_enough(roles.ROOT, fault) from fault
    return new


def draft_root(old: Metadata[Root], now: datetime, keys: Keys) -> Metadata[Root]:
    """The root after `old` with other keys for some roles, as many as before and of the same threshold; not signed."""
    new = deepcopy(old)
    for role, theirs in keys.items():
        _need_keys(role, theirs, old.signed.roles[role].keyids, _others(old.signed, role))
        for keyid in list(new.signed.roles[role].keyids):
            new.signed.revoke_key(keyid, role)
        for key in theirs:
            new.signed.add_key(key, role)
    new.signed.version += 1
    new.signed.expires = now + roles.LASTS[roles.ROOT]
    new.signatures.clear()
    return new


def draft_targets(old: Metadata[Targets], role: str, now: datetime, keys: Keys | None = None) -> Metadata[Targets]:
    """What the role says after `old`, with other keys for the roles that it delegates to; not signed."""
    new = deepcopy(old)
    for name, theirs in (keys or {}).items():
        delegated = _delegations(new.signed)
        _need_keys(
            name, theirs, delegated[name], {one for other in delegated if other != name for one in delegated[other]}
        )
        for keyid in delegated[name]:
            new.signed.revoke_key(keyid, name)
        for key in theirs:
            new.signed.add_key(key, name)
    new.signed.version += 1
    new.signed.expires = now + roles.LASTS[role]
    new.signatures.clear()
    return new


def replace_bins(signed: Targets, key: PublicKey) -> None:
    """Let this one key speak for all bins."""
    assert signed.delegations is not None  # noqa: S101  this role delegates
    assert signed.delegations.succinct_roles is not None  # noqa: S101
    for keyid in list(signed.delegations.succinct_roles.keyids):
        signed.revoke_key(keyid)
    signed.add_key(key.tuf)


def keyids_of(root: Root, targets: Targets, role: str) -> Sequence[str]:
    """Whose word counts for a role, by the root or by the targets role that delegates to it."""
    return root.roles[role].keyids if role in root.roles else _delegations(targets)[role]


def _delegations(signed: Targets) -> dict[str, list[str]]:
    delegations = signed.delegations
    assert delegations is not None  # noqa: S101  this role delegates
    return {name: list(role.keyids) for name, role in (delegations.roles or {}).items()}


def _others(root: Root, role: str) -> set[str]:
    return {keyid for name, other in root.roles.items() if name != role for keyid in other.keyids}


def _need_keys(role: str, keys: Collection[Key], before: Sequence[str], others: Iterable[str]) -> None:
    """As many as before, each once, none that speaks for another role: a threshold counts different keys."""
    found = {key.keyid for key in keys}
    if len(found) != len(keys):
        raise NotPublished("the same key stands twice", where=role, remedy="make a key of their own for each person")
    if len(found) != len(before):
        raise NotPublished(
            "a role keeps its number of keys", where=role, expected=str(len(before)), got=str(len(found))
        )
    if found & set(others):
        raise NotPublished("this key speaks for another role already", where=role, remedy="make a new key")
