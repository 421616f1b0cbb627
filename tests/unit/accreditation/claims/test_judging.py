"""How a criterion stands: every way to each status, and that nothing becomes met by silence."""

from dataclasses import replace
from datetime import date

import pytest

from tabard.accreditation.claims import (
    Claims,
    Judgement,
    Known,
    Standing,
    Status,
    Waits,
    basis_of,
    holding_up,
    read_claims,
    standing_of,
    standings,
)
from tabard.accreditation.frameworks import Trait, all_frameworks, criterion
from tabard.accreditation.model import Finding, Rule, Verdict
from tabard.decision import Condition, Owner, Reviewed, Role
from unit.accreditation.claims.test_evidence import TEST
from unit.accreditation.claims.test_ledger import OF_PRODUCT

TODAY = date(2026, 4, 10)
BY_RULE, BY_PEOPLE, QUESTION = (criterion(one) for one in ("tabard/no-secrets", "wcag-2.2/1.4.3", "dtac-2.0/C1.2.2"))
RULES = tuple(
    Rule(name, "t", "s", (Role.security,), lambda _: (), criteria=(one.id,))
    for name, one in (("secrets", BY_RULE), ("contrast", BY_PEOPLE))
)
FOUND = Finding("secrets", Verdict.passed, "package", "", "3 of 3 files", "", "e" * 64)
CONTRAST = replace(FOUND, rule="contrast")
MET = Judgement(BY_PEOPLE.id, Status.met, "Looked at each page.", "Sam Ade", Role.clinical_safety)
MENDED = Condition("C1", "The dialog is mended by then.", Owner.maker, date(2026, 6, 1))
NOTHING = Known()


def claims(state: str, one: str = BY_PEOPLE.id, more: str = "") -> Claims:
    text = f'[[claim]]\ncriterion = "{one}"\nstate = "{state}"\nreason = "Because of these five words."\n{more}\n'
    return read_claims(text.encode(), {"page.md": b""})


def bound(known: Known, rules: tuple[Rule, ...] = RULES) -> Known:
    """The same, each word given by somebody who had just this before them."""
    words = (replace(one, basis=basis_of(criterion(one.criterion), known, rules)) for one in known.judgements)
    return replace(known, judgements=tuple(words))


def stands(one: str, known: Known) -> Standing:
    return standing_of(criterion(one), bound(known), TODAY, rules=RULES)


def status(one: str, known: Known) -> Status:
    return stands(one, known).status


def test_of_nothing_known_nothing_is_met() -> None:
    """Not one criterion of any framework."""
    for each in all_frameworks():
        for one in standings(each.criteria, NOTHING, TODAY, rules=RULES):
            assert one.status is Status.not_assessed
            assert one.because


def test_a_rule_that_sees_the_whole_suffices() -> None:
    """And what it looked at is the evidence."""
    found = standing_of(BY_RULE, Known(findings=(FOUND,)), TODAY, rules=RULES)
    assert (found.status, found.evidence, found.rules) == (Status.met, ("e" * 64,), ("secrets",))


def test_a_rule_that_sees_a_part_waits_for_a_person() -> None:
    """Machines see a part of accessibility."""
    assert status(BY_PEOPLE.id, Known(findings=(CONTRAST,))) is Status.not_assessed
    assert status(BY_PEOPLE.id, Known(findings=(CONTRAST,), judgements=(MET,))) is Status.met


def test_a_person_s_word_does_not_make_up_for_what_is_broken() -> None:
    """The product is mended."""
    broken = replace(CONTRAST, verdict=Verdict.failed, expected="4.5 to 1", got="2 to 1")
    known = Known(findings=(broken,), judgements=(MET,), claims=claims("done", more='evidence = ["page.md"]'))
    assert status(BY_PEOPLE.id, known) is Status.not_met


@pytest.mark.parametrize("verdict", [Verdict.error, Verdict.not_assessed])
def test_what_a_rule_could_not_tell_stays_open(verdict: Verdict) -> None:
    """Also where a person judged the criterion: they may not have seen that place."""
    open_ = replace(CONTRAST, verdict=verdict, got="no browser")
    assert status(BY_PEOPLE.id, Known(findings=(open_,), judgements=(MET,))) is Status.not_assessed
    assert status(BY_RULE.id, Known(findings=(replace(FOUND, verdict=verdict),))) is Status.not_assessed


