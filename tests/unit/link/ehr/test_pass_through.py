"""What passes through is the patient's whose it is said to be; where that is in doubt, nothing passes."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Event

import httpx
import pytest

from tabard.fhir import Resource
from tabard.ground.errors import CallerError
from tabard.link.ehr import Doubt, Doubtful, EhrError, Unsupported
from tabard.link.ehr.id_map import Row
from tabard.link.ehr.pages import PARTIAL, WITHHELD, PassedPage
from unit.link.ehr.stand_in import (
    BASE,
    DOCTOR,
    MRN,
    THEIR_DOCTOR,
    THEIR_MRN,
    THEIR_VISIT,
    VISIT,
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
NUMBERS = (("ann", "100"), ("ben", "200"))
OF_ANN, OF_BEN = (("patient", "ann"),), (("patient", "Patient/ben"),)


@pytest.fixture
def side(tmp_path: Path) -> Iterator[Side]:
    """A record with Ann and Ben beside an EHR that knows both."""
    with beside(tmp_path) as found:
        yield found


def asked(side: Side, *parameters: tuple[str, str], kind: str = "Observation", cursor: str | None = None) -> PassedPage:
    page = side.ehr.record.search(kind, parameters, cursor=cursor)
    assert isinstance(page, PassedPage)
    return page


def doubt(ask: Callable[[], object]) -> Doubt:
    with pytest.raises(Doubtful) as told:
        ask()
    assert told.value.remedy
    return told.value.doubt


def bodies(page: PassedPage) -> list[Resource]:
    return [one.resource() for one in page.matches]


def test_a_patients_results_are_asked_and_told_as_the_records(side: Side) -> None:
    """Of Ann only Ann's, with the record's ids for her and her visit; read again by the id that was told."""
    (found,) = bodies(asked(side, *OF_ANN))
    assert (found["subject"], found["encounter"]) == ({"reference": "Patient/ann"}, {"reference": "Encounter/e-ann"})
    again = side.ehr.record.read("Observation", found["id"])
    assert again is not None
    assert again.resource() == found
    assert [one["subject"]["reference"] for one in bodies(asked(side, *OF_BEN))] == ["Patient/ben"]


def test_the_question_is_asked_beside_its_proof(side: Side) -> None:
    """A patient who is known costs the question, and beside it the patient by their number and the visits of the chart."""
    asked(side, *OF_ANN)
    side.stand_in.asked.clear()
    asked(side, *OF_ANN)
    assert sorted(one.partition("?")[0] for one in side.stand_in.questions) == ["Encounter", "Observation", "Patient"]


@pytest.mark.parametrize("visit", [{}, {"encounter": {"reference": "Encounter/97002"}}])
def test_a_chart_that_changes_hands_while_it_is_asked_shows_nothing(side: Side, visit: Resource) -> None:
    """The proof was had, then two charts changed ids, then the results came: they are not taken for the proven patient's."""
    asked(side, *OF_ANN)
    proven = {"Patient?": Event(), "Encounter?": Event()}

    def prove(text: str, request: httpx.Request) -> httpx.Response:
        told = side.stand_in.data(request)
        proven[text].set()
        return told

    def change(request: httpx.Request) -> httpx.Response:
        assert all(each.wait(30) for each in proven.values())
        side.stand_in.put(their_patient(ANN, "200"), their_patient(BEN, "100"))
        side.stand_in.put(their_observation("VS-1", BEN), their_observation("VS-2", ANN, **visit))
        return side.stand_in.data(request)

    side.stand_in.instead = {text: partial(prove, text) for text in proven} | {"Observation?": change}
    assert doubt(lambda: asked(side, *OF_ANN)) is Doubt.another_there


