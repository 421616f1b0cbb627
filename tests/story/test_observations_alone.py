"""Observations before a gateway that can be made to fail: what it shows, what it says is missing, and what it never shows."""

import json
import re
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accessible import must_be_accessible
from story.pretend_gateway import ago
from story.pretend_patient import PATIENT, PatientGateway, blood_pressure, marked, observation, part, report, vital

NOW, EARLIER, YESTERDAY = ago(minutes=20), ago(hours=4), ago(days=1, hours=2)
POTASSIUM = {"referenceRange": [{"low": {"value": 3.5, "unit": "mmol/L"}, "high": {"value": 5.3, "unit": "mmol/L"}}]}


@pytest.fixture(name="gateway")
def _gateway(context: BrowserContext) -> PatientGateway:
    if not (PatientGateway.product / "vendor/fhir-client.js").is_file():
        raise FileNotFoundError("observations lacks vendor/fhir-client.js. Remedy: run `make setup`")
    gateway = PatientGateway(context)
    gateway.resources += [
        blood_pressure("bp1", "118 mmHg", "76 mmHg", NOW),
        vital("hr1", "8867-4", "Pulse", "112 /min", NOW, interpretation=marked("H")),
        vital("t1", "8310-5", "Temperature", "38.5 Cel", NOW, interpretation=marked("H")),
        vital("rr1", "9279-1", "Respirations", "18 /min", NOW),
        vital("ox1", "59408-5", "Oxygen saturation", "96 %", NOW),
        blood_pressure("bp2", "131 mmHg", "80 mmHg", EARLIER),
        vital("hr2", "8867-4", "Pulse", "84 /min", EARLIER),
        vital("hr3", "8867-4", "Pulse", "72 /min", YESTERDAY),
        observation("k", "2823-3", "Potassium", "5.9 mmol/L", EARLIER, interpretation=marked("HH"), **POTASSIUM),
        observation("na", "2951-2", "Sodium", "140 mmol/L", EARLIER, interpretation=marked("N")),
        observation("crp", "1988-5", "C-reactive protein", "<5 mg/L", YESTERDAY),
        report("ue", "Urea and electrolytes", EARLIER, "na", "k"),
    ]
    return gateway


@pytest.fixture
def opened(gateway: PatientGateway, page: Page) -> Page:
    """The page on which time is ours: it stands still between `run_for`s."""
    page.clock.install()
    gateway.open_board(page)
    expect(page.locator("#shown")).to_be_visible()
    return page


def later(page: Page, seconds: float = 31) -> None:
    """Let time pass, once what is being asked has had a moment to be answered: until then no timer waits for the next asking."""
    page.wait_for_timeout(100)
    page.clock.run_for(int(seconds * 1000))


def comes_back(page: Page) -> None:
    """By itself, at one of the next askings."""
    for _ in range(60):
        later(page)
        if page.locator("#shown").is_visible():
            break
    expect(page.locator("#shown")).to_be_visible()


def reopened(gateway: PatientGateway, page: Page) -> None:
    gateway.open_board(page)
    expect(page.locator("#shown")).to_be_visible()


def rows(page: Page, table: str) -> list[list[str]]:
    told = page.locator(f"{table} tbody tr").evaluate_all(
        "rows => rows.map(r => [...r.cells].map(c => c.innerText.replace(/\\s+/g, ' ').trim()))"
    )
    return [[str(cell) for cell in row] for row in told]


def test_the_banner_says_who_this_is(opened: Page, gateway: PatientGateway) -> None:
    """Name, birth date, age, sex, NHS number and hospital number; nothing is asked from outside, and no search is refused."""
    banner = opened.locator("#banner")
    expect(banner).to_contain_text("PATEL, Priya (Mrs)")
    expect(banner).to_contain_text("12-Mar-1948 (")
    expect(banner).to_contain_text("999 000 0018")
    expect(banner).to_contain_text("400123")
    expect(banner.locator(".tag")).to_have_count(0)
    assert gateway.outside == []
    assert gateway.refused == []


