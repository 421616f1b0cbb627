"""Launched from the pretend Millennium's own screen: the right patient without a second password, or nothing and why.

Source: SMART App Launch 2.2, "App Launch: EHR Launch"; OpenID Connect Core 1.0, 3.1.3.7; RFC 9207; RFC 9700.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from edge.ehr_launch.opened import (
    BASE,
    CONSULTANT,
    Opened,
    altered,
    asked,
    begun,
    by_millennium,
    hold_messages_about,
    launched,
    let_in,
    must_be_closed,
)
from unit.web.browsing import Surfer
from unit.web.world import PASSWORD

MRN = "urn:tabard:authority:Millpond%20MRN"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """One hospital for all that leave it as it was."""
    with by_millennium(tmp_path_factory.mktemp("millpond") / "millpond") as made:
        yield made


@pytest.fixture
def house(served: Opened) -> Iterator[Opened]:
    """The same, its record system telling the truth; and the wards emptied again."""
    yield served
    served.clock.by = timedelta()
    served.millennium.forge_id_tokens()
    served.millennium.name_in_launches(None)
    for mrn in served.ehr.census.inpatients():
        served.ehr.discharge(mrn)
    served.settle()


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Opened]:
    """A hospital of one's own, for what cannot be put right again."""
    with by_millennium(tmp_path / "millpond") as made:
        yield made


def test_the_right_patient_opens_without_a_second_password(house: Opened) -> None:
    """Doctor, patient and visit are the record's; the session is the doctor's, a clinician's and no more."""
    mrn = house.admit("Teal")
    house.admit("Teal")
    doctor, browser = house.doctor("Venkatesan"), house.browser()
    answer = launched(doctor, browser, house, mrn)
    (patient,), (who,) = house.ids("Patient", MRN, mrn), house.ids("Practitioner", CONSULTANT, "C9888103")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/patients/{patient}")
    page = browser.get(answer.headers["location"])
    assert page.status_code == 200
    assert house.ehr.census.person(mrn).given in page.text
    assert "Lakshmi Venkatesan" in page.text
    assert browser.get("/links").status_code == 403
    assert house.audited("ehr-launch")[-1] == ("granted", who, None, f"Patient/{patient}")
    assert house.millennium.refused == ()


def test_a_product_opens_by_its_own_button(house: Opened) -> None:
    """The product is sent our own issuer and a handle of ours, and never the record system's."""
    mrn = house.admit("Teal")
    answer = launched(house.doctor(), house.browser(), house, mrn, "observations")
    place = urlsplit(answer.headers["location"])
    told = parse_qs(place.query)
    assert place.netloc == "observations.localhost:8000"
    assert told["iss"] == [f"{BASE}/fhir"]
    assert len(told["launch"][0]) > 20


def test_a_public_client_launches_by_pkce_alone(tmp_path: Path) -> None:
    """Where the link names no key, no assertion is sent and PKCE binds the code."""
    with by_millennium(tmp_path / "millpond", is_public=True) as house:
        mrn = house.admit("Teal")
        assert launched(house.doctor(), house.browser(), house, mrn).status_code == 303


@pytest.mark.parametrize("changed", ["another", "/", "", "case"])
def test_a_launch_of_another_server_is_refused(house: Opened, changed: str) -> None:
    """The iss must be the link's base exactly: no other tenant, no slash more, nothing that only looks like it."""
    address = begun(house.doctor(), house, house.admit("Teal"))
    base = house.millennium.fhir_base
    iss = {"another": "http://localhost:1/r4/evil", "/": f"{base}/", "": "", "case": base.upper()}[changed]
    browser = house.browser()
    must_be_closed(browser, browser.get(altered(address, iss=iss)), "another record system")
    assert house.audited("ehr-launch")[-1][2] == "iss"


def test_a_launch_without_a_handle_is_refused(house: Opened) -> None:
    """Nothing is asked of the record system for it; the same of one that comes twice in the address."""
    browser, address = house.browser(), f"{BASE}/launch/millennium?iss={house.millennium.fhir_base}"
    must_be_closed(browser, browser.get(address), "not a launch as it should be", 400)
    must_be_closed(browser, browser.get(f"{address}&launch=a&launch=b"), "not a launch as it should be", 400)
    assert browser.get(f"{BASE}/launch/nobody?iss=x&launch=y").status_code == 404
    must_be_closed(browser, browser.get(f"{BASE}/launch/millennium/nothing?iss=x&launch=y"), "No such product", 404)
    assert house.audited("ehr-launch")[-1][2] == "no_product"


