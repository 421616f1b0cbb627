"""Whatever is done to a case in whatever order: no state is reached that may not be, and nothing counts that was not judged."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tabard.accreditation import (
    LEGAL,
    Barred,
    Case,
    Status,
    Terms,
    add_condition,
    add_report,
    add_signature,
    ask_review,
    draft,
    expire,
    judge,
    publish,
    refer_back,
    reinstate,
    reopen,
    reply,
    review,
    signers,
    start_checking,
    submit,
    suspend,
    take,
    withdraw,
)
from tabard.accreditation.cases.model import Side
from tabard.accreditation.claims import Status as CriterionStatus, claims_of, known_of
from tabard.decision import NEEDED, FirstOfType, Outcome, Owner, read_statement, verify
from tabard.ground.errors import TabardError
from unit.accreditation.people import (
    BROKEN,
    CENTRE,
    CLEAN,
    KEYS,
    NOW,
    OPEN,
    PACKAGE,
    TRUST,
    judged,
    signature,
    submitted,
    who,
    word,
)

NAMES = st.sampled_from([one.id for one in TRUST.accreditors])
ONE = "asvs-5.0/1.2.1"
REASON = "It is as it is, and so be it."
BAD = replace(BROKEN, package_sha256=PACKAGE.sha256)
TERMS = st.sampled_from(
    [
        Terms(),
        Terms(months=1),
        Terms(grounds=("Two patients can be taken for one.",)),
        Terms(first_of_type=FirstOfType(("RZZ",), ("Ten weeks without harm.",))),
        Terms(outcome=Outcome.with_conditions),
    ]
)


class Cases(RuleBasedStateMachine):
    """One case and everybody who may do something to it, in any order; what is refused changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.case = submitted(product_class=2)
        self.now = NOW
        self.declared: dict[str, str] = {}

    def do(self, act: Callable[..., Case], *given: Any, **named: Any) -> None:
        """The step, where it may be taken; whatever follows must be allowed by the table."""
        before = self.case
        with suppress(TabardError):
            self.case = act(before, *given, **named)
        for one, following in zip(self.case.moves, self.case.moves[1:], strict=False):
            assert following.status in LEGAL[one.status]
            assert following.at >= one.at
        assert self.case.moves[: len(before.moves)] == before.moves, "what was is not rewritten"

    @rule(days=st.integers(0, 20))
    def time_goes_by(self, days: int) -> None:
        """Days."""
        self.now += timedelta(days=days)

    @rule(report=st.sampled_from([CLEAN, OPEN, OPEN, BAD]))
    def rules_run(self, report: Any) -> None:
        """The rules are run, again or for the first time."""
        self.do(lambda case: add_report(start_checking(case, self.now), report, self.now))

    @rule(name=NAMES, conflict=st.sampled_from(["none", "none", "none", "I own shares in it."]))
    def takes(self, name: str, conflict: str) -> None:
        """Somebody takes it on, or tells a conflict."""
        self.do(take, who(name), conflict, self.now)

    @rule()
    def everybody_takes(self) -> None:
        """All who judge take it on: without this most games end before they begin."""
        for name in ("safe", "secure", "governs"):
            self.do(take, who(name), "none", self.now)

    @rule(name=NAMES)
    def reviews(self, name: str) -> None:
        """Somebody reviews what is left."""
        for finding in self.case.unreviewed:
            self.do(review, who(name), word(finding, by=name))

    @rule()
    def everything_is_reviewed(self) -> None:
        """The rules run, all take it on, and review what is left."""
        self.rules_run(OPEN)
        self.everybody_takes()
        for name in ("secure", "safe"):
            self.reviews(name)

    @rule()
    def everything_is_judged(self) -> None:
        """Whoever took it on judges what waits for their word."""
        self.do(judged)

    @rule(name=NAMES, status=st.sampled_from([CriterionStatus.met, CriterionStatus.not_met]))
    def judges(self, name: str, status: CriterionStatus) -> None:
        """Somebody says of one criterion that it is met, or not."""
        known = known_of(self.case, PACKAGE.manifest, claims_of(PACKAGE.files), ())
        self.do(judge, who(name), (ONE,), status, REASON, known=known, now=self.now)

    @precondition(lambda self: bool(self.case.reviews))
    @rule()
    def a_reviewer_tells_a_conflict_late(self) -> None:
        """What they said must go."""
        by = next(one for one in TRUST.accreditors if one.name == self.case.reviews[0].by)
        self.do(take, by, "I own shares in it.", self.now)

    @rule(name=NAMES)
    def asks(self, name: str) -> None:
        """Somebody asks the maker."""
        self.do(refer_back, who(name), "", "What happens when it is slow?", self.now)

    @rule(number=st.integers(1, 3))
    def answers(self, number: int) -> None:
        """The maker answers."""
        self.do(reply, "St Elsewhere", number, "It says so.", self.now)

    @rule(name=NAMES)
    def sets_a_condition(self, name: str) -> None:
        """Somebody sets a condition."""
        self.do(add_condition, who(name), "Mend the colours of the small print.", Owner.maker, date(2027, 1, 1), NOW)

    @rule(terms=TERMS)
    def drafts(self, terms: Terms) -> None:
        """The statement is written."""
        keys = (KEYS["maker"].public.pem,)
        self.do(draft, PACKAGE, keys, verifier=CENTRE, now=self.now, terms=terms)

    @precondition(lambda self: self.case.statement is not None)
    @rule(name=st.sampled_from(sorted(KEYS)))
    def signs(self, name: str) -> None:
        """Somebody signs, or tries to."""
        self.do(add_signature, *signature(self.case, name), trust=TRUST, now=self.now)

    @precondition(lambda self: self.case.statement is not None)
    @rule()
    def all_sign(self) -> None:
        """All who judge sign."""
        for name in ("safe", "secure", "governs"):
            if self.case.statement is not None:
                self.do(add_signature, *signature(self.case, name), trust=TRUST, now=self.now)

    @rule(name=NAMES, what=st.sampled_from([suspend, reinstate]))
    def changes_its_standing(self, name: str, what: Any) -> None:
        """Somebody suspends it or brings it back."""
        self.do(what, who(name), REASON, self.now)

    @rule(name=NAMES)
    def drops_the_statement(self, name: str) -> None:
        """Somebody drops what is being signed."""
        self.do(reopen, who(name), self.now)

    @rule(what=st.sampled_from([publish, publish, expire, submit]))
    def goes_on_by_itself(self, what: Any) -> None:
        """The store does its work."""
        self.do(what, self.now)

    @rule(what=st.sampled_from([ask_review, ask_review, withdraw]), is_meant=st.integers(0, 3))
    def its_maker_acts(self, what: Any, is_meant: int) -> None:
        """The maker has a refusal reviewed, or now and then takes the product back."""
        if what is ask_review or is_meant == 0:
            self.do(what, "St Elsewhere", REASON, self.now)

    @invariant()
    def what_counts_was_judged_by_each_role(self) -> None:
        """Decided, published or suspended: each role of the class signed, none of the maker's own, none with a conflict."""
        case = self.case
        if case.status not in (Status.decided, Status.published, Status.suspended):
            return
        assert case.statement is not None
        signed = signers(case, TRUST)
        assert {one.role for one in signed} >= NEEDED[2]
        assert not {one.id for one in signed} & {"own", "nobodys", "officer", "late", *case.barred}
        free = {one.id for one in case.taken if one.is_free}
        assert {one.id for one in signed} <= free
        about = {"package_sha256": PACKAGE.sha256, "product": "tiny", "version": "1.0.0"}
        decision = verify(case.statement.to_bytes(), trust=TRUST, **about)
        if decision.outcome is not Outcome.refused:
            assert case.report is not None
            assert not case.report.failing
            assert case.unreviewed == ()
            assert decision.criteria is not None
            assert decision.criteria.open_musts == 0
            assert decision.criteria.asked > 0

    @invariant()
    def a_refusal_is_never_listed(self) -> None:
        """Nor is what is suspended, withdrawn, expired or not decided."""
        if self.case.is_listed:
            assert self.case.status is Status.published
            assert self.case.statement is not None
            assert read_statement(self.case.statement.payload).outcome is not Outcome.refused

    @invariant()
    def who_declared_a_conflict_says_nothing(self) -> None:
        """No review of theirs stands, and no word on a criterion."""
        barred = {one.name for one in self.case.taken if not one.is_free}
        assert not barred & {one.by for one in self.case.reviews}
        assert not barred & {one.by for one in self.case.judgements}

    @invariant()
    def a_question_waits_for_its_maker(self) -> None:
        """While one is open nobody drafts anything but a refusal; only the maker answers."""
        if self.case.questions and self.case.status is Status.signing:
            assert self.case.outcome is Outcome.refused
        assert all(one.side is Side.maker for one in self.case.remarks if one.answers)


