"""The pages of messages: found, laid open for a reason, applied again, released, set aside."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tabard.dialect import explain, load
from tabard.hl7v2 import parse
from tabard.link import Decision, Inspected, Line
from tabard.link.looking import tree
from tabard.web.hospital import pages
from tabard.web.hospital.views.messages import understand, ways
from unit.web.browsing import Surfer, token_in
from unit.web.people import RESOURCES
from unit.web.world import LINE, LIVE, PASSWORD, World, hospital_world

HELD = replace(LINE, seq=2, state="waiting", reason="patient_not_known")
RAW = b"MSH|^~\\&|PAS|RXX|T|RXX|20260301101500||ADT^A28|1|P|2.4\rPID|||X1^^^RXX||SMITH^<b>ANN"


def inside(line: Line) -> Inspected:
    """A message as it is laid open."""
    message = parse(RAW)
    told = explain(message, load("itk-2.4"))
    patient = {"resourceType": "Patient", "id": "p1", "birthDate": "1970-01-01"}
    return Inspected(line, RAW.decode(), False, tree(message), (patient,), told.elements, ("PID-9",), "", ())


@pytest.fixture(name="world", scope="module")
def _world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with hospital_world(tmp_path_factory.mktemp("hospital") / "h", RESOURCES) as world:
        yield world


@pytest.fixture(name="feeds")
def _feeds(world: World) -> Surfer:
    links = world.links
    links.told, links.lines, links.inside = (LIVE,), (LINE, HELD), {1: inside(LINE)}
    for noted in (links.decided, links.sought, links.looked, links.words):
        noted.clear()
    links.stands = None
    world.hospital.throttle._counts.clear()  # the clock of this world stands still
    surfer = Surfer(pages(world.portal))
    assert surfer.sign_in("feeds", PASSWORD).status_code == 303
    return surfer


def test_messages_are_found_by_what_is_known_of_them(feeds: Surfer, world: World) -> None:
    """Link, state, type, control id and days go into the search, the last day included."""
    answer = feeds.get("/messages?link=lorenzo&state=parked&event=adt^a01&id=7&from=2026-03-28&to=2026-03-29")
    assert answer.status_code == 200
    (asked,) = world.links.sought
    assert (asked.link, asked.state, asked.event, asked.control_id) == ("lorenzo", "parked", "ADT^A01", "7")
    assert asked.received_from == datetime(2026, 3, 28, tzinfo=UTC)
    assert asked.received_to is not None
    assert asked.received_to.astimezone(UTC) == datetime(2026, 3, 29, 23, tzinfo=UTC), "the day has 23 hours"
    assert "/messages/1" in answer.text
    assert "/messages/2" not in answer.text


def test_a_field_that_says_nothing_usable_is_told_beside_it(feeds: Surfer) -> None:
    """The rest is searched by, and what was typed stands where it was typed."""
    text = feeds.get("/messages?event=AD&from=yesterday").text
    assert "Write a message such as ADT" in text
    assert "Write a day such as" in text
    assert 'value="yesterday"' in text


def test_a_message_page_shows_no_content_unasked(feeds: Surfer, world: World) -> None:
    """State, reason, remedy and the ways to go on; nothing is laid open."""
    text = feeds.get("/messages/1").text
    assert "Patient not known" in text
    assert "SMITH" not in text
    assert world.links.looked == []


def test_a_look_inside_names_role_and_reason(feeds: Surfer, world: World) -> None:
    """The text, field by field, and the FHIR; what the message holds is text and never markup."""
    token = token_in(feeds.get("/messages/1").text)
    answer = feeds.post("/messages/1", {"token": token, "role": "integration", "reason": "the sender asks"})
    assert answer.status_code == 200
    ((seq, looker),) = world.links.looked
    assert (seq, looker.role, looker.reason) == (1, "integration", "the sender asks")
    assert "Given name" in answer.text
    assert "&lt;b&gt;ANN" in answer.text
    assert "<b>ANN" not in answer.text
    assert "went nowhere: PID-9" in answer.text


@pytest.mark.parametrize(("role", "reason"), [("clinical_safety", "why not"), ("integration", " "), ("", "why not")])
def test_no_look_without_a_role_of_ones_own_and_a_reason(feeds: Surfer, world: World, role: str, reason: str) -> None:
    """Refused, and nothing is opened."""
    token = token_in(feeds.get("/messages/1").text)
    answer = feeds.post("/messages/1", {"token": token, "role": role, "reason": reason})
    assert answer.status_code == 400
    assert "SMITH" not in answer.text
    assert world.links.looked == []


@pytest.mark.parametrize(
    ("seq", "verb", "noted"), [(1, "replay", "replay"), (2, "release", "release"), (2, "park", "settle")]
)
def test_a_person_has_something_done_with_a_message(
    feeds: Surfer, world: World, seq: int, verb: str, noted: str
) -> None:
    """By their account and with their reason; the page then says what was decided, and who they are."""
    token = token_in(feeds.get(f"/messages/{seq}").text)
    answer = feeds.post(f"/messages/{seq}/{verb}", {"token": token, "reason": "asked by the ward"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/messages/{seq}?done={verb}")
    assert world.links.decided == [(noted, seq, "feeds", "asked by the ward")]
    text = feeds.get(f"/messages/{seq}?done={verb}").text
    assert "by Ivo Integration (feeds): asked by the ward" in text


def test_what_is_set_aside_holds_up_nobody(feeds: Surfer, world: World) -> None:
    """Its hold is let go of with it; and what is not held is not set aside, for what it brought would stay."""
    token = token_in(feeds.get("/messages/2").text)
    form = {"token": token, "reason": "asked by the ward"}
    assert feeds.post("/messages/2/park", form).status_code == 303
    assert feeds.post("/messages/1/park", form).status_code == 400
    assert set(world.links.let_gone) == {2}


def test_what_cannot_be_done_is_said(feeds: Surfer, world: World) -> None:
    """Nothing is held for an applied message: it cannot be released; and no reason, no deed."""
    token = token_in(feeds.get("/messages/1").text)
    assert feeds.post("/messages/1/release", {"token": token, "reason": "try it"}).status_code == 400
    assert feeds.post("/messages/1/replay", {"token": token, "reason": ""}).status_code == 400
    assert world.links.decided == []


def test_a_message_that_is_not_there_is_not_found(feeds: Surfer) -> None:
    """Neither a number beyond the last nor something that is no number."""
    assert feeds.get("/messages/77").status_code == 404
    assert feeds.get("/messages/x").status_code == 404


def test_messages_are_nothing_for_a_nurse(world: World) -> None:
    """Page and deed alike."""
    world.hospital.throttle._counts.clear()
    nurse = Surfer(pages(world.portal))
    assert nurse.sign_in("nurse", PASSWORD).status_code == 303
    assert nurse.get("/messages").status_code == nurse.get("/messages/1").status_code == 403
    assert nurse.post("/messages/1", {"token": "x", "role": "clinician", "reason": "curious"}).status_code == 403


DOUBT = replace(LINE, seq=3, reason="ambiguous_patient")


@pytest.mark.parametrize("chosen", ["Patient/p1", "new_person", "reject"])
def test_a_person_says_whom_a_message_is_about(feeds: Surfer, world: World, chosen: str) -> None:
    """They see whom it may be, choose one, somebody new or nobody, and say how they know."""
    world.links.lines, world.links.inside = (DOUBT,), {3: inside(DOUBT)}
    world.links.may_be = [one for one in RESOURCES if one["resourceType"] == "Patient"][:2]
    before = feeds.get("/messages/3").text
    assert "Settle it" not in before
    token = token_in(before)
    looked = feeds.post("/messages/3", {"token": token, "role": "integration", "reason": "to settle it"}).text
    assert f'value="Patient/{world.links.may_be[0]["id"]}"' in looked
    assert looked.count('type="radio"') == 4
    answer = feeds.post("/messages/3/settle", {"token": token, "chosen": chosen, "reason": "asked the ward"})
    assert answer.status_code == 303
    kind = {"Patient/p1": "same_person"}.get(chosen, chosen)
    assert world.links.decided == [(kind, 3, "feeds", "asked the ward")]
    (told,) = world.links.words
    assert told.patient_id == ("p1" if kind == "same_person" else None)


WORDS = {
    "same_person": "about a patient who was known",
    "new_person": "about somebody who was not known",
    "reject": "to have no effect",
}


@pytest.mark.parametrize("kind", WORDS)
def test_a_word_that_stands_is_told_and_can_be_changed(feeds: Surfer, world: World, kind: str) -> None:
    """By whom and when; looked inside, the choice stands as it was made, and may be another or be taken back."""
    applied = replace(DOUBT, state="applied", reason=None)
    world.links.lines, world.links.inside = (applied,), {3: inside(applied)}
    world.links.may_be = [one for one in RESOURCES if one["resourceType"] == "Patient"][:2]
    first = world.links.may_be[0]["id"]
    patient = first if kind == "same_person" else None
    world.links.stands = Decision(kind, "feeds", "asked", "2026-03-02T14:00:00Z", patient)  # type: ignore[arg-type]  # one of its kinds
    text = feeds.get("/messages/3").text
    assert WORDS[kind] in text
    assert "Ivo Integration (feeds)" in text
    assert "change it" in text
    assert first not in text
    form = {"token": token_in(text), "role": "integration", "reason": "to put it right"}
    looked = feeds.post("/messages/3", form).text
    assert looked.count('type="radio"') == 5
    assert looked.count(" checked") == 1
    form = {"token": token_in(text), "chosen": "withdraw", "reason": "the ward was wrong"}
    assert feeds.post("/messages/3/settle", form).headers["location"] == "/messages/3?done=withdraw"
    assert world.links.decided == [("withdraw", 3, "feeds", "the ward was wrong")]
    assert "Nobody has said any more" in feeds.get("/messages/3?done=withdraw").text


def test_somebody_without_an_account_any_more_is_told_by_the_username(feeds: Surfer, world: World) -> None:
    """Their word stands longer than their account."""
    world.links.decided.append(("replay", 1, "gone", "mended"))
    assert "by gone: mended" in feeds.get("/messages/1").text


def test_nothing_is_settled_without_a_choice_and_a_reason(feeds: Surfer, world: World) -> None:
    """Neither a guess nor silence."""
    world.links.lines = (DOUBT,)
    token = token_in(feeds.get("/messages/3").text)
    for form in ({"reason": "sure"}, {"chosen": "Patient/p1", "reason": ""}, {"chosen": "p1", "reason": "sure"}):
        assert feeds.post("/messages/3/settle", {"token": token, **form}).status_code == 400
    assert world.links.decided == []


def test_what_can_be_done_depends_on_the_state() -> None:
    """Refused and duplicate messages are kept and no more; what waits untouched needs nothing."""
    assert ways(LINE) == ("replay",)
    assert ways(HELD) == ("release", "park")
    for state in ("refused", "duplicate"):
        assert ways(replace(LINE, state=state)) == ()
    assert ways(replace(LINE, state="waiting", reason=None)) == ()


def test_a_day_at_the_end_of_time_is_a_problem_and_no_fault() -> None:
    """No day follows the last one."""
    assert understand({"to": "9999-12-31"}).problems