def test_somebody_elses_launch_opens_nothing(house: Opened) -> None:
    """Launch fixation: an attacker's handle, sent to a doctor, is not good in the doctor's browser."""
    mrn = house.admit("Teal")
    victim = house.doctor("Venkatesan")
    house.admit("Heron")
    attacker = house.doctor(but="Venkatesan")
    address, browser = begun(attacker, house, mrn), house.browser()
    answer = browser.get(let_in(victim, asked(browser, address)))
    must_be_closed(browser, answer, "did not let this launch go on")


def test_an_answer_to_somebody_elses_launch_signs_in_nobody(house: Opened) -> None:
    """Login CSRF: the attacker's own way back, in another browser, finds no attempt there."""
    mrn = house.admit("Teal")
    attacker, victim = house.browser(), house.browser()
    back = let_in(doctor := house.doctor(), asked(attacker, begun(doctor, house, mrn)))
    must_be_closed(victim, victim.get(back), "was not begun in this browser")
    asked(victim, begun(doctor, house, mrn))
    must_be_closed(victim, victim.get(back), "was not begun in this browser")
    assert attacker.get(back).status_code == 303


def test_each_address_is_good_once(house: Opened) -> None:
    """The way back, the launch's handle, and a code in another attempt: each a second time opens nothing."""
    mrn = house.admit("Teal")
    doctor, browser = house.doctor(), house.browser()
    address = begun(doctor, house, mrn)
    back = let_in(doctor, asked(browser, address))
    cookies = dict(browser.cookies)
    assert browser.get(back).status_code == 303
    again = house.browser()
    again.cookies = dict(cookies)
    must_be_closed(again, again.get(back), "open for too long, was used before")
    third = house.browser()
    must_be_closed(third, third.get(let_in(doctor, asked(third, address))), "did not let this launch go on")
    fourth = house.browser()
    code = parse_qs(urlsplit(back).query)["code"][0]
    fresh = let_in(doctor, asked(fourth, begun(doctor, house, mrn)))
    must_be_closed(fourth, fourth.get(altered(fresh, code=code)), "the code was used before")


@pytest.mark.parametrize(
    ("claims", "claim"),
    [
        ({"iss": "http://localhost:1/evil"}, "iss"),
        ({"aud": "another-app"}, "aud"),
        ({"aud": ["tabard", "another-app"]}, "azp"),
        ({"nonce": "another"}, "nonce"),
        ({"exp": 1_700_000_000}, "exp"),
        ({"iat": 1_700_000_000}, "iat"),
        ({"sub": ""}, "sub"),
    ],
)
def test_an_id_token_that_says_something_else_is_not_believed(
    house: Opened, claims: dict[str, Any], claim: str
) -> None:
    """Each claim on its own turns it away."""
    mrn = house.admit("Teal")
    house.millennium.forge_id_tokens(claims)
    browser = house.browser()
    must_be_closed(browser, launched(house.doctor(), browser, house, mrn), f"cannot be believed ({claim})")


def test_an_id_token_that_somebody_else_signed_is_not_believed(house: Opened) -> None:
    """The same kid, another key."""
    mrn = house.admit("Teal")
    house.millennium.forge_id_tokens(by_another_key=True)
    browser = house.browser()
    must_be_closed(browser, launched(house.doctor(), browser, house, mrn), "cannot be believed (signature)")


@pytest.mark.parametrize(
    "user", [None, "", "Patient/1", "https://evil.example/Practitioner/1", "Practitioner/../Patient/1", 7]
)
def test_a_user_who_is_no_member_of_staff_of_that_server_is_nobody(house: Opened, user: object) -> None:
    """A fhirUser must be a Practitioner of the server that launched; missing is not somebody (fail closed)."""
    mrn = house.admit("Teal")
    house.millennium.forge_id_tokens({"fhirUser": user})
    browser = house.browser()
    must_be_closed(browser, launched(house.doctor(), browser, house, mrn), "which member of staff")


