"""A real centre for tests: its catalogue, two accreditors, a publisher; and a hospital that trusts it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec

from tabard.accounts import Cost
from tabard.catalogue import Entry, Level, Listed, Publishing, Recall, begin
from tabard.decision import (
    Accreditor,
    Condition,
    Decision,
    Outcome,
    Reviewer,
    Role,
    Scope,
    Trust,
    statement,
)
from tabard.ground.dsse import Envelope
from tabard.ground.keys import SigningKey, new_signing_key, read_signing_key
from tabard.hospital import Hospital, Install, Wanted, init, install, load, trust
from tabard.product import Package, pack, read_package, sign_release, ustar

VERIFIER = "https://centre.example/accreditation"
CHEAP = Cost(log2_n=4, r=1, p=1)
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SCOPES = ("launch", "user/Encounter.rs", "user/Patient.rs")
HAZARDS = """
product = "ward-board"
version = "1.0.0"
issue = 1
phase = "development"
approved_by = "nobody: tests"
[[hazard]]
id = "WB-1"
title = "A board that is old"
causes = ["The feed is silent."]
effect = "Somebody acts on what was."
harm = "Care is late."
care_setting = "wards"
types = ["stale"]
initial = { severity = "considerable", likelihood = "medium", rating = 3, rationale = "tests" }
residual = { severity = "considerable", likelihood = "very low", rating = 2, rationale = "tests" }
status = "controlled"
[[hazard.control]]
id = "WB-1.1"
kind = "process"
owner = "deployer"
text = "Tell the ward what to do when the feed is silent."
"""
TEXT = """
id = "{id}"
name = "Ward board"
version = "{version}"
publisher = "RXX"
[declared]
device = "none"
because = "It shows what is recorded, and works nothing out."
care = ["ward"]
users = ["staff"]

