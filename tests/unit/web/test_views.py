"""What a page shows of resources and feeds, value by value."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from tabard.link import Feed, FeedState
from tabard.web.design.times import When, ago, from_fhir, when
from tabard.web.hospital.views.ages import age
from tabard.web.hospital.views.feeds import feed_line, freshness
from tabard.web.hospital.views.names import other_names, patient_name
from tabard.web.hospital.views.nhs_numbers import nhs_number
from tabard.web.hospital.views.patients import banner, details
from tabard.web.hospital.views.places import Places, present_stay, stays
from tabard.web.hospital.views.reasons import flag_words, reason_words, sentence
from tabard.web.hospital.views.results import reports, result
from tabard.web.hospital.views.search import understand
from tabard.web.hospital.views.wards import rows, wards
from unit.web.world import LIVE, NOW, encounter, location, observation, patient

TODAY = date(2026, 3, 2)
NHS = "https://fhir.nhs.uk/Id/nhs-number"


@pytest.mark.parametrize(
    ("born", "shown"),
    [
        (date(2026, 3, 2), "0d"),
        (date(2026, 2, 3), "27d"),
        (date(2026, 2, 2), "4w 0d"),
        (date(2025, 3, 3), "52w 0d"),
        (date(2025, 3, 2), "12m 0d"),
        (date(2024, 3, 3), "23m 27d"),
        (date(2024, 3, 2), "2y 0m"),
        (date(2008, 3, 3), "17y 11m"),
        (date(2008, 3, 2), "18y"),
        (date(1941, 6, 9), "84y"),
        (date(2027, 1, 1), ""),
    ],
)
def test_ages_are_finer_for_the_young(born: date, shown: str) -> None:
    """Days, weeks, months and years change over on the very day."""
    assert age(born, TODAY) == shown


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_every_pair_of_days_has_an_age_or_none(born: date, on: date) -> None:
    """No pair of days fails, and only a birth still to come has no age."""
    assert (age(born, on) == "") == (on < born)


def test_times_are_told_in_uk_time_with_the_precision_they_have() -> None:
    """Summer time counts, a day stays a day, and what cannot be read stands as it is."""
    assert when(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)).text == "02-Jul-2026 00:30"
    assert from_fhir("2026-07-01T12:00:00+01:00").text == "01-Jul-2026 12:00"
    assert from_fhir("1941-06-09").text == "09-Jun-1941"
    assert from_fhir("1941-06").text == "Jun-1941"
    assert from_fhir("1941") == When("1941", "1941")
    assert from_fhir("1941-02-31").text == "1941-02-31"


def test_how_long_ago_is_told_in_one_unit() -> None:
    """Seconds up to two minutes, minutes up to two hours, hours up to two days."""
    spans = {
        1: "1 second",
        119: "119 seconds",
        120: "2 minutes",
        7199: "119 minutes",
        7200: "2 hours",
        172_800: "2 days",
    }
    assert {seconds: ago(NOW - timedelta(seconds=seconds), NOW) for seconds in spans} == spans


def test_a_name_is_written_as_on_an_nhs_banner() -> None:
    """SURNAME, First (Title), the official name before the usual; a former name never stands for the present one."""
    official = {"use": "official", "family": "Smith", "given": ["Jean", "Ann"], "prefix": ["Mrs"]}
    maiden = {"use": "maiden", "family": "Jones", "given": ["Jean"]}
    assert patient_name([maiden, {"use": "usual", "given": ["Jeannie"]}, official]) == "SMITH, Jean Ann (Mrs)"
    assert other_names([maiden, official]) == ("JONES, Jean [maiden]",)
    assert patient_name([maiden]) == "Name not known"
    assert patient_name([{"text": "Unknown Male"}]) == "Unknown Male"
    assert patient_name([{"family": "Smith"}]) == "SMITH"


def test_an_nhs_number_is_spaced_and_says_how_sure_it_is() -> None:
    """3 3 4, with its status in words."""
    number = nhs_number(patient("p", "A", "B", nhs="9990000018"))
    assert (number.text, number.status, number.is_valid, number.is_verified) == ("999 000 0018", "verified", True, True)


def test_an_nhs_number_that_fails_its_check_says_so() -> None:
    """A wrong check digit, and a number that the dialect marked, are not valid and never verified, whatever was sent."""
    marked = patient("p", "A", "B")
    marked["identifier"][0]["extension"].append({"url": "urn:tabard:extension:failed-check", "valueBoolean": True})
    for told in (patient("p", "A", "B", nhs="9990000011"), marked):
        number = nhs_number(told)
        assert (number.is_valid, number.is_verified) == (False, False)


def test_no_nhs_number_is_no_number() -> None:
    """A patient without one has an empty text."""
    assert nhs_number({"resourceType": "Patient", "id": "p"}).text == ""


def test_the_banner_says_who_this_is() -> None:
    """Every part from the resource, the age by today."""
    shown = banner(patient("p1", "Smith", "Jean", mrn="M77"), TODAY)
    assert (shown.name, shown.sex, shown.born.day.text, shown.born.age) == (
        "SMITH, Jean (Mrs)",
        "Female",
        "09-Jun-1941",
        "84y",
    )
    assert [(one.label, one.value) for one in shown.numbers] == [("Hospital number (RXX)", "M77")]
    assert shown.address == "12 Mill Lane, Elsewhere, EL5 3WH"
    assert (shown.survivor, shown.is_active, shown.died) == ("", True, None)


def test_whose_a_number_is_reads_as_it_was_sent() -> None:
    """An authority with a space in it is not shown in the code of web addresses."""
    shown = banner(
        {
            "resourceType": "Patient",
            "id": "p",
            "identifier": [{"system": "urn:tabard:authority:SIMULATOR%20MRN", "value": "1"}],
        },
        date(2026, 3, 2),
    )
    assert shown.numbers[0].label == "Hospital number (SIMULATOR MRN)"


def test_the_banner_of_somebody_unknown_leaves_nothing_blank() -> None:
    """What is not known is said in words."""
    shown = banner({"resourceType": "Patient", "id": "p"}, TODAY)
    assert (shown.name, shown.sex, shown.born.day.text, shown.born.age) == (
        "Name not known",
        "not known",
        "not known",
        "",
    )


def test_an_unreadable_birth_date_is_shown_as_sent() -> None:
    """The sender's text stands there, marked as not readable, without an age."""
    told = patient("p", "A", "B", birthDate="")
    told["_birthDate"] = {"extension": [{"url": "urn:tabard:extension:source-text", "valueString": "19410631"}]}
    assert banner(told, TODAY).born.day.text == "not readable, sent as “19410631”"