def test_an_answer_with_another_iss_is_refused(house: Opened) -> None:
    """RFC 9207: an answer that says that it is another server's is a mix-up."""
    mrn = house.admit("Teal")
    doctor, browser = house.doctor(), house.browser()
    back = let_in(doctor, asked(browser, begun(doctor, house, mrn)))
    must_be_closed(browser, browser.get(altered(back, iss="http://localhost:1/evil")), "is not the record system&#39;s")


def test_who_the_record_does_not_know_is_nobody(alone: Opened) -> None:
    """A user whose number is nobody's here is turned away, and told whom to tell."""
    mrn = alone.admit("Teal")
    alone.put({"resourceType": "Practitioner", "id": alone.ids("Practitioner", CONSULTANT, "C9888103")[0]})
    browser = alone.browser()
    must_be_closed(browser, launched(alone.doctor(), browser, alone, mrn), "Nobody in the record here is the user")
    assert alone.audited("ehr-launch")[-1][2] == "unknown_user"


@pytest.mark.parametrize(("ours", "status"), [("locum", 303), ("gone", 403), ("nobody", 403)])
def test_a_table_may_name_who_a_user_is(house: Opened, tmp_path: Path, ours: str, status: int) -> None:
    """Where the two systems have no number in common, the link's own table says it: one whom the record knows, and in use."""
    house.admit("Teal")
    user = house.doctor("Venkatesan").cookies["pretend-millennium-doctor"]
    with by_millennium(tmp_path / "millpond", people={user: ours}) as another:
        mrn = another.admit("Teal")
        name = [{"family": "Locum"}]
        another.put({"resourceType": "Practitioner", "id": "locum", "name": name})
        another.put({"resourceType": "Practitioner", "id": "gone", "active": False, "name": name})
        assert launched(another.doctor("Venkatesan"), another.browser(), another, mrn).status_code == status
        assert another.audited("ehr-launch")[-1][1] == (ours if status == 303 else None)


def test_a_patient_whom_the_record_does_not_know_opens_nothing(house: Opened) -> None:
    """The chart knows somebody whose message has not come; and a Patient id that nobody has."""
    mrn = house.admit("Teal")
    doctor = house.doctor()
    house.millennium.name_in_launches("404404")
    browser = house.browser()
    must_be_closed(browser, launched(doctor, browser, house, mrn), "does not know the patient", 404)
    outcome, who, why, about = house.audited("ehr-launch")[-1]
    assert (outcome, why, about) == ("refused", "unknown_patient", None)
    assert who in house.ids("Practitioner", CONSULTANT, "C9888103")


def test_a_patient_combined_into_another_opens_as_the_survivor_with_a_word(house: Opened) -> None:
    """The launch names the registration that is gone; what opens is the one that is in use, and that is said first."""
    known = house.admit("Teal")
    house.millennium.discharge(known)
    double = house.millennium.double_of(known)
    house.millennium.admit("Teal", person=double)
    house.settle()
    gone = house.millennium.fhir_id(double.mrn)
    house.millennium.merge(known, double.mrn)
    house.settle()
    house.millennium.name_in_launches(gone)
    doctor, browser = house.doctor(), house.browser()
    other = house.admit("Teal")
    answer = launched(doctor, browser, house, other)
    assert answer.status_code == 200, answer.text
    assert "merged into this one" in answer.text
    (patient,) = {*house.ids("Patient", MRN, known)} - {*house.ids("Patient", MRN, double.mrn)} or {
        *house.ids("Patient", MRN, known)
    }
    assert f'href="/patients/{patient}"' in answer.text
    assert house.audited("ehr-launch")[-1][3] == f"Patient/{patient}"


def test_a_visit_of_somebody_else_opens_nothing(house: Opened) -> None:
    """The patient and the visit that a launch names must be one patient's."""
    mrn, other = house.admit("Teal"), house.admit("Teal")
    millennium = house.millennium
    millennium.name_in_launches(millennium.fhir_id(mrn), millennium.encounter_id(house.visit(other)))
    browser = house.browser()
    must_be_closed(browser, launched(house.doctor(), browser, house, mrn), "not one of this patient&#39;s", 404)


