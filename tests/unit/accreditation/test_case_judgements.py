"""People judge criteria: who may, by which word, of what; and no decision comes about while one that must be met is open."""

from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any

import pytest

from tabard.accreditation import (
    BadReview,
    Barred,
    Case,
    NotNow,
    Route,
    Since,
    Status as CaseStatus,
    Terms,
    add_condition,
    draft,
    drop_condition,
    judge,
    judge_by_difference,
    judges_of,
    refer_back,
    reopen,
    reply,
    standings_of,
    stood,
    stood_in,
    take,
)
from tabard.accreditation.cases.carrying import may_speak
from tabard.accreditation.claims import (
    Evidence,
    EvidenceKind,
    Judgement,
    Known,
    Standing,
    Status,
    Waits,
    claims_of,
    known_of,
)
from tabard.accreditation.frameworks import Bearer, Level, NoSuchCriterion, all_frameworks, criterion
from tabard.decision import Condition, Owner, Reviewed, Role, plain_words, read_statement
from tabard.product import Package
from unit.accreditation.people import (
    CENTRE,
    KEYS,
    NOW,
    PACKAGE,
    REASON,
    checked,
    drafted,
    in_review,
    judged,
    submitted,
    taken,
    who,
)
from unit.accreditation.tiny import report_of, tiny

ASVS, SAFETY, ALONE = "asvs-5.0/1.2.1", "dcb0129-4.2/2.1.1", "tabard/no-secrets"
CLAIMS = f"""
[[claim]]
criterion = "{SAFETY}"
state = "todo"
reason = "It is still to be written down."
by = 2027-03-31
[[claim]]
criterion = "{ASVS}"
state = "done"
evidence = ["README.md"]
"""
SAID = tiny({"claims.toml": CLAIMS})
"""The tiny product, of which its maker says that one thing is done and another still to do."""

DUE = date(2027, 3, 31)
SINCE = Since("1.0.0", Route.difference, (), ())
TWO = Terms(conditions=(Condition("", "Use it beside the record."), Condition("", "Train whoever uses it.")))


def said(case: Case | None = None) -> Case:
    return case or taken(checked(report_of(SAID), submitted(SAID)))


def known(case: Case, package: Package = SAID) -> Known:
    return known_of(case, package.manifest, claims_of(package.files), ())


def word(
    case: Case,
    one: str,
    status: Status = Status.met,
    *conditions: str,
    by: str = "secure",
    reason: str = REASON,
) -> Case:
    return judge(case, who(by), (one,), status, reason, conditions, known=known(case), now=NOW)


def conditioned(case: Case | None = None) -> Case:
    return add_condition(said(case), who("safe"), "It is written down by then.", Owner.maker, DUE, NOW)


def draft_of(case: Case, terms: Terms) -> Case:
    return draft(case, PACKAGE, (KEYS["maker"].public.pem,), verifier=CENTRE, now=NOW, terms=terms)


def stands(case: Case, one: str, package: Package = SAID) -> Standing:
    told = stood(case, known(case, package), NOW.date())
    return next(standing for each, standing in told if each.id == one)


def test_a_word_stands_with_whose_it_is() -> None:
    """And binds what was before them."""
    case = word(said(), ASVS)
    (kept,) = case.judgements
    assert (kept.by, kept.role, kept.status, len(kept.basis)) == ("secure Person", Role.security, Status.met, 64)
    assert stands(case, ASVS).status is Status.met


def test_only_a_role_that_judges_it_may() -> None:
    """Security judges code, and not the safety case."""
    with pytest.raises(BadReview, match="this role may not judge that"):
        word(said(), SAFETY, Status.not_met)


def test_whatever_is_asked_has_a_role_that_judges_it() -> None:
    """Of each class; and where the class needs none of those named, those that it needs."""
    asked = [one for each in all_frameworks() for one in each.criteria if one.owner is Bearer.maker]
    assert all(one.judges for one in asked if one.level is not Level.context)
    connects = criterion("dtac-2.0/C4.1.1")
    assert set(judges_of(connects, 1)) == {Role.clinical_safety, Role.security, Role.interoperability}
    assert judges_of(connects, 3) == (Role.interoperability,)


def test_only_who_took_the_case_on_may() -> None:
    """Another of the same role may not; nor whoever has a conflict."""
    with pytest.raises(Barred, match="you have not taken this case on"):
        judge(said(), who("governs"), (ASVS,), Status.met, REASON, known=known(said()), now=NOW)
    case = take(word(said(), ASVS), who("secure"), "I wrote a part of it.", NOW)
    assert case.judgements == (), "what they said before goes with it"
    with pytest.raises(Barred, match="conflict"):
        word(case, ASVS)