def test_the_dead_have_the_age_at_which_they_died() -> None:
    """Age stops at death."""
    shown = banner(patient("p", "A", "B", birthDate="1969-11-30", deceasedDateTime="2020-01-01T10:00:00+00:00"), TODAY)
    assert (shown.born.age, shown.died and shown.died.text) == ("50y", "01-Jan-2020 10:00")


def test_a_merged_record_names_its_survivor_and_the_survivor_what_came_in() -> None:
    """`replaced-by` leads on; `replaces` is told among the details."""
    gone = patient("old", "A", "B", link=[{"type": "replaced-by", "other": {"reference": "Patient/new"}}])
    kept = patient("new", "A", "B", link=[{"type": "replaces", "other": {"reference": "Patient/old"}}])
    assert banner(gone, TODAY).survivor == "new"
    assert details(kept).merged_in == ("old",)


@pytest.mark.parametrize(
    ("feed", "tag", "words"),
    [
        (LIVE, "Live", "Last message 14:06 (20 seconds ago)."),
        (
            replace(LIVE, state=FeedState.silent, last_received=NOW - timedelta(minutes=63)),
            "SILENT since 13:03",
            "Nothing has come for 63 minutes",
        ),
        (
            replace(LIVE, state=FeedState.silent, last_received=NOW - timedelta(days=3)),
            "SILENT since 27-Feb-2026 14:06",
            "3 days",
        ),
        (
            replace(LIVE, state=FeedState.behind, waiting=12, oldest_waiting=NOW - timedelta(minutes=4)),
            "Behind",
            "12 messages are not shown yet, the oldest since 14:02",
        ),
        (replace(LIVE, state=FeedState.never, last_received=None), "Nothing yet", "No message has ever come"),
    ],
)
def test_each_state_of_a_feed_is_said_in_words(feed: Feed, tag: str, words: str) -> None:
    """The tag and the sentence say it without any colour."""
    line = feed_line(feed, NOW)
    assert line.tag == tag
    assert words in line.sentence