[[part]]
kind = "app"
title = "Ward board"
launch = "launch.html"
start = "index.html"
context = "ward"
scopes = {scopes}
allows = {allows}
"""


class Careless(Publishing):
    """A centre that publishes whatever it is given, as one would whose online keys were stolen."""

    def _check_new(self, entry: Entry, before: Entry | None, trust: Trust | None = None) -> None:
        del entry, before, trust


@dataclass
class Clock:
    """A clock that a test sets."""

    now: datetime = START

    def __call__(self) -> datetime:
        """The time that was set."""
        return self.now


@dataclass
class Person:
    """An accreditor and their key."""

    name: str
    role: Role
    key: SigningKey = field(default_factory=new_signing_key)

    def enrolled(self) -> Accreditor:
        """As the centre lists them."""
        office = (START - timedelta(days=3000), START + timedelta(days=3000))
        return Accreditor(self.name.lower().replace(" ", "-"), self.name, self.role, (self.key.public,), *office, "X26")

    def as_reviewer(self) -> Reviewer:
        """As a decision names them, without a conflict of interest."""
        return Reviewer(self.name.lower().replace(" ", "-"), self.name, self.role, "X26")


def files(
    version: str = "1.0.0",
    *,
    id_: str = "ward-board",
    scopes: Sequence[str] = SCOPES,
    allows: Sequence[str] = (),
    hazards: str = HAZARDS,
) -> dict[str, bytes]:
    """The files of a small product."""
    lists = {name: msgspec.json.encode(list(one)).decode() for name, one in (("scopes", scopes), ("allows", allows))}
    told = TEXT.format(id=id_, version=version, **lists)
    return {
        "tabard.toml": told.encode(),
        "hazards.toml": hazards.encode(),
        "launch.html": b"<!DOCTYPE html><title>Board</title><script src=board.js></script>",
        "index.html": f"<!DOCTYPE html><title>Board {version}</title>".encode(),
        "board.js": b"document.title = 'launched';",
    }


class Centre:
    """The centre: `signers` sign its decisions, `publisher` its releases."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder, self.offline, self.clock = folder / "store", folder / "offline", clock
        begin(self.folder, self.offline, VERIFIER, clock)
        self.publishing = Careless(self.folder, clock)
        self.safety, self.security = Person("Ada Safe", Role.clinical_safety), Person("Bo Secure", Role.security)
        self.other = Person("Cy Safe", Role.clinical_safety)
        self.publisher = new_signing_key()
        self.enrol(self.safety, self.security, self.other)

    @property
    def public(self) -> Path:
        """What hospitals fetch."""
        return self.folder / "public"

    @property
    def root(self) -> bytes:
        """What hospitals pin."""
        return (self.public / "metadata/1.root.json").read_bytes()

    def enrol(self, *people: Person) -> None:
        """Let these be the accreditors."""
        keys = [read_signing_key(self.offline / f"targets-{n}.pem") for n in (1, 2)]
        self.publishing.enrol(Trust(VERIFIER, tuple(one.enrolled() for one in people)), keys)

    def decided(self, package: Package, release: Envelope, **other: Any) -> Decision:
        """What the centre decides of a package; `other` is what a test wants otherwise."""
        parts = package.manifest.parts
        told: dict[str, Any] = {
            "id": "D-1",
            "product": package.manifest.id,
            "version": package.manifest.version,
            "title": package.manifest.name,
            "publisher": package.manifest.publisher,
            "publisher_keys": (self.publisher.public.pem,),
            "package_sha256": package.sha256,
            "package_size": package.size_bytes,
            "release_sha256": hashlib.sha256(release.to_bytes()).hexdigest(),
            "report_sha256": "1" * 64,
            "rules_sha256": "2" * 64,
            "hazard_log_sha256": hashlib.sha256(package.files["hazards.toml"]).hexdigest(),
            "scope": Scope(
                "Shows a ward.",
                tuple(scope for part in parts for scope in part.scopes),
                tuple(part.context.value for part in parts),
            ),
            "conditions": (Condition("C1", "Use it beside the record system, not in its place."),),
            "outcome": Outcome.with_conditions,
            "product_class": 1,
            "reviewers": tuple(one.as_reviewer() for one in (self.safety, self.security, self.other)),
            "reviewed": (),
            "decided": self.clock(),
            "valid_from": self.clock(),
            "valid_until": self.clock() + timedelta(days=200),
        }
        return Decision(**(told | other))

    def signed(self, decision: Decision, *people: Person) -> Envelope:
        """The decision, signed by these people, or by the usual two."""
        envelope = statement(decision, VERIFIER)
        for person in people or (self.safety, self.security):
            envelope = envelope.signed_by(person.key)
        return envelope

    def publish(self, package: Package, *, decision: Envelope | None = None, release: Envelope | None = None) -> Listed:
        """List the package, kept beside the catalogue, before the versions that are listed already."""
        release = release or sign_release(package, self.publisher)
        decision = decision or self.signed(self.decided(package, release))
        told = Listed(
            package.manifest.version,
            package.sha256,
            package.size_bytes,
            decision.to_dict(),
            release.to_dict(),
            self.clock(),
        )
        self.list(told, package.raw, package.manifest.id)
        return told

    def list(self, listed: Listed, raw: bytes, product: str = "ward-board") -> None:
        """List what a centre without any care would list."""
        self.publishing.keep_package(raw)
        entry = self.publishing.entry(product)
        before = () if entry is None else tuple(one for one in entry.versions if one.version != listed.version)
        self.publishing.publish(Entry(product, "Ward board", "Shows a ward.", "RXX", (listed, *before)))

    def recall(self, level: Level, *packages: str, id_: str = "R-1") -> None:
        """Recall these packages of the ward board, or all."""
        told = Recall(
            id_,
            "ward-board",
            packages,
            level,
            "It may show a patient in the wrong bed.",
            "Use the ward list of the record system.",
            self.clock(),
        )
        self.publishing.recall(told, read_signing_key(self.offline / "recall-1.pem"))


@dataclass
class Site:
    """A hospital that trusts the centre, and what tests do there."""

    folder: Path
    hospital: Hospital

    def install(self, version: str | None = None, *, allow_older: bool = False) -> Install:
        """Install the ward board, taking on whatever there is."""
        return install(self.hospital, Wanted("ward-board", version, allow_older=allow_older), lambda _: True)

    def unpacked(self) -> list[str]:
        """Every file below `products`, by name."""
        place = self.folder / "products"
        return sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())


def package(version: str = "1.0.0", **more: Any) -> Package:
    """A small product, packed."""
    return read_package(pack(files(version, **more)))


def site(folder: Path, centre: Centre, clock: Clock, *, port: int = 8000) -> Site:
    """A hospital that trusts the centre."""
    init(folder, "St Elsewhere", "RXX", port, cost=CHEAP)
    trust(folder, str(centre.public), centre.root, clock)
    return Site(folder, load(folder, clock, cost=CHEAP))


def raw_archive(entries: Mapping[str, bytes], link: str | None = None) -> bytes:
    """An archive as ours but for names and sizes that ours refuses, one of them turned into a symbolic link."""
    with patch.object(ustar, "check_names"), patch.object(ustar, "LARGEST_FILE_BYTES", 1 << 30):
        raw = bytearray(pack(entries))
    if link is not None:
        at = raw.index(link.encode() + b"\0")
        header = raw[at : at + 512]
        target = b"../../keys/session.key"
        header[156:157], header[157 : 157 + len(target)], header[148:156] = b"2", target, b" " * 8
        header[148:156] = b"%06o\0 " % sum(header)
        raw[at : at + 512] = header
    return bytes(raw)