def test_twins_whose_numbers_were_exchanged_there_are_not_taken_for_one_another(side: Side) -> None:
    """Born on one day, without NHS numbers yet: where no visit says who is who, the first names must not contradict."""
    names = {"ann": "Twin One", "ben": "Twin Two"}
    here = {id_: our_patient(id_, mrn, name=[{"family": "Bell", "given": [names[id_]]}]) for id_, mrn in NUMBERS}
    side.put(*here.values())
    one, two = ({"name": [{"family": "BELL", "given": [each.upper()]}]} for each in names.values())
    side.stand_in.put(their_patient(ANN, "100", **one), their_patient(BEN, "200", **two))
    assert len(asked(side, *OF_ANN).matches) == len(asked(side, *OF_BEN).matches) == 1
    side.stand_in.put(their_patient(ANN, "200", **one), their_patient(BEN, "100", **two))
    side.ehr.map.forget("Patient", "ann")
    side.ehr.map.forget("Patient", "ben")
    assert doubt(lambda: asked(side, *OF_ANN)) is Doubt.name_differs
    assert doubt(lambda: asked(side, *OF_BEN)) is Doubt.visit_of_another
    side.stand_in.put(their_patient(ANN, "100", name=[{"family": "Married", "given": ["Ann"]}]))
    side.stand_in.put(their_patient(BEN, "200", **two))
    assert len(asked(side, *OF_ANN).matches) == 1, "another name, and a visit that says who it is"


def test_who_is_not_known_there_is_refused(side: Side) -> None:
    """A patient whom no number joins is not asked about at all."""
    side.put(our_patient("cat", "300"), our_patient("dan", "400", identifier=[{"system": "urn:x", "value": "1"}]))
    assert doubt(lambda: asked(side, ("patient", "cat"))) is Doubt.not_there
    assert doubt(lambda: asked(side, ("patient", "dan"))) is Doubt.no_number
    assert doubt(lambda: asked(side, ("patient", "nobody"))) is Doubt.given_up_here
    assert not any(one.startswith("Observation") for one in side.stand_in.questions)


@pytest.mark.parametrize("is_sealed", [True, False])
def test_ids_swapped_in_the_map_show_nobody_elses(side: Side, *, is_sealed: bool) -> None:
    """Ann's row leads to Ben: with a false seal it is dropped, with a true one it is not believed; Ben's results never show."""
    asked(side, *OF_ANN), asked(side, *OF_BEN)
    map_ = side.ehr.map
    if is_sealed:
        map_.keep([Row("Patient", "ann", BEN, "ann"), Row("Patient", "ben", ANN, "ben")])
        assert doubt(lambda: asked(side, *OF_ANN)) is Doubt.another_there
    else:
        map_._connection.execute("UPDATE map SET theirs = 'x' WHERE ours = 'ann'")
        map_._connection.execute("UPDATE map SET theirs = ? WHERE ours = 'ben'", (ANN,))
        map_._connection.execute("UPDATE map SET theirs = ? WHERE ours = 'ann'", (BEN,))
    assert {one["id"] for one in bodies(asked(side, *OF_ANN))} == {map_.id_of("Observation", "VS-1")}


def test_results_swapped_in_the_map_show_nobody_elses(side: Side) -> None:
    """The id of Ann's result leads to Ben's, in the map's own seal: it is no row of that id, and nothing is told."""
    (found,) = bodies(asked(side, *OF_ANN))
    side.ehr.map.keep([Row("Observation", found["id"], "VS-2", "ann")])
    assert side.ehr.record.read("Observation", found["id"]) is None


def test_ids_swapped_in_the_ehr_show_nothing(side: Side) -> None:
    """Two patients change ids there, with all that is about them: the map is no longer true, and is not believed."""
    asked(side, *OF_ANN)
    side.stand_in.put(their_patient(BEN, "100"), their_patient(ANN, "200"))
    assert doubt(lambda: asked(side, *OF_ANN)) is Doubt.another_there


def test_a_number_that_is_somebody_elses_there_by_now_shows_nothing(side: Side) -> None:
    """Ann's number was given to another person there: birth date and numbers no longer agree."""
    asked(side, *OF_ANN)
    side.stand_in.put(their_patient(ANN, "999"), their_patient("12724009", "100", birthDate="1988-08-08"))
    assert doubt(lambda: asked(side, *OF_ANN)) is Doubt.birth_date_differs
    side.stand_in.put(their_patient(ANN, "100"))
    assert doubt(lambda: asked(side, *OF_ANN)) is Doubt.several_there


