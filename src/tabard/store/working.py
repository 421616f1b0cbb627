"""The work that nobody asks for by a click: checking what was submitted, publishing what is decided, staying fresh."""

from hashlib import sha256
from typing import NamedTuple

import structlog
from sqlalchemy import Connection

from tabard.accreditation import (
    Case,
    Report,
    Status,
    add_report,
    expire,
    judge_by_difference,
    publish,
    signers,
    since,
    start_checking,
    tell_draft,
)
from tabard.catalogue import Entry, Listed, Publishing
from tabard.decision import Outcome, Trust
from tabard.ground.dsse import Envelope
from tabard.ground.errors import InternalError, TabardError
from tabard.ground.time import Clock
from tabard.product import read_package
from tabard.store.cases import Cases, Kept, Told
from tabard.store.checker import Checker, Given
from tabard.store.decision_log import DecisionLog, as_published
from tabard.store.errors import Stopped
from tabard.store.folder import Folder
from tabard.store.versions import as_numbers

MOST_TRIES = 3
_OURS = "the store"
_LISTED, _UNLISTED = "listed", "not listed"
_log = structlog.get_logger()


class Checking(NamedTuple):
    """Has what was submitted checked, one package at a time."""

    folder: Folder
    cases: Cases
    checker: Checker
    clock: Clock
    publishing: Publishing

    def work(self) -> bool:
        """Check each case that waits for it, oldest first; whether there was any."""
        is_any = False
        while (kept := self._next()) is not None:
            is_any = True
            if not self._check(kept):
                break
        return is_any

    def _next(self) -> Kept | None:
        """The oldest case to check. One that ended its last try without a good report is given up."""
        for kept in self.cases.of(Status.submitted, Status.checking):
            if kept.tries < MOST_TRIES:
                return kept
            if kept.tries == MOST_TRIES:
                self.cases.tell(kept.case.id, Told("given_up", _OURS, f"the checker failed {MOST_TRIES} times"))
                self.cases.note(kept.case.id, kept.progress, tries=MOST_TRIES + 1)
        drafts = (one for one in self.cases.of(Status.draft) if one.case.report is None and one.tries < MOST_TRIES)
        return next(drafts, None)  # after all that was submitted

    def _check(self, kept: Kept) -> bool:
        """Check that case; whether to go on."""
        case, now = kept.case, self.clock()
        if case.status is not Status.draft:
            self.cases.change(case.id, lambda before: start_checking(before, now), None)
        self.cases.note(case.id, "The rules run", tries=kept.tries + 1)  # before: what fells us is not tried for ever
        try:
            package, before = self.folder.package(case.package_sha256), self._before(case)
            older = None if before is None else self.folder.package(before.package_sha256)
            given = Given(older, self.publishing.advisories())
            report = self.checker.check(package, lambda words: self.cases.note(case.id, words), given)
            words = (
                f"{len(report.failing)} findings to mend, {len(report.unassessed)} for people; report {report.sha256}"
            )
            self.cases.change(case.id, lambda old: self._judged(old, report, before), Told("checked", _OURS, words))
        except Stopped:
            self.cases.note(case.id, "", tries=kept.tries)  # this was no try
            return False
        except (TabardError, OSError) as fault:
            self._failed(kept, fault)
        return True

    def _before(self, case: Case) -> Case | None:
        """The newest older version that was accredited, with which this one is compared."""
        mine = as_numbers(case.version)
        older = [
            one.case
            for one in self.cases.of_product(case.product)
            if one.case.is_listed and as_numbers(one.case.version) < mine
        ]
        return max(older, key=lambda one: as_numbers(one.version), default=None)

    def _judged(self, case: Case, report: Report, before: Case | None) -> Case:
        if case.status is Status.draft:
            return tell_draft(case, report)
        after = add_report(case, report, self.clock())
        packages = [
            None if one is None else read_package(self.folder.package(one.package_sha256).read_bytes())
            for one in (before, case)
        ]
        earlier, this = packages
        if this is None:
            raise InternalError("a case has no package", where=case.id)
        return judge_by_difference(after, since(earlier, this, case.nonce), before)

    def _failed(self, kept: Kept, fault: TabardError | OSError) -> None:
        why = (fault.got or fault.message) if isinstance(fault, TabardError) else type(fault).__name__
        _log.error("check_failed", case=kept.case.product, version=kept.case.version, why=why)
        words = f"the checker failed by our own fault ({why}), try {kept.tries + 1} of {MOST_TRIES}"
        self.cases.tell(kept.case.id, Told("check_failed", _OURS, words))
        self.cases.note(kept.case.id, words)