def test_a_review_of_the_place_closes_what_a_rule_could_not_tell() -> None:
    """Of that place, and not of another; an error of ours is closed by nobody."""
    open_ = replace(FOUND, verdict=Verdict.not_assessed)
    seen = Reviewed("secrets", "pass", "package", "Read it all.", "Sam Ade", Role.security)
    assert status(BY_RULE.id, Known(findings=(open_,), reviewed=(seen,))) is Status.met
    assert status(BY_RULE.id, Known(findings=(open_,), reviewed=(replace(seen, place="x"),))) is Status.not_assessed
    error = replace(open_, verdict=Verdict.error)
    assert status(BY_RULE.id, Known(findings=(error,), reviewed=(seen,))) is Status.not_assessed


def test_a_rule_that_did_not_run_is_no_pass() -> None:
    """Though the others passed and a person judged."""
    silent = replace(RULES[0], id="other")
    known = Known(findings=(FOUND,), judgements=(replace(MET, criterion=BY_RULE.id),))
    run = (*RULES, replace(silent, criteria=(BY_RULE.id,)))
    assert standing_of(BY_RULE, bound(known, run), TODAY, rules=run).because == ("other was not run",)


def test_a_person_may_refuse_set_conditions_or_say_it_does_not_apply() -> None:
    """Of several the gravest word holds."""
    no = replace(MET, status=Status.not_met, by="Kim Roe")
    maybe = replace(MET, status=Status.met_with_conditions, conditions=("C1",))
    never = replace(MET, status=Status.not_applicable)
    base = Known(findings=(CONTRAST,), conditions=(MENDED,))
    assert status(BY_PEOPLE.id, replace(base, judgements=(MET, no))) is Status.not_met
    found = stands(BY_PEOPLE.id, replace(base, judgements=(MET, maybe)))
    assert (found.status, found.conditions) == (Status.met_with_conditions, ("C1",))
    assert status(BY_PEOPLE.id, replace(base, judgements=(never,))) is Status.not_applicable


def test_a_claim_alone_is_never_met() -> None:
    """Done waits for a judgement, exempt for agreement, to do is not met."""
    base = Known(findings=(CONTRAST,))
    assert (
        status(BY_PEOPLE.id, replace(base, claims=claims("done", more='evidence = ["page.md"]'))) is Status.not_assessed
    )
    assert status(BY_PEOPLE.id, replace(base, claims=claims("exempt"))) is Status.not_assessed
    assert status(BY_PEOPLE.id, replace(base, claims=claims("todo"))) is Status.not_met
    assert status(BY_PEOPLE.id, replace(base, claims=claims("todo"), judgements=(MET,))) is Status.not_met


def test_an_answer_that_does_not_pass_is_not_met() -> None:
    """Whoever says no to DCB0129 has not carried it out."""
    said = Known(claims=claims("done", QUESTION.id, 'answer = "no"'))
    assert status(QUESTION.id, said) is Status.not_met
    assert status(QUESTION.id, Known(claims=claims("done", QUESTION.id, 'answer = "yes"'))) is Status.not_assessed


def test_an_answer_against_what_the_product_shows_is_not_met() -> None:
    """It denies its patients' data, and its scopes read them."""
    said = Known(claims=claims("done", "dtac-2.0/C4.2", 'answer = "no"'), traits=frozenset({Trait.patient_data}))
    assert status("dtac-2.0/C4.2", said) is Status.not_met


def test_a_question_that_the_form_passes_by_is_not_applicable() -> None:
    """With the answer that did it; what the answer itself is worth is judged where it stands."""
    said = Known(claims=claims("done", "dtac-2.0/C3.2", 'answer = "yes"'))
    assert status("dtac-2.0/C3.3", said) is Status.not_applicable
    assert status("dtac-2.0/C3.2", said) is Status.not_assessed


def test_evidence_must_be_there_serve_this_and_stand_today() -> None:
    """Unknown, put forward for something else, or over: not met, whatever anybody says."""
    named = claims("done", "dtac-2.0/C3.3", f'evidence = ["sha256:{TEST.sha256}"]')
    judged = replace(MET, criterion="dtac-2.0/C3.3")
    base = Known(claims=named, judgements=(judged,))
    assert status("dtac-2.0/C3.3", base) is Status.not_met
    assert (
        status("dtac-2.0/C3.3", replace(base, evidence=(replace(TEST, serves=("dtac-2.0/C3.1",)),))) is Status.not_met
    )
    assert status("dtac-2.0/C3.3", replace(base, evidence=(TEST,))) is Status.met
    old = replace(base, evidence=(replace(TEST, made=date(2025, 4, 9)),))
    assert status("dtac-2.0/C3.3", old) is Status.not_met