def test_one_feed_that_is_not_live_makes_the_page_not_current() -> None:
    """The worst feed stands first, and no feed at all is no reason to trust."""
    told = freshness([replace(LIVE, link="a"), replace(LIVE, link="b", state=FeedState.silent)], NOW)
    assert (told.is_current, [line.link for line in told.lines]) == (False, ["b", "a"])
    assert freshness([LIVE], NOW).is_current
    assert not freshness([], NOW).is_current
    assert "No link" in freshness([], NOW).warning


def test_a_visit_tells_its_places_the_latest_first() -> None:
    """Ward and bed of one stay stand together, and the present one is known."""
    places = Places.among(
        [location("w", "Oak", "wa"), location("b", "Bed 1", "bd", "w"), location("c", "Bed 2", "bd", "w")]
    )
    told = encounter(
        "e", "p", [("w", "b", "2026-03-01T10:00:00Z", "2026-03-02T09:00:00Z"), ("w", "c", "2026-03-02T09:00:00Z", None)]
    )
    assert [(stay.ward, stay.bed, stay.is_now) for stay in stays(told, places)] == [
        ("Oak", "Bed 2", True),
        ("Oak", "Bed 1", False),
    ]
    now = present_stay(told, places)
    assert now is not None
    assert now.start == When("2026-03-02T09:00:00+00:00", "02-Mar-2026 09:00")


def test_wards_count_who_is_there_now_and_not_who_was() -> None:
    """A completed place counts for nobody; a bed is no ward."""
    oak, mill, bed = location("w", "Oak", "wa"), location("m", "Mill", "wa"), location("b", "Bed 1", "bd", "w")
    moved = encounter(
        "e", "p", [("m", "b", "2026-03-01T10:00:00Z", "2026-03-02T09:00:00Z"), ("w", "b", "2026-03-02T09:00:00Z", None)]
    )
    assert [(ward.name, ward.patients) for ward in wards([oak, mill, bed], [moved])] == [("Mill", 0), ("Oak", 1)]


def test_a_ward_knows_the_link_that_told_of_it() -> None:
    """The link stands in meta.source; a resource from elsewhere has none."""
    told = {**location("w", "Oak", "wa"), "meta": {"source": "urn:tabard:link:lorenzo"}}
    assert [one.link for one in wards([told, location("x", "Ash", "wa")], [])] == ["", "lorenzo"]


def test_a_ward_lists_who_lies_there_by_bed() -> None:
    """Bed 2 before bed 10, and somebody moved away is not on it."""
    others = [
        location("w", "Oak", "wa"),
        location("m", "Mill", "wa"),
        *(location(f"b{n}", f"Bed {n}", "bd", "w") for n in (2, 10)),
    ]
    others += [patient("p1", "A", "X"), patient("p2", "B", "Y"), patient("p3", "C", "Z")]
    since = "2026-03-01T10:00:00Z"
    visits = [
        encounter("e1", "p1", [("w", "b10", since, None)]),
        encounter("e2", "p2", [("w", "b2", since, None)]),
        encounter("e3", "p3", [("w", "b2", since, "2026-03-02T09:00:00Z"), ("m", "b2", "2026-03-02T09:00:00Z", None)]),
    ]
    assert [row.patient.id for row in rows("w", visits, others, TODAY)] == ["p2", "p1"]


def test_a_result_shows_what_was_sent_and_only_the_laboratorys_mark() -> None:
    """Digits are kept as sent; N is no mark; a value out of its range without a mark is not marked here."""
    quantity = {"valueQuantity": {"value": Decimal("98.00"), "unit": "umol/L", "comparator": "<"}}
    low = {
        "interpretation": [{"coding": [{"code": "LL"}]}],
        "referenceRange": [{"low": {"value": 120}, "high": {"value": 140}}],
    }
    told = result(observation("o", "p", "Creatinine", quantity, **low))
    assert (told.value, told.mark, told.is_critical, told.reference_range) == (
        "<98.00 umol/L",
        "Critically low",
        True,
        "120 to 140",
    )
    assert result(observation("o", "p", "X", quantity, interpretation=[{"coding": [{"code": "N"}]}])).mark == ""
    assert result(observation("o", "p", "X", quantity, referenceRange=[{"text": "< 5"}])).reference_range == "< 5"
    assert result(observation("o", "p", "X", quantity)).mark == ""