def test_vital_signs_stand_by_time_the_newest_first(opened: Page) -> None:
    """What was measured at one time is one row, with units and marks in words; what was not measured then is a dash."""
    told = rows(opened, ".readings")
    assert [row[1:] for row in told] == [
        ["18 /min", "96 %", "118/76 mmHg", "112 /min ▲ High", "38.5 °C ▲ High"],
        ["none", "none", "131/80 mmHg", "84 /min", "none"],
        ["none", "none", "none", "72 /min", "none"],
    ]


def test_how_they_went_is_told_in_words_beside_the_curve(opened: Page) -> None:
    """Who does not see the curve reads or hears the same."""
    pulse = opened.locator(".trends li", has_text="Pulse")
    expect(pulse).to_contain_text("3 values from")
    expect(pulse).to_contain_text("first 72, lowest 72, highest 112, latest 112 /min")
    expect(pulse.locator("svg")).to_have_attribute("aria-hidden", "true")
    expect(opened.locator(".trends li", has_text="Systolic")).to_contain_text("latest 118 mmHg")
    expect(opened.locator(".trends li", has_text="Temperature")).to_have_count(0)


def test_two_values_of_one_time_are_both_the_latest(gateway: PatientGateway, page: Page) -> None:
    """Which of two came last is not guessed; and values of one time alone make no curve."""
    gateway.resources[1:] = [
        vital("hr1", "8867-4", "Pulse", "90 /min", NOW),
        vital("hr2", "8867-4", "Pulse", "60 /min", NOW),
        vital("hr3", "8867-4", "Pulse", "72 /min", EARLIER),
        vital("rr1", "9279-1", "Respirations", "18 /min", NOW),
        vital("rr2", "9279-1", "Respirations", "20 /min", NOW),
    ]
    reopened(gateway, page)
    expect(page.locator(".trends li")).to_have_count(1)
    expect(page.locator(".trends li")).to_contain_text("latest 90 and 60 /min")
    assert rows(page, ".readings")[0][1:] == ["18 /min 20 /min", "90 /min 60 /min"]


def test_results_stand_by_report(opened: Page) -> None:
    """In the report's own order, with range, mark and unit; what is in no report stands by its kind, and says so."""
    assert rows(opened, "[data-key=report-ue]") == [
        ["Sodium", "140 mmol/L", "Not told"],
        ["Potassium", "5.9 mmol/L ▲▲ Critically high", "3.5 to 5.3 mmol/L"],
    ]
    loose = opened.locator(".report", has_text="Laboratory: results in no report")
    expect(loose).to_contain_text("<5 mg/L")
    assert opened.locator(".report h3").first.inner_text().startswith("Urea and electrolytes")


def test_a_number_is_shown_as_it_was_written(gateway: PatientGateway, page: Page) -> None:
    """`4.0` stays 4.0 and a long one keeps its digits: nothing is rounded on the way."""
    told = json.dumps({"resourceType": "Bundle", "entry": [{"resource": one} for one in gateway.resources[9:10]]})
    gateway.answers["Observation"] = told.replace('"value": 5.9', '"value": 4.0').replace(
        '"value": 5.3', '"value": 5.30'
    )
    reopened(gateway, page)
    assert rows(page, "[data-key=report-ue]") == [["Potassium", "4.0 mmol/L ▲▲ Critically high", "3.5 to 5.30 mmol/L"]]
    expect(page.locator("[data-key=report-ue]")).to_contain_text("1 result of this report was not sent")


def test_systolic_and_diastolic_sent_apart_are_one_pressure_only_when_they_plainly_are(
    gateway: PatientGateway, page: Page
) -> None:
    """Of one time and unit they are one; where there are two of one, each stands by its name and nothing is chosen."""
    gateway.resources[1:] = [
        vital("s1", "8480-6", "Systolic blood pressure", "118 mmHg", NOW, interpretation=marked("L")),
        vital("d1", "8462-4", "Diastolic blood pressure", "76 mmHg", NOW),
        vital("s2", "8480-6", "Systolic blood pressure", "120 mmHg", EARLIER),
        vital("s3", "8480-6", "Systolic blood pressure", "160 mmHg", EARLIER),
        vital("d2", "8462-4", "Diastolic blood pressure", "80 mmHg", EARLIER),
    ]
    reopened(gateway, page)
    assert [row[1] for row in rows(page, ".readings")] == [
        "118/76 mmHg ▼ Low (systolic)",
        "Systolic blood pressure 120 mmHg Systolic blood pressure 160 mmHg Diastolic blood pressure 80 mmHg",
    ]