def test_who_holds_another_role_by_now_takes_the_case_on_anew() -> None:
    """What they said in the role before goes: nobody's word counts in two roles."""
    safe = replace(who("secure"), role=Role.clinical_safety)
    case = take(word(said(), ASVS), safe, "none", NOW)
    assert [one.role for one in case.taken if one.id == safe.id] == [Role.clinical_safety]
    assert case.judgements == ()
    assert take(case, safe, "none", NOW) == case


def test_only_in_review() -> None:
    """Not while the rules run, not once it is drafted."""
    with pytest.raises(NotNow):
        judge(submitted(SAID), who("secure"), (ASVS,), Status.met, REASON, known=known(said()), now=NOW)
    case = drafted()
    with pytest.raises(NotNow):
        judge(case, who("secure"), (ASVS,), Status.met, REASON, known=known(case, PACKAGE), now=NOW)


@pytest.mark.parametrize(
    ("one", "why"),
    [
        ("dcb0160-3.2/2.5.1", "not asked of this product's maker"),
        ("asvs-5.0/2.4.1", "not asked of this product's maker"),
        ("dtac-2.0/A1", "not asked of this product's maker"),
        (ALONE, "nothing left to judge"),
    ],
)
def test_what_is_not_asked_or_needs_nobody_is_not_judged(one: str, why: str) -> None:
    """The hospital's side, what such a product has not, what is context alone, and what a rule alone has passed."""
    case, by = said(), who("safe") if one.startswith("d") else who("secure")
    with pytest.raises((BadReview, NoSuchCriterion), match=why):
        judge(case, by, (criterion(one).id,), Status.met, REASON, known=known(case), now=NOW)


def test_no_is_said_even_of_what_a_rule_has_passed() -> None:
    """A person who sees more than the rule stops the product."""
    case = word(said(), ALONE, Status.not_met)
    assert (stands(case, ALONE).status, stands(case, ALONE).waits) == (Status.not_met, Waits.maker)


def test_a_criterion_that_is_none_is_refused() -> None:
    """By its name."""
    with pytest.raises(NoSuchCriterion):
        word(said(), "asvs-5.0/99.9.9")


def test_a_word_has_a_reason_and_some_criteria() -> None:
    """Five words, 1 to 300 criteria; and nothing is judged as not assessed."""
    with pytest.raises(BadReview, match="a reason is told"):
        word(said(), ASVS, reason="Looks good to me.")
    for ids in ((), tuple(f"asvs-5.0/{number}" for number in range(301))):
        with pytest.raises(BadReview, match="some criteria"):
            judge(said(), who("secure"), ids, Status.met, REASON, known=known(said()), now=NOW)
    with pytest.raises(BadReview, match="judges nothing"):
        word(said(), ASVS, Status.not_assessed)


def test_conditions_are_there_and_belong_to_the_one_word() -> None:
    """Named where it is met with conditions, and only there."""
    with pytest.raises(BadReview, match="no such condition"):
        word(conditioned(), SAFETY, Status.met_with_conditions, "C2", by="safe")
    with pytest.raises(BadReview, match="where these are named"):
        word(conditioned(), SAFETY, Status.met_with_conditions, by="safe")
    with pytest.raises(BadReview, match="where these are named"):
        word(conditioned(), ASVS, Status.met, "C1")


def test_what_is_still_to_do_is_met_on_a_condition_alone() -> None:
    """The plain word is refused; where it stood before it does not make up for it."""
    with pytest.raises(BadReview, match="cannot be met as it stands"):
        word(said(), SAFETY, by="safe")
    case = word(conditioned(), SAFETY, Status.met_with_conditions, "C1", by="safe")
    found = stands(case, SAFETY)
    assert (found.status, found.conditions, found.waits) == (Status.met_with_conditions, ("C1",), Waits.nothing)
    plain = replace(case, judgements=(replace(case.judgements[0], status=Status.met, conditions=()),))
    assert stands(plain, SAFETY).status is Status.not_met


def test_a_condition_that_is_dropped_takes_the_words_on_it_along() -> None:
    """And the standing says why."""
    case = word(conditioned(), SAFETY, Status.met_with_conditions, "C1", by="safe")
    found = stands(drop_condition(case, who("safe"), "C1"), SAFETY)
    assert found.status is Status.not_met
    assert "C1 was dropped" in found.because[-1]


def test_the_id_of_a_condition_that_was_dropped_is_given_to_no_other() -> None:
    """Neither by who sets one nor by a draft's own: a word on the one would be taken for a word on the other."""
    case = word(conditioned(), SAFETY, Status.met_with_conditions, "C1", by="safe")
    case = drop_condition(case, who("safe"), "C1")
    case = add_condition(case, who("safe"), "It is used on screens of staff alone.", Owner.site, None, NOW)
    assert [one.id for one in case.conditions] == ["C2"]
    assert stands(case, SAFETY).status is Status.not_met
    drafted_ = draft_of(replace(judged(in_review()), conditions=case.conditions, dropped=case.dropped), TWO)
    assert [one.text for one in drafted_.conditions] == [case.conditions[0].text, *(one.text for one in TWO.conditions)]
    assert [one.id for one in drafted_.conditions] == ["C2", "C3", "C4"]
    for id_ in ("C1", "C2"):
        with pytest.raises(NotNow, match="an id of its own"):
            draft_of(replace(case, conditions=case.conditions), Terms(conditions=(Condition(id_, "Other words."),)))


