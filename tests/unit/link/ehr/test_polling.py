"""What is asked beforehand: of admitted patients, within its budget, proven like every answer, and told with its age."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from tabard.fhir import Resource
from tabard.link import Doubt, Doubtful
from tabard.link.ehr.driver import Searched
from tabard.link.ehr.kept import LONGEST, Answered, Kept, Question
from tabard.link.ehr.metering import Meter, OverBudget
from tabard.link.ehr.pages import PassedPage
from tabard.link.ehr.polling import Polling
from unit.link.ehr.stand_in import (
    VISIT,
    Beat,
    Side,
    beside,
    bundle,
    failing,
    fhir,
    our_patient,
    saying,
    their_observation,
    their_patient,
)

ANN, BEN = "12724001", "12724002"
NOTHING_NEW: Resource = bundle([])


def statement(*kinds: str) -> Resource:
    """A CapabilityStatement by which these types can be asked what changed."""
    told = [{"type": one, "searchParam": [{"name": "patient"}, {"name": "_lastUpdated"}]} for one in kinds]
    return {"resourceType": "CapabilityStatement", "rest": [{"resource": told}]}


@pytest.fixture
def side(tmp_path: Path) -> Iterator[Side]:
    """Ann is in hospital, Ben is not; nothing changes by itself."""
    with beside(tmp_path, poll=True, requests_a_minute=60, fresh_s=60.0) as found:
        found.stand_in.instead = {
            "/metadata": lambda _: fhir(statement("Observation")),
            "_lastUpdated": lambda _: fhir(NOTHING_NEW),
        }
        yield found


def polling(side: Side) -> Polling:
    """What asks beforehand."""
    assert side.ehr.polling is not None
    return side.ehr.polling


def ask(side: Side, patient: str = "ann", **more: str) -> PassedPage:
    """A product's question."""
    page = side.ehr.record.search("Observation", (("patient", patient), *more.items()))
    assert isinstance(page, PassedPage)
    return page


def questions(side: Side) -> Counter[str]:
    """What was asked since the last look, by type; what changed is counted apart."""
    told = Counter("changed" if "_lastUpdated" in one else one.partition("?")[0] for one in side.stand_in.questions)
    side.stand_in.asked.clear()
    del told["metadata"]
    return told


def admit(side: Side, *names: str) -> None:
    """They are in hospital, here and there; each has a number of their own."""
    for number, name in enumerate(names, 300):
        visit: Resource = {"resourceType": "Encounter", "id": f"e-{name}", "status": "in-progress"}
        side.put(our_patient(name, str(number)), {**visit, "subject": {"reference": f"Patient/{name}"}})
        side.stand_in.put(their_patient(f"9{number}", str(number)), their_observation(f"VS-{number}", f"9{number}"))


def test_nothing_is_polled_that_nobody_asked(side: Side) -> None:
    """Without a question from a product there is nothing to ask beforehand, and nothing leaves."""
    polling(side).turn()
    assert questions(side) == {}
    side.ehr.start()
    assert side.ehr.feed().link == "ehr-fhir"


def test_a_kept_answer_is_proven_again_and_says_its_age(side: Side) -> None:
    """Polled, the results need not be asked for; whose they are is proven at the moment all the same."""
    live = ask(side)
    assert live.notices == ()
    polling(side).turn()
    side.beat.now_s += 20
    questions(side)
    page = ask(side)
    assert [one.resource() for one in page.matches] == [one.resource() for one in live.matches]
    assert page.notices == ("This is as the record system told it 20 seconds ago.",)
    assert questions(side) == {"Patient": 1, "Encounter": 1}


@pytest.mark.parametrize("more", [{"category": "laboratory"}, {"code": "8867-4"}, {"date": "ge2026-01-01"}])
def test_another_question_is_asked_now(side: Side, more: dict[str, str]) -> None:
    """An answer is used for the question that it answered and for no other."""
    ask(side)
    polling(side).turn()
    questions(side)
    assert ask(side, **more).notices == ()
    assert questions(side)["Observation"] == 1


