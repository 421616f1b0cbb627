"""What becomes of a decision: suspended and reinstated by assessors, met conditions, and what its maker may do with it."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from tabard.accreditation import (
    Case,
    Milestone,
    Side,
    Status,
    ask_review,
    meet,
    plan,
    reinstate,
    reply,
    say,
    suspend,
    was_submitted,
    withdraw,
)
from tabard.decision import Accreditor
from tabard.ground.time import Clock
from tabard.store.cases import Cases, Kept, Told
from tabard.store.decision_log import DecisionLog, as_published
from tabard.store.lines import one_line

_REVIEW = "Its maker asked that other people review the refusal, which stands until they have."
_GIVEN_UP = "Its maker gave the review up: the refusal stands."


class Standing(NamedTuple):
    """Verbs for a case that people decided on, and the maker's own for a case of theirs."""

    cases: Cases
    log: DecisionLog
    clock: Clock
    let_go: Callable[[Connection, Case], None]

    def suspend(self, case_id: str, who: Accreditor, reason: str, *, seen: int | None = None) -> Kept:
        """List a version no more. Raises what `accreditation.suspend` raises."""
        reason = one_line(reason)
        told = Told("suspended", who.name, reason)
        return self._logged(case_id, lambda case, now: suspend(case, who, reason, now), told, as_published(who), seen)

    def reinstate(self, case_id: str, who: Accreditor, reason: str, *, seen: int | None = None) -> Kept:
        """Say that it may be listed again; with a second person's word, of another role, it is."""
        reason, now = one_line(reason), self.clock()

        def also(connection: Connection, case: Case) -> None:
            if case.status is Status.published:
                by = tuple(one for one in (before, as_published(who)) if one)
                self.log.append(connection, case, "reinstated", by, reason, now)

        first = self.cases.get(case_id).case.reinstating
        before = f"{first.by} ({first.role})" if first else ""
        told = Told("reinstating", who.name, reason)
        return self.cases.change(case_id, lambda case: reinstate(case, who, reason, now), told, seen, also)

    def meet(
        self, case_id: str, who: Accreditor, condition: str, words: str, evidence: str = "", *, seen: int | None = None
    ) -> Kept:
        """See a condition met. Raises what `accreditation.meet` raises."""
        words = one_line(words)
        told = Told("condition_met", who.name, f"{condition}: {words}")
        return self.cases.change(
            case_id, lambda case: meet(case, who, condition, words, evidence, self.clock()), told, seen
        )

    def plan(self, case_id: str, by: str, condition: str, milestones: tuple[Milestone, ...]) -> Kept:
        """The maker's plan for a condition. Raises what `accreditation.plan` raises."""
        steps = tuple(Milestone(one_line(one.text), one.due) for one in milestones)
        told = Told("planned", by, f"{condition}: " + "; ".join(f"{one.text} by {one.due:%Y-%m-%d}" for one in steps))
        return self.cases.change(case_id, lambda case: plan(case, condition, steps), told)

    def reply(self, case_id: str, by: str, number: int, words: str) -> Kept:
        """The maker's answer to a question. Raises what `accreditation.reply` raises."""
        words = one_line(words)
        told = Told("replied", by, f"to question {number}: {words}")
        return self.cases.change(case_id, lambda case: reply(case, by, number, words, self.clock()), told)

    def say(self, case_id: str, by: str, side: Side, about: str, words: str) -> Kept:
        """A remark that asks nothing."""
        words, about = one_line(words), one_line(about or "case")
        told = Told("said", by, f"{about}: {words}")
        return self.cases.change(case_id, lambda case: say(case, by, side, about, words, self.clock()), told)

    def ask_review(self, case_id: str, by: str, reason: str) -> Kept:
        """Have a refusal reviewed by other people. Raises what `accreditation.ask_review` raises."""
        told = Told("review_asked", by, one_line(reason))
        return self._logged(case_id, lambda case, now: ask_review(case, by, told.words, now), told, by, public=_REVIEW)

    def withdraw(self, case_id: str, by: str, reason: str) -> Kept:
        """The maker takes a version back. Raises what `accreditation.withdraw` raises."""
        reason, now = one_line(reason), self.clock()

        def also(connection: Connection, case: Case) -> None:
            if case.moves[-2].status in (Status.published, Status.suspended):
                self.log.append(connection, case, "withdrawn", (by,), reason, now)
            elif case.refusal is not None:
                self.log.append(connection, case, "withdrawn", (by,), _GIVEN_UP, now)
            elif not was_submitted(case):
                self.let_go(connection, case)

        told = Told("withdrawn", by, reason)
        return self.cases.change(case_id, lambda case: withdraw(case, by, reason, now), told, also=also)

    def _logged(
        self,
        case_id: str,
        act: Callable[[Case, datetime], Case],
        told: Told,
        by: str,
        seen: int | None = None,
        public: str = "",
    ) -> Kept:
        """A change of what is public: with a line in the decision log, or not at all.

        The line has the words of `told`, or those of `public` in their place: what a maker says to the centre is theirs.
        """
        now = self.clock()

        def also(connection: Connection, case: Case) -> None:
            self.log.append(connection, case, told.kind, (by,), public or told.words, now)

        return self.cases.change(case_id, lambda case: act(case, now), told, seen, also)
