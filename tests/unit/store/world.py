"""A store for tests: a publisher, three assessors and their keys, a clock that stands, a checker that does as it is told."""

import atexit
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from tabard.accounts import Cost
from tabard.accreditation import Report, Terms
from tabard.decision import Accreditor, Condition, Role
from tabard.ground.keys import SigningKey, new_signing_key, read_signing_key
from tabard.product import Package, read_package, sign_release
from tabard.store import Given, Store, init, load
from unit.accreditation.tiny import two_left
from unit.store.product_files import package
from unit.web_store.words import judge_all

CHEAP = Cost(log2_n=4, r=1, p=1)
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PEOPLE = {"Ada Safe": Role.clinical_safety, "Bo Secure": Role.security, "Cy Safe": Role.clinical_safety}


@dataclass
class Clock:
    """A clock that a test sets."""

    now: datetime = START

    def __call__(self) -> datetime:
        """The time that was set."""
        return self.now

    def pass_by(self, **span: float) -> None:
        """So much time goes by."""
        self.now += timedelta(**span)


@dataclass
class Checker:
    """Has no browser, and fails when `fault` says so."""

    fault: Callable[[], None] = lambda: None
    checked: list[str] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)

    def check(self, package: Path, tell: Callable[[str], None], given: Given = Given()) -> Report:  # noqa: B008  a frozen value
        """What the rules find that need no browser."""
        self.checked.append(package.name)
        self.given.append(given)
        self.fault()
        return two_left(read_package(package.read_bytes()), tell)

    def stop(self) -> None:
        """Nothing is ever in hand."""


@dataclass(frozen=True)
class Begun:
    """A store's folder as it was begun once, with everybody's keys."""

    folder: Path
    offline: Path
    publisher: SigningKey
    people: dict[str, SigningKey]


@dataclass
class World:
    """One store, and everybody around it."""

    store: Store
    clock: Clock
    checker: Checker
    begun: Begun
    folder: Path

    @property
    def targets(self) -> list[SigningKey]:
        """The offline keys that name assessors."""
        return [read_signing_key(self.begun.offline / f"targets-{n}.pem") for n in (1, 2)]

    def who(self, name: str) -> Accreditor:
        """The assessor of that name."""
        return next(one for one in self.store.assessors.trust().accreditors if one.name == name)

    def key(self, name: str) -> SigningKey:
        """Their key."""
        return self.begun.people[name]

    def submit(self, made: Package) -> str:
        """The case of that package."""
        release = sign_release(made, self.begun.publisher).to_bytes()
        return self.store.submit(made.raw, release).case.id

    def package(self, version: str = "1.0.0", words: str = "A name", publisher: str = "RZZ") -> Package:
        """The small product, other words making other bytes."""
        return package(self.folder / "products", version, publisher, words)

    def reviewed(self, version: str = "1.0.0", words: str = "A name") -> str:
        """A case that was checked and reviewed, its criteria judged: ready for its draft."""
        case = self.seen(version, words)
        judge_all(self.store, case, [self.who(name) for name in ("Ada Safe", "Bo Secure")])
        return case

    def seen(self, version: str = "1.0.0", words: str = "A name") -> str:
        """A case that was checked and taken on, its findings reviewed; nobody has judged its criteria yet."""
        case = self.submit(self.package(version, words))
        self.store.check()
        for name in PEOPLE:
            self.store.assign(case, self.who(name), "none")
        self.store.review(case, self.who("Bo Secure"), "pages-self-contained", "I read every file of it myself.")
        self.store.review(case, self.who("Ada Safe"), "pages-accessible", "I opened every page with a screen reader.")
        return case

    def sign(self, case: str, name: str) -> None:
        """That person signs what stands."""
        statement = self.store.case(case).case.statement
        assert statement is not None
        key = self.key(name)
        self.store.sign(case, self.who(name), key.public.keyid, key.sign(statement.to_sign), digest(statement.payload))

    def decided(self, version: str = "1.0.0", words: str = "A name") -> str:
        """A case that both have signed."""
        case = self.reviewed(version, words)
        self.store.draft(case, self.who("Ada Safe"), terms("Only on wards."))
        self.sign(case, "Ada Safe")
        self.sign(case, "Bo Secure")
        return case

    def opened_again(self) -> Store:
        """The store as a new process would open it."""
        return load(self.store.folder.root, self.clock, cost=CHEAP, checker=self.checker)


def terms(*conditions: str, **others: Any) -> Terms:
    """The terms of a draft with these conditions for hospitals."""
    return Terms(conditions=tuple(Condition("", text) for text in conditions), **others)


def digest(payload: bytes) -> str:
    return sha256(payload).hexdigest()


@cache
def begun() -> Begun:
    """A store begun once for all tests: 256 bins take their time to sign."""
    folder = Path(mkdtemp(prefix="tabard-test-store-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    begun = init(folder / "store", folder / "offline", "The store", 8600, Clock())
    publisher, people = new_signing_key(), {name: new_signing_key() for name in PEOPLE}
    store = load(begun.folder, Clock(), cost=CHEAP)
    store.publishers.enrol("RZZ", "St Elsewhere NHS Trust", (publisher.public,))
    targets = [read_signing_key(begun.offline / f"targets-{n}.pem") for n in (1, 2)]
    for name, role in PEOPLE.items():
        username = name.split()[0].lower() if name == "Ada Safe" else None
        store.assessors.enrol(name, role, people[name].public, targets, username, organisation="X26")
    return Begun(begun.folder, begun.offline, publisher, people)


def world(folder: Path) -> World:
    """A world of its own in `folder`."""
    first, clock, checker = begun(), Clock(), Checker()
    shutil.copytree(first.folder, folder / "store")
    store = load(folder / "store", clock, cost=CHEAP, checker=checker)
    return World(store, clock, checker, first, folder)
