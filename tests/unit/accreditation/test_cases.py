"""Cases: nothing is published that a person of each role has not signed, with everything assessed or reviewed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from tabard.accreditation import (
    BadReport,
    BadReview,
    BadSignature,
    Barred,
    Case,
    NotNow,
    Status,
    Terms,
    Verdict,
    add_condition,
    add_report,
    add_signature,
    ask_review,
    check_again,
    draft,
    drop_condition,
    expire,
    meet,
    overdue,
    plan,
    publish,
    refer_back,
    reinstate,
    reopen,
    reply,
    review,
    settle,
    signers,
    start_checking,
    suspend,
    take,
    withdraw,
)
from tabard.accreditation.cases.deciding import after_months
from tabard.accreditation.cases.model import Milestone
from tabard.decision import Condition, FirstOfType, Outcome, Owner, Role, judge, read_statement, verify
from unit.accreditation.people import (
    BROKEN,
    CENTRE,
    CLEAN,
    KEYS,
    NOW,
    OPEN,
    PACKAGE,
    REASON,
    TRUST,
    checked,
    drafted,
    in_review,
    judged,
    reviewed,
    signature,
    submitted,
    taken,
    who,
    word,
)
from unit.accreditation.tiny import tiny

LATER = NOW + timedelta(days=1)
GROUND = "Two patients can be taken for one."


def sign(case: Case, name: str, now: datetime = NOW) -> Case:
    return add_signature(case, *signature(case, name), trust=TRUST, now=now)


def decided(terms: Terms | None = None) -> Case:
    return sign(sign(drafted(terms=terms), "safe"), "secure")


def published(terms: Terms | None = None) -> Case:
    return publish(decided(terms), NOW)


def refused() -> Case:
    return published(Terms(grounds=(GROUND,)))


def test_a_clean_case_is_signed_by_two_and_published() -> None:
    """The whole way, each state with its time."""
    case = submitted()
    assert case.status is Status.submitted
    case = drafted(taken(checked(case=case)), terms=Terms(conditions=(Condition("", "Not without a second screen."),)))
    assert (case.status, case.outcome) == (Status.signing, Outcome.with_conditions)
    case = sign(sign(case, "safe"), "secure")
    assert case.status is Status.decided
    assert [one.id for one in signers(case, TRUST)] == ["safe", "secure"]
    case = publish(case, LATER)
    assert [one.status for one in case.moves] == [
        "draft",
        "submitted",
        "checking",
        "in_review",
        "signing",
        "decided",
        "published",
    ]
    assert case.moves[-1].at == LATER


def test_the_decision_says_what_was_judged() -> None:
    """The statement that people sign names bytes, evidence, scope, dates, class, reviewers and conditions, each with an id."""
    case = reviewed(in_review(OPEN))
    case = add_condition(case, who("safe"), "Mend the colours of the small print.", Owner.maker, date(2026, 9, 1), NOW)
    case = drafted(
        case, terms=Terms(conditions=(Condition("", "One."),), tabard_versions=("0.1",), evidence=("ab" * 32,))
    )
    assert case.statement is not None
    decision = read_statement(case.statement.payload)
    assert (decision.package_sha256, decision.package_size) == (PACKAGE.sha256, len(PACKAGE.raw))
    assert (decision.report_sha256, decision.rules_sha256) == (OPEN.sha256, OPEN.rules_sha256)
    assert decision.scope.scopes == ("launch", "user/Encounter.rs")
    assert (decision.scope.contexts, [one.id for one in decision.conditions]) == (("ward",), ["C1", "C2"])
    assert REASON in [one.reason for one in decision.reviewed]
    assert (decision.valid_from, decision.valid_until) == (NOW, NOW.replace(year=2027))
    assert (decision.release_sha256, decision.product_class) == ("a" * 64, 1)
    assert [(one.id, one.conflicts) for one in decision.reviewers] == [
        (one, "none") for one in ("safe", "safe-too", "secure")
    ]
    assert (decision.tabard_versions, decision.evidence) == (("0.1",), ("ab" * 32,))


def test_a_decided_case_verifies_as_at_a_hospital() -> None:
    """What the store takes for enough is what a site takes for enough."""
    case = decided()
    assert case.statement is not None
    about = {"package_sha256": PACKAGE.sha256, "product": "tiny", "version": "1.0.0"}
    judge(case.statement.to_bytes(), trust=TRUST, now=NOW, site="RZZ", **about)


def test_a_failing_product_goes_no_further_but_to_a_refusal() -> None:
    """No review and no draft can help it; its maker mends it, or it is refused with its grounds."""
    spoilt = tiny({"key.txt": "-----BEGIN PRIVATE KEY-----"})
    case = taken(checked(BROKEN, submitted(spoilt)))
    assert case.status is Status.referred_back
    with pytest.raises(NotNow):
        drafted(case, spoilt)
    with pytest.raises(NotNow):
        review(case, who("safe"), word(BROKEN.failing[0]))
    assert settle(case, NOW).status is Status.referred_back
    assert drafted(case, spoilt, Terms(grounds=(GROUND,))).outcome is Outcome.refused


def test_our_error_is_no_pass_and_no_fail() -> None:
    """The case stays where it is until the rules have run."""
    broken = replace(CLEAN, findings=(*CLEAN.findings[:-1], replace(CLEAN.findings[-1], verdict=Verdict.error)))
    case = taken(checked(broken))
    assert case.status is Status.checking
    with pytest.raises(NotNow):
        drafted(case)
    assert checked(case=case).status is Status.in_review


def test_a_report_is_of_this_package_and_of_every_rule() -> None:
    """Evidence is for these bytes, and nothing ran is not nothing found."""
    with pytest.raises(BadReport, match="another package"):
        checked(replace(CLEAN, package_sha256="b" * 64))
    some = tuple(one for one in CLEAN.findings if one.rule != "no-secrets")
    with pytest.raises(BadReport, match="has not spoken"):
        checked(replace(CLEAN, findings=some))
    with pytest.raises(NotNow):
        add_report(submitted(), CLEAN, NOW)


def test_what_was_not_assessed_must_be_reviewed_first() -> None:
    """One review missing is enough to stop a draft."""
    case = in_review(OPEN)
    assert case.unreviewed
    with pytest.raises(NotNow, match="yet to review"):
        drafted(case)
    assert drafted(reviewed(case)).status is Status.signing


def test_a_review_is_by_the_right_role_with_a_reason_of_a_real_finding() -> None:
    """Each fault of a review is its own refusal."""
    case = in_review(OPEN)
    accessible = next(one for one in OPEN.unassessed if one.rule == "pages-accessible")
    for by, bad in (
        ("secure", word(accessible, by="secure")),
        ("safe", word(accessible, reason="looks fine")),
        ("safe", word(accessible, reason="word " * 1000)),
        ("safe", replace(word(accessible), place="somewhere else")),
        ("safe", replace(word(accessible), verdict="fail")),
        ("safe", replace(word(accessible), verdict="not_assessed")),
        ("secure", word(next(one for one in OPEN.findings if one.rule == "no-secrets"), by="secure")),
        ("safe", replace(word(accessible), by="Somebody Else")),
        ("safe", replace(word(accessible), role=Role.security)),
    ):
        with pytest.raises(BadReview):
            review(case, who(by), bad)
    assert len(review(case, who("safe"), word(accessible)).unreviewed) == len(case.unreviewed) - 1


def test_a_later_word_of_a_reviewer_wins() -> None:
    """One finding has one review."""
    case = reviewed(in_review(OPEN))
    accessible = next(one for one in OPEN.unassessed if one.rule == "pages-accessible")
    again = review(case, who("safe"), word(accessible, reason="Looked at once more, at 200 per cent."))
    assert len(again.reviews) == len(case.reviews)


def test_a_new_report_keeps_a_review_only_while_its_finding_stands() -> None:
    """Evidence that changed must be looked at again."""
    case = reviewed(in_review(OPEN))
    assert checked(OPEN, case).unreviewed == ()
    other = tuple(
        replace(one, evidence="f" * 64) if one.verdict is Verdict.not_assessed else one for one in OPEN.findings
    )
    assert len(checked(replace(OPEN, findings=other), case).unreviewed) == len(OPEN.unassessed)


def test_each_role_that_the_class_needs_is_taken_and_signed() -> None:
    """Two of one role are not enough; a product of class 2 needs one who judges information governance."""
    case = sign(sign(drafted(), "safe"), "safe-too")
    assert case.status is Status.signing
    with pytest.raises(NotNow):
        publish(case, NOW)
    assert sign(case, "secure").status is Status.decided
    second = in_review(product_class=2)
    with pytest.raises(NotNow, match="nobody has taken"):
        drafted(second)
    second = drafted(take(second, who("governs"), "none", NOW))
    assert sign(sign(second, "safe"), "secure").status is Status.signing
    assert sign(sign(sign(second, "safe"), "secure"), "governs").status is Status.decided


@pytest.mark.parametrize(("name", "why"), [("own", "RZZ"), ("nobodys", "not known"), ("officer", "safety officer")])
def test_the_maker_s_own_people_take_nothing_on(name: str, why: str) -> None:
    """A person of the publisher's organisation, of none that is known, or the product's own safety officer."""
    with pytest.raises(Barred) as caught:
        take(checked(), who(name), "none", NOW)
    assert why in (caught.value.got or "")


def test_who_did_not_take_the_case_on_does_nothing_in_it() -> None:
    """No review, question, condition, draft or signature."""
    case = take(checked(OPEN), who("secure"), "none", NOW)
    with pytest.raises(Barred, match="not taken"):
        review(case, who("safe"), word(OPEN.unassessed[0]))
    with pytest.raises(Barred, match="not taken"):
        refer_back(case, who("safe"), "", "What happens when it is slow?", NOW)
    with pytest.raises(Barred, match="not taken"):
        add_condition(case, who("safe"), "On wards with two screens alone.", Owner.site, None, NOW)
    alone = drafted(taken(checked(), "safe", "secure"))
    with pytest.raises(Barred):
        sign(alone, "safe-too")


def test_a_conflict_bars_for_good_and_takes_its_words_away() -> None:
    """Also when it is told late: reviews go, and a statement that names its holder is not signed on."""
    case = reviewed(in_review(OPEN))
    late = take(case, who("safe"), "I own shares in it.", LATER)
    assert all(one.by != "safe Person" for one in late.reviews)
    with pytest.raises(Barred, match="conflict"):
        review(late, who("safe"), word(late.unreviewed[0]))
    with pytest.raises(Barred, match="stays"):
        take(late, who("safe"), "none", LATER)
    signing = take(sign(drafted(), "safe"), who("safe"), "I own shares in it.", LATER)
    assert (signing.status, signing.statement) == (Status.in_review, None)
    assert take(case, who("safe"), " NONE ", LATER) == case
    for words in ("", "x" * 501):
        with pytest.raises(Barred):
            take(case, who("safe"), words, LATER)


def test_a_person_signs_once() -> None:
    """A second signature of the same person is refused."""
    with pytest.raises(BadSignature, match="already"):
        sign(sign(drafted(), "safe"), "safe")


@pytest.mark.parametrize("name", ["unknown", "maker", "late"])
def test_a_signature_of_nobody_who_may_sign_is_refused(name: str) -> None:
    """A stranger, the maker, somebody who is not in office yet."""
    with pytest.raises(BadSignature, match="may sign now"):
        sign(drafted(), name)


def test_a_signature_of_something_else_is_refused() -> None:
    """Another statement's signature, and one under somebody else's key."""
    case, other = drafted(), drafted(terms=Terms(months=6))
    with pytest.raises(BadSignature, match="no signature of the statement"):
        add_signature(case, *signature(other, "safe"), trust=TRUST, now=NOW)
    with pytest.raises(BadSignature, match="no signature of the statement"):
        add_signature(case, KEYS["secure"].public.keyid, signature(case, "safe")[1], trust=TRUST, now=NOW)


def test_a_draft_that_somebody_signed_is_frozen_until_it_is_dropped() -> None:
    """An unsigned draft may be drafted anew; a signed one stands, or goes with its signatures."""
    again = drafted(drafted(), terms=Terms(months=6))
    signed = sign(again, "safe")
    with pytest.raises(NotNow, match="has signed"):
        drafted(signed)
    with pytest.raises(NotNow):
        start_checking(again, NOW)
    dropped = reopen(signed, who("secure"), LATER)
    assert (dropped.status, dropped.statement, dropped.outcome) == (Status.in_review, None, None)


def test_a_decision_rests_on_what_the_rules_said_lately() -> None:
    """A report that is older than a month is made anew; what people said stays where its evidence is found again."""
    case = judged(in_review(), PACKAGE)
    late = NOW + timedelta(days=31)
    with pytest.raises(NotNow, match="too long ago") as refused:
        draft(case, PACKAGE, (), verifier=CENTRE, now=late)
    assert "recheck" in str(refused.value.remedy)
    again = check_again(case, who("safe"), late)
    assert again.status is Status.checking
    after = add_report(again, CLEAN, late)
    assert (after.status, after.checked, after.judgements) == (Status.in_review, late, case.judgements)
    assert draft(after, PACKAGE, (KEYS["maker"].public.pem,), verifier=CENTRE, now=late).statement


def test_only_who_took_a_case_on_has_it_checked_again_and_not_while_it_is_signed() -> None:
    """A stranger's word moves nothing, and a statement stands for the report that it was drafted by."""
    with pytest.raises(Barred):
        check_again(in_review(), who("governs"), NOW)
    with pytest.raises(NotNow):
        check_again(drafted(), who("safe"), NOW)