def test_a_merge_that_only_the_ehr_made_shows_nothing(side: Side) -> None:
    """Ben was combined into Ann there: her chart is two people's until the record hears of it."""
    asked(side, *OF_ANN), asked(side, *OF_BEN)
    both = [{"system": THEIR_MRN, "value": value} for value in ("100", "200")]
    side.stand_in.put(their_patient(ANN, "100", identifier=both), their_observation("VS-2", ANN))
    side.stand_in.put({**their_patient(BEN, "-", active=False), "identifier": []})
    assert doubt(lambda: asked(side, *OF_ANN)) is Doubt.number_of_another
    assert doubt(lambda: asked(side, *OF_BEN)) in {Doubt.number_of_another, Doubt.another_there, Doubt.number_differs}
    merged = {"link": [{"type": "replaced-by", "other": {"reference": "Patient/ann"}}], "active": False}
    here = [{"system": MRN, "value": "100"}, {"system": MRN, "value": "200"}]
    side.put(our_patient("ben", "200", **merged), our_patient("ann", "100", identifier=here))
    assert len(asked(side, *OF_ANN).matches) == 2, "merged on both sides, it is one chart"


def test_a_merge_that_only_the_record_made_shows_nothing(side: Side) -> None:
    """Ann has both numbers here and they lead to two patients there: whose results hers are is not known."""
    (found,) = bodies(asked(side, *OF_ANN))
    here = [{"system": MRN, "value": "100"}, {"system": MRN, "value": "200"}]
    merged = {"link": [{"type": "replaced-by", "other": {"reference": "Patient/ann"}}], "active": False}
    side.put(our_patient("ben", "200", **merged), our_patient("ann", "100", identifier=here))
    assert doubt(lambda: asked(side, *OF_ANN)) is Doubt.several_there
    side.put(our_patient("ann", "100", identifier=[here[0], {**here[1], "use": "old"}]))
    assert doubt(lambda: asked(side, *OF_ANN)) is Doubt.several_there, "an old number leads to somebody else there"
    assert doubt(lambda: asked(side, *OF_BEN)) is Doubt.given_up_here
    assert doubt(lambda: side.ehr.record.read("Observation", found["id"])) is Doubt.several_there


def test_a_patient_who_is_changed_while_asking_is_asked_again(side: Side) -> None:
    """Changed once, the answer is of what is now; changed at every look, nothing is answered."""

    def change(born: str) -> Callable[[httpx.Request], httpx.Response]:
        def answer(request: httpx.Request) -> httpx.Response:
            side.put(our_patient("ann", "100", gender=born))
            return side.stand_in.data(request)

        return answer

    asked(side, *OF_ANN)
    side.stand_in.next = [change("female")] * 2
    assert len(asked(side, *OF_ANN).matches) == 1
    side.stand_in.next = [change(each) for each in ("a", "b", "c", "d")]
    assert doubt(lambda: asked(side, *OF_ANN)) is Doubt.changed_meanwhile


def test_an_answer_with_another_patients_result_is_told_without_it(side: Side) -> None:
    """What is Ben's in an answer about Ann is left out, counted, and the reader is told that something is."""
    mixed = bundle([their_observation("VS-1", ANN), their_observation("VS-2", BEN)])
    asked(side, *OF_ANN)
    side.stand_in.instead = {"Observation": lambda _: fhir(mixed)}
    page = asked(side, *OF_ANN)
    assert [one["subject"]["reference"] for one in bodies(page)] == ["Patient/ann"]
    assert page.notices == (WITHHELD,)
    assert side.ehr.connection.ledger.patients(Doubt.other_chart) == ("ann",)


def test_a_single_result_that_is_another_patients_is_refused(side: Side) -> None:
    """A result that moved to Ben's chart there is not told to who asks for it as Ann's."""
    (found,) = bodies(asked(side, *OF_ANN))
    side.stand_in.put(their_observation("VS-1", BEN))
    assert doubt(lambda: side.ehr.record.read("Observation", found["id"])) is Doubt.other_chart


def test_an_answer_that_was_not_asked_for_is_withheld(side: Side) -> None:
    """Ann's, but of another type, or another result than the one that was read."""
    (found,) = bodies(asked(side, *OF_ANN))
    strange = {**their_observation("PR-1", ANN), "resourceType": "Procedure"}
    side.stand_in.instead = {"Observation?": lambda _: fhir(bundle([strange]))}
    page = asked(side, *OF_ANN)
    assert (page.matches, page.notices) == ((), (WITHHELD,))
    side.stand_in.instead = {"Observation/VS-1": lambda _: fhir(their_observation("VS-7", ANN))}
    assert doubt(lambda: side.ehr.record.read("Observation", found["id"])) is Doubt.other_chart


