"""The questions of the DTAC form, walked."""

import itertools

import pytest

from tabard.accreditation.frameworks import Trait, answers_of, contradictions, framework, walk

FORM = framework("dtac-2.0")


def asked(**answers: str) -> list[str]:
    told = walk(FORM, {name.replace("_", "."): answer for name, answer in answers.items()})
    return [one.partition("/")[2] for one in told.asked]


def test_nothing_is_passed_by_before_it_is_answered() -> None:
    """An empty form asks all of it: nobody gets round a question by leaving out another."""
    assert asked() == [one.number for one in FORM.criteria]
    assert walk(FORM, {}).passed_by == ()


@pytest.mark.parametrize(
    ("answers", "passed"),
    [
        ({"C1_1_1": "no"}, {"C1.1.2"}),
        ({"C1_2": "yes"}, {"C1.2.1"}),
        ({"C1_1_1": "no", "C1_2": "no"}, {"C1.1.2", "C1.2.2", "C1.2.3", "C1.2.4", "C1.2.5"}),
        ({"C1_1_1": "yes", "C1_1_2": "yes"}, {f"C1.2{end}" for end in ("", ".1", ".2", ".3", ".4", ".5")}),
        ({"C2_2": "no"}, {f"C2.2.{at}" for at in range(1, 7)}),
        ({"C3_2": "yes"}, {"C3.3", "C3.4", "C3.5", "C3.5.1", "C3.6"}),
        ({"C4_1": "no"}, {"C4.1.1", "C4.1.2", "C4.1.3"}),
        ({"C4_2": "no"}, {f"C4.2.{at}" for at in range(1, 7)}),
        ({"C4_2_4": "n/a"}, {"C4.2.5", "C4.2.6"}),
        ({"C4_2_5": "yes"}, set()),
        ({"D1_4": "no"}, {"D1.4.1", "D1.4.2", "D1.4.3", "D1.5"}),
        ({"D1_4_1": "yes"}, {"D1.4.2"}),
        ({"D1_4_1": "planned"}, set()),
    ],
)
def test_an_answer_passes_by_what_the_form_says_it_does(answers: dict[str, str], passed: set[str]) -> None:
    """As mended: C4.2 leads on to section D, and DAPB3051 lets nobody off saying how users are known."""
    assert {one.number for one in FORM.criteria} - set(asked(**answers)) == passed


def test_what_is_passed_by_names_the_answer_that_did_it() -> None:
    """So that a reader can go back and change it."""
    told = dict(walk(FORM, {"C3.2": "yes"}).passed_by)
    assert told["dtac-2.0/C3.6"].startswith("C3.2 was answered “yes”")


def test_every_way_through_ends_and_asks_each_question_once() -> None:
    """Over all answers of any two questions that part ways."""
    parting = [one for one in FORM.criteria if one.question and one.question.routes and answers_of(one.question)]
    for two in itertools.combinations(parting, 2):
        for answers in itertools.product(*(answers_of(one.question) for one in two if one.question)):
            found = walk(FORM, dict(zip((one.number for one in two), answers, strict=True)))
            assert len(found.asked) == len(set(found.asked))
            assert len(found.asked) + len(found.passed_by) == len(FORM.criteria)


def test_a_maker_who_answers_otherwise_than_its_product_shows_is_told() -> None:
    """A device that is called none, data of patients that are denied."""
    traits = frozenset({Trait.patient_data, Trait.pages})
    assert contradictions(FORM, {"C1.1.1": "no", "C4.2": "yes", "D1.4": "yes"}, traits) == ()
    told = contradictions(FORM, {"C1.1.1": "yes", "C4.2": "no"}, traits)
    assert [one.partition(":")[0] for one in told] == ["dtac-2.0/C1.1.1", "dtac-2.0/C4.2"]