Cases.TestCase.settings = settings(max_examples=60, stateful_step_count=30)
TestCases = Cases.TestCase


def test_every_state_is_reached_by_somebody() -> None:
    """The game above is about something: the table leads from the beginning to each state, and out of two alone there is no way."""
    reached, new = {Status.draft}, {Status.draft}
    while new:
        new = {each for one in new for each in LEGAL[one]} - reached
        reached |= new
    assert reached == set(Status)
    assert {status for status, after in LEGAL.items() if not after} == {Status.withdrawn, Status.expired}


def test_the_machine_can_be_played_to_its_end() -> None:
    """One game by hand: taken, reviewed, drafted, signed by three, published; and nobody barred can take part."""
    game = Cases()
    game.rules_run(OPEN)
    game.everybody_takes()
    for name in ("secure", "safe"):
        game.reviews(name)
    game.drafts(Terms())
    assert game.case.statement is None, "nobody has judged its criteria"
    game.everything_is_judged()
    game.drafts(Terms())
    game.all_sign()
    game.goes_on_by_itself(publish)
    assert game.case.is_listed
    game.what_counts_was_judged_by_each_role()
    try:
        take(submitted(), who("own"), "none", NOW)
    except Barred:
        return
    raise AssertionError("the maker's own people took a case on")
