"""Cases: nothing is published that two people of both roles have not signed, with everything assessed or reviewed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given, settings, strategies as st

from tabard.accreditation import (
    BadReport,
    BadReview,
    BadSignature,
    Case,
    NotNow,
    Status,
    Verdict,
    add_report,
    add_signature,
    decline,
    draft,
    publish,
    review,
    signers,
)
from tabard.accreditation.cases.deciding import after_months
from tabard.decision import Role, judge, read_statement
from tabard.ground.errors import TabardError
from unit.accreditation.people import (
    BROKEN,
    CLEAN,
    KEYS,
    NOW,
    OPEN,
    PACKAGE,
    REASON,
    TRUST,
    drafted,
    reviewed,
    signature,
    submitted,
    waiting,
    word,
)
from unit.accreditation.tiny import tiny


def sign(case: Case, name: str, now: datetime = NOW) -> Case:
    return add_signature(case, *signature(case, name), trust=TRUST, now=now)


def test_a_clean_case_is_signed_by_two_and_published() -> None:
    """The whole way: checking, waiting, signing, decided, published."""
    case = submitted()
    assert case.status is Status.checking
    case = drafted(add_report(case, CLEAN), conditions=("Not on wards without a second screen.",))
    assert case.status is Status.signing
    case = sign(case, "safe")
    assert case.status is Status.signing
    case = sign(case, "secure")
    assert case.status is Status.decided
    assert [one.id for one in signers(case, TRUST)] == ["safe", "secure"]
    assert publish(case).status is Status.published


def test_the_decision_says_what_was_judged() -> None:
    """The statement that people sign names the bytes, the evidence, the scope and the dates."""
    case = drafted(reviewed(add_report(submitted(), OPEN)), conditions=("One.",))
    assert case.statement is not None
    decision = read_statement(case.statement.payload)
    assert (decision.package_sha256, decision.package_size) == (PACKAGE.sha256, len(PACKAGE.raw))
    assert (decision.report_sha256, decision.rules_sha256) == (OPEN.sha256, OPEN.rules_sha256)
    assert decision.scope.scopes == ("launch", "user/Encounter.rs")
    assert (decision.scope.contexts, decision.conditions) == (("ward",), ("One.",))
    assert [one.reason for one in decision.reviewed] == [REASON] * len(OPEN.unassessed)
    assert (decision.valid_from, decision.valid_until) == (NOW, NOW.replace(year=2027))
    assert decision.release_sha256 == "a" * 64


def test_a_decided_case_verifies_as_at_a_hospital() -> None:
    """What the store takes for enough is what a site takes for enough."""
    case = sign(sign(drafted(), "secure"), "safe")
    assert case.statement is not None
    judge(
        case.statement.to_bytes(), trust=TRUST, package_sha256=PACKAGE.sha256, product="tiny", version="1.0.0", now=NOW
    )


def test_a_failing_product_goes_no_further() -> None:
    """No review and no draft can help it."""
    spoilt = tiny({"key.txt": "-----BEGIN PRIVATE KEY-----"})
    case = add_report(submitted(spoilt), BROKEN)
    assert case.status is Status.failed
    with pytest.raises(NotNow):
        drafted(case, spoilt)
    with pytest.raises(NotNow):
        review(case, word(BROKEN.failing[0]))


def test_our_error_is_no_pass_and_no_fail() -> None:
    """The case stays where it is until the rules have run."""
    broken = replace(CLEAN, findings=(*CLEAN.findings[:-1], replace(CLEAN.findings[-1], verdict=Verdict.error)))
    assert not broken.is_clean
    assert broken.failing == broken.errors != ()
    case = add_report(submitted(), broken)
    assert case.status is Status.checking
    with pytest.raises(NotNow):
        drafted(case)
    assert add_report(case, CLEAN).status is Status.waiting


def test_a_report_of_another_package_is_refused() -> None:
    """Evidence is for these bytes."""
    with pytest.raises(BadReport, match="another package"):
        add_report(submitted(), replace(CLEAN, package_sha256="b" * 64))


def test_a_report_in_which_a_rule_is_silent_is_refused() -> None:
    """Nothing ran is not nothing found."""
    some = tuple(one for one in CLEAN.findings if one.rule != "no-secrets")
    with pytest.raises(BadReport, match="has not spoken"):
        add_report(submitted(), replace(CLEAN, findings=some))


def test_what_was_not_assessed_must_be_reviewed_first() -> None:
    """One review missing is enough to stop a draft."""
    case = add_report(submitted(), OPEN)
    assert len(case.unreviewed) == 2
    with pytest.raises(NotNow, match="yet to review"):
        drafted(case)
    assert drafted(reviewed(case)).status is Status.signing


def test_a_review_is_by_the_right_role_with_a_reason_of_a_real_finding() -> None:
    """Each fault of a review is its own refusal."""
    case = add_report(submitted(), OPEN)
    accessible = next(one for one in OPEN.unassessed if one.rule == "pages-accessible")
    for bad in (
        word(accessible, role=Role.security),
        word(accessible, reason="looks fine"),
        word(accessible, reason="word " * 1000),
        replace(word(accessible), place="somewhere else"),
        replace(word(accessible), verdict="fail"),
        replace(word(accessible), verdict="not_assessed"),
        word(next(one for one in OPEN.findings if one.rule == "no-secrets"), by="secure"),
        replace(word(accessible), by="Dr  Ada PRETEND"),
    ):
        with pytest.raises(BadReview):
            review(case, bad)
    assert len(review(case, word(accessible)).unreviewed) == 1


def test_a_later_word_of_a_reviewer_wins() -> None:
    """One finding has one review."""
    case = reviewed(add_report(submitted(), OPEN))
    again = review(
        case,
        word(
            OPEN.unassessed[0],
            by="secure" if OPEN.unassessed[0].rule == "pages-self-contained" else "safe",
            reason="Looked at once more, at 200 per cent.",
        ),
    )
    assert len(again.reviews) == len(case.reviews)


def test_a_new_report_keeps_a_review_only_while_its_finding_stands() -> None:
    """Evidence that changed must be looked at again."""
    case = reviewed(add_report(submitted(), OPEN))
    assert add_report(case, OPEN).unreviewed == ()
    other = tuple(
        replace(one, evidence="f" * 64) if one.verdict is Verdict.not_assessed else one for one in OPEN.findings
    )
    assert len(add_report(case, replace(OPEN, findings=other)).unreviewed) == 2


@pytest.mark.parametrize("pair", [("safe", "safe-too")])
def test_two_of_one_role_are_not_enough(pair: tuple[str, str]) -> None:
    """Both roles are needed."""
    case = sign(sign(drafted(), pair[0]), pair[1])
    assert case.status is Status.signing
    with pytest.raises(NotNow):
        publish(case)
    assert sign(case, "secure").status is Status.decided


def test_a_person_signs_once() -> None:
    """A second signature of the same person is refused."""
    with pytest.raises(BadSignature, match="already"):
        sign(sign(drafted(), "safe"), "safe")


@pytest.mark.parametrize("name", ["unknown", "maker", "late", "officer"])
def test_a_signature_of_nobody_who_may_sign_is_refused(name: str) -> None:
    """A stranger, the maker, somebody who is not in office yet, the maker's own safety officer."""
    with pytest.raises(BadSignature, match="own product" if name == "officer" else "may sign now"):
        sign(drafted(), name)