STATUSES = [
    ("preliminary", "Preliminary: may change", False),
    ("registered", "No result yet", False),
    ("corrected", "Corrected", False),
    ("amended", "Amended", False),
    ("cancelled", "Cancelled: do not use", True),
    ("entered-in-error", "Entered in error: do not use", True),
    ("unknown", "Status not known", False),
    ("toString", "Status “toString”", False),
    (None, "Status not told", False),
]


def test_how_a_result_stands_is_told(gateway: PatientGateway, page: Page) -> None:
    """In words, and struck through where it must not be used; such a one is in no curve."""
    gateway.resources[1:] = [
        observation(f"o{at}", "718-7", f"Test {at}", "9 g/L", NOW, status=status)
        for at, (status, _, _) in enumerate(STATUSES)
    ]
    gateway.resources += [
        vital("hr1", "8867-4", "Pulse", "300 /min", NOW, status="entered-in-error"),
        vital("hr2", "8867-4", "Pulse", "80 /min", EARLIER),
        vital("hr3", "8867-4", "Pulse", "82 /min", YESTERDAY),
    ]
    reopened(gateway, page)
    for at, (_, words, is_void) in enumerate(STATUSES):
        row = page.locator(f"[data-id=o{at}]")
        expect(row).to_contain_text(words)
        expect(row.locator("s")).to_have_count(1 if is_void else 0)
    expect(page.locator("[data-id=hr1] s")).to_have_text("300 /min")
    expect(page.locator(".trends")).to_contain_text("highest 82")


def test_what_is_missing_is_named(gateway: PatientGateway, page: Page) -> None:
    """Name, value, unit, time, range: whatever an answer lacks is said, and nothing is left out for lacking it."""
    gateway.resources[1:] = [
        {**observation("o1", "1", "x", "9 g/L", NOW), "code": {}},
        observation("o2", "1", "No value", None, NOW),
        observation("o3", "1", "No unit", "9", NOW),
        observation("o4", "1", "No time", "9 g/L", None),
        observation("o5", "1", "Only issued", "9 g/L", None, issued=NOW),
        observation("o6", "1", "Absent", None, NOW, dataAbsentReason={"coding": [{"code": "masked"}]}),
        observation("o7", "1", "No category", "9 g/L", NOW, category=None),
        vital("v1", "8867-4", "Pulse", None, NOW),
        vital("v2", "99999-9", "Urine output", "30 mL/h", NOW),
        report("r1", None, None, "gone"),
        report("r2", "Empty", NOW),
        report("r3", "Words", NOW, conclusion="Nothing grew.", presentedForm=[{"contentType": "application/pdf"}]),
    ]
    reopened(gateway, page)
    told = {row[0]: row[1] for row in rows(page, ".tests")}
    assert told["Test not named"] == "9 g/L Not told: what was measured"
    assert told["No value"] == "No value told Not told: the value"
    assert told["No unit"] == "9 Not told: the unit"
    assert told["Absent"] == "No value: masked"
    assert "Time not told" in page.locator(".report", has_text="No time").inner_text()
    assert "Reported " in page.locator(".report", has_text="Only issued").inner_text()  # yesterday, just after midnight
    assert "Kind not told" in page.locator(".report", has_text="No category").inner_text()
    assert "No value told Not told: the value" in rows(page, ".readings")[0]
    assert "Urine output 30 mL/h" in rows(page, ".readings")[0]
    last = page.locator("[data-key=report-r1]")
    expect(last).to_contain_text("Report not named")
    expect(last).to_contain_text("1 result of this report was not sent")
    expect(page.locator("[data-key=report-r2]")).to_contain_text("No result was sent with this report.")
    expect(page.locator("[data-key=report-r3]")).to_contain_text("Conclusion: Nothing grew.")
    expect(page.locator("[data-key=report-r3]")).to_contain_text("A document came with this report")
    dated = [title.endswith("Time not told") for title in page.locator(".report h3 .when").all_inner_texts()]
    assert dated == sorted(dated), "what has no time is not taken for the latest"