def test_a_draft_is_of_the_package_that_was_judged() -> None:
    """Another package under the same name is refused."""
    with pytest.raises(NotNow, match="another package"):
        drafted(in_review(), tiny({"app.css": "p { margin: 0 }"}))


def test_terms_that_make_no_decision_are_told() -> None:
    """Conditions of an accreditation without any, a first of its type without sites, a refusal in two words."""
    for terms in (
        Terms(outcome=Outcome.with_conditions),
        Terms(outcome=Outcome.first_of_type),
        Terms(first_of_type=FirstOfType((), ())),
        Terms(outcome=Outcome.refused),
    ):
        with pytest.raises(NotNow):
            drafted(terms=terms)
    with pytest.raises(BadReview):
        drafted(terms=Terms(grounds=("No good.",)))


@pytest.mark.parametrize("months", [0, -1, 37])
def test_a_decision_holds_for_a_month_to_three_years(months: int) -> None:
    """Not for ever, and not for no time."""
    with pytest.raises(NotNow, match="36 months"):
        drafted(terms=Terms(months=months))


def test_a_decision_signed_too_late_is_not_made() -> None:
    """The second signature comes a year after the first: what was known then is known no more. After a month it is drafted anew."""
    case = sign(drafted(), "safe")
    late = replace(
        TRUST, accreditors=tuple(replace(one, valid_until=NOW + timedelta(days=4000)) for one in TRUST.accreditors)
    )
    for days in (31, 500):
        with pytest.raises(NotNow, match="drafted too long ago"):
            add_signature(case, *signature(case, "secure"), trust=late, now=NOW + timedelta(days=days))