def test_new_evidence_takes_no_person_s_no_back() -> None:
    """What a rule alone has passed waits for a person's word again; and who said no may take it back."""
    case = word(said(), ALONE, Status.not_met)
    item = Evidence("letter", "b" * 64, EvidenceKind.document, "A letter", "RZZ", NOW.date(), (ALONE,))
    now = replace(known(case), evidence=(item,))
    found = next(standing for one, standing in stood(case, now, NOW.date()) if one.id == ALONE)
    assert (found.status, found.waits) == (Status.not_assessed, Waits.judgement)
    assert "secure Person" in found.because[0]
    assert stands(word(case, ALONE), ALONE).status is Status.met
    again = judge(case, who("secure"), (ALONE,), Status.met, REASON, known=now, now=NOW)
    known_again = replace(now, judgements=again.judgements)
    assert {one.id: each.status for one, each in stood(again, known_again, NOW.date())}[ALONE] is Status.met


def test_no_word_makes_up_for_what_a_rule_found_broken() -> None:
    """Neither when it is given nor when it stood before, on a condition or not."""
    broken = report_of(tiny({"claims.toml": CLAIMS, "key.txt": "-----BEGIN PRIVATE KEY-----"}))
    case = word(conditioned(), ASVS, Status.met_with_conditions, "C1")
    moved = replace(case.judgements[0], criterion=ALONE)
    after = replace(case, report=broken, judgements=(moved,))
    assert stands(after, ALONE).status is Status.not_met
    for status, on in ((Status.met, ()), (Status.met_with_conditions, ("C1",)), (Status.not_applicable, ())):
        with pytest.raises(BadReview, match="no word makes up for that"):
            word(after, ALONE, status, *on)


def test_a_later_word_of_the_person_or_role_wins_and_a_no_of_another_stands() -> None:
    """Each role has one word on a criterion."""
    case = word(word(said(), SAFETY, Status.not_met, by="safe"), SAFETY, Status.not_applicable, by="safe-too")
    assert [(one.by, one.status) for one in case.judgements] == [("safe-too Person", Status.not_applicable)]
    other = replace(case.judgements[0], by="secure Person", role=Role.security, status=Status.not_met)
    assert stands(replace(case, judgements=(*case.judgements, other)), SAFETY).status is Status.not_met


def test_a_word_falls_when_what_was_before_its_speaker_changes() -> None:
    """The claim is another now: the standing tells whose word fell."""
    case = word(said(), ASVS)
    other = tiny({"claims.toml": CLAIMS, "README.md": PACKAGE.files["README.md"] + b"\nMore of it.\n"})
    found = stands(case, ASVS, other)
    assert found.status is Status.not_assessed
    assert "secure Person" in found.because[-1]
    assert "has changed since" in found.because[-1]
    assert stands(replace(case, judgements=(replace(case.judgements[0], basis=""),)), ASVS).holds_up


def test_nothing_is_drafted_while_one_must_is_open() -> None:
    """All but one are judged: it is named, with its remedy; a refusal is drafted all the same."""
    whole = judged(in_review())
    left = replace(whole, judgements=tuple(one for one in whole.judgements if one.criterion != ASVS))
    with pytest.raises(NotNow) as refused:
        draft_of(left, Terms())
    assert ASVS in (refused.value.got or "")
    assert "0 not met, 1 not assessed" in (refused.value.got or "")
    assert "tabard accredit criteria" in (refused.value.remedy or "")
    refusal = draft_of(left, Terms(grounds=("Two patients can be taken for one.",)))
    assert refusal.statement is not None
    stood_then = read_statement(refusal.statement.payload).criteria
    assert stood_then is not None
    assert stood_then.open_musts == 1
    assert draft_of(whole, Terms()).statement is not None


def test_nothing_is_accredited_over_an_open_question() -> None:
    """Not by way of a refusal either, drafted while its maker has yet to answer: dropped, the case is with its maker again."""
    asked = refer_back(judged(in_review()), who("safe"), "", "What happens when it is slow?", NOW)
    refusal = draft_of(asked, Terms(grounds=("Two patients can be taken for one.",)))
    with pytest.raises(NotNow, match="yet to answer"):
        draft_of(refusal, Terms())
    assert reopen(refusal, who("safe"), NOW).status is CaseStatus.referred_back
    assert take(refusal, who("governs"), "none", NOW).status is CaseStatus.referred_back
    answered = reply(reopen(refusal, who("safe"), NOW), "St Elsewhere", 1, "It says so.", NOW)
    assert draft_of(answered, Terms()).statement is not None