def test_paging_stays_with_the_patient_and_the_ehr(side: Side) -> None:
    """Pages follow the EHR's own links; a link of another patient's, or of another server's, is not followed."""
    side.stand_in.pages = 1
    side.stand_in.put(their_observation("VS-3", ANN))
    first = asked(side, *OF_ANN)
    assert first.next is not None
    second = asked(side, *OF_ANN, cursor=first.next)
    assert (len(second.matches), second.next) == (1, None)
    assert first.matches[0].id != second.matches[0].id
    with pytest.raises(CallerError, match="This paging link is another patient's"):
        asked(side, *OF_BEN, cursor=first.next)
    side.ehr.map.keep([Row("Patient", "ann", "12724077", "ann")])
    assert doubt(lambda: asked(side, *OF_ANN, cursor=first.next)) is Doubt.another_there


def test_a_page_of_the_chart_that_was_hers_before_is_not_followed(side: Side) -> None:
    """Ann is another patient there by now, and joined anew: a link into the former chart leads nowhere."""
    side.stand_in.pages = 1
    side.stand_in.put(their_observation("VS-3", ANN))
    first = asked(side, *OF_ANN)
    side.stand_in.put(their_patient("12724009", "100"), their_patient(ANN, "999"))
    assert doubt(lambda: asked(side, *OF_ANN)) is Doubt.another_there
    assert asked(side, *OF_ANN).matches == ()
    assert doubt(lambda: asked(side, *OF_ANN, cursor=first.next)) is Doubt.another_there


def test_what_the_guard_finds_is_withheld(side: Side) -> None:
    """The EHR's own id of the patient, in the midst of a comment: the result is not told, and that is said."""
    side.stand_in.put(their_observation("VS-1", ANN, note=[{"text": f"seen as {ANN} on the ward"}]))
    page = asked(side, *OF_ANN)
    assert (page.matches, page.notices) == ((), (WITHHELD,))


def test_a_next_link_that_leads_to_another_patients_page_shows_nothing_of_it(side: Side) -> None:
    """Whatever page the EHR's own link leads to, only the patient's results are told."""
    strange = bundle([their_observation("VS-1", ANN)], f"{BASE}/Observation?patient={BEN}")
    asked(side, *OF_ANN)
    side.stand_in.instead = {f"Observation?patient={ANN}": lambda _: fhir(strange)}
    page = asked(side, *OF_ANN, cursor=asked(side, *OF_ANN).next)
    assert (page.matches, page.notices) == ((), (WITHHELD,))


def test_single_results_are_asked_by_their_ids(side: Side) -> None:
    """`_id` reads each; somebody else's, and one that was never told, are as if they were not there."""
    mine, others = bodies(asked(side, *OF_ANN))[0]["id"], bodies(asked(side, *OF_BEN))[0]["id"]
    page = asked(side, *OF_ANN, ("_id", f"{mine},{others},unknown"))
    assert [one["id"] for one in bodies(page)] == [mine]
    side.stand_in.asked.clear()
    page = asked(side, *OF_ANN, ("_id", others))
    assert (page.matches, page.notices, side.stand_in.asked) == ((), (), [])


def test_reports_are_put_in_order_page_by_page(side: Side) -> None:
    """Where the EHR's pages are in no order, all are gathered: the newest first, each once, whatever was added between."""
    side.stand_in.pages = 2
    for number in (3, 1, 5, 2, 4):
        report = their_observation(f"DR-{number}", ANN, effectiveDateTime=f"2026-03-0{number}T08:00:00Z")
        side.stand_in.put({**report, "resourceType": "DiagnosticReport"})
    newest, found, cursor = (*OF_ANN, ("_sort", "-date")), [], None
    while True:
        page = side.ehr.record.search("DiagnosticReport", newest, count=2, cursor=cursor)
        found += [one.resource()["effectiveDateTime"][8:10] for one in page.matches]
        cursor = page.next
        if cursor is None:
            break
    assert found == ["05", "04", "03", "02", "01"]
    assert all("_count=100" in one for one in side.stand_in.questions if one.startswith("DiagnosticReport"))


def test_too_many_reports_to_put_in_order_are_refused(side: Side) -> None:
    """Half an order is none: the search must be narrowed."""
    side.stand_in.pages = 1
    for number in range(7):
        side.stand_in.put({**their_observation(f"DR-{number}", ANN), "resourceType": "DiagnosticReport"})
    with pytest.raises(Unsupported, match="too many"):
        asked(side, *OF_ANN, ("_sort", "-date"), kind="DiagnosticReport")


