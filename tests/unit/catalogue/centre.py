"""A centre that publishes, with keys of people and of machines, a clock that can be moved, and a thief of its online keys."""

import shutil
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tabard.catalogue import Entry, Level, Listed, Publishing, Recall, Rotating, Rotation, begin, roles
from tabard.catalogue.edition import Edition
from tabard.catalogue.metadata import to_bytes
from tabard.decision import Accreditor, Decision, Reviewer, Role, Scope, Trust, statement
from tabard.ground.keys import SigningKey, new_signing_key, read_signing_key

VERIFIER = "urn:tabard:centre:test"
BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
GOOD, EVIL = b"the package that was judged", b"the package that nobody saw"


@dataclass(slots=True)
class Moving:
    """A clock that stands still until it is moved."""

    now: datetime = BEGAN

    def __call__(self) -> datetime:
        """The time it shows."""
        return self.now

    def move(self, **by: float) -> None:
        """Move on by a timedelta's arguments."""
        self.now += timedelta(**by)


@dataclass(slots=True)
class Centre:
    """A catalogue with two accreditors, Ann for clinical safety and Ben for security, and no product yet."""

    root: Path
    clock: Moving
    ann: SigningKey
    ben: SigningKey
    publisher: SigningKey = field(default_factory=new_signing_key)
    began: datetime = BEGAN

    @property
    def publishing(self) -> Publishing:
        """The catalogue, to be written."""
        return Publishing(self.root / "catalogue", self.clock)

    @property
    def public(self) -> Path:
        """What is served."""
        return self.root / "catalogue/public"

    def keys(self, role: str) -> list[SigningKey]:
        """The offline keys of a role."""
        return [read_signing_key(path) for path in sorted((self.root / "offline").glob(f"{role}-*.pem"))]

    def rotate(self, role: str, new: Collection[SigningKey], signers: Collection[SigningKey]) -> Rotating:
        """Let a role's keys be these, signed by those."""
        rotation = Rotation(self.root / "catalogue", self.clock)
        rotation.begin(role, [key.public for key in new])
        return rotation.sign(signers)

    def online(self, role: str) -> SigningKey:
        """The key by which the store signs for a role."""
        return read_signing_key(self.root / f"catalogue/keys/{role}.pem")

    def edition(self, **keys: SigningKey) -> Edition:
        """The next edition as a thief of the online keys makes it, with other keys for some roles where named."""
        online = {role: self.online(role) for role in roles.ONLINE}
        return Edition(self.public, {**online, **keys}, self.clock())

    def trust(self) -> Trust:
        """Ann and Ben."""
        return Trust(
            VERIFIER,
            (
                self._accreditor("Ann", Role.clinical_safety, self.ann),
                self._accreditor("Ben", Role.security, self.ben),
            ),
        )

    def listed(
        self, version: str = "1.0.0", package: bytes = GOOD, product: str = "ward-board", **changes: Any
    ) -> Listed:
        """A version with its package kept and its decision signed."""
        sha256 = self.publishing.keep_package(package)
        decision = Decision(
            id=f"{product}-{version}",
            product=product,
            version=version,
            title="Ward board",
            publisher="RZY",
            publisher_keys=(self.publisher.public.pem,),
            package_sha256=sha256,
            package_size=len(package),
            release_sha256="01" * 32,
            report_sha256="02" * 32,
            rules_sha256="03" * 32,
            hazard_log_sha256="04" * 32,
            scope=Scope("Shows who is in which bed.", ("system/Patient.rs",), ("ward",)),
            conditions=(),
            reviewed=(),
            decided=self.clock(),
            valid_from=self.clock(),
            reviewers=tuple(Reviewer(one.id, one.name, one.role, "X26") for one in self.trust().accreditors),
            valid_until=changes.pop("valid_until", self.clock() + timedelta(days=365)),
        )
        envelope = statement(decision, VERIFIER).signed_by(self.ann).signed_by(self.ben)
        whole = {"decision": envelope.to_dict(), "release": {"payload": "", "signatures": []}, **changes}
        return Listed(version, sha256, len(package), published=self.clock(), **whole)

    def entry(self, *versions: Listed, product: str = "ward-board") -> Entry:
        """The product with these versions, or with 1.0.0."""
        return Entry(
            product, product.title(), "Who is in which bed.", "RZY", versions or (self.listed(product=product),)
        )

    def recall(self, number: int = 1, level: Level = Level.stop, packages: tuple[str, ...] = ()) -> Recall:
        """A recall of ward-board."""
        return Recall(
            f"r{number}", "ward-board", packages, level, "It shows the wrong bed.", "Use paper.", self.clock()
        )

    def _accreditor(self, name: str, role: Role, key: SigningKey) -> Accreditor:
        year = timedelta(days=365)
        return Accreditor(name.lower(), name, role, (key.public,), self.began - year, self.began + year, "X26")


def a_centre(root: Path, now: datetime = BEGAN) -> Centre:
    """A new centre in `root`, of eight bins: 256 are many files to copy for each test."""
    clock = Moving(now)
    begin(root / "catalogue", root / "offline", VERIFIER, clock, bin_bits=3)
    centre = Centre(root, clock, new_signing_key(), new_signing_key(), began=now)
    centre.publishing.enrol(centre.trust(), centre.keys("targets"))
    return centre


def a_copy(centre: Centre, root: Path) -> Centre:
    """The same centre elsewhere: quicker than a new one."""
    shutil.copytree(centre.root, root, dirs_exist_ok=True)
    return Centre(root, Moving(centre.clock.now), centre.ann, centre.ben)


def steal(edition: Edition, role: str, path: str, content: bytes, signers: Collection[SigningKey]) -> None:
    """Put a target into a role and sign it with whatever keys there are, without the writer's own check."""
    edition.put(role, path, content)
    forge(edition, role, signers)


def forge(edition: Edition, role: str, signers: Collection[SigningKey]) -> None:
    """Sign a role with whatever keys there are, without the writer's own check."""
    metadata = edition.role(role)
    edition._renew(metadata, roles.kind_of(role), signers)
    edition._changed[role] = to_bytes(metadata)