def test_a_value_stands_with_its_parts(gateway: PatientGateway, page: Page) -> None:
    """A saturation that tells the oxygen given is shown with both, and is in the curve; so is a panel's own mark."""
    flow = [part("3151-8", "Oxygen flow", "2 L/min")]
    gateway.resources[1:] = [
        vital("ox1", "59408-5", "Oxygen saturation", "88 %", NOW, component=flow, interpretation=marked("LL")),
        vital("ox2", "59408-5", "Oxygen saturation", "96 %", EARLIER),
        {**blood_pressure("bp1", "80 mmHg", "50 mmHg", NOW), "interpretation": marked("L")},
    ]
    reopened(gateway, page)
    assert rows(page, ".readings")[0][1:] == ["88 % ▼▼ Critically low Oxygen flow 2 L/min", "80/50 mmHg ▼ Low"]
    expect(page.locator(".trends li", has_text="Oxygen saturation")).to_contain_text("first 96, lowest 88")


def test_what_is_not_of_the_patient_is_called_so(gateway: PatientGateway, page: Page) -> None:
    """A donor's blood group and an unborn child's pulse stand in the patient's record, and in no column of theirs."""
    child = [{"type": "RelatedPerson", "display": "Baby"}]
    own = [{"reference": f"Patient/{PATIENT}"}]
    gateway.resources[1:] = [
        vital("fetal", "8867-4", "Pulse", "150 /min", NOW, focus=child),
        vital("own", "8867-4", "Pulse", "80 /min", NOW, focus=own),
        {**blood_pressure("donor", "120 mmHg", "80 mmHg", EARLIER), "focus": [{}]},
        observation("abo", "883-9", "Blood group", None, NOW, valueString="AB", focus=[{"display": "Donor 7"}]),
    ]
    reopened(gateway, page)
    told = rows(page, ".readings")
    assert told[0][1:] == ["80 /min", "Pulse (NOT of the patient, but of: Baby) 150 /min"]
    assert told[1][1] == "none"
    assert "Systolic (NOT of the patient, but of: somebody or something not named) 120 mmHg" in told[1][2]
    expect(page.locator("[data-id=abo]")).to_contain_text("Blood group (NOT of the patient, but of: Donor 7)")
    expect(page.locator(".trends")).to_have_count(0)


def test_what_cannot_be_understood_says_so(gateway: PatientGateway, page: Page) -> None:
    """An extension that changes what a result means is not passed over; such a one is in no curve."""
    other: dict[str, object] = {"modifierExtension": [{"url": "http://x/not", "valueBoolean": True}]}
    gateway.resources[1:] = [
        vital("hr1", "8867-4", "Pulse", "300 /min", NOW, **other),
        vital("hr2", "8867-4", "Pulse", "80 /min", EARLIER),
        observation("k", "2823-3", "Potassium", "5 mmol/L", NOW, implicitRules="http://x/rules"),
        {**report("r", "Odd", NOW, "k"), **other},
    ]
    reopened(gateway, page)
    for place in ("[data-id=hr1]", "[data-id=k]", "[data-key=report-r]"):
        expect(page.locator(place)).to_contain_text("ot fully understood here: look in the record system")
    expect(page.locator(".trends")).to_have_count(0)


