"""Judging criteria by the form of their page: to whom it is offered, what it takes, what it refuses, and that nothing typed is lost."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tabard.accreditation.claims import Status
from unit.web_store.judged import HARM, Judged
from unit.web_store.world import World

PROCESS, MANAGEMENT, OFFICER, TODO = (f"dcb0129-4.2/{number}" for number in ("2.1.1", "2.2.1", "2.3.1", "2.3.3"))
SECURITYS = "dtac-2.0/C3.5"
WHY = "I read it beside the file of the package."
_BOX = re.compile(r'name="criterion:([^"]+)" value="([0-9a-f]{64})"( checked)?')


def boxes(text: str) -> dict[str, str]:
    """The criteria that the page lets its reader judge, each with the digest of what stands beside it."""
    return {id_: basis for id_, basis, _ in _BOX.findall(text)}


def ticked(text: str) -> set[str]:
    """Those that stand ticked."""
    return {id_ for id_, _, mark in _BOX.findall(text) if mark}


def path(judged: Judged) -> str:
    """Where the case that waits has its criteria."""
    return f"/cases/{judged.waiting}/criteria"


def section_of(text: str, criterion: str) -> str:
    """The key of the section that holds it."""
    before = text[: text.index(f'id="{criterion}"')]
    return str(re.findall(r'name="section" value="([^"]+)"', before)[-1])


def judge(judged: Judged, criteria: dict[str, str], **fields: str) -> httpx.Response:
    """Send the form of the section in which the first of these stands."""
    text = judged.world.get(f"{path(judged)}?standing=all").text
    told = {"section": section_of(text, next(iter(criteria))), "status": "met", "reason": WHY, "standing": "mine"}
    told |= {f"criterion:{id_}": basis for id_, basis in criteria.items()}
    return judged.world.act(path(judged), f"/cases/{judged.waiting}/judgements", **{**told, **fields})


def stands(judged: Judged, criterion: str) -> Status:
    """How it stands."""
    return next(
        standing.status for one, standing in judged.world.store.standings(judged.waiting) if one.id == criterion
    )


def version(judged: Judged) -> int:
    """How often the case was changed."""
    return judged.world.store.case(judged.waiting).version


def as_clinical(judged: Judged) -> World:
    """The world, with the clinical safety reviewer signed in."""
    judged.world.sign_in("clinical")
    return judged.world


def test_each_role_is_offered_its_own(judged: Judged) -> None:
    """A box stands at what this role judges and nothing else; at none of a case that is not in review, or not taken on."""
    mine = boxes(as_clinical(judged).get(f"{path(judged)}?standing=all").text)
    assert PROCESS in mine
    assert SECURITYS not in mine
    judged.world.sign_in("security")
    theirs = boxes(judged.world.get(f"{path(judged)}?standing=all").text)
    assert SECURITYS in theirs
    assert PROCESS not in theirs
    for case in (judged.referred_back, judged.accredited, judged.failing):
        assert boxes(judged.world.get(f"/cases/{case}/criteria?standing=all").text) == {}


def test_anothers_criterion_is_refused(judged: Judged) -> None:
    """A form that was made up for another role changes nothing, and is told why."""
    world = as_clinical(judged)
    judged.world.sign_in("security")
    basis = boxes(world.get(f"{path(judged)}?standing=all").text)[SECURITYS]
    as_clinical(judged)
    mine, before = boxes(world.get(path(judged)).text), version(judged)
    answer = judge(judged, {PROCESS: mine[PROCESS], SECURITYS: basis})
    assert answer.status_code == 400
    assert "this role may not judge that" in answer.text.lower()
    assert version(judged) == before


def test_one_word_judges_all_that_is_ticked(judged: Judged) -> None:
    """Met, by whom, in which role, when and why; the page that follows says so, and shows what waits still."""
    world = as_clinical(judged)
    mine = boxes(world.get(path(judged)).text)
    answer = judge(judged, {one: mine[one] for one in (PROCESS, MANAGEMENT)})
    assert answer.status_code == 303, answer.text
    where = urlsplit(answer.headers["location"])
    assert (where.fragment, parse_qs(where.query)) == ("next", {"standing": ["mine"], "judged": ["2"], "as": ["met"]})
    assert stands(judged, PROCESS) == stands(judged, MANAGEMENT) == Status.met
    page = world.get(answer.headers["location"]).text
    assert "2 criteria are judged: met." in page
    assert PROCESS not in boxes(page)
    text = re.sub("<[^>]+>", "", world.get(f"{path(judged)}?standing=all").text)
    day = r"\d\d-\w{3}-\d{4} \d\d:\d\d"
    assert re.search(rf"Met, says Dr Clinical, clinical safety reviewer, {day}: {re.escape(WHY)}", text)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"reason": "Fine."}, "a reason is told"),
        ({"reason": ""}, "these words cannot stand in a decision"),
        ({"status": ""}, "No word is chosen"),
        ({"status": "not_assessed"}, "No word is chosen"),
    ],
)
def test_what_cannot_be_taken_comes_back_as_it_was_sent(judged: Judged, fields: dict[str, str], words: str) -> None:
    """The page says what is wrong, at its top and at the form, and keeps each tick, the word and the reason; nothing is written."""
    world = as_clinical(judged)
    mine, before = boxes(world.get(path(judged)).text), version(judged)
    answer = judge(judged, {OFFICER: mine[OFFICER]}, **fields)
    text = unescape(answer.text)
    assert answer.status_code == 400
    assert text.lower().count(words.lower()) == 2, "in the summary and at the form"
    assert "<title>Error: " in text
    assert ticked(answer.text) == {OFFICER}
    assert ('value="met" checked' in text) == ("status" not in fields)
    assert (WHY in text) == ("reason" not in fields)
    assert version(judged) == before


def test_nothing_ticked_is_told(judged: Judged) -> None:
    """A form without a tick says that nothing is ticked."""
    world = as_clinical(judged)
    key = section_of(world.get(path(judged)).text, OFFICER)
    told = {"section": key, "status": "met", "reason": WHY}
    answer = world.act(path(judged), f"/cases/{judged.waiting}/judgements", **told)
    assert answer.status_code == 400
    assert "No criterion is ticked" in answer.text


def test_what_is_still_to_do_is_met_on_a_condition_alone(judged: Judged) -> None:
    """A plain word that it is met is refused; with a condition of the case it stands, and names it; without any it is refused."""
    world = as_clinical(judged)
    mine = boxes(world.get(path(judged)).text)
    assert judge(judged, {TODO: mine[TODO]}).status_code == 400
    assert judge(judged, {TODO: mine[TODO]}, status="met_with_conditions").status_code == 400
    answer = judge(judged, {TODO: mine[TODO]}, status="met_with_conditions", **{"condition:C9": "yes"})
    assert "There is no such condition" in answer.text
    assert stands(judged, TODO) is Status.not_met
    answer = judge(judged, {TODO: mine[TODO]}, status="met_with_conditions", **{"condition:C1": "yes"})
    assert answer.status_code == 303, answer.text
    assert stands(judged, TODO) is Status.met_with_conditions
    assert "(C1), says Dr Clinical" in " ".join(world.get(f"{path(judged)}?standing=all").text.split())


def test_who_saw_something_else_judges_nothing(judged: Judged) -> None:
    """Where claim, evidence or findings are other than the page showed, the word is not taken: it is shown anew first."""
    world = as_clinical(judged)
    world.get(path(judged))
    before = version(judged)
    answer = judge(judged, {OFFICER: "0" * 64})
    assert answer.status_code == 400
    assert "changed since you loaded the page" in answer.text
    assert version(judged) == before


def test_a_form_of_another_site_judges_nothing(judged: Judged) -> None:
    """Without our token, with another session's, or sent from another origin."""
    world = as_clinical(judged)
    mine, before = boxes(world.get(path(judged)).text), version(judged)
    told = {"section": "dcb0129-4.2-s3", "status": "met", "reason": WHY, f"criterion:{OFFICER}": mine[OFFICER]}
    at = f"/cases/{judged.waiting}/judgements"
    assert world.post(at, told).status_code == 403
    assert world.post(at, {**told, "token": world.store.sessions.form_token("another")}).status_code == 403
    world.cookies.clear()
    assert world.post(at, told).status_code == 303
    assert version(judged) == before