def test_a_patient_search_that_is_not_whole_proves_nothing(side: Side) -> None:
    """Somebody may be left out of what is found by the number: whether it is one patient's alone is not known."""
    outcome = {"resourceType": "OperationOutcome", "id": "o", "issue": [{"severity": "warning"}]}
    side.stand_in.instead = {"Patient?": lambda _: fhir(bundle([their_patient(ANN, "100"), outcome]))}
    assert doubt(lambda: asked(side, *OF_ANN)) is Doubt.several_there


@pytest.mark.parametrize("parameters", [OF_ANN, (*OF_ANN, ("_sort", "-date"))])
@pytest.mark.parametrize("kind", ["Observation", "DiagnosticReport"])
def test_pages_that_lead_in_a_circle_are_no_answer(side: Side, kind: str, parameters: tuple[tuple[str, str]]) -> None:
    """A page whose next one is itself would be asked for ever: it is a bad answer, and not a whole one."""
    onward = f"{BASE}/{kind}?pageContext=x&direction=NEXT"
    side.stand_in.instead = {f"{kind}?": lambda _: fhir(bundle([], onward))}

    def follow() -> None:
        page = asked(side, *parameters, kind=kind)
        asked(side, *parameters, kind=kind, cursor=page.next)

    with pytest.raises(EhrError, match="circle"):
        follow()


def test_what_the_ehr_left_out_is_said(side: Side) -> None:
    """Its own word that something could not be told is passed on as ours."""
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "warning", "code": "incomplete"}]}
    page = bundle([their_observation("VS-1", ANN)])
    page["entry"].append({"resource": outcome, "search": {"mode": "outcome"}})
    asked(side, *OF_ANN)
    side.stand_in.instead = {"Observation": lambda _: fhir(page)}
    assert asked(side, *OF_ANN).notices == (PARTIAL,)


def test_a_visit_that_the_record_does_not_know_is_told_by_words(side: Side) -> None:
    """What cannot be joined has no id; the result is told all the same."""
    side.stand_in.held = [one for one in side.stand_in.held if one["resourceType"] != "Encounter"]
    (found,) = bodies(asked(side, *OF_ANN))
    assert found["encounter"] == {"type": "Encounter", "display": "not known here"}


def visit_there(id_: str, *numbers: str) -> Resource:
    """A visit of Ann's chart with these numbers."""
    told = [{"system": THEIR_VISIT, "value": one} for one in numbers]
    return {"resourceType": "Encounter", "id": id_, "identifier": told, "subject": {"reference": f"Patient/{ANN}"}}


def visit_here(id_: str, *numbers: str) -> Resource:
    """A visit of Ann's in the record."""
    told = [{"system": VISIT, "value": one} for one in numbers]
    subject = {"reference": "Patient/ann"}
    return {"resourceType": "Encounter", "id": id_, "status": "finished", "identifier": told, "subject": subject}


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ([("e-ann", "f1")], [("97000", "v0", "f1"), ("97001", "v1", "f1")]),
        ([("e-ann", "v1", "f1"), ("e-other", "v2", "f1")], [("97001", "f1")]),
    ],
    ids=["two there share a number", "two here share one"],
)
def test_a_number_of_two_visits_names_neither(
    side: Side, here: list[tuple[str, ...]], there: list[tuple[str, ...]]
) -> None:
    """A result is never told on another visit than its own: where a number is of two, the visit is told by words."""
    side.put(*(visit_here(*one) for one in here))
    side.stand_in.put(*(visit_there(*one) for one in there))
    (found,) = bodies(asked(side, *OF_ANN))
    assert found["encounter"] == {"type": "Encounter", "display": "not known here"}


def test_visits_that_share_a_number_are_told_apart_by_their_others(side: Side) -> None:
    """One account of two visits: each result stands on the visit that has the same visit number."""
    side.put(visit_here("e-ann", "v1", "f1"), visit_here("e-other", "v2", "f1"))
    side.stand_in.put(visit_there("97001", "v1", "f1"), visit_there("97002", "v2", "f1"))
    side.stand_in.put(their_observation("VS-3", ANN, encounter={"reference": "Encounter/97002"}))
    assert {one["encounter"]["reference"] for one in bodies(asked(side, *OF_ANN))} == {
        "Encounter/e-ann",
        "Encounter/e-other",
    }