def test_a_range_says_for_whom_it_is(gateway: PatientGateway, page: Page) -> None:
    """Two ranges are not two of one kind; and ends in two units keep both."""
    grams = [{"low": {"value": 120, "unit": "g/L"}, "high": {"value": 15, "unit": "g/dL"}}]
    kinds: list[dict[str, object]] = [
        {"low": {"value": 3}, "type": {"coding": [{"code": "normal", "display": "Normal Range"}]}},
        {"text": "10 to 20", "type": {"text": "Therapeutic"}, "appliesTo": [{"text": "Pregnant"}]},
        {"high": {"value": 9}, "age": {"low": {"value": 65, "unit": "a"}}},
    ]
    gateway.resources[1:] = [
        observation("a", "1", "A", "9 g/L", NOW, referenceRange=kinds),
        observation("b", "1", "B", "9 g/L", NOW, referenceRange=grams),
    ]
    reopened(gateway, page)
    assert [row[2] for row in rows(page, ".tests")] == [
        "3 or more; Therapeutic, Pregnant: 10 to 20; age 65 or more a: 9 or less",
        "120 g/L to 15 g/dL",
    ]


def test_a_time_that_lies_ahead_says_so(gateway: PatientGateway, page: Page) -> None:
    """Somebody's clock or hand was wrong: it stands first, and is not taken for the latest unseen."""
    gateway.resources[1:] = [
        observation("a", "1", "Ahead", "9 g/L", ago(days=-400)),
        observation("b", "1", "Now", "9 g/L", ago(minutes=-2)),
    ]
    reopened(gateway, page)
    told = page.locator(".report h3 .when").all_inner_texts()
    assert [text.endswith("STILL TO COME") for text in told] == [True, False]


DOUBT = "The record system gives this patient another patient's number."


def test_a_doubt_whose_results_these_are_takes_all_away_at_once(opened: Page, gateway: PatientGateway) -> None:
    """What was shown may be another patient's: it goes at once, in the hospital's words, and what is sure comes back by itself."""
    gateway.doubts["DiagnosticReport"] = DOUBT
    later(opened)
    expect(opened.locator("#notice")).to_contain_text(f"it is not sure whose they are. {DOUBT}")
    expect(opened.locator("#shown")).to_be_hidden()
    expect(opened.locator("#banner")).to_be_hidden()
    assert "PATEL" not in opened.content()
    gateway.answers["Observation"] = "cut off"
    later(opened)
    expect(opened.locator("#notice")).to_contain_text(DOUBT)
    gateway.doubts.clear()
    gateway.answers.clear()
    comes_back(opened)
    expect(opened.locator("#notice")).to_be_hidden()


def test_what_is_shown_is_as_old_as_the_asking(gateway: PatientGateway, page: Page) -> None:
    """An answer of many slow pages is not new because its last page is."""
    asked = datetime.now(UTC)
    page.clock.install(time=asked)
    gateway.page_size = 2
    # Only what the clock shows is moved: a timer that fired would begin another asking.
    later = (asked + n * timedelta(seconds=18) for n in count(1))
    gateway.before_page = lambda: page.clock.set_system_time(next(later))
    gateway.open_board(page)
    expect(page.locator("#notice")).to_contain_text("This is NOT current")


def test_pages_without_an_end_are_no_answer(gateway: PatientGateway, page: Page) -> None:
    """Each links to another one, and no two links are the same: they are not followed for ever, and nothing is shown as whole."""
    page.clock.install()
    gateway.endless = "Observation"
    gateway.open_board(page)
    expect(page.locator("#notice")).to_contain_text("What the hospital sent cannot be read.", timeout=60_000)
    expect(page.locator("#shown")).to_be_hidden()


def test_a_silent_feed_hides_nothing_that_the_hospital_says(gateway: PatientGateway, page: Page) -> None:
    """That something is withheld stands beside the warning that the feed is old; the feed's own notice is not told twice."""
    said = [
        {"diagnostics": "Something was withheld.", "code": "suppressed"},
        {"diagnostics": "Old.", "code": "incomplete"},
    ]
    gateway.resources.append({"resourceType": "OperationOutcome", "id": "w", "issue": said})
    gateway.feed = '"adt";state=behind'
    reopened(gateway, page)
    expect(page.locator("#notice")).to_contain_text(
        "still waiting to be read. The hospital says: Something was withheld."
    )
    expect(page.locator("#notice")).not_to_contain_text("Old.")


def test_a_result_that_was_changed_is_told(opened: Page, gateway: PatientGateway) -> None:
    """A corrected value comes in the place of the earlier one, and is announced as a new one is."""
    (sodium,) = [one for one in gateway.resources if one["id"] == "na"]
    sodium["status"] = "corrected"
    later(opened)
    expect(opened.locator("#changes")).to_have_text("1 result changed.")