def test_a_form_without_end_is_not_read(judged: Judged) -> None:
    """More fields than a word can judge criteria, or more bytes: refused."""
    world = as_clinical(judged)
    at = f"/cases/{judged.waiting}/judgements"
    assert world.post(at, {f"criterion:{number}": "x" for number in range(500)}).status_code == 400
    assert world.post(at, {"reason": "x" * 100_000}).status_code == 400


def test_a_link_ticks_what_the_maker_says_is_done(judged: Judged) -> None:
    """Of one section, without a script: those that are claimed done, or all that this person can judge; never another section's."""
    world = as_clinical(judged)
    key = section_of(world.get(path(judged)).text, OFFICER)
    page = world.get(path(judged)).text
    assert f"tick={key}#{key}" in page
    assert ticked(page) == set()
    assert ticked(world.get(f"{path(judged)}?tick={key}").text) == {OFFICER, "dcb0129-4.2/2.3.2"}
    every = ticked(world.get(f"{path(judged)}?standing=all&tick-all={key}").text)
    assert every == {f"dcb0129-4.2/2.3.{number}" for number in range(1, 5)}
    assert ticked(world.get(f"{path(judged)}?tick=%22%3E{HARM}").text) == set()


def test_filters_show_what_they_say(judged: Judged) -> None:
    """As many as each says; what waits for this person where nothing is asked; an address that is made up shows all."""
    world = as_clinical(judged)
    page = world.get(f"{path(judged)}?standing=all").text
    for key, label in (("mine", "Waits for you"), ("holds-up", "Keeps it from a decision"), ("all", "All")):
        found = re.search(rf"{label} \((\d+)\)", page)
        assert found is not None
        shown = world.get(f"{path(judged)}?standing={key}").text
        assert shown.count('class="tabard-criterion"') == int(found[1]) > 0
    assert world.get(path(judged)).text.count('"tabard-criterion"') == world.get(
        f"{path(judged)}?standing=mine"
    ).text.count('"tabard-criterion"')
    assert HARM not in world.get(f"{path(judged)}?standing=%22%3E{HARM}&framework={HARM}").text