def test_what_is_too_old_is_asked_now(side: Side) -> None:
    """After so many seconds the answer is the EHR's of now."""
    ask(side)
    polling(side).turn()
    side.beat.now_s += 60
    side.stand_in.put(their_observation("VS-1", ANN, status="corrected"))
    page = ask(side)
    assert page.notices == ()
    assert [one.resource()["status"] for one in page.matches] == ["corrected"]


def test_only_who_is_in_hospital_is_asked_about(side: Side) -> None:
    """Ben has no visit that is going on; Ann, once she has left, is kept no longer."""
    ask(side), ask(side, "ben")
    for _ in range(3):
        side.beat.now_s += 30
        polling(side).turn()
    assert {one.url.params["patient"] for one in side.stand_in.asked[-9:] if "patient" in one.url.params} == {ANN}
    visit: Resource = {"resourceType": "Encounter", "id": "e-ann", "status": "finished"}
    side.put({**visit, "subject": {"reference": "Patient/ann"}, "identifier": [{"system": VISIT, "value": "v1"}]})
    side.beat.now_s += 30
    questions(side)
    polling(side).turn()
    assert questions(side) == {}
    assert ask(side).notices == ()


def test_a_type_that_cannot_tell_what_changed_is_not_polled(side: Side) -> None:
    """DiagnosticReports are not, where the statement has no `_lastUpdated` for them."""
    side.ehr.record.search("DiagnosticReport", (("patient", "ann"),))
    questions(side)
    polling(side).turn()
    assert questions(side) == {}


def test_what_did_not_change_is_not_asked_again(side: Side) -> None:
    """One small question prolongs what is kept, for so long; what changed is asked again as a whole."""
    ask(side)
    polling(side).turn()
    questions(side)
    side.beat.now_s += 50
    polling(side).turn()
    assert questions(side) == {"Patient": 2, "Encounter": 2, "changed": 1}
    side.beat.now_s += 50
    assert ask(side).notices == ("This is as the record system told it 100 seconds ago.",)
    side.stand_in.instead["_lastUpdated"] = side.stand_in.data
    side.stand_in.put(their_observation("VS-1", ANN, status="amended", encounter={"reference": "Encounter/97001"}))
    questions(side)
    polling(side).turn()
    assert questions(side) == {"Patient": 1, "Encounter": 1, "changed": 1, "Observation": 1}
    assert [one.resource()["status"] for one in ask(side).matches] == ["amended"]


def test_it_is_not_prolonged_for_ever(side: Side) -> None:
    """What was taken away there tells of no change: the whole is asked again after a while."""
    ask(side)
    polling(side).turn()
    for _ in range(LONGEST):
        side.beat.now_s += 59
        polling(side).turn()
    questions(side)
    side.beat.now_s += 59
    polling(side).turn()
    assert questions(side)["Observation"] == 1


def test_the_longest_not_asked_comes_first_and_nobody_is_left_out(side: Side) -> None:
    """Twenty patients: each is asked about once before anybody is twice."""
    names = [f"p{number:02}" for number in range(20)]
    admit(side, *names)
    ask(side)
    side.stand_in.asked.clear()
    seen: list[str] = []
    for _ in range(2 * 21):
        side.beat.now_s += polling(side).turn() + 12
        seen += {str(one.url.params["patient"]) for one in side.stand_in.asked if "patient" in one.url.params}
        side.stand_in.asked.clear()
    assert set(Counter(seen).values()) == {2}


def test_no_minute_has_more_requests_than_the_budget(tmp_path: Path) -> None:
    """Proofs, tries and all: whatever sixty seconds are looked at."""
    with beside(tmp_path, poll=True, requests_a_minute=20) as side:
        side.stand_in.instead = {"/metadata": lambda _: fhir(statement("Observation"))}
        admit(side, *(f"p{number}" for number in range(9)))
        ask(side)
        side.stand_in.asked.clear()
        made: list[float] = []
        for _ in range(300):
            pause = polling(side).turn()
            made += [side.beat.now_s] * len(side.stand_in.asked)
            side.stand_in.asked.clear()
            assert pause > 0
            side.beat.now_s += pause
        assert max(sum(at - 60 < one <= at for one in made) for at in made) <= 20
        assert len(made) > 60


def test_the_meter_refuses_before_anything_leaves() -> None:
    """The one too many is refused, and after a minute there is room again."""
    beat = Beat()
    meter = Meter(3, beat.pace)
    for _ in range(3):
        meter.take()
    with pytest.raises(OverBudget) as told:
        meter.take()
    assert not told.value.is_sent
    beat.now_s += 60
    assert meter.left() == 3