def test_two_patients_of_one_number_open_nothing(alone: Opened) -> None:
    """In the chart the number stands on somebody else, or two here hold it: it is not decided, but said."""
    mrn, other = alone.admit("Teal"), alone.admit("Teal")
    alone.millennium.reassign_mrn(mrn, other)
    alone.millennium.name_in_launches(alone.millennium.fhir_id(other))
    browser = alone.browser()
    answer = launched(alone.doctor(), browser, alone, mrn)
    assert "Nothing was opened" in answer.text
    assert alone.audited("ehr-launch")[-1][0] == "refused"


def test_a_patient_about_whom_messages_wait_opens_nothing(alone: Opened) -> None:
    """It is in doubt whose they are; the page says where to look."""
    mrn = alone.admit("Teal")
    hold_messages_about(alone, alone.ids("Patient", MRN, mrn)[0])
    browser = alone.browser()
    must_be_closed(browser, launched(alone.doctor(), browser, alone, mrn), "Messages about this patient wait", 409)
    assert alone.audited("ehr-launch")[-1][2] == "held"


def test_another_person_who_was_signed_in_is_signed_out_and_that_is_said(house: Opened) -> None:
    """A shared workstation: the session before is over, wherever its cookie lies, and is not made wider."""
    mrn = house.admit("Teal")
    browser = house.browser()
    browser.sign_in("nurse", PASSWORD)
    before = house.browser()
    before.cookies = dict(browser.cookies)
    assert before.get("/wards").status_code == 200
    answer = launched(house.doctor(), browser, house, mrn)
    assert answer.status_code == 200
    assert "Nia Nurse was signed in here, and has been signed out" in answer.text
    assert "Lakshmi Venkatesan" in answer.text
    assert before.get("/wards").status_code == 303
    assert browser.get("/wards").status_code == 200


def test_the_same_person_keeps_their_session(house: Opened) -> None:
    """A second launch asks nothing and says nothing."""
    one, other = house.admit("Teal"), house.admit("Teal")
    doctor, browser = house.doctor(), house.browser()
    launched(doctor, browser, house, one)
    session = _session(browser)
    assert launched(doctor, browser, house, other).status_code == 303
    assert _session(browser) == session


def test_a_refused_launch_ends_nobodys_session(house: Opened) -> None:
    """What opens nothing changes nothing: who was signed in still is."""
    mrn, other = house.admit("Teal"), house.admit("Teal")
    millennium, browser = house.millennium, house.browser()
    browser.sign_in("nurse", PASSWORD)
    millennium.name_in_launches(millennium.fhir_id(mrn), millennium.encounter_id(house.visit(other)))
    assert launched(house.doctor(), browser, house, mrn).status_code == 404
    assert browser.get("/wards").status_code == 200


def test_a_launch_that_took_too_long_is_over(house: Opened) -> None:
    """After ten minutes the attempt is nobody's."""
    mrn = house.admit("Teal")
    doctor, browser = house.doctor(), house.browser()
    back = let_in(doctor, asked(browser, begun(doctor, house, mrn)))
    house.clock.by = timedelta(minutes=11)
    must_be_closed(browser, browser.get(back), "was open for too long")


def test_a_record_system_that_is_away_opens_nothing(alone: Opened) -> None:
    """The page says that it is away, and what to do."""
    mrn = alone.admit("Teal")
    address, browser = begun(alone.doctor(), alone, mrn), alone.browser()
    alone.millennium.close()
    must_be_closed(browser, browser.get(address), "cannot be reached", 503)
    assert alone.audited("ehr-launch")[-1][0] == "failed"


def test_asking_with_head_uses_nothing_up(house: Opened) -> None:
    """Whatever looks at links before people do, nothing is spent by it."""
    mrn = house.admit("Teal")
    doctor, browser = house.doctor(), house.browser()
    back = let_in(doctor, asked(browser, begun(doctor, house, mrn)))
    assert browser.ask("HEAD", back).status_code == 405
    assert browser.get(back).status_code == 303


def _session(browser: Surfer) -> str:
    return browser.cookies["__Host-tabard-rzy"]
