"""What assessors look at before they judge: the queue, the criteria, the difference, the hazards."""

from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest

from tabard.accreditation import all_frameworks
from tabard.web.store.pages import frameworks
from unit.web_store.judged import HARM, Judged


def told(judged: Judged, path: str, name: str = "clinical") -> str:
    """The words of a page, as that person sees it."""
    judged.world.sign_in(name)
    answer = judged.world.get(path)
    assert answer.status_code == 200, answer.text
    return " ".join(unescape(answer.text).split())


def test_the_queue_tells_class_clock_and_who_took_it_on(judged: Judged) -> None:
    """Each row has all that says what must be done next, and by whom."""
    text = told(judged, "/cases")
    assert "The publisher must answer 1 question." in text
    assert "0 of 15 working days, the clock stands" in text
    assert "<strong>You</strong>" in text


@pytest.mark.parametrize(
    ("query", "cases"),
    [
        ("state=suspended", ["suspended"]),
        ("state=published", ["accredited", "refused"]),
        ("state=referred_back&whose=mine", ["referred_back"]),
        ("state=expired", []),
        ("state=%3Cscript%3E&whose=", ["accredited", "suspended", "refused", "referred_back", "failing", "harmful"]),
    ],
)
def test_the_queue_is_filtered(judged: Judged, query: str, cases: list[str]) -> None:
    """By state and by who took it on; a state that there is not is as none, and nothing found is told."""
    text = told(judged, f"/cases?{query}")
    for name in ("accredited", "suspended", "refused", "referred_back", "failing", "harmful"):
        assert (f'/cases/{getattr(judged, name)}"' in text) == (name in cases), name
    assert ("No case is so." in text) == (not cases)


def test_a_case_is_told_criterion_by_criterion(judged: Judged) -> None:
    """Each with its number, how it stands and why, what the maker claims, the evidence by its digest, and what rules found."""
    text = told(judged, f"/cases/{judged.accredited}/criteria")
    told_so = (
        "C1.2.5",
        "Met, with conditions",
        "What the maker claims",
        "tabard.toml in the package",
        "says Dr Clinical",
    )
    for words in told_so:
        assert words in text, words
    assert "least-privilege" in text
    assert all(one.sha256 in text for one in all_frameworks() if one.id != "dcb0160-3.2"), "each by its digest"


def test_criteria_are_filtered_by_standing_and_framework(judged: Judged) -> None:
    """What is met and nothing else; one framework and no other; what must be met and is not."""
    met = told(judged, f"/cases/{judged.accredited}/criteria?standing=met&framework=tabard-1.0")
    assert "nhsuk-tag--green" in met
    assert 'nhsuk-tag--red">Not met' not in met
    assert 'id="dtac-2.0"' not in met
    assert "No criterion is so." in told(
        judged, f"/cases/{judged.accredited}/criteria?standing=holds-up&framework=wcag-2.2"
    )
    held = told(judged, f"/cases/{judged.waiting}/criteria?standing=holds-up")
    assert 'nhsuk-tag--yellow">Not assessed' in held
    assert 'nhsuk-tag--green">Met' not in held


def test_a_question_begins_at_the_criterion(judged: Judged) -> None:
    """The page of criteria leads to the form, which stands open and names the criterion; to no form, where there is none."""
    path = f"/cases/{judged.referred_back}"
    assert f'{path}?about=dtac-2.0/C1.2.4#ask"' in told(judged, f"{path}/criteria")
    assert "#ask" not in told(judged, f"{path}/criteria", "security"), "who has not taken it on asks nothing"
    text = told(judged, f"{path}?about=dtac-2.0/C1.2.4")
    assert 'value="dtac-2.0/C1.2.4"' in text
    assert "This is “Safety case report and hazard log”." in text


def test_the_matrix_says_in_words_where_each_hazard_lies(judged: Judged) -> None:
    """Rating and hazard stand in the cell as text: nobody needs to see its colour."""
    text = told(judged, f"/cases/{judged.referred_back}")
    assert "<strong>3</strong><br>before: T1" in text
    assert "<strong>2</strong><br>after: T1" in text
    assert "Approved by Dr Pat Doe" in text


def test_what_changed_since_the_last_decision_is_told(judged: Judged) -> None:
    """Against the version that was accredited, though it is suspended by now: by which route, who looks anew, which hazards."""
    text = told(judged, f"/cases/{judged.referred_back}")
    assert "version 1.0.0" in text
    assert "Code that is other" in text
    assert "The two logs cannot be compared" not in text
    assert "The text of T1 changed." not in text
    assert "is the first version to be published" not in text


@pytest.mark.parametrize("path", ["/cases", "/cases/{}", "/cases/{}/criteria", "/cases/{}/submission"])
def test_nothing_of_a_makers_comes_unescaped(judged: Judged, path: str) -> None:
    """Markup in a name, a hazard, a claim or a file is shown as the letters it is."""
    judged.world.sign_in("clinical")
    text = judged.world.get(path.format(judged.harmful)).text
    assert HARM not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_nothing_of_an_address_comes_unescaped(judged: Judged) -> None:
    """What a link says that a question is to be about stands in the form as letters."""
    judged.world.sign_in("clinical")
    text = judged.world.get(f"/cases/{judged.referred_back}?about=%22%3E{HARM}").text
    assert HARM not in text


def test_a_framework_to_come_lists_whom_it_affects(judged: Judged, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each published product of which it asks something new, with the day by which; today's framework affects nobody."""
    assert "No published product is affected." in told(judged, "/frameworks")
    dtac = next(one for one in all_frameworks() if one.id == "dtac-2.0")
    asked = tuple(
        replace(one, id=one.id.replace("2.0/", "2.1/"), asks=f"{one.asks} And more.") for one in dtac.criteria
    )
    effective = judged.world.store.clock().date() + timedelta(days=30)
    new = replace(dtac, id="dtac-2.1", version="2.1", effective=effective, grace_days=60, criteria=asked)
    monkeypatch.setattr(frameworks, "all_frameworks", lambda: (*all_frameworks(), new))
    text = told(judged, "/frameworks")
    assert "To come" in text
    assert f"{effective + timedelta(days=60):%d-%b-%Y}" in text
    assert "/products/ward-board/1.0.0" in text


def test_who_is_affected_is_for_assessors(judged: Judged) -> None:
    """Nobody else sees the page."""
    judged.world.cookies.clear()
    assert judged.world.get("/frameworks").status_code == 303
