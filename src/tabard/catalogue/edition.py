"""The next edition of the public folder: made beside the one that readers see, which it replaces in one step.

Every file but `timestamp.json` has its version or its digest in its name and is never changed once it is pointed at. The
timestamp is replaced last: a reader in the middle of it all sees the old edition whole, or the new one.
"""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path

from tuf.api.exceptions import UnsignedMetadataError

from tabard.catalogue import roles
from tabard.catalogue.channels import LASTS, Channel, marks, path_on
from tabard.catalogue.errors import NotPublished
from tabard.catalogue.metadata import (
    Metadata,
    MetaFile,
    Root,
    S,
    Signed,
    Snapshot,
    SuccinctRoles,
    TargetFile,
    Targets,
    Timestamp,
    newest_root,
    to_bytes,
)
from tabard.catalogue.public import write_files
from tabard.ground.keys import SigningKey


class Edition:
    """What is to follow what the public folder says now; nothing of it is seen before `publish`.

    `online` are the keys that sign unattended, by role; those of `also` sign beside them, while one key takes the place of
    the other; `has_other_keys` has the snapshot signed anew for the keys' sake alone. `first_root` begins a folder that has no edition yet.
    """

    def __init__(
        self, public: Path, online: Mapping[str, SigningKey], now: datetime, first_root: Metadata[Root] | None = None
    ) -> None:
        self.public, self.now = public, now
        self._online = online
        self.also: dict[str, SigningKey] = {}
        self.has_other_keys = False
        self._targets: dict[Path, bytes] = {}
        self._roles: dict[str, Metadata[Targets]] = {}
        self._changed: dict[str, bytes] = {}
        self.root = first_root or newest_root(public)
        timestamp = None if first_root else self._read(Timestamp, "timestamp.json")
        self._timestamp = timestamp or _first(Timestamp())
        seen = self._timestamp.signed.snapshot_meta.version
        self._snapshot = self._read(Snapshot, f"{seen}.snapshot.json") if timestamp else _first(Snapshot())

    def role(self, name: str) -> Metadata[Targets]:
        """What the role says, the changes of this edition included."""
        if name not in self._roles:
            version = self._snapshot.signed.meta[f"{name}.json"].version
            self._roles[name] = self._read(Targets, f"{version}.{name}.json")
        return self._roles[name]

    def start(self, name: str, signed: Targets) -> None:
        """Begin a role that was not there."""
        self._roles[name] = _first(signed)

    def bins(self) -> tuple[str, ...]:
        """The names of all bins."""
        return tuple(self._succinct().get_roles())

    def bin_of(self, path: str) -> str:
        """The bin that holds this target."""
        return self._succinct().get_role_for_target(path)

    def target(self, role: str, path: str) -> bytes | None:
        """The content of a target of this role, or None."""
        info = self.role(role).signed.targets.get(path)
        if info is None:
            return None
        file = self._file(info)
        return self._targets[file] if file in self._targets else file.read_bytes()

    def put(self, role: str, path: str, content: bytes) -> None:
        """Let the role hold this target; `sign` it afterwards."""
        info = TargetFile(len(content), {"sha256": hashlib.sha256(content).hexdigest()}, path)
        self.role(role).signed.targets[path] = info
        self._targets[self._file(info)] = content

    def sign(self, role: str, signers: Collection[SigningKey] = ()) -> None:
        """Sign the role anew, by its online key or by `signers`. Raises NotPublished where these are not the right ones."""
        metadata = self.role(role)
        self._renew(metadata, roles.kind_of(role), signers)
        self.adopt(role, metadata)

    def adopt(self, role: str, metadata: Metadata[Targets]) -> None:
        """Let the role say this, which was drafted and signed elsewhere. Raises NotPublished where too few signed it."""
        delegator = roles.delegator_of(role)
        parent = self.root.signed if delegator == roles.ROOT else self.role(delegator).signed
        try:
            parent.verify_delegate(role, metadata.signed_bytes, metadata.signatures)
        except UnsignedMetadataError as fault:
            raise not_enough(role, fault) from fault
        self._roles[role], self._changed[role] = metadata, to_bytes(metadata)

    def hurry(self, version: int) -> None:
        """Let snapshot and timestamp go on from this version: what a thief does, and a drill tries."""
        self._snapshot.signed.version = self._timestamp.signed.version = version

    def is_due(self, role: str) -> bool:
        """Whether half of the time is over for which this role's word holds."""
        known: dict[str, Signed] = {roles.SNAPSHOT: self._snapshot.signed, roles.TIMESTAMP: self._timestamp.signed}
        signed = known[role] if role in known else self.role(role).signed
        return signed.expires - self.now <= roles.lasts(role) / 2

    def publish(self, *, is_root_last: bool = False) -> None:
        """Write targets, then roles, then the snapshots, each durable before the next; last of all the timestamp.

        A new root comes just before the timestamp. `is_root_last` where all that is signed is good by the root before too:
        then no site sees a gap between the two.
        """
        metadata = self.public / "metadata"
        write_files(self._targets)
        named = {f"{self._roles[role].signed.version}.{role}.json": content for role, content in self._changed.items()}
        write_files({metadata / name: content for name, content in named.items()})
        if self._changed or self.has_other_keys or self.is_due(roles.SNAPSHOT) or not self._has_channels():
            self._renew_snapshot()
            write_files(self._on_channels(self._snapshot, f"{self._snapshot.signed.version}.snapshot.json"))
        self._timestamp.signed.version += 1
        timestamps = self._timestamps()
        root = {metadata / f"{self.root.signed.version}.root.json": to_bytes(self.root)}
        missing = {path: content for path, content in root.items() if not path.exists()}
        last = {path: timestamps.pop(path) for path in [metadata / "timestamp.json"]}
        for files in (timestamps, last, missing) if is_root_last else (timestamps, missing, last):
            write_files(files)

    def _has_channels(self) -> bool:
        """Whether each channel has a snapshot: a catalogue of an earlier Tabard had one channel."""
        name = f"metadata/{self._snapshot.signed.version}.snapshot.json"
        return all((self.public / path_on(channel, name)).exists() for channel in Channel)

    def _on_channels(self, metadata: Metadata[S], name: str) -> dict[Path, bytes]:
        """The same words signed for each channel, each for as long as it holds there."""
        kind = metadata.signed.type
        found = {}
        for channel in Channel:
            metadata.signed.unrecognized_fields |= marks(channel, kind, self.now)
            metadata.signed.expires = self.now + LASTS[channel][kind]
            self._sign(metadata, kind)
            found[self.public / path_on(channel, f"metadata/{name}")] = to_bytes(metadata)
        return found

    def _timestamps(self) -> dict[Path, bytes]:
        """A timestamp of each channel, which names that channel's snapshot."""
        version, found = self._snapshot.signed.version, {}
        for channel in Channel:
            raw = (self.public / path_on(channel, f"metadata/{version}.snapshot.json")).read_bytes()
            self._timestamp.signed.snapshot_meta = MetaFile.from_data(version, raw, ["sha256"])
            path = self.public / path_on(channel, "metadata/timestamp.json")
            found[path] = self._on_channels(self._timestamp, "timestamp.json")[path]
        return found

    def _succinct(self) -> SuccinctRoles:
        delegations = self.role(roles.CATALOGUE).signed.delegations
        assert delegations is not None  # noqa: S101  the role is made with its bins
        assert delegations.succinct_roles is not None  # noqa: S101
        return delegations.succinct_roles

    def _renew_snapshot(self) -> None:
        for role, content in self._changed.items():
            version = self._roles[role].signed.version
            is_bin = roles.kind_of(role) == roles.BIN  # 256 digests would make the snapshot four times as large
            told = MetaFile(version) if is_bin else MetaFile.from_data(version, content, ["sha256"])
            self._snapshot.signed.meta[f"{role}.json"] = told
        self._snapshot.signed.version += 1

    def _renew(self, metadata: Metadata[S], kind: str, signers: Collection[SigningKey] = ()) -> None:
        metadata.signed.version += 1
        metadata.signed.expires = self.now + roles.LASTS[kind]
        self._sign(metadata, kind, signers)

    def _sign(self, metadata: Metadata[S], kind: str, signers: Collection[SigningKey] = ()) -> None:
        role = roles.CATALOGUE if kind == roles.BIN else kind
        unattended = [key for keys in (self._online, self.also) if (key := keys.get(role)) is not None]
        metadata.signatures.clear()
        for key in signers or unattended:
            metadata.sign(key.signer, append=True)

    def _read(self, _kind: type[S], name: str) -> Metadata[S]:
        return Metadata[S].from_bytes((self.public / "metadata" / name).read_bytes())

    def _file(self, info: TargetFile) -> Path:
        return self.public / "targets" / info.get_prefixed_paths()[0]


def not_enough(role: str, fault: Exception) -> NotPublished:
    """That the keys at hand may not speak for this role, or are too few."""
    return NotPublished(
        "these keys may not speak for this role, or are too few",
        where=role,
        got=str(fault),
        remedy="sign with the keys that were made for the role, as many as it asks for",
    )


def _first(signed: S) -> Metadata[S]:
    """Metadata that will be of version 1 when it is signed."""
    signed.version = 0
    return Metadata(signed)