def test_normal_in_two_codings_is_no_mark() -> None:
    """A record system's own code beside the standard's N changes nothing, and hides no other mark."""
    own = {"code": "208", "display": "NORMAL"}
    normal = [{"coding": [own, {"code": "N"}], "text": "NORMAL"}]
    assert result(observation("o", "p", "X", {"valueString": "1"}, interpretation=normal)).mark == ""
    high = [{"coding": [own, {"code": "N"}, {"code": "H"}]}]
    assert result(observation("o", "p", "X", {"valueString": "1"}, interpretation=high)).mark == "High"


def test_every_part_of_a_result_is_shown() -> None:
    """A blood pressure has no value of its own but two that are named, each with its range and mark; never `no value`."""
    low = {"interpretation": [{"coding": [{"code": "LL"}]}], "referenceRange": [{"low": {"value": 90}}]}
    parts = [
        {"code": {"text": "Systolic"}, "valueQuantity": {"value": Decimal(71), "unit": "mmHg"}, **low},
        {"code": {"text": "Diastolic"}, "dataAbsentReason": {"text": "not heard"}},
        {"valueString": "left arm"},
    ]
    told = result(observation("o", "p", "Blood pressure", {}, component=parts))
    assert told.value == "Systolic 71 mmHg; Diastolic not heard; part not named left arm"
    assert (told.mark, told.is_critical, told.reference_range) == (
        "Critically low (Systolic)",
        True,
        "Systolic 90 or more",
    )
    both = result(observation("o", "p", "Score", {"valueString": "7"}, component=parts[2:]))
    assert both.value == "7; part not named left arm"
    assert result(observation("o", "p", "Nothing", {})).value == "no value"


def test_what_must_not_be_used_takes_its_results_with_it() -> None:
    """A report that was withdrawn or cancelled has no result that stands, whatever the result says of itself."""
    named = [{"reference": "Observation/k"}]
    report = {"resourceType": "DiagnosticReport", "id": "r", "status": "entered-in-error", "result": named}
    (told,) = reports([report, observation("k", "p", "Potassium", {"valueString": "5"})])
    assert [one.is_void for one in told.results] == [True]


def test_what_of_a_report_is_in_no_line_is_said() -> None:
    """A result that did not come, a conclusion, a document: a report that seems short says that it is."""
    named = [{"reference": "Observation/k"}, {"reference": "Observation/gone"}]
    report = {"resourceType": "DiagnosticReport", "id": "r", "status": "final", "result": named}
    (told,) = reports(
        [
            {**report, "conclusion": "No growth.", "presentedForm": [{}]},
            observation("k", "p", "K", {"valueString": "5"}),
        ]
    )
    assert told.remarks == (
        "Conclusion: No growth.",
        "1 result of this report cannot be shown here: look in the record system.",
        "A document of this report is not shown here: look in the record system.",
    )
    assert reports([{**report, "result": []}])[0].remarks == ()


def test_what_is_of_somebody_else_or_not_understood_is_called_so() -> None:
    """A donor's blood group in the patient's record, and what an extension makes mean something else."""
    told = result(observation("o", "p", "Blood group", {"valueString": "AB"}, focus=[{"display": "Donor 7"}]))
    assert told.name == "Blood group (NOT of the patient, but of: Donor 7)"
    own = observation("o", "p", "Pulse", {"valueString": "80"}, focus=[{"reference": "Patient/p"}])
    assert result(own).name == "Pulse"
    odd = result(observation("o", "p", "Pulse", {"valueString": "80"}, modifierExtension=[{"url": "http://x"}]))
    assert odd.status == "NOT FULLY UNDERSTOOD HERE: look in the record system"


