"""One store, begun or opened from its folder: the face that pages, the API and the commands use.

Every verb is blocking and may be called from any thread. The database settles who comes first.
"""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import structlog

from tabard import accounts
from tabard.accounts import STANDARD, Accounts, Cost, Seals, Sessions, Throttle
from tabard.catalogue import Publishing, Recall, Sites, begin as begin_catalogue
from tabard.database import engine
from tabard.decision import Accreditor
from tabard.ground.errors import NotFound, TabardError
from tabard.ground.private_files import write_private
from tabard.ground.time import Clock, system_clock
from tabard.store import settings as settings_file
from tabard.store.cases import Cases
from tabard.store.checker import Checker, ProcessChecker
from tabard.store.errors import FolderTaken
from tabard.store.folder import Folder
from tabard.store.judging import Judging
from tabard.store.listings import Listings
from tabard.store.looking import Looking
from tabard.store.model import Begun, CaseDetail, CaseRow, Listing, Settings, Submission
from tabard.store.named import Named
from tabard.store.people import Assessors
from tabard.store.publishers import Publishers
from tabard.store.requests import Once
from tabard.store.submitting import Submitting
from tabard.store.tables import METADATA
from tabard.store.working import Checking, Releasing

_log = structlog.get_logger()


class Store:
    """What a store's folder holds, opened; made by `load`.

    Beside its verbs: `folder`, `settings`, `publishers`, `assessors`, and for pages `accounts`, `sessions`, `throttle`
    and `seals`. `heard` is called after a verb that leaves work to do.
    """

    def __init__(self, folder: Folder, settings: Settings, clock: Clock, cost: Cost, checker: Checker) -> None:
        tables = engine(folder.database)
        accounts.METADATA.create_all(tables)
        METADATA.create_all(tables)
        self.folder, self.settings, self.checker = folder, settings, checker
        self.heard: Callable[[], None] = lambda: None
        self.seals = Seals(folder.session_key)
        self.throttle = Throttle(clock)
        self.accounts = Accounts(tables, cost)
        self.sessions = Sessions(tables, self.seals, f"__Host-tabard-store-{settings.port}", clock)
        self.publishing = publishing = Publishing(folder.catalogue, clock)
        self.sites = Sites(folder.catalogue, clock)
        named = Named(publishing)
        self.publishers = Publishers(tables, named, clock)
        self.assessors = Assessors(
            tables,
            Named(publishing),
            publishing,
            self.publishers,
            self.accounts,
            Once(tables),
            settings.verifier,
            clock,
        )
        cases = Cases(tables, clock)
        self._submitting = Submitting(folder, cases, self.publishers, clock)
        self._judging = Judging(folder, cases, self.publishers, publishing, settings.verifier, clock)
        self._looking = Looking(cases, self.assessors, self.publishers)
        self._listings = Listings(self._looking, publishing, clock)
        self._checking = Checking(folder, cases, checker)
        self._releasing = Releasing(folder, cases, publishing, clock)

    def submit(self, package: bytes, release: bytes) -> Submission:
        """Take a package and its signed release. Raises BadPackage, BadRelease or NotTaken; then nothing was kept."""
        submission = self._submitting.submit(package, release)
        self.heard()
        return submission

    def cases(self) -> tuple[CaseRow, ...]:
        """Every case, newest first."""
        return self._looking.rows()

    def case(self, case_id: str) -> CaseDetail:
        """All of that case. Raises NotFound."""
        return self._looking.detail(case_id)

    def review(
        self,
        case_id: str,
        who: Accreditor,
        rule: str,
        reason: str,
        *,
        verdict: str = "pass",
        place: str | None = None,
        seen: int | None = None,
    ) -> CaseDetail:
        """Put a person's word in the place of what that rule could not assess: at `place`, or wherever it could not.

        `seen` is the `version` of the case that the person looked at. Raises NotFound, NotTaken, BadReview, NotNow, MovedOn.
        """
        self._judging.review(case_id, who, rule, reason, verdict=verdict, place=place, seen=seen)
        return self.case(case_id)

    def draft(
        self,
        case_id: str,
        who: Accreditor,
        *,
        months: int = 12,
        conditions: tuple[str, ...] = (),
        seen: int | None = None,
    ) -> CaseDetail:
        """Write the statement that will be signed. Raises NotFound, NotTaken, NotNow, MovedOn."""
        self._judging.draft(case_id, who, months=months, conditions=conditions, seen=seen)
        return self.case(case_id)

    def sign(self, case_id: str, who: Accreditor, keyid: str, signature: bytes, statement_sha256: str) -> CaseDetail:
        """Add a person's signature over the statement of that digest. Raises NotFound, BadSignature, NotNow, MovedOn."""
        self._judging.sign(case_id, who, keyid, signature, statement_sha256)
        self.heard()
        return self.case(case_id)

    def decline(self, case_id: str, who: Accreditor, reason: str, *, seen: int | None = None) -> CaseDetail:
        """Say no to a case, for good. Raises NotFound, BadReview, NotNow, MovedOn."""
        self._judging.decline(case_id, who, reason, seen=seen)
        return self.case(case_id)

    def listings(self) -> tuple[Listing, ...]:
        """Every product that is published, by name."""
        return self._listings.all()

    def listing(self, product: str) -> Listing:
        """The page of that product. Raises NotFound."""
        return self._listings.one(product)

    def recalls(self) -> tuple[Recall, ...]:
        """Every recall that stands."""
        return self.publishing.recalls()

    def package(self, package_sha256: str) -> bytes:
        """The package of that digest, for an assessor who wants to look for themselves. Raises NotFound."""
        found = self.folder.package(package_sha256)
        if not package_sha256.isalnum() or not found.is_file():
            raise NotFound("there is no such package", got=package_sha256[:64])
        return found.read_bytes()

    def check(self) -> bool:
        """Have what waits for it checked; whether there was any. Slow: a browser looks at each page."""
        return self._checking.work()

    def release(self) -> bool:
        """Publish what is decided, and sign again what is about to be out of date; whether anything was done."""
        is_published = self._releasing.work()
        return self._refresh() or is_published

    def work(self) -> None:
        """Both, once."""
        self.check()
        self.release()

    def _refresh(self) -> bool:
        """A refresh that fails is told and tried again: it must not keep anything else from being done."""
        try:
            return self.publishing.refresh()
        except (TabardError, OSError) as fault:
            _log.error("refresh_failed", error=type(fault).__name__)
            return False