def test_a_question_waits_for_its_answer() -> None:
    """Two are asked; with the second answer the case is in review again. An answer to none, or to nothing, is refused."""
    case = refer_back(in_review(), who("safe"), "pages-accessible", "What happens when a name is long?", NOW)
    case = refer_back(case, who("secure"), "", "Why does it ask for the ward?", NOW)
    assert (case.status, [one.number for one in case.questions]) == (Status.referred_back, [1, 2])
    with pytest.raises(NotNow):
        drafted(case)
    case = reply(case, "St Elsewhere", 2, "Because the list is of a ward.", LATER)
    assert case.status is Status.referred_back
    with pytest.raises(NotNow, match="no such open"):
        reply(case, "St Elsewhere", 2, "Once more.", LATER)
    with pytest.raises(BadReview):
        reply(case, "St Elsewhere", 1, "   ", LATER)
    case = reply(case, "St Elsewhere", 1, "It is cut.", LATER)
    assert (case.status, case.questions) == (Status.in_review, ())
    assert [(one.about, one.side, one.answers) for one in case.remarks[2:]] == [
        ("case", "maker", 2),
        ("pages-accessible", "maker", 1),
    ]
    dropped = refer_back(sign(drafted(case), "safe"), who("secure"), "", "Another thing came to mind.", LATER)
    assert dropped.statement is None


