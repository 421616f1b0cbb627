"""Drafts at the store: a few a publisher, seen by nobody else, submitted by the publisher's key, dropped when left alone."""

from typing import NamedTuple

from sqlalchemy import Connection, select

from tabard.accreditation import Case, Status, drop_draft, is_left_alone, submit_draft
from tabard.ground.ids import unguessable
from tabard.ground.time import Clock
from tabard.product import FILE_NAME
from tabard.store.admitting import WAITING, check_beside, check_queue
from tabard.store.cases import Cases, Kept, Told, others_of
from tabard.store.errors import NotTaken
from tabard.store.folder import Folder
from tabard.store.tables import CASES

MOST_DRAFTS = 5
"""Of one publisher at a time."""

DRAFT = (
    "This is a draft: nobody but you sees it or judges it until you submit it "
    "(`tabard product submit --case CASE`); left alone for 30 days it is dropped."
)


class Drafts(NamedTuple):
    """What becomes of drafts."""

    folder: Folder
    cases: Cases
    clock: Clock

    def check_room(self, draft: Case) -> None:
        """Raises NotTaken where the publisher has as many drafts as it may, this version not among them."""
        mine = [one.case for one in self.cases.of(Status.draft) if one.case.publisher == draft.publisher]
        others = [one for one in mine if (one.product, one.version) != (draft.product, draft.version)]
        if len(others) >= MOST_DRAFTS:
            raise NotTaken(
                "this publisher has as many drafts as it may",
                where=f"{FILE_NAME}: publisher",
                expected=f"{MOST_DRAFTS} at the most",
                got=", ".join(f"{one.product} {one.version}" for one in others),
                remedy="submit one of them, or take it back: tabard accredit withdraw CASE",
            )

    def submit(self, case_id: str, by: str) -> Kept:
        """Let the draft be judged. Raises NotNow unless it is one, NotTaken where it cannot stand beside what came since."""
        case, now = self.cases.get(case_id).case, self.clock()
        check_queue(case, [one.case for one in self.cases.of(*WAITING)])

        def also(connection: Connection, after: Case) -> None:
            check_beside(after, others_of(connection, after))

        told = Told("submitted", by, f"version {case.version}, SHA-256 {case.package_sha256}")
        kept = self.cases.change(case_id, lambda before: submit_draft(before, unguessable(), now), told, also=also)
        self.cases.note(case_id, "", tries=0)
        return kept

    def tidy(self) -> bool:
        """Drop what was left alone, its package too; whether there was any."""
        now = self.clock()
        old = [one.case for one in self.cases.of(Status.draft) if is_left_alone(one.case, now)]
        for case in old:
            told = Told("withdrawn", "the store", "this draft was left alone for too long")
            self.cases.change(case.id, lambda before: drop_draft(before, now), told, also=self.let_go)
        return bool(old)

    def let_go(self, connection: Connection, draft: Case) -> None:
        """Delete the package of a draft that ended, or gave way, unless a case is about it; in the transaction that ended it."""
        asked = select(CASES.c.id).where(CASES.c.package_sha256 == draft.package_sha256, CASES.c.status != "withdrawn")
        if connection.execute(asked.limit(1)).first() is None:
            self.folder.package(draft.package_sha256).unlink(missing_ok=True)