def test_a_signature_of_something_else_is_refused() -> None:
    """Another statement's signature, and one under somebody else's key."""
    case, other = drafted(), drafted(conditions=("Other.",))
    with pytest.raises(BadSignature, match="no signature of the statement"):
        add_signature(case, *signature(other, "safe"), trust=TRUST, now=NOW)
    with pytest.raises(BadSignature, match="no signature of the statement"):
        add_signature(case, KEYS["secure"].public.keyid, signature(case, "safe")[1], trust=TRUST, now=NOW)


def test_a_draft_that_somebody_signed_is_frozen() -> None:
    """An unsigned draft may be drafted anew; a signed one stands or is declined."""
    again = drafted(drafted(), conditions=("Other.",))
    assert again.conditions == ("Other.",)
    with pytest.raises(NotNow, match="has signed"):
        drafted(sign(again, "safe"))
    with pytest.raises(NotNow):
        add_report(again, CLEAN)


def test_a_draft_is_of_the_package_that_was_judged() -> None:
    """Another package under the same name is refused."""
    with pytest.raises(NotNow, match="another package"):
        drafted(waiting(), tiny({"app.css": "p { margin: 0 }"}))


def test_a_case_is_declined_with_a_reason_for_good() -> None:
    """Nothing can be done with it afterwards."""
    case = decline(waiting(), "safe", "The list does not say how old it is.")
    assert (case.status, case.declined and case.declined.by) == (Status.declined, "safe")
    for take in (drafted, publish, partial(add_report, report=CLEAN)):
        with pytest.raises(NotNow):
            take(case)
    with pytest.raises(BadReview):
        decline(waiting(), "safe", "no")
    decided = sign(sign(drafted(), "secure"), "safe")
    with pytest.raises(NotNow):
        decline(decided, "safe", "The list does not say how old it is.")