def test_a_draft_adds_no_more_conditions_than_a_case_may_have() -> None:
    """Fifty in all."""
    with pytest.raises(NotNow, match="too many conditions"):
        draft_of(judged(in_review()), Terms(conditions=(Condition("", "Use it beside the record."),) * 51))


def test_a_decision_pins_how_its_criteria_stood() -> None:
    """The counts, and the digest of the document that anybody may read."""
    case = drafted()
    assert case.statement is not None
    decision = read_statement(case.statement.payload)
    told = stood_in(case, PACKAGE, (), NOW.date())
    assert decision.criteria is not None
    document = standings_of(PACKAGE, CENTRE, told, ())
    assert decision.criteria.standings_sha256 == sha256(document).hexdigest()
    assert (decision.criteria.asked, decision.criteria.open_musts) == (len(told), 0)
    assert any(one.startswith(f"Of {len(told)} criteria") for one in plain_words(decision, {}))


def test_words_are_carried_to_the_next_version_where_no_role_looks_anew() -> None:
    """With the condition that they name, and the version of which they were said."""
    before = word(word(conditioned(), SAFETY, Status.met_with_conditions, "C1", by="safe"), ASVS)
    after = replace(before, version="1.1.0", judgements=(), conditions=())
    since = Since("1.0.0", Route.difference, ("More code.",), (Role.security,))
    carried = judge_by_difference(after, since, before)
    (one,) = carried.judgements
    assert (one.criterion, one.basis) == (SAFETY, before.judgements[0].basis)
    assert "said of version 1.0.0" in one.reason
    assert [each.id for each in carried.conditions] == ["C1"]
    assert stands(carried, SAFETY).status is Status.met_with_conditions
    assert judge_by_difference(carried, since, before).judgements == carried.judgements, "and once"


def test_a_word_on_a_condition_that_is_met_overdue_or_another_now_is_not_carried() -> None:
    """Somebody looks again."""
    before = word(conditioned(), SAFETY, Status.met_with_conditions, "C1", by="safe")
    after = replace(before, judgements=(), conditions=())
    since = Since("1.0.0", Route.difference, (), ())
    old = replace(before.conditions[0], due=NOW.date())
    other = Condition("C1", "Only on screens of staff.")
    assert judge_by_difference(after, since, before).judgements
    assert not judge_by_difference(after, since, replace(before, conditions=(old,))).judgements
    assert not judge_by_difference(replace(after, conditions=(other,)), since, before).judgements


@pytest.mark.parametrize(
    "now",
    [
        {"taken": "a conflict"},
        {"barred": ("safe",), "taken": ""},
        {"safety_officer": "SAFE  person"},
        {"publisher": "X26"},
    ],
)
def test_a_word_of_whoever_may_not_judge_this_version_is_not_carried(now: dict[str, Any]) -> None:
    """Whoever declared a conflict, refused it, or is of the maker's house by now: their word on the version before stays there."""
    before = word(conditioned(), SAFETY, Status.met_with_conditions, "C1", by="safe")
    fresh = replace(before, judgements=(), conditions=(), taken=())
    if now.get("taken"):
        fresh = take(fresh, who("safe"), "I wrote a part of it.", NOW)
    after = replace(fresh, **{name: value for name, value in now.items() if name != "taken"})
    assert not judge_by_difference(after, SINCE, before).judgements
    seen = replace(before, reviews=(Reviewed("r", "pass", "p", REASON, "safe Person", Role.clinical_safety),))
    assert not may_speak(seen.reviews[0].by, after, seen)
    assert judge_by_difference(replace(before, judgements=(), conditions=(), taken=()), SINCE, before).judgements


def test_a_word_of_a_role_that_judges_it_no_more_is_not_carried() -> None:
    """A graver class asks for other roles, also of what was judged before."""
    connects = criterion("dtac-2.0/C4.1.1").id
    word_ = Judgement(connects, Status.met, REASON, "secure Person", Role.security, basis="b" * 64)
    before = replace(said(), judgements=(word_,))
    after = replace(before, judgements=())
    assert judge_by_difference(after, SINCE, before).judgements
    assert not judge_by_difference(replace(after, product_class=3), SINCE, before).judgements


def test_a_condition_that_was_dropped_here_comes_with_no_word() -> None:
    """Under its id something else was meant."""
    before = word(conditioned(), SAFETY, Status.met_with_conditions, "C1", by="safe")
    after = replace(before, judgements=(), conditions=(), dropped=("C1",))
    assert not judge_by_difference(after, SINCE, before).judgements