class Releasing(NamedTuple):
    """Publishes what is decided, and lists no more what does not stand any more.

    Each step may be done again: whatever ended us between two is made up for.
    """

    folder: Folder
    cases: Cases
    publishing: Publishing
    log: DecisionLog
    clock: Clock

    def work(self) -> bool:
        """Publish each decided case, let the catalogue list what stands, and hold the decision log's head; whether there was any."""
        decided = self.cases.of(Status.decided)
        for kept in decided:
            self._publish(kept)
        is_expired = self._expire()
        is_settled = self._settle()
        return self._head() or bool(decided) or is_expired or is_settled

    def _publish(self, kept: Kept) -> None:
        case, now = kept.case, self.clock()
        is_refused = case.outcome is Outcome.refused
        try:
            if not is_refused:
                self._copy(case)
                self._list(kept)
        except (TabardError, OSError) as fault:
            self._failed(kept, fault)
            return
        by, words = _signed(case, self.publishing.trust()), f"{case.product} {case.version}: {case.outcome}"

        def also(connection: Connection, after: Case) -> None:
            self.log.append(connection, after, "refused" if is_refused else "decided", by, words, now)

        told = Told("published", _OURS, f"{case.product} {case.version}")
        self.cases.change(case.id, lambda before: publish(before, now), told, also=also)

    def _expire(self) -> bool:
        """What a decision's time is over of; whether there was any."""
        now = self.clock()
        over = [one for one in self.cases.of(Status.published, Status.suspended) if expire(one.case, now) != one.case]
        for kept in over:
            words = f"{kept.case.product} {kept.case.version}: the decision's time is over"

            def also(connection: Connection, after: Case, words: str = words) -> None:
                self.log.append(connection, after, "expired", (), words, now)

            self.cases.change(kept.case.id, lambda case: expire(case, now), Told("expired", _OURS, words), also=also)
        return bool(over)

    def _settle(self) -> bool:
        """Let the catalogue list what is published and nothing that is not any more; whether there was anything to do."""
        gone = self.cases.unsettled(_UNLISTED, Status.suspended, Status.withdrawn, Status.expired)
        here = [one for one in self.cases.unsettled(_LISTED, Status.published) if one.case.is_listed]
        for kept, done in (*((one, _UNLISTED) for one in gone), *((one, _LISTED) for one in here)):
            try:
                if done == _LISTED:
                    self._list(kept)
                else:
                    self.publishing.unlist(kept.case.product, kept.case.package_sha256)
            except (TabardError, OSError) as fault:
                self._failed(kept, fault)
            else:
                self.cases.note(kept.case.id, done)
        return bool(gone or here)

    def _head(self) -> bool:
        """The log's head, published with the catalogue; whether it was another before. It is tried again at the next round."""
        try:
            tip = self.log.tip()
            return tip.count > 0 and self.publishing.publish_head(tip.to_bytes())
        except (TabardError, OSError) as fault:
            _log.error("head_failed", error=type(fault).__name__)
            return False

    def _copy(self, case: Case) -> None:
        """Put the package where hospitals fetch it. Raises InternalError when it is not the bytes that were decided on."""
        raw = self.folder.package(case.package_sha256).read_bytes()
        if sha256(raw).hexdigest() != case.package_sha256:
            raise InternalError("the kept package was changed", remedy="restore it from the store's backup")
        self.publishing.keep_package(raw)

    def _list(self, kept: Kept) -> None:
        """Write the listing; the catalogue judges the decision once more, as every hospital will."""
        told, before = kept.manifest, self.publishing.entry(kept.case.product)
        versions = before.versions if before else ()
        here = next((one for one in versions if one.package_sha256 == kept.case.package_sha256), None)
        listed = self._listed(kept, here)
        if listed == here:
            return  # the listing was written, and then something ended us
        others = (one for one in versions if one is not here)
        versions = tuple(sorted((listed, *others), key=lambda one: as_numbers(one.version), reverse=True))
        is_newest = before is None or versions[0] is listed
        name, summary = (told.name, told.summary) if is_newest or before is None else (before.name, before.summary)
        self.publishing.publish(Entry(told.id, name, summary, told.publisher, versions))

    def _listed(self, kept: Kept, here: Listed | None) -> Listed:
        """As it is listed by the decision that stands; what was listed by an earlier one stays published since then."""
        case = kept.case
        if case.statement is None:
            raise InternalError("a decided case has no statement", where=case.id)
        return Listed(
            version=case.version,
            package_sha256=case.package_sha256,
            package_size=kept.package_size,
            decision=case.statement.to_dict(),
            release=Envelope.from_bytes(kept.release).to_dict(),
            published=here.published if here else self.clock(),
        )

    def _failed(self, kept: Kept, fault: Exception) -> None:
        """Tell it, once for each reason; it is tried again at the next round."""
        case, why = kept.case, fault.message if isinstance(fault, TabardError) else type(fault).__name__
        _log.error("publish_failed", case=case.product, version=case.version, error=type(fault).__name__)
        words = f"not published: {why}"
        if kept.progress != words:
            self.cases.tell(case.id, Told("publish_failed", _OURS, words))
            self.cases.note(case.id, words)


def _signed(case: Case, trust: Trust) -> tuple[str, ...]:
    return tuple(map(as_published, signers(case, trust)))
