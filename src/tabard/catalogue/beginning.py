"""Beginning a catalogue: its keys, those of people apart from those of the store, and its first edition."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

from tabard.catalogue import roles
from tabard.catalogue.edition import Edition
from tabard.catalogue.metadata import DelegatedRole, Delegations, Metadata, Root, SuccinctRoles, Targets
from tabard.catalogue.model import Index, RecallList, write
from tabard.decision import Trust
from tabard.ground.errors import CallerError
from tabard.ground.keys import SigningKey, new_signing_key, write_signing_key
from tabard.ground.time import Clock, system_clock

Keys = Mapping[str, Sequence[SigningKey]]
_PATHS = {roles.CATALOGUE: ["products/*", roles.INDEX], roles.RECALL: [roles.RECALLS]}
_PRIVATE = 0o700


def begin(
    folder: Path,
    offline: Path,
    verifier: str,
    clock: Clock = system_clock,
    passphrase: str | None = None,
    bin_bits: int = roles.BIN_BITS,
) -> None:
    """Make a catalogue in `folder` for the centre `verifier`, which has no accreditors and no products yet.

    In `offline` go the keys of people: root-1..3 (two must sign), targets-1..2 (both), recall-1..2 (one), encrypted
    where a passphrase is given. Take that folder away from the store. In `folder/keys` go those that sign unattended.
    Entries are spread over 2 to the power of `bin_bits` files.
    Raises CallerError when there is a catalogue or a key already.
    """
    public = folder / "public"
    if public.exists():
        raise CallerError("here is a catalogue already", where=str(folder), remedy="name another folder")
    for place in (folder / "keys", offline):
        place.mkdir(parents=True, exist_ok=True, mode=_PRIVATE)
    keys = {role: [new_signing_key() for _ in range(many)] for role, (many, _) in roles.OFFLINE.items()}
    online = {role: [new_signing_key()] for role in roles.ONLINE}
    for role, made in keys.items():
        for number, key in enumerate(made, 1):
            write_signing_key(offline / f"{role}-{number}.pem", key, passphrase)
    for role, (key,) in online.items():
        write_signing_key(folder / f"keys/{role}.pem", key)
    fresh = Path(mkdtemp(dir=folder, prefix=".public-"))
    _first_edition(fresh, {**keys, **online}, Trust(verifier, ()), clock(), bin_bits)
    fresh.chmod(0o755)
    fresh.rename(public)


def first_root(keys: Keys, now: datetime) -> Metadata[Root]:
    """The first root of a catalogue with these keys, signed by all of its own."""
    root = Metadata(Root(expires=now + roles.LASTS[roles.ROOT]))
    for role in (roles.ROOT, roles.TARGETS, roles.SNAPSHOT, roles.TIMESTAMP):
        for key in keys[role]:
            root.signed.add_key(key.public.tuf, role)
        root.signed.roles[role].threshold = roles.threshold(role)
    for key in keys[roles.ROOT]:
        root.sign(key.signer, append=True)
    return root


def first_delegations(keys: Keys, role: str, bin_bits: int) -> Delegations | None:
    """To whom that role delegates, by these keys; None for a role that delegates to nobody."""
    if role == roles.TARGETS:
        return _delegations(keys)
    return _bins(keys[roles.CATALOGUE], bin_bits) if role == roles.CATALOGUE else None


def _first_edition(public: Path, keys: Keys, trust: Trust, now: datetime, bin_bits: int) -> None:
    (public / "packages").mkdir()
    online = {role: keys[role][0] for role in roles.ONLINE}
    edition = Edition(public, online, now, first_root(keys, now))
    for role in (roles.TARGETS, roles.CATALOGUE, roles.RECALL):
        edition.start(role, Targets(delegations=first_delegations(keys, role, bin_bits)))
    edition.put(roles.TARGETS, roles.ACCREDITORS, trust.to_bytes())
    edition.put(roles.RECALL, roles.RECALLS, write(RecallList()))
    for role in (roles.TARGETS, roles.CATALOGUE, roles.RECALL):
        edition.sign(role, keys[role])
    for name in edition.bins():
        edition.start(name, Targets())
    edition.put(edition.bin_of(roles.INDEX), roles.INDEX, write(Index()))
    for name in edition.bins():
        edition.sign(name)
    edition.publish()


def _delegations(keys: Keys) -> Delegations:
    """Which role speaks for which targets. Each ends the search: no role stands in for another."""
    named = {
        role: DelegatedRole(role, [key.public.keyid for key in keys[role]], roles.threshold(role), True, paths)
        for role, paths in _PATHS.items()
    }
    return Delegations({key.public.keyid: key.public.tuf for role in _PATHS for key in keys[role]}, named)


def _bins(keys: Sequence[SigningKey], bits: int) -> Delegations:
    succinct = SuccinctRoles([key.public.keyid for key in keys], 1, bits, roles.BIN)
    return Delegations({key.public.keyid: key.public.tuf for key in keys}, succinct_roles=succinct)