def test_each_criterion_names_who_judges_it(judged: Judged) -> None:
    """Also where it waits for whoever reads it, and for somebody else."""
    text = unescape(as_clinical(judged).get(f"{path(judged)}?standing=all").text)
    for criterion, judges in ((PROCESS, "a clinical safety reviewer"), (SECURITYS, "a security reviewer")):
        part = text[text.index(f'<section class="tabard-criterion" id="{criterion}"') :]
        assert f"; judged by {judges}" in part[: part.index("</p>")]


def test_the_case_says_what_keeps_it_from_a_decision(judged: Judged) -> None:
    """How many wait for whom, each a link to just these; no form to draft; and a form that is sent all the same is refused in these words."""
    world = as_clinical(judged)
    case = f"/cases/{judged.waiting}"
    text = world.get(case).text
    told = re.findall(r'<li><a href="([^"]+)">(\d+) (criteri[^<]+)</a></li>', text)
    assert told[0][2] == "criteria wait for you"
    assert any("security reviewer" in words for _, _, words in told)
    for href, number, _ in told:
        assert world.get(unescape(href)).text.count('class="tabard-criterion"') == int(number)
    assert f"{case}/drafts" not in text
    answer = world.act(case, f"{case}/drafts", months="12", conditions="")
    assert answer.status_code == 400
    assert all(f"{number} {words}" in answer.text for _, number, words in told)
    assert world.store.case(judged.waiting).case.statement is None


def test_a_reason_is_shown_as_letters(judged: Judged) -> None:
    """Markup in an assessor's own words runs nowhere."""
    world = as_clinical(judged)
    mine = boxes(world.get(path(judged)).text)
    answer = judge(judged, {OFFICER: mine[OFFICER]}, reason=f"I looked at it and saw {HARM}")
    assert answer.status_code == 303
    for page in (path(judged) + "?standing=all", f"/cases/{judged.waiting}"):
        assert HARM not in world.get(page).text