def test_a_suspended_version_comes_back_by_two_people_of_two_roles() -> None:
    """One suspends it; the same person, or a second of the same role, does not bring it back."""
    case = suspend(published(), who("safe"), "It froze on one ward last night.", NOW)
    assert not case.is_listed
    case = reinstate(case, who("safe"), "It was the network of that ward.", LATER)
    for name in ("safe", "safe-too"):
        with pytest.raises(Barred, match="another role"):
            reinstate(case, who(name), "It was the network of that ward.", LATER)
    with pytest.raises(Barred):
        reinstate(case, who("own"), "It was the network of that ward.", LATER)
    assert reinstate(case, who("secure"), "It was the network of that ward.", LATER).is_listed
    with pytest.raises(NotNow):
        suspend(case, who("safe"), "It froze on one ward last night.", NOW)
    with pytest.raises(BadReview):
        suspend(published(), who("safe"), "It froze.", NOW)


def test_what_is_withdrawn_or_expired_is_over() -> None:
    """Nothing follows; a refusal is not withdrawn, and expires for nobody."""
    gone = withdraw(published(), "St Elsewhere", "We have a better one for you.", NOW)
    over = expire(published(), NOW.replace(year=2027))
    assert (gone.status, over.status) == (Status.withdrawn, Status.expired)
    assert expire(published(), LATER) == published()
    for case in (gone, over):
        for act in (
            partial(withdraw, by="St Elsewhere", reason="We have a better one for you.", now=NOW),
            partial(publish, now=NOW),
            partial(start_checking, now=NOW),
            partial(take, who=who("safe"), conflicts="none", now=NOW),
        ):
            with pytest.raises(NotNow):
                act(case)
    with pytest.raises(NotNow, match="public record"):
        withdraw(refused(), "St Elsewhere", "We have a better one for you.", NOW)
    assert expire(refused(), NOW.replace(year=2030)).status is Status.published