def test_a_value_that_is_there_is_never_told_as_none() -> None:
    """A titre is shown; a curve, which cannot be, is said to be there."""
    titre = {"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 64}}}
    assert result(observation("o", "p", "Titre", titre)).value == "1 : 64"
    curve = {"valueSampledData": {"data": "1 2"}}
    assert (
        result(observation("o", "p", "ECG", curve)).value == "a value that is not shown here: look in the record system"
    )
    assert result(observation("o", "p", "None", {})).value == "no value"


def test_vital_signs_in_no_report_are_called_so_and_stand_in_one_order() -> None:
    """An answer has no order of its own; at every time the same sign is found in the same place."""
    signs = {"category": [{"coding": [{"code": "vital-signs"}]}]}
    held = [observation(name, "p", name, {"valueString": "1"}, **signs) for name in ("Pulse", "blood pressure")]
    (told,) = reports(held)
    assert (told.title, [one.name for one in told.results]) == ("Vital signs", ["blood pressure", "Pulse"])
    (mixed,) = reports([*held, observation("g", "p", "Group", {"valueString": "A"})])
    assert mixed.title == "Results in no report"


def test_a_mark_that_is_not_known_is_not_swallowed() -> None:
    """It stands in the sender's words."""
    strange = [{"coding": [{"code": "ZZ", "display": "Ask the lab"}]}]
    assert result(observation("o", "p", "X", {"valueString": "1"}, interpretation=strange)).mark == "Ask the lab"


def test_a_result_that_must_not_be_used_says_so() -> None:
    """Entered in error is void, a correction says that it is one."""
    void = result(observation("o", "p", "X", {"valueString": "1"}, status="entered-in-error"))
    assert (void.is_void, void.status) == (True, "ENTERED IN ERROR: do not use")
    assert result(observation("o", "p", "X", {"valueString": "1"}, status="corrected")).status == "CORRECTED"


def test_results_stand_under_their_report_and_none_is_left_out() -> None:
    """The newest report first, with its results in their order; a result in no report is shown too."""
    report = {
        "resourceType": "DiagnosticReport",
        "id": "r",
        "status": "final",
        "code": {"text": "U and E"},
        "effectiveDateTime": "2026-03-02T07:40:00Z",
        "result": [{"reference": "Observation/b"}, {"reference": "Observation/a"}],
    }
    told = reports(
        [
            report,
            observation("a", "p", "Sodium", {"valueString": "1"}),
            observation("b", "p", "Potassium", {"valueString": "2"}),
            observation("c", "p", "Group", {"valueString": "A"}, effectiveDateTime="2026-03-01"),
        ]
    )
    assert [(one.title, [held.name for held in one.results]) for one in told] == [
        ("U and E", ["Potassium", "Sodium"]),
        ("Results in no report", ["Group"]),
    ]


@pytest.mark.parametrize(
    ("typed", "parameters"),
    [
        ("smith", [("name", "smith")]),
        ("  Smith,  Jean ", [("name", "Smith"), ("name", "Jean")]),
        ("999 000 0018", [("identifier", f"{NHS}|9990000018,9990000018")]),
        ("9990000018", [("identifier", f"{NHS}|9990000018,9990000018")]),
        ("9990000011", [("identifier", "9990000011")]),
        ("M123456", [("identifier", "M123456")]),
        ("1941-06-09", [("birthdate", "1941-06-09")]),
        ("9/6/1941", [("birthdate", "1941-06-09")]),
        ("09-Jun-1941 smith", [("birthdate", "1941-06-09"), ("name", "smith")]),
        ("a|b,c1", [("name", "a\\|b"), ("identifier", "c1")]),
        ("", []),
    ],
)
def test_what_is_typed_is_understood(typed: str, parameters: list[tuple[str, str]]) -> None:
    """NHS number, hospital number, name and birth date, alone and together."""
    assert list(understand(typed).parameters) == parameters


@pytest.mark.parametrize("typed", ["31/02/1960", "x", "x" * 101])
def test_what_cannot_be_searched_says_why(typed: str) -> None:
    """No search is made, and the reader is told."""
    sought = understand(typed)
    assert sought.parameters == ()
    assert sought.problem


@given(st.text(max_size=120))
def test_whatever_is_typed_has_an_answer(typed: str) -> None:
    """No text fails; nothing typed becomes a parameter of a name that is not a patient's."""
    assert {name for name, _ in understand(typed).parameters} <= {"identifier", "name", "birthdate"}


def test_reasons_and_remarks_are_words() -> None:
    """A code that nobody gave words to is still readable; every sentence begins and ends as one."""
    assert reason_words("unknown_patient") == "Patient not known"
    assert reason_words("junk_between_frames") == "Junk between frames"
    assert flag_words("PID-3:bad-nhs-number") == "PID-3: bad nhs number"
    assert flag_words("control_id_reused") == "control id reused"
    assert sentence("see that it ends") == "See that it ends."
    assert sentence("Have it sent.") == "Have it sent."
    assert sentence("") == ""