def test_evidence_of_other_bytes_is_told_to_whoever_judges() -> None:
    """One item may serve the next version too, when a person says so."""
    one = OF_PRODUCT.serves[0]
    named = claims("done", one, f'evidence = ["sha256:{OF_PRODUCT.sha256}"]')
    known = Known(claims=named, evidence=(OF_PRODUCT,), package_sha256="d" * 64)
    found = standing_of(criterion(one), known, TODAY, rules=RULES)
    assert found.status is Status.not_assessed
    assert "other bytes" in found.because[-1]
    assert status(one, replace(known, judgements=(replace(MET, criterion=one),))) is Status.met


def test_what_is_not_asked_of_its_class_is_set_aside() -> None:
    """With the reason of the class."""
    known = Known(aside=((BY_PEOPLE.id, "it has no pages"),))
    assert standing_of(BY_PEOPLE, known, TODAY, rules=RULES).because == ("it has no pages",)


def test_only_musts_hold_a_product_up() -> None:
    """What should be, and what is compared, does not."""
    asked = [criterion(one) for one in ("dtac-2.0/D1.1", "dcb0129-4.2/4.1.2", "dcb0129-4.2/4.1.1")]
    found = standings(asked, NOTHING, TODAY, rules=RULES)
    assert [one.criterion for one in holding_up(asked, found)] == ["dcb0129-4.2/4.1.1"]


def test_a_must_of_which_nobody_speaks_holds_up() -> None:
    """Standings that leave one out let nothing through."""
    asked = [criterion("dcb0129-4.2/4.1.1"), BY_RULE]
    (found,) = holding_up(asked, standings([BY_RULE], Known(findings=(FOUND,)), TODAY, rules=RULES))
    assert (found.criterion, found.status, found.waits) == (asked[0].id, Status.not_assessed, Waits.judgement)


def test_a_condition_stands_in_for_what_is_still_to_do_or_not_proven() -> None:
    """Never for what no rule could tell, nor for an answer that the product itself denies."""
    word = replace(MET, status=Status.met_with_conditions, conditions=("C1",))
    base = Known(findings=(CONTRAST,), conditions=(MENDED,), judgements=(word,))
    assert status(BY_PEOPLE.id, replace(base, claims=claims("todo"))) is Status.met_with_conditions
    unproven = claims("done", more=f'evidence = ["sha256:{"9" * 64}"]')
    assert status(BY_PEOPLE.id, replace(base, claims=unproven)) is Status.met_with_conditions
    open_ = replace(base, findings=(replace(CONTRAST, verdict=Verdict.not_assessed),), claims=claims("todo"))
    assert (status(BY_PEOPLE.id, open_), stands(BY_PEOPLE.id, open_).waits) == (Status.not_assessed, Waits.review)
    denied = Known(
        claims=claims("done", "dtac-2.0/C4.2", 'answer = "no"'),
        traits=frozenset({Trait.patient_data}),
        conditions=(MENDED,),
        judgements=(replace(word, criterion="dtac-2.0/C4.2"),),
    )
    assert (status("dtac-2.0/C4.2", denied), stands("dtac-2.0/C4.2", denied).waits) == (Status.not_met, Waits.maker)


def test_a_word_with_conditions_that_names_none_stands_for_nothing() -> None:
    """However it came to be kept."""
    bare = replace(MET, status=Status.met_with_conditions)
    assert status(BY_PEOPLE.id, Known(claims=claims("todo"), judgements=(bare,))) is Status.not_met


def test_no_word_makes_up_for_an_answer_that_the_product_contradicts() -> None:
    """Neither that it is met nor that it does not apply: what was said of a version without that trait is not said of one with it."""
    one = "dtac-2.0/C4.2"
    said = claims("done", one, 'answer = "no"\nevidence = ["page.md"]')
    for told in (Status.met, Status.not_applicable):
        word = replace(MET, criterion=one, status=told)
        assert status(one, Known(claims=said, judgements=(word,))) is told
        known = Known(claims=said, judgements=(word,), traits=frozenset({Trait.patient_data}))
        assert stands(one, known).waits is Waits.maker