def test_a_chart_with_a_visit_of_another_patient_shows_nothing(side: Side) -> None:
    """A visit of the chart is Ben's here: whatever numbers say, it is not, or not only, Ann's chart."""
    number = [{"system": VISIT, "value": "v1"}]
    visit = {"resourceType": "Encounter", "id": "e-ann", "status": "in-progress", "identifier": number}
    side.put({**visit, "subject": {"reference": "Patient/ben"}})
    assert doubt(lambda: asked(side, *OF_ANN)) is Doubt.visit_of_another
    theirs = {"resourceType": "Encounter", "id": "97001", "identifier": [{"system": THEIR_VISIT, "value": "v1"}]}
    side.put({**visit, "subject": {"reference": "Patient/ann"}})
    assert len(asked(side, *OF_ANN).matches) == 1
    side.stand_in.instead = {
        "Encounter?": lambda _: fhir(bundle([{**theirs, "subject": {"reference": f"Patient/{BEN}"}}]))
    }
    assert doubt(lambda: asked(side, *OF_ANN)) is Doubt.other_chart


def test_staff_are_named_from_the_second_answer(side: Side) -> None:
    """Nobody waits for who wrote a result; once joined, they are named by the record's id."""
    dr = {"resourceType": "Practitioner", "id": "dr", "identifier": [{"system": DOCTOR, "value": "C1"}]}
    side.put(dr)
    side.stand_in.put({**dr, "id": "41001", "identifier": [{"system": THEIR_DOCTOR, "value": "C1"}]})
    side.stand_in.put(their_observation("VS-1", ANN, performer=[{"reference": "Practitioner/41001", "display": "Dr"}]))
    assert bodies(asked(side, *OF_ANN))[0]["performer"] == [{"type": "Practitioner", "display": "Dr"}]
    side.ehr._beside.shutdown(wait=True)
    side.ehr._beside = side.ehr.record._proving._beside = ThreadPoolExecutor(2)
    assert bodies(asked(side, *OF_ANN))[0]["performer"] == [{"reference": "Practitioner/dr", "display": "Dr"}]


def test_a_failure_of_the_ehr_is_an_error_and_a_doubt_outweighs_it(side: Side) -> None:
    """Nobody answers: an error. The proof fails as well: a doubt, whatever the question came to."""
    asked(side, *OF_ANN)
    side.stand_in.next = [failing(httpx.ConnectError)] * 50
    with pytest.raises(EhrError):
        asked(side, *OF_ANN)
    side.stand_in.next = []
    side.stand_in.put(their_patient(ANN, "100", active=False))
    side.stand_in.instead = {"Observation": saying(422)}
    side.beat.wait(60)
    assert doubt(lambda: asked(side, *OF_ANN)) is Doubt.given_up_there


def test_what_is_in_the_record_is_read_there(side: Side) -> None:
    """Patients and visits are never asked for elsewhere, and their versions are the record's."""
    assert side.ehr.record.read("Patient", "ann") is not None
    assert len(side.ehr.record.history("Patient", "ann")) == 1
    assert side.ehr.record.read_version("Patient", "ann", 1) is not None
    assert len(side.ehr.record.search("Encounter", OF_ANN).matches) == 1
    assert side.ehr.record.last_change() > 0
    assert side.stand_in.asked == []
    with pytest.raises(Unsupported):
        side.ehr.record.history("Observation", "x")
    with pytest.raises(Unsupported):
        side.ehr.record.read_version("Observation", "x", 1)


def test_a_doubt_is_counted_with_the_patient_to_look_at(side: Side) -> None:
    """Whoever runs the link sees how often, why, and for whom; and never a name."""
    asked(side, *OF_ANN)
    side.stand_in.put(their_patient(ANN, "100", birthDate="1999-09-09"))
    doubt(lambda: asked(side, *OF_ANN)), doubt(lambda: asked(side, *OF_ANN))
    (told,) = side.ehr.refusals()
    assert (told.reason, told.times, told.patients) == (Doubt.birth_date_differs, 2, 1)
    assert side.ehr.connection.ledger.patients(Doubt.birth_date_differs) == ("ann",)
    assert "twice" in side.ehr.faults()[0] or "2 times" in side.ehr.faults()[0]
