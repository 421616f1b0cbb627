"""One store, begun or opened from its folder: the face that pages, the API and the commands use.

Every verb is blocking and may be called from any thread. The database settles who comes first.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

import structlog

from tabard import accounts
from tabard.accounts import STANDARD, Accounts, Cost, Seals, Sessions, Throttle
from tabard.accreditation import Criterion, Milestone, Terms, was_submitted
from tabard.accreditation.claims import Claims, Evidence, Standing as CriterionStanding, Status as CriterionStatus
from tabard.catalogue import Publishing, Recall, Sites, begin as begin_catalogue
from tabard.database import engine
from tabard.decision import Accreditor, Entry, Owner, Shown
from tabard.ground.errors import NotFound, TabardError
from tabard.ground.private_files import write_private
from tabard.ground.time import Clock, system_clock
from tabard.store import settings as settings_file
from tabard.store.addresses import Addresses
from tabard.store.advisories import Advisories
from tabard.store.cases import Cases
from tabard.store.checker import Checker, ProcessChecker
from tabard.store.criteria import Claimed, Judged
from tabard.store.decision_log import DecisionLog
from tabard.store.documents import Documents
from tabard.store.drafting import Drafts
from tabard.store.dues import Due, Dues
from tabard.store.errors import FolderTaken
from tabard.store.evidence import Evidences
from tabard.store.evidence_askers import Askers, Maker
from tabard.store.evidence_desk import Desk, Taken
from tabard.store.evidence_ending import EndingEvidence, Endings
from tabard.store.evidence_files import EvidenceFiles
from tabard.store.folder import Folder
from tabard.store.form import check_form
from tabard.store.judging import Judging
from tabard.store.listings import Listings
from tabard.store.looking import Looking
from tabard.store.model import Begun, CaseDetail, CaseRow, Listing, Settings, Submission
from tabard.store.named import Named
from tabard.store.people import Assessors
from tabard.store.publishers import Publishers
from tabard.store.requests import Asked, Once
from tabard.store.standing import Standing
from tabard.store.submitting import Submitting
from tabard.store.tables import METADATA
from tabard.store.widening import WideningDesk
from tabard.store.working import Checking, Releasing

_log = structlog.get_logger()


class Store:
    """What a store's folder holds, opened; made by `load`.

    Beside its verbs: `folder`, `settings`, `publishers`, `assessors`, `addresses`, `evidence`, `advisories`, `log`, `clock`, and for pages `accounts`, `sessions`, `throttle`
    and `seals`. `heard` is called after a verb that leaves work to do.
    """

    def __init__(self, folder: Folder, settings: Settings, clock: Clock, cost: Cost, checker: Checker) -> None:
        tables = engine(folder.database)
        check_form(tables, str(folder.database))
        accounts.METADATA.create_all(tables)
        METADATA.create_all(tables)
        self.folder, self.settings, self.checker, self.clock = folder, settings, checker, clock
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
        self.addresses = Addresses(tables, clock)
        self.log = DecisionLog(tables)
        self._drafts = drafts = Drafts(folder, cases, clock)
        self._submitting = Submitting(folder, cases, self.publishers, drafts, clock)
        self._standing = Standing(cases, self.log, clock, drafts.let_go)
        self.evidence = Evidences(tables, clock)
        self.askers = Askers(self.assessors, self.publishers, clock)
        self.desk = Desk(tables, EvidenceFiles(folder.evidence), self.evidence, cases)
        self._dues = Dues(cases, self.publishers, clock)
        self._endings = Endings(cases, self.evidence, clock)
        self.advisories = Advisories(publishing, folder.root, clock)
        self._judged = Judged(cases, Claimed(folder), self.evidence, clock)
        self.documents = Documents(folder, cases, self.log)
        self._judging = Judging(
            folder, cases, self.publishers, publishing, self.evidence, self.documents, settings.verifier, clock
        )
        self._widening = WideningDesk(cases, self.evidence, publishing, self.log, settings.verifier, clock)
        self._looking = Looking(cases, self.assessors, self.publishers, clock)
        self._listings = Listings(self._looking, publishing, clock)
        self._checking = Checking(folder, cases, checker, clock, publishing)
        self._releasing = Releasing(folder, cases, publishing, self.log, clock)

    def submit(self, package: bytes, release: bytes, *, is_draft: bool = False) -> Submission:
        """Take a package and its signed release; a draft is seen by its maker alone. Raises BadPackage, BadRelease or NotTaken; then nothing was kept."""
        submission = self._submitting.submit(package, release, is_draft=is_draft)
        self.heard()
        return replace(submission, secret=self.addresses.again(submission.case))

    def submit_draft(self, case_id: str, by: str) -> CaseDetail:
        """The maker submits a draft. Raises NotFound, NotNow, NotTaken."""
        self._drafts.submit(case_id, by)
        self.heard()
        return self.own_case(case_id)

    def maker_asks(self, header: str, asked: Asked, case_id: str) -> str:
        """The name of the publisher of that case, who signed that request with a key in force. Raises NotFound, Unknown."""
        ods = self.own_case(case_id).case.publisher
        self.assessors.publisher_asks(header, asked, ods)
        found = self.publishers.find(ods)
        return found.name if found else ods

    def cases(self) -> tuple[CaseRow, ...]:
        """Every case, newest first."""
        return self._looking.rows()

    def case(self, case_id: str) -> CaseDetail:
        """All of that case. Raises NotFound, also for what its maker never submitted."""
        detail = self._looking.detail(case_id)
        if not was_submitted(detail.case):
            raise NotFound(
                "there is no such case",
                remedy="look at the id: a maker gives it whole, as submitting told it; assessors find it in the list of cases",
            )
        return self._judged.told(detail)

    def own_case(self, case_id: str) -> CaseDetail:
        """All of that case, for its maker, who sees drafts too. Raises NotFound."""
        return self._judged.told(self._looking.detail(case_id))

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

    def judge(
        self,
        case_id: str,
        who: Accreditor,
        criteria: Iterable[str],
        status: CriterionStatus,
        reason: str,
        conditions: tuple[str, ...] = (),
        *,
        seen: int | None = None,
        bases: Mapping[str, str] | None = None,
    ) -> CaseDetail:
        """Give a person's word on these criteria; one word for 300 at the most. `conditions` are ids of the case's.

        `bases` are by criterion the digests of what the person had before them (`accreditation.claims.basis_of`).
        Raises NotFound, NotTaken, NotNow, Barred, BadReview, NoSuchCriterion, MovedOn.
        """
        self._judged.judge(case_id, who, criteria, status, reason, conditions, seen=seen, bases=bases)
        return self.case(case_id)

    def claims(self, case_id: str) -> Claims:
        """What the maker of that case's product claims; nothing where its claims cannot be read. Raises NotFound."""
        return self._judged.claimed.of(self.case(case_id).case.package_sha256)

    def standings(self, case_id: str) -> tuple[tuple[Criterion, CriterionStanding], ...]:
        """How each criterion stands today that is asked of that product's maker, in their order. Raises NotFound."""
        return self._judged.standings(self.case(case_id).case.id)

    def assign(self, case_id: str, who: Accreditor, conflicts: str, *, seen: int | None = None) -> CaseDetail:
        """Take a case on, with a word on conflicts of interest: `none`, or what it is. Raises NotFound, NotNow, Barred."""
        self._judging.assign(case_id, who, conflicts, seen=seen)
        return self.case(case_id)

    def refer_back(
        self, case_id: str, who: Accreditor, about: str, words: str, *, seen: int | None = None
    ) -> CaseDetail:
        """Ask the maker what must be answered; `about` names a finding, an evidence item, a criterion, or is "case"."""
        self._judging.refer_back(case_id, who, about, words, seen=seen)
        return self.case(case_id)

    def add_condition(
        self, case_id: str, who: Accreditor, text: str, owner: Owner, due: date | None, *, seen: int | None = None
    ) -> CaseDetail:
        """Set one more condition of the decision. Raises NotFound, NotTaken, NotNow, Barred, BadReview."""
        self._judging.add_condition(case_id, who, text, owner, due, seen=seen)
        return self.case(case_id)

    def drop_condition(self, case_id: str, who: Accreditor, condition: str, *, seen: int | None = None) -> CaseDetail:
        """Take a condition away before it is drafted. Raises NotFound, NotNow, Barred."""
        self._judging.drop_condition(case_id, who, condition, seen=seen)
        return self.case(case_id)

    def draft(
        self, case_id: str, who: Accreditor, terms: Terms | None = None, *, seen: int | None = None
    ) -> CaseDetail:
        """Write the statement that will be signed: with grounds it is a refusal. Raises NotFound, NotTaken, NotNow, MovedOn."""
        self._judging.draft(case_id, who, terms or Terms(), seen=seen)
        return self.case(case_id)

    def recheck(self, case_id: str, who: Accreditor, *, seen: int | None = None) -> CaseDetail:
        """Have the rules run once more, by what is known today. Raises NotFound, NotNow, Barred, MovedOn."""
        self._judging.recheck(case_id, who, seen=seen)
        self.heard()
        return self.case(case_id)

    def reopen(self, case_id: str, who: Accreditor, *, seen: int | None = None) -> CaseDetail:
        """Drop the statement with its signatures, and review on. Raises NotFound, NotNow, Barred, MovedOn."""
        self._judging.reopen(case_id, who, seen=seen)
        return self.case(case_id)

    def sign(self, case_id: str, who: Accreditor, keyid: str, signature: bytes, statement_sha256: str) -> CaseDetail:
        """Add a person's signature over the statement of that digest. Raises NotFound, BadSignature, NotNow, MovedOn."""
        desk = self._widening if self._widening.is_meant(case_id, statement_sha256) else self._judging
        desk.sign(case_id, who, keyid, signature, statement_sha256)
        self.heard()
        return self.case(case_id)

    def widen(
        self,
        case_id: str,
        who: Accreditor,
        sites: tuple[str, ...],
        shown: tuple[Shown, ...],
        *,
        seen: int | None = None,
    ) -> CaseDetail:
        """Draft what lets a first-of-type version go further: to these sites too, or to all where none is named; it is signed by `sign`.

        Raises NotFound, NotTaken, NotNow, Barred, BadReview, MovedOn.
        """
        self._widening.draft(case_id, who, sites, shown, seen)
        return self.case(case_id)

    def drop_widening(self, case_id: str, who: Accreditor) -> CaseDetail:
        """Drop that draft, with its signatures. Raises NotFound, NotNow, Barred."""
        self._widening.drop(case_id, who)
        return self.case(case_id)

    def suspend(self, case_id: str, who: Accreditor, reason: str, *, seen: int | None = None) -> CaseDetail:
        """Have the catalogue list a version no more; what is installed already, a recall is for. Raises NotFound, NotNow, Barred."""
        self._standing.suspend(case_id, who, reason, seen=seen)
        self.heard()
        return self.case(case_id)

    def reinstate(self, case_id: str, who: Accreditor, reason: str, *, seen: int | None = None) -> CaseDetail:
        """One of two words, of different roles, by which a suspended version is listed again. Raises NotFound, NotNow, Barred."""
        self._standing.reinstate(case_id, who, reason, seen=seen)
        self.heard()
        return self.case(case_id)

    def meet(
        self, case_id: str, who: Accreditor, condition: str, words: str, evidence: str = "", *, seen: int | None = None
    ) -> CaseDetail:
        """See a condition met. Raises NotFound, NotNow, Barred, BadReview."""
        self._standing.meet(case_id, who, condition, words, evidence, seen=seen)
        return self.case(case_id)

    def plan(self, case_id: str, by: str, condition: str, milestones: tuple[Milestone, ...]) -> CaseDetail:
        """The maker's plan for a condition. Raises NotFound, NotNow, BadReview."""
        self._standing.plan(case_id, by, condition, milestones)
        return self.case(case_id)

    def reply(self, case_id: str, by: str, number: int, words: str) -> CaseDetail:
        """The maker's answer to a question. Raises NotFound, NotNow."""
        self._standing.reply(case_id, by, number, words)
        return self.case(case_id)

    def ask_review(self, case_id: str, by: str, reason: str) -> CaseDetail:
        """The maker has a refusal reviewed by other people. Raises NotFound, NotNow, BadReview."""
        self._standing.ask_review(case_id, by, reason)
        return self.case(case_id)

    def withdraw(self, case_id: str, by: str, reason: str) -> CaseDetail:
        """The maker takes a version back, for good. Raises NotFound, NotNow, BadReview."""
        self._standing.withdraw(case_id, by, reason)
        self.heard()
        return self.own_case(case_id)

    def dues(self) -> tuple[Due, ...]:
        """Conditions of what is published that are overdue, or due within 30 days: the oldest day first."""
        return self._dues.all()

    def overdue(self, now: datetime | None = None) -> tuple[Due, ...]:
        """The makers' conditions that are open past their day, the longest open first; nothing follows by itself."""
        return self._dues.overdue(now)

    def decisions(self) -> tuple[Entry, ...]:
        """The decision log, the first line first."""
        return self.log.entries()

    def case_of(self, entry: Entry) -> CaseDetail:
        """The case of which that line of the decision log is; the line itself does not name it. Raises NotFound."""
        return self._looking.of_package(entry.product, entry.package_sha256)

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

    def keep_evidence(self, maker: Maker, item: Evidence, raw: bytes, instead_of: Iterable[str] = ()) -> Taken:
        """Keep a maker's evidence with its bytes, `instead_of` other items where any are named. Raises NotTaken, NotYours, BadLedger."""
        return self.desk.keep(maker, item, raw, instead_of)

    def evidence_bytes(self, digest: str) -> bytes:
        """The bytes of an item of evidence, held against their digest. Raises NotFound. Of what kind: `desk.media`."""
        self.desk.media(digest)
        return self.desk.files.path(digest).read_bytes()

    def ending_evidence(self) -> tuple[EndingEvidence, ...]:
        """What is published and rests on evidence that ends within 30 days, or has ended: the soonest first."""
        return self._endings.all()

    def check(self) -> bool:
        """Have what waits for it checked; whether there was any. Slow: a browser looks at each page."""
        return self._checking.work()

    def release(self) -> bool:
        """Publish what is decided, and sign again what is about to be out of date; whether anything was done."""
        is_published = self._releasing.work()
        self._tidy()
        return self._refresh() or is_published

    def work(self) -> None:
        """Both, once."""
        self.check()
        self.release()

    def _tidy(self) -> None:
        """Bytes that a crash left behind may lie there a while longer; nothing else waits for that."""
        try:
            self.desk.tidy()
            self._drafts.tidy()
            self._dues.remind()
        except (TabardError, OSError) as fault:
            _log.error("tidying_failed", error=type(fault).__name__)

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
    check_form(tables, str(place.database))
    accounts.METADATA.create_all(tables)
    METADATA.create_all(tables)
    tables.dispose()
    root = Publishing(place.catalogue, clock).root()
    write_private(place.root_of_trust, root)
    settings_file.write(place.root, settings)
    return Begun(place.root, away, settings, place.root_of_trust, sha256(root).hexdigest())


def load(folder: Path, clock: Clock = system_clock, *, cost: Cost = STANDARD, checker: Checker | None = None) -> Store:
    """Open the store in `folder`. Raises NoStore, BadSettings, EarlierForm."""
    place = Folder(folder.absolute())
    return Store(place, settings_file.read(place.root), clock, cost, checker or ProcessChecker())