def test_a_refusal_is_signed_public_and_reviewed_once_by_others() -> None:
    """Those who refused do not judge again; what they said goes; a second review is not to be had."""
    case = refused()
    assert not case.is_listed
    assert case.statement is not None
    verify(case.statement.to_bytes(), trust=TRUST, package_sha256=PACKAGE.sha256, product="tiny", version="1.0.0")
    with pytest.raises(NotNow, match="only a refusal"):
        ask_review(published(), "St Elsewhere", "We think that it is well.", LATER)
    with pytest.raises(NotNow, match="time to ask"):
        ask_review(case, "St Elsewhere", "We think that it is well.", NOW + timedelta(days=28))
    again = ask_review(case, "St Elsewhere", "We think that it is well.", LATER)
    assert (again.status, again.taken, again.statement) == (Status.in_review, (), None)
    for name in ("safe", "safe-too", "secure"):
        with pytest.raises(Barred, match="other people"):
            take(again, who(name), "none", LATER)
    others = replace(again, barred=("safe",))
    stands = publish(
        sign(sign(drafted(taken(others, "safe-too", "secure"), terms=Terms(grounds=(GROUND,))), "safe-too"), "secure"),
        LATER,
    )
    assert stands.statement is not None
    assert read_statement(stands.statement.payload).supersedes == read_statement(case.statement.payload).id
    with pytest.raises(NotNow, match="reviewed by other people"):
        ask_review(stands, "St Elsewhere", "We think that it is well.", LATER)


def test_conditions_have_an_owner_a_date_and_a_plan() -> None:
    """The maker's has a date; a plan leads to it; it is met once, by an assessor; until then it is overdue after its day."""
    due = date(2026, 9, 1)
    case = add_condition(in_review(), who("safe"), "Mend the colours of the small print.", Owner.maker, due, NOW)
    case = add_condition(case, who("safe"), "Not on wards without a second screen.", Owner.site, None, NOW)
    for owner, when, text in (
        (Owner.maker, None, "Mend the colours some fine day."),
        (Owner.site, date(2026, 1, 1), "This was due before now."),
        (Owner.site, None, "Too short."),
    ):
        with pytest.raises(BadReview):
            add_condition(case, who("safe"), text, owner, when, NOW)
    assert [one.id for one in drop_condition(case, who("safe"), "C2").conditions] == ["C1"]
    with pytest.raises(NotNow):
        drop_condition(case, who("safe"), "C9")
    case = publish(sign(sign(drafted(case), "safe"), "secure"), NOW)
    for steps in (
        (),
        (Milestone("Late", date(2026, 9, 2)),),
        (Milestone("b", date(2026, 8, 2)), Milestone("a", date(2026, 8, 1))),
    ):
        with pytest.raises(BadReview):
            plan(case, "C1", steps)
    with pytest.raises(NotNow, match="not the maker's"):
        plan(case, "C2", (Milestone("Buy screens", date(2026, 8, 1)),))
    case = plan(case, "C1", (Milestone("Colours tried", date(2026, 8, 1)),))
    assert [one.id for one in overdue(case, date(2026, 9, 2))] == ["C1"]
    assert overdue(case, due) == ()
    met = meet(case, who("secure"), "C1", "I measured every colour of it.", "", LATER)
    assert overdue(met, date(2026, 9, 2)) == ()
    with pytest.raises(NotNow, match="met before"):
        meet(met, who("safe"), "C1", "I measured every colour of it.", "", LATER)
    with pytest.raises(Barred):
        meet(case, who("own"), "C1", "I measured every colour of it.", "", LATER)


@pytest.mark.parametrize(
    ("moment", "months", "then"),
    [
        (datetime(2026, 1, 31, tzinfo=UTC), 1, datetime(2026, 2, 28, tzinfo=UTC)),
        (datetime(2028, 2, 29, tzinfo=UTC), 12, datetime(2029, 2, 28, tzinfo=UTC)),
        (datetime(2026, 11, 15, 8, tzinfo=UTC), 3, datetime(2027, 2, 15, 8, tzinfo=UTC)),
        (datetime(2026, 12, 1, tzinfo=UTC), 12, datetime(2027, 12, 1, tzinfo=UTC)),
    ],
)
def test_months_are_counted_by_the_calendar(moment: datetime, months: int, then: datetime) -> None:
    """The same day, or the last of a shorter month."""
    assert after_months(moment, months) == then