def init(folder: Path, offline: Path | None, name: str, port: int, clock: Clock = system_clock) -> Begun:
    """Begin a store in `folder`, the keys that must leave this machine in `offline` (beside it). Raises FolderTaken, BadSettings.

    The settings are written last: a folder without them was never finished.
    """
    settings = settings_file.standard(name, port)
    place = Folder(folder.absolute())
    away = (offline or place.root.with_name(f"{place.root.name}-offline")).absolute()
    for taken in (place.root, away):
        if taken.exists() and any(taken.iterdir()):
            raise FolderTaken("this folder is not empty", where=str(taken), remedy="choose another folder")
    place.begin()
    begin_catalogue(place.catalogue, away, settings.verifier, clock)
    tables = engine(place.database)
    accounts.METADATA.create_all(tables)
    METADATA.create_all(tables)
    tables.dispose()
    root = Publishing(place.catalogue, clock).root()
    write_private(place.root_of_trust, root)
    settings_file.write(place.root, settings)
    return Begun(place.root, away, settings, place.root_of_trust, sha256(root).hexdigest())


def load(folder: Path, clock: Clock = system_clock, *, cost: Cost = STANDARD, checker: Checker | None = None) -> Store:
    """Open the store in `folder`. Raises NoStore, BadSettings."""
    place = Folder(folder.absolute())
    return Store(place, settings_file.read(place.root), clock, cost, checker or ProcessChecker())
