"""Where a drill takes place: the catalogue's words copied, signed anew by stand-ins for every key, and a site that watches.

No real key is needed and none is touched: how many keys there are, how many must sign and who delegates to whom are the
same, and so is all that is published.
"""

import shutil
from collections.abc import Collection
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from tabard.catalogue import roles
from tabard.catalogue.beginning import first_delegations, first_root
from tabard.catalogue.client import Client
from tabard.catalogue.edition import Edition
from tabard.catalogue.errors import Untrusted
from tabard.catalogue.publishing import Publishing
from tabard.catalogue.rotation import Rotating, Rotation
from tabard.ground.keys import SigningKey, new_signing_key, read_signing_key, write_signing_key
from tabard.ground.time import Clock


@dataclass(frozen=True, slots=True)
class Done:
    """A step of a drill: what a centre would do, what came of it here, and whether that is as it should be."""

    what: str
    came: str
    is_well: bool = True


@dataclass(slots=True)
class Ground:
    """A copy in `folder` with the stand-ins of all offline keys by role; `done` grows with each step."""

    folder: Path
    keys: dict[str, list[SigningKey]]
    clock: Clock
    done: list[Done] = field(default_factory=list)

    @property
    def publishing(self) -> Publishing:
        """The copy, to be written."""
        return Publishing(self.folder, self.clock)

    def site(self, name: str = "site") -> Client:
        """A hospital that pinned the copy's first root; the same folder each time it is named."""
        pinned = (self.folder / "public/metadata/1.root.json").read_bytes()
        return Client(self.folder / name, str(self.folder / "public"), pinned, self.clock)

    def online(self) -> dict[str, SigningKey]:
        """The stand-ins of the store's own keys."""
        return {role: read_signing_key(self.folder / f"keys/{role}.pem") for role in roles.ONLINE}

    def thief(self, keys: dict[str, SigningKey]) -> Edition:
        """The next edition as a thief of these keys makes it."""
        return Edition(self.folder / "public", keys, self.clock())

    def say(self, what: str, came: str, *, is_well: bool = True) -> None:
        """Note a step."""
        self.done.append(Done(what, came, is_well))

    def looks(self, what: str, *, name: str = "site", is_believed: bool = True) -> None:
        """Have a hospital look, which ought to believe what it sees, or ought not."""
        try:
            self.site(name).refresh()
        except Untrusted as fault:
            self.say(what, f"it refuses: {fault.message}", is_well=not is_believed)
        else:
            self.say(what, "it believes what it sees", is_well=is_believed)

    def rotate(self, role: str, signers: Collection[SigningKey], lost: Collection[str] = ()) -> Rotating:
        """Change the keys of a role as the command does, one signature after the other."""
        rotation = Rotation(self.folder, self.clock)
        many = len(lost) or len(rotation.keyids(role)) if role in roles.OFFLINE else 0
        made = [new_signing_key() for _ in range(many)]
        status = rotation.begin(role, [key.public for key in made], lost)
        for key in (*signers, *made):
            if status.is_done:
                break
            status = rotation.sign([key])
        if role in self.keys:
            self.keys[role] = [key for key in self.keys[role] if lost and key.public.keyid not in lost] + made
        return status


def ground_of(catalogue: Path, into: Path, clock: Clock) -> Ground:
    """A drill's ground in the empty folder `into`, with what the catalogue in `catalogue` says now."""
    keys = {role: [new_signing_key() for _ in range(many)] for role, (many, _) in roles.OFFLINE.items()}
    online = {role: new_signing_key() for role in roles.ONLINE}
    every = {**keys, **{role: [key] for role, key in online.items()}}
    before = Edition(catalogue / "public", {}, clock())
    public = into / "public"
    (public / "packages").mkdir(parents=True)
    shutil.copytree(catalogue / "public/targets", public / "targets")
    (into / "keys").mkdir(mode=0o700)
    for role, key in online.items():
        write_signing_key(into / f"keys/{role}.pem", key)
    edition = Edition(public, online, clock(), first_root(every, clock()))
    bits = len(before.bins()).bit_length() - 1
    for role in (roles.TARGETS, roles.CATALOGUE, roles.RECALL, *before.bins()):
        signed = deepcopy(before.role(role).signed)
        signed.delegations = first_delegations(every, role, bits)
        edition.start(role, signed)
        edition.sign(role, every.get(role, ()))
    edition.publish()
    return Ground(into, keys, clock)