def test_a_decision_signed_too_late_is_not_made() -> None:
    """The second signature comes after the dates that the first was given for."""
    case = sign(drafted(), "safe")
    late = replace(
        TRUST, accreditors=tuple(replace(one, valid_until=NOW + timedelta(days=4000)) for one in TRUST.accreditors)
    )
    with pytest.raises(BadSignature, match="verified"):
        add_signature(case, *signature(case, "secure"), trust=late, now=NOW + timedelta(days=500))


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


@pytest.mark.parametrize("months", [0, -1, 37])
def test_a_decision_holds_for_a_month_to_three_years(months: int) -> None:
    """Not for ever, and not for no time."""
    with pytest.raises(NotNow, match="36 months"):
        draft(waiting(), PACKAGE, (KEYS["maker"].public.pem,), verifier=TRUST.verifier, now=NOW, months=months)


def step(case: Case, what: str, who: str) -> Case:  # noqa: PLR0911  a step a line
    match what:
        case "clean":
            return add_report(case, CLEAN)
        case "open":
            return add_report(case, OPEN)
        case "broken":
            return add_report(case, replace(BROKEN, package_sha256=PACKAGE.sha256))
        case "review":
            return review(case, word((case.unreviewed or OPEN.unassessed)[0], by=who))
        case "draft":
            return drafted(case)
        case "sign":
            return sign(case, who)
        case "publish":
            return publish(case)
        case _:
            return decline(case, who, "It is not what we would have on our wards.")


WHAT = (
    "clean",
    "open",
    "open",
    "broken",
    "review",
    "review",
    "draft",
    "draft",
    "sign",
    "sign",
    "sign",
    "publish",
    "publish",
    "decline",
)
STEPS = st.lists(
    st.tuples(st.sampled_from(WHAT), st.sampled_from(["safe", "safe-too", "secure", "officer", "late"])), max_size=14
)


def play(steps: list[tuple[str, str]]) -> Case:
    """Each step that can be taken is; what is refused changes nothing."""
    case = submitted()
    for what, who in steps:
        if what == "sign" and case.statement is None:
            continue
        try:
            case = step(case, what, who)
        except TabardError:
            continue
    return case


@settings(max_examples=300)
@given(STEPS)
def test_no_sequence_of_steps_publishes_what_two_people_did_not_sign(steps: list[tuple[str, str]]) -> None:
    """Published or decided: both roles signed, everything was assessed or reviewed, nothing failed."""
    case = play([("open", ""), *steps])
    if case.status in (Status.decided, Status.published):
        signed = signers(case, TRUST)
        assert {one.role for one in signed} == set(Role)
        assert len({one.id for one in signed}) >= 2
        assert not {"officer", "late"} & {one.id for one in signed}
        assert case.report is not None
        assert case.unreviewed == ()
        assert case.report.failing == ()
        assert case.statement is not None
        assert read_statement(case.statement.payload).report_sha256 == case.report.sha256
        assert read_statement(case.statement.payload).reviewed == case.reviews


def test_the_property_is_about_something() -> None:
    """Such sequences do reach the end: else the property could not fail."""
    steps = [
        ("open", ""),
        ("review", "secure"),
        ("review", "safe"),
        ("review", "secure"),
        ("draft", ""),
        ("sign", "safe"),
        ("sign", "secure"),
        ("publish", ""),
    ]
    assert play(steps).status is Status.published