def test_a_chart_that_changed_hands_is_not_shown_from_what_was_kept(side: Side) -> None:
    """Two charts changed ids since: the proof of now fails; joined anew, what was kept of the other chart is not used."""
    ask(side)
    polling(side).turn()
    side.stand_in.put(their_patient(ANN, "200"), their_patient(BEN, "100"))
    with pytest.raises(Doubtful) as told:
        ask(side)
    assert told.value.doubt is Doubt.another_there
    page = ask(side)
    assert page.notices == ()
    assert [one.id for one in page.matches] == [side.ehr.map.id_of("Observation", "VS-2")]


def test_what_was_polled_while_the_chart_was_anothers_is_never_kept(side: Side) -> None:
    """Ids are exchanged, Ann is polled, ids are changed back: nothing of Ben's that was there meanwhile is shown as hers."""
    ask(side)
    side.stand_in.put(their_patient(ANN, "200"), their_patient(BEN, "100"))
    side.stand_in.put(their_observation("VS-1", BEN), their_observation("VS-2", ANN))
    polling(side).turn()
    side.stand_in.put(their_patient(ANN, "100"), their_patient(BEN, "200"))
    side.stand_in.put(their_observation("VS-1", ANN), their_observation("VS-2", BEN))
    (found,) = ask(side).matches
    assert found.id == side.ehr.map.id_of("Observation", "VS-1")


def test_a_merge_there_alone_ends_what_is_kept(side: Side) -> None:
    """Ben's visits are in Ann's chart by now: kept or not, nothing is shown."""
    ask(side)
    polling(side).turn()
    side.put(
        {
            "resourceType": "Encounter",
            "id": "e-ben",
            "status": "in-progress",
            "identifier": [{"system": VISIT, "value": "v2"}],
            "subject": {"reference": "Patient/ben"},
        }
    )
    number = [{"system": "urn:oid:1.3", "value": "v2"}]
    theirs: Resource = {"resourceType": "Encounter", "id": "97002", "identifier": number}
    side.stand_in.put({**theirs, "subject": {"reference": f"Patient/{ANN}"}})
    with pytest.raises(Doubtful) as told:
        ask(side)
    assert told.value.doubt is Doubt.visit_of_another


@pytest.mark.parametrize("answer", [saying(503), saying(429), failing(httpx.ReadTimeout), saying(200, b"x")])
def test_a_bad_day_stops_the_polling_and_nothing_else(side: Side, answer: Any) -> None:
    """It fails and is counted; while the EHR is let rest nobody is polled; a kept answer is not used without its proof."""
    ask(side)
    polling(side).turn()
    side.stand_in.instead["/"] = answer
    for _ in range(8):
        side.beat.now_s += 5
        try:
            polling(side).turn()
        except Exception as fault:  # noqa: BLE001  each is one of the driver's own
            assert type(fault).__module__ == "tabard.link.ehr.errors"  # noqa: PT017  and none other
    with pytest.raises(Exception, match="record system"):
        ask(side)
    assert side.ehr.refusals()


def test_there_is_an_end_to_what_is_kept() -> None:
    """The longest kept give way; the questions that are asked beforehand are few."""
    beat = Beat()
    kept = Kept(beat.pace, 60)
    answer = Searched(tuple({"id": str(one)} for one in range(999)), None)
    for number in range(30):
        kept.keep(f"p{number}", Question("Observation", ()), Answered("x", answer, beat.now_s, beat.now_s))
    has = partial(kept.fresh, theirs="x", question=Question("Observation", ()))
    assert [number for number in range(30) if has(f"p{number}") is not None] == list(range(10, 30))
    for number in range(9):
        kept.wanted(Question("Observation", (("_count", str(number)),)))
    assert [one.parameters[0][1] for one in kept.questions()] == ["5", "6", "7", "8"]
    onward = Answered("x", Searched((), "https://next"), beat.now_s, beat.now_s + 50)
    kept.keep("p", Question("Observation", ()), onward)
    beat.now_s += 60
    assert has("p") is None, "a link leads on for a while only"