def test_nothing_known_is_said(gateway: PatientGateway, page: Page) -> None:
    """An empty page would look like a page that failed."""
    del gateway.resources[1:]
    reopened(gateway, page)
    expect(page.locator("#vitals-body")).to_have_text("No vital signs are known to this hospital's Tabard.")
    expect(page.locator("#results-body")).to_have_text("No results are known to this hospital's Tabard.")


def test_every_page_is_read_and_one_that_comes_twice_is_shown_once(gateway: PatientGateway, page: Page) -> None:
    """The later of the two is kept, by its time where it has one, whatever the order of the pages."""
    gateway.page_size = 2
    gateway.resources[1:] = [
        observation("a", "1", "A", "1 g/L", NOW),
        observation("b", "1", "B", "2 g/L", NOW, meta={"lastUpdated": NOW}),
        observation("c", "1", "C", "3 g/L", NOW),
        observation("a", "1", "A", "9 g/L", NOW),
        observation("b", "1", "B", "8 g/L", NOW, meta={"lastUpdated": EARLIER}),
    ]
    reopened(gateway, page)
    assert sorted((row[0], row[1]) for row in rows(page, ".tests")) == [("A", "9 g/L"), ("B", "2 g/L"), ("C", "3 g/L")]


def test_old_ones_are_asked_for(gateway: PatientGateway, page: Page) -> None:
    """The newest are shown and the rest is counted; a button shows all, and reading goes on where it was."""
    gateway.resources[1:] = [
        observation(f"o{at}", "1", f"Test {at}", "1 g/L", ago(hours=at + 1)) for at in range(23)
    ] + [vital(f"v{at}", "8867-4", "Pulse", "80 /min", ago(hours=at + 1)) for at in range(14)]
    reopened(gateway, page)
    expect(page.locator(".report")).to_have_count(20)
    page.get_by_role("button", name="Show 3 older reports").click()
    expect(page.locator(".report")).to_have_count(23)
    assert page.evaluate("document.activeElement.id") == "results"
    page.get_by_role("button", name="Show all 14 times").click()
    expect(page.locator(".readings tbody tr")).to_have_count(14)


STRANGERS = [
    observation("x", "1", "Secret", "1 g/L", NOW, subject={"reference": "Patient/p2"}),
    observation("x", "1", "Secret", "1 g/L", NOW, subject=None),
    observation("x", "1", "Secret", "1 g/L", NOW, subject={"display": "Priya Patel"}),
    observation(
        "x", "1", "Secret", "1 g/L", NOW, subject={"reference": f"https://elsewhere.example/Patient/{PATIENT}"}
    ),
    observation("x", "1", "Secret", "1 g/L", NOW, subject={"reference": f"Group/{PATIENT}"}),
    report("x", "Secret", NOW, subject={"reference": "Patient/p2"}),
]


@pytest.mark.parametrize("stranger", STRANGERS)
def test_what_is_not_plainly_of_this_patient_stops_everything(
    opened: Page, gateway: PatientGateway, stranger: dict[str, object]
) -> None:
    """Nothing stays on the screen, nothing comes back by itself, and the page says why."""
    gateway.resources.append(stranger)
    later(opened)
    expect(opened.locator("#notice")).to_contain_text(
        "STOPPED: the hospital sent something that is not plainly of this patient"
    )
    expect(opened.locator("#shown")).to_be_hidden()
    expect(opened.locator("#banner")).to_be_hidden()
    assert not {"PATEL", "Secret", "Potassium"} & {
        word for word in ("PATEL", "Secret", "Potassium") if word in opened.content()
    }
    gateway.resources.remove(stranger)
    later(opened)
    later(opened)
    expect(opened.locator("#notice")).to_contain_text("STOPPED")
    expect(opened.locator("#shown")).to_be_hidden()


