"""A change of keys as people carry it out: drafted once, signed one person after the other, and published when it is enough.

The draft lies in `pending/` beside the keys, so that it outlives the command, the day and a power cut. While one key takes
the other's place both sign, and the root comes last: no site sees a gap. Only where the old key is lost does the root come first.
"""

import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from tabard.catalogue import roles
from tabard.catalogue.edition import Edition
from tabard.catalogue.errors import NotPublished
from tabard.catalogue.keyring import PENDING, online_keys
from tabard.catalogue.metadata import Key, Metadata, Root, Targets, to_bytes
from tabard.catalogue.public import write_files
from tabard.catalogue.rotating import draft_root, draft_targets, keyids_of, replace_bins
from tabard.catalogue.waiting import turn
from tabard.ground.errors import CallerError
from tabard.ground.keys import PublicKey, SigningKey, new_signing_key, read_signing_key, write_signing_key
from tabard.ground.time import Clock, system_clock

ONLINE = "online"
"""All roles that the store signs for, at once: what is done after a theft."""

DOCUMENTS: Mapping[str, tuple[str, ...]] = {
    roles.ROOT: (roles.ROOT,),
    roles.TARGETS: (roles.ROOT, roles.TARGETS),
    roles.SNAPSHOT: (roles.ROOT,),
    roles.TIMESTAMP: (roles.ROOT,),
    roles.CATALOGUE: (roles.TARGETS,),
    roles.RECALL: (roles.TARGETS, roles.RECALL),
    ONLINE: (roles.ROOT, roles.TARGETS),
}
"""Which documents people sign when a role's keys are changed."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A document that is not signed by enough yet: by which keys, how many have, how many must."""

    document: str
    by: str
    have: int
    need: int


@dataclass(frozen=True, slots=True)
class Rotating:
    """How far a change of the keys of `role` is; it is published when nothing is missing."""

    role: str
    missing: tuple[Missing, ...]

    @property
    def is_done(self) -> bool:
        """Whether it is published."""
        return not self.missing


class Rotation:
    """Changes keys of the catalogue in `folder`. It remembers nothing: what waits lies in `pending/`."""

    def __init__(self, folder: Path, clock: Clock = system_clock) -> None:
        self.folder, self.pending, self._clock = folder, folder / PENDING, clock

    def status(self) -> Rotating | None:
        """What waits for signatures; None where nothing does."""
        return _status(self._role(), *self._opened()) if self.pending.exists() else None

    def keyids(self, role: str) -> tuple[str, ...]:
        """The ids of the keys whose word counts for this role now."""
        edition = self._edition()
        return tuple(keyids_of(edition.root.signed, edition.role(roles.TARGETS).signed, role))

    def begin(self, role: str, new: Collection[PublicKey] = (), lost: Collection[str] = ()) -> Rotating:
        """Draft that the keys of `role` give way: all of them to `new`, or only those whose ids are `lost`.

        Keys of the store's own roles are made here. Raises NotPublished where the number or the keys are not right,
        CallerError where another change waits or there is no such role.
        """
        if role not in DOCUMENTS:
            raise CallerError("there is no such role", where=role, expected=", ".join(DOCUMENTS))
        with turn(self.folder):
            if self.pending.exists():
                raise CallerError(
                    f"a change of the keys of {self._role()} waits for signatures",
                    where=str(self.pending),
                    remedy="sign it to its end, or abandon it",
                )
            made = {name: new_signing_key() for name in _online(role)}
            theirs: dict[str, list[Key]] = {name: [key.public.tuf] for name, key in made.items()}
            keys = theirs or {role: self._after(role, new, lost)}
            self._keep(role, self._drafts(role, keys), made)
        return _status(role, *self._opened())

    def sign(self, keys: Collection[SigningKey]) -> Rotating:
        """Add these signatures, and publish when they are enough. Raises CallerError where nothing waits, NotPublished."""
        with turn(self.folder):
            if not self.pending.exists():
                raise CallerError("no change of keys waits for signatures", where=str(self.folder))
            role, (edition, drafts) = self._role(), self._opened()
            for name, draft in drafts.items():
                for key in keys:
                    if any(key.public.keyid in judge.keyids for judge in _judges(edition, drafts, name)):
                        draft.sign(key.signer, append=True)
            write_files({self.pending / f"{name}.json": to_bytes(draft) for name, draft in drafts.items()})
            status = _status(role, edition, drafts)
            if status.is_done:
                self._publish(role, edition, drafts)
                self._finish()
        return status

    def abandon(self) -> None:
        """Forget the draft. Raises CallerError where it is public already in part: then only its end helps."""
        with turn(self.folder):
            if not self.pending.exists():
                return
            edition, drafts = self._edition(), self._read()
            if any(draft.signed == _now(edition, name).signed for name, draft in drafts.items()):
                raise CallerError("a part of this is public already", remedy="sign it to its end")
            shutil.rmtree(self.pending)

    def _after(self, role: str, new: Collection[PublicKey], lost: Collection[str]) -> list[Key]:
        edition = self._edition()
        parent = edition.root.signed if role in edition.root.signed.roles else edition.role(roles.TARGETS).signed
        before = keyids_of(edition.root.signed, edition.role(roles.TARGETS).signed, role)
        if unknown := set(lost) - set(before):
            raise NotPublished(
                "no key of this role has this id", where=role, expected=", ".join(before), got=", ".join(unknown)
            )
        stay = [keyid for keyid in before if lost and keyid not in lost]
        return [*(parent.get_key(keyid) for keyid in stay), *(key.tuf for key in new)]

    def _drafts(self, role: str, keys: Mapping[str, Collection[Key]]) -> dict[str, Metadata[Any]]:
        edition, now, found = self._edition(), self._clock().replace(microsecond=0), dict[str, Metadata[Any]]()
        of_root = {name: theirs for name, theirs in keys.items() if name in edition.root.signed.roles}
        rest = {name: theirs for name, theirs in keys.items() if name not in of_root}
        for name in DOCUMENTS[role]:
            if name == roles.ROOT:
                found[name] = draft_root(edition.root, now, of_root)
            else:
                found[name] = draft_targets(edition.role(name), name, now, rest if name == roles.TARGETS else None)
        return found

    def _keep(self, role: str, drafts: Mapping[str, Metadata[Any]], made: Mapping[str, SigningKey]) -> None:
        fresh = Path(mkdtemp(dir=self.folder, prefix=".pending-"))
        (fresh / "keys").mkdir(mode=0o700)
        for name, key in made.items():
            write_signing_key(fresh / f"keys/{name}.pem", key)
        write_files({fresh / f"{name}.json": to_bytes(draft) for name, draft in drafts.items()})
        write_files({fresh / "role": role.encode()})
        fresh.rename(self.pending)

    def _role(self) -> str:
        return (self.pending / "role").read_text()

    def _edition(self) -> Edition:
        return Edition(self.folder / "public", {}, self._clock())

    def _read(self) -> dict[str, Metadata[Any]]:
        return {
            name: Metadata.from_bytes((self.pending / f"{name}.json").read_bytes()) for name in DOCUMENTS[self._role()]
        }

    def _opened(self) -> tuple[Edition, dict[str, Metadata[Any]]]:
        """What is public now, and the drafts. Raises NotPublished where something else was published in between."""
        edition, drafts = self._edition(), self._read()
        for name, draft in drafts.items():
            public = _now(edition, name)
            if draft.signed.version != public.signed.version + 1 and draft.signed != public.signed:
                raise NotPublished(
                    "something else was signed since this change of keys was drafted",
                    where=name,
                    expected=f"version {draft.signed.version - 1}",
                    got=f"version {public.signed.version}",
                    remedy="abandon this draft and begin it again",
                )
        return edition, drafts

    def _publish(self, role: str, edition: Edition, drafts: Mapping[str, Metadata[Any]]) -> None:
        now = online_keys(self.folder, edition)
        made = online_keys_made(self.pending)
        new = Edition(self.folder / "public", {**made, **now, **_of(made, roles.CATALOGUE)}, self._clock())
        new.also = {name: key for name, key in made.items() if name in now and name != roles.CATALOGUE}
        new.has_other_keys = bool(made)
        is_gapless = {roles.SNAPSHOT, roles.TIMESTAMP} <= set(now)
        for name, draft in drafts.items():
            if name == roles.ROOT:
                new.root = draft
            else:
                is_gapless &= name != roles.TARGETS or _is_signed(edition.root.signed, name, draft)
                new.adopt(name, draft)
        if roles.CATALOGUE in _online(role):
            replace_bins(new.role(roles.CATALOGUE).signed, made[roles.CATALOGUE].public)
            for name in (roles.CATALOGUE, *new.bins()):
                new.sign(name)
        new.publish(is_root_last=is_gapless)

    def _finish(self) -> None:
        """The new keys take their place, the draft goes. Killed before: whoever signs takes the key that counts."""
        for path in (self.pending / "keys").iterdir():
            path.replace(self.folder / "keys" / path.name)
        shutil.rmtree(self.pending)