def test_another_patient_in_the_place_of_this_one_stops_everything(gateway: PatientGateway, page: Page) -> None:
    """The very answer to the question for this patient must be of this patient."""
    gateway.answers["Patient"] = json.dumps({**gateway.resources[0], "id": "p2"})
    gateway.open_board(page)
    expect(page.locator("#notice")).to_contain_text("STOPPED")
    assert "PATEL" not in page.content()


@pytest.mark.parametrize(
    "reference", [f"Patient/{PATIENT}/_history/3", f"http://localhost:8499/fhir/Patient/{PATIENT}"]
)
def test_other_ways_to_say_this_patient_are_understood(gateway: PatientGateway, page: Page, reference: str) -> None:
    """A version, and the gateway's own address: nothing stops."""
    gateway.resources[1:] = [observation("x", "1", "Mine", "1 g/L", NOW, subject={"reference": reference})]
    reopened(gateway, page)
    expect(page.locator("[data-id=x]")).to_contain_text("1 g/L")


def test_the_banner_marks_what_is_not_sound(gateway: PatientGateway, page: Page) -> None:
    """A number that fails its check, a death, a record that was merged into another: each in words."""
    person = gateway.resources[0]
    person["identifier"][0]["value"] = "9990000001"
    person["deceasedDateTime"] = "2026-01-02T03:04:05Z"
    person["link"] = [{"type": "replaced-by", "other": {"reference": "Patient/p9"}}]
    reopened(gateway, page)
    expect(page.locator("#banner .tag")).to_have_text(["Died 02-Jan-2026", "Not the record in use", "Not valid"])
    expect(page.locator("#banner")).to_contain_text("12-Mar-1948 (77y)")


FEEDS = (
    (
        '"millennium";state=live;last="2026-03-02T10:41:00Z", "adt";state=silent;last="2026-03-02T10:41:00Z"',
        "This may be out of date: nothing heard from the hospital's record system since (Mon )?2 Mar (2026 )?10:41.",
    ),
    (
        '"adt";state=behind',
        "This may be out of date: messages from the hospital's record system are still waiting to be read.",
    ),
    ('"adt";state=never', "This may be out of date: nothing was ever heard from the hospital's record system."),
    ('"adt";state=sideways', "This may be out of date: the hospital did not say how fresh it is."),
    (None, "This may be out of date: the hospital did not say how fresh it is."),
)


def test_how_fresh_each_feed_is_is_told(opened: Page, gateway: PatientGateway) -> None:
    """A feed that is not live puts a warning above everything; each feed has its line below; a live one ends the warning."""
    live = gateway.feed
    expect(opened.locator("#notice")).to_be_hidden()
    expect(opened.locator("#feeds-body li")).to_contain_text("lorenzo: up to date, last heard at")
    for feed, said in FEEDS:
        gateway.feed = feed
        later(opened)
        expect(opened.locator("#notice")).to_have_text(re.compile(said))
    gateway.feed = FEEDS[0][0]
    later(opened)
    expect(opened.locator("#feeds-body li")).to_have_count(2)
    gateway.feed = live
    later(opened)
    expect(opened.locator("#notice")).to_be_hidden()


def test_what_the_hospital_says_of_its_answer_is_shown(gateway: PatientGateway, page: Page) -> None:
    """Such as that some results could not be read: a warning in its words."""
    gateway.resources.append(
        {"resourceType": "OperationOutcome", "id": "w", "issue": [{"diagnostics": "Two results were left out."}]}
    )
    reopened(gateway, page)
    expect(page.locator("#notice")).to_have_text("The hospital says: Two results were left out.")


@pytest.mark.parametrize("fault", ["cut", 503])
def test_when_the_gateway_cannot_be_reached_what_is_shown_is_old(
    opened: Page, gateway: PatientGateway, fault: int | str
) -> None:
    """It is marked as not current with its time, taken away after five minutes, and comes back by itself."""
    gateway.fails = fault
    later(opened)
    expect(opened.locator("#notice")).to_contain_text("This is NOT current")
    expect(opened.locator("#shown")).to_have_class("old")
    opened.clock.fast_forward("05:30")
    later(opened)
    expect(opened.locator("#shown")).to_be_hidden()
    expect(opened.locator("#banner")).to_be_hidden()
    assert "PATEL" not in opened.content()
    gateway.fails = None
    comes_back(opened)
    expect(opened.locator("#notice")).to_be_hidden()


@pytest.mark.parametrize(("status", "said"), [(401, "Your session has ended."), (403, "does not let this page see")])
def test_when_the_session_ends_everything_goes_at_once(
    opened: Page, gateway: PatientGateway, status: int, said: str
) -> None:
    """No patient stays on the screen of somebody who may not see them any more."""
    gateway.fails = status
    later(opened)
    expect(opened.locator("#notice")).to_contain_text(said)
    expect(opened.locator("#shown")).to_be_hidden()
    assert "PATEL" not in opened.content()
    gateway.fails = None
    later(opened)
    expect(opened.locator("#notice")).to_contain_text(said)


@pytest.mark.parametrize("body", ["not json", "[]", '{"resourceType":"Patient","id":"p1"}'])
def test_an_answer_that_cannot_be_read_is_none(gateway: PatientGateway, page: Page, body: str) -> None:
    """Nothing is shown as if nothing were known."""
    gateway.answers["Observation"] = body
    page.clock.install()
    gateway.open_board(page)
    expect(page.locator("#notice")).to_contain_text("Trying again")
    expect(page.locator("#shown")).to_be_hidden()


@pytest.mark.parametrize("away", ["http://localhost:8499.evil.example/fhir", "http://localhost:8499/other"])
def test_the_token_goes_nowhere_else(gateway: PatientGateway, page: Page, away: str) -> None:
    """A next link that leads off the gateway's FHIR base is not followed: the whole answer counts as none."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    link = [{"relation": "next", "url": f"{away}/Observation"}]
    gateway.answers["Observation"] = json.dumps({"resourceType": "Bundle", "link": link, "entry": []})
    page.clock.install()
    gateway.open_board(page)
    expect(page.locator("#notice")).to_contain_text("Trying again")
    assert [url for url in asked if url.startswith(away)] == []


def test_a_new_result_is_told_without_moving_anything(opened: Page, gateway: PatientGateway) -> None:
    """It is announced politely; where nothing changed the same elements stay."""
    opened.evaluate("window.kept = document.querySelector('[data-key=report-ue]')")
    later(opened)
    assert opened.evaluate("window.kept === document.querySelector('[data-key=report-ue]')")
    gateway.resources.append(observation("new", "1", "Lactate", "1 mmol/L", NOW))
    later(opened)
    expect(opened.locator("#changes")).to_have_text("1 new result.")
    expect(opened.locator("[data-id=new]")).to_contain_text("Lactate")


def test_markup_in_a_result_is_text(gateway: PatientGateway, page: Page) -> None:
    """What a record system sends is shown, never run."""
    evil = "<img src=x onerror=alert(1)>"
    gateway.resources[1:] = [observation("x", "1", evil, None, NOW, valueString=evil, note=[{"text": evil}])]
    reopened(gateway, page)
    expect(page.locator("[data-id=x]")).to_contain_text(evil)
    expect(page.locator("main img")).to_have_count(0)


def test_opened_without_a_launch_it_says_so(gateway: PatientGateway, page: Page) -> None:
    """The page itself, without a launch, shows nobody and sends the person to the portal."""
    page.goto(f"{gateway.origin}/index.html")
    expect(page.locator("#notice")).to_contain_text("again from the hospital's portal.")
    expect(page.locator("#banner")).to_be_hidden()


def test_it_is_accessible_at_every_width(opened: Page, gateway: PatientGateway) -> None:
    """Axe finds nothing, and nothing has to be scrolled sideways, from a wide screen to a phone."""
    gateway.feed = FEEDS[0][0]
    gateway.resources += [
        observation("bad", "1", "Withdrawn", "1 g/L", NOW, status="entered-in-error", note=[{"text": "Wrong tube."}]),
        vital("odd", "1", "Urine output", "30 mL/h", NOW),
    ]
    later(opened)
    expect(opened.locator("#notice")).to_be_visible()
    must_be_accessible(opened, 1920, 1280, 640, 400, 320)