@dataclass(frozen=True, slots=True)
class _Judge:
    """Whose keys count for a document, by which of the two lists."""

    by: str
    signed: Root | Targets
    role: str

    @property
    def keyids(self) -> list[str]:
        return list(self.signed.get_delegated_role(self.role).keyids)


def online_keys_made(pending: Path) -> dict[str, SigningKey]:
    """The new online keys that wait with the draft."""
    return {path.stem: read_signing_key(path) for path in (pending / "keys").iterdir()}


def _judges(edition: Edition, drafts: Mapping[str, Metadata[Any]], name: str) -> Sequence[_Judge]:
    """Source: TUF specification 1.0, 5.3.4: of a root both the keys before and its own must be enough."""
    root = drafts[roles.ROOT].signed if roles.ROOT in drafts else edition.root.signed
    if name == roles.ROOT:
        return (_Judge("the keys before", edition.root.signed, name), _Judge("the keys to come", root, name))
    if name == roles.TARGETS:
        return (_Judge("its keys", root, name),)
    return (_Judge("its keys", drafts[roles.TARGETS].signed, name),)


def _status(role: str, edition: Edition, drafts: Mapping[str, Metadata[Any]]) -> Rotating:
    missing = []
    for name, draft in drafts.items():
        for judge in _judges(edition, drafts, name):
            seen = judge.signed.get_verification_result(name, draft.signed_bytes, draft.signatures)
            if not seen.verified:
                missing.append(Missing(name, judge.by, len(seen.signed), seen.threshold))
    return Rotating(role, tuple(missing))


def _is_signed(by: Root, name: str, draft: Metadata[Any]) -> bool:
    return bool(by.get_verification_result(name, draft.signed_bytes, draft.signatures).verified)


def _now(edition: Edition, name: str) -> Metadata[Any]:
    return edition.root if name == roles.ROOT else edition.role(name)


def _online(role: str) -> tuple[str, ...]:
    return roles.ONLINE if role == ONLINE else (role,) if role in roles.ONLINE else ()


def _of(keys: Mapping[str, SigningKey], role: str) -> dict[str, SigningKey]:
    return {role: keys[role]} if role in keys else {}
