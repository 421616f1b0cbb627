"""Opened from the pretend Lorenzo by a signed address: the right patient without a second password, or nothing and why."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge.ehr_launch.opened import (
    BASE,
    CONSULTANT,
    LORENZO_MRN,
    NEXT_SECRET,
    SECRET,
    Opened,
    altered,
    by_lorenzo,
    hold_messages_about,
    must_be_closed,
)
from tabard.sandbox import context_address
from tabard.wiring import running
from unit.web.browsing import Surfer
from unit.web.world import PASSWORD

PLACE = f"{BASE}/context/lorenzo"
VISITID = "urn:tabard:visit:VISITID"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """One hospital for all that leave it as it was."""
    with by_lorenzo(tmp_path_factory.mktemp("elsewhere") / "elsewhere") as made:
        yield made


@pytest.fixture
def house(served: Opened) -> Iterator[Opened]:
    """The same, its clock put right and its wards emptied again."""
    yield served
    served.clock.by = timedelta()
    for mrn in served.ehr.census.inpatients():
        served.ehr.discharge(mrn)
    served.settle()


def made(house: Opened, mrn: str, **more: Any) -> str:
    """The address that the pretend Lorenzo makes; `more` is what a test has otherwise."""
    told = {
        "user": "C9999103",
        "patient": mrn,
        "visit": more["visit"] if "visit" in more else house.visit(mrn),
        "time": int(house.clock().timestamp()),
        **more,
    }
    place, secret = told.pop("place", PLACE), told.pop("secret", SECRET)
    return context_address(place, secret, **told)


def opened(browser: Surfer, address: str, **headers: str) -> httpx.Response:
    """What the browser is shown, opened by a program."""
    return browser.ask("GET", address, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_the_right_patient_opens_without_a_second_password(house: Opened) -> None:
    """User, patient and visit are the record's; the session is the user's, a clinician's and no more."""
    mrn = house.admit("Fern")
    house.admit("Fern")
    browser = house.browser()
    answer = opened(browser, made(house, mrn))
    (patient,), (who,) = house.ids("Patient", LORENZO_MRN, mrn), house.ids("Practitioner", CONSULTANT, "C9999103")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/patients/{patient}")
    assert answer.headers["referrer-policy"] == "same-origin"
    page = browser.get(answer.headers["location"])
    assert house.ehr.census.person(mrn).given in page.text
    assert browser.get("/links").status_code == 403
    assert house.audited("context-address")[-1] == ("granted", who, None, f"Patient/{patient}")


def test_a_product_opens_by_its_own_address(house: Opened) -> None:
    """The product is part of what is sealed: an address of one is none of another, nor of the patient's page."""
    mrn, browser = house.admit("Fern"), house.browser()
    answer = opened(browser, made(house, mrn, place=f"{PLACE}/observations"))
    assert answer.headers["location"].startswith("http://observations.localhost:8000/")
    stranger = house.browser()
    moved = made(house, mrn, place=f"{PLACE}/observations").replace("/observations?", "?")
    must_be_closed(stranger, opened(stranger, moved), "not one of the record system&#39;s")


def test_without_a_visit_the_patient_alone_opens(house: Opened) -> None:
    """A record system that has no visit open says so by an empty one."""
    mrn = house.admit("Fern")
    assert opened(house.browser(), made(house, mrn, visit="")).status_code == 303


def test_both_secrets_are_good_while_they_are_changed(house: Opened) -> None:
    """The old and the new one open; a third does not."""
    mrn = house.admit("Fern")
    assert opened(house.browser(), made(house, mrn, secret=NEXT_SECRET)).status_code == 303
    browser = house.browser()
    must_be_closed(browser, opened(browser, made(house, mrn, secret=b"x" * 32)), "not one of the record system&#39;s")


@pytest.mark.parametrize("name", ["user", "patient", "visit", "time", "nonce"])
def test_no_value_can_be_changed_on_the_way(house: Opened, name: str) -> None:
    """Each value is sealed: another one in its place opens nothing, and is not even looked up."""
    mrn, other = house.admit("Fern"), house.admit("Fern")
    values = {"user": "C9999104", "patient": other, "visit": house.visit(other), "nonce": "n" * 32}
    values["time"] = str(int(house.clock().timestamp()) + 1)
    browser = house.browser()
    must_be_closed(
        browser, opened(browser, altered(made(house, mrn), **{name: values[name]})), "was changed on the way"
    )
    assert house.audited("context-address")[-1] == ("refused", None, "seal", None)


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda address: address.replace("&seal=", "&lies="),
        lambda address: f"{address}&patient=1",
        lambda address: f"{address}&more=1",
        lambda address: re.sub(r"seal=[^&]+", "seal=", address),
        lambda address: re.sub(r"time=[^&]+", "time=yesterday", address),
        lambda address: re.sub(r"user=[^&]+", "user=%0A", address),
        lambda address: re.sub(r"patient=[^&]+", f"patient={'9' * 65}", address),
        lambda address: re.sub(r"nonce=[^&]+", "nonce=short", address),
        lambda _: PLACE,
        lambda address: f"{address}&{'x=1&' * 3000}",
    ],
)
def test_what_is_no_such_address_opens_nothing(house: Opened, spoilt: Any) -> None:
    """Missing, doubled, foreign, empty, too long or wrongly written: a clear page, whatever it is."""
    browser, address = house.browser(), spoilt(made(house, house.admit("Fern")))
    answer = opened(browser, address)
    assert answer.status_code in {400, 414}
    must_be_closed(browser, answer, "address", answer.status_code)


def test_an_address_is_good_once(house: Opened) -> None:
    """The same again opens nothing, in this browser and in any other."""
    mrn = house.admit("Fern")
    address, browser = made(house, mrn), house.browser()
    assert opened(browser, address).status_code == 303
    other = house.browser()
    must_be_closed(other, opened(other, address), "was used before")
    assert house.audited("context-address")[-1][2] == "replayed"


def test_an_address_stays_used_over_a_restart(tmp_path: Path) -> None:
    """What was used is remembered in the file, not in the process."""
    with by_lorenzo(tmp_path / "elsewhere") as house:
        mrn = house.admit("Fern")
        address = made(house, mrn)
        assert opened(house.browser(), address).status_code == 303
    with running(tmp_path / "elsewhere", house.clock) as served_again:
        browser = Surfer(served_again.app, BASE)
        must_be_closed(browser, opened(browser, address), "was used before")


@pytest.mark.parametrize(("aside", "reason"), [(-95, "expired"), (-600, "expired"), (45, "not_yet"), (3600, "not_yet")])
def test_an_address_is_good_for_a_minute(house: Opened, aside: int, reason: str) -> None:
    """Older than its minute and half a minute of clocks, or of a time to come: nothing opens."""
    mrn, browser = house.admit("Fern"), house.browser()
    address = made(house, mrn, time=int(house.clock().timestamp()) + aside)
    must_be_closed(browser, opened(browser, address), "is too old, or the clocks")
    assert house.audited("context-address")[-1][2] == reason


@pytest.mark.parametrize("aside", [-50, 10])
def test_clocks_may_differ_a_little(house: Opened, aside: int) -> None:
    """Within the minute, and a little ahead."""
    mrn = house.admit("Fern")
    address = made(house, mrn, time=int(house.clock().timestamp()) + aside)
    assert opened(house.browser(), address).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [{"sec_fetch_site": "cross-site"}, {"referer": "https://mail.example/"}, {"origin": "https://evil.example"}],
)
def test_a_link_on_somebodys_page_opens_nothing(house: Opened, headers: dict[str, str]) -> None:
    """Where no origin is configured an address is opened by a program, never by a page: login CSRF by a sent address."""
    browser = house.browser()
    must_be_closed(
        browser, opened(browser, made(house, house.admit("Fern")), **headers), "opened from a place that is not"
    )
    assert house.audited("context-address")[-1][2] == "origin"


def test_only_a_page_of_the_record_system_opens_where_its_origin_is_configured(tmp_path: Path) -> None:
    """By Origin or by Referer; another, none, or one that only begins like it, is refused, and uses nothing up."""
    with by_lorenzo(tmp_path / "elsewhere", origins=("https://lorenzo.example",)) as house:
        address = made(house, house.admit("Fern"))
        for headers in (
            {},
            {"referer": "https://lorenzo.example.evil/"},
            {"referer": "https://evil.example/https://lorenzo.example"},
            {"origin": "null", "referer": "https://lorenzo.example/"},
            {"origin": "http://lorenzo.example"},
        ):
            browser = house.browser()
            must_be_closed(browser, opened(browser, address, **headers), "opened from a place that is not")
        assert opened(house.browser(), address, referer="https://lorenzo.example/ward").status_code == 303


@pytest.mark.parametrize(
    ("user", "reason"), [("C0000000", "unknown_user"), ("C9999103|x", "unknown_user"), ("*", "unknown_user")]
)
def test_a_user_whom_the_record_does_not_know_is_nobody(house: Opened, user: str, reason: str) -> None:
    """Their number must be exactly one Practitioner's."""
    browser = house.browser()
    must_be_closed(browser, opened(browser, made(house, house.admit("Fern"), user=user)), "is the user")
    assert house.audited("context-address")[-1][2] == reason


def test_a_user_of_two_practitioners_is_nobody(house: Opened) -> None:
    """Whose notes they were would be anybody's guess."""
    mrn, browser = house.admit("Fern"), house.browser()
    for id_ in ("one", "two"):
        number = {"system": CONSULTANT, "value": "C7777777"}
        house.put({"resourceType": "Practitioner", "id": id_, "identifier": [number]})
    must_be_closed(browser, opened(browser, made(house, mrn, user="C7777777")), "more than one person")


def test_a_patient_whom_the_record_does_not_know_opens_nothing(house: Opened) -> None:
    """Not yet, or not at all: the page says where to look."""
    browser = house.browser()
    must_be_closed(
        browser, opened(browser, made(house, house.admit("Fern"), patient="000000")), "Nobody in the record", 404
    )


def test_two_patients_of_one_number_open_nothing(house: Opened) -> None:
    """It is not decided which, but said."""
    mrn, browser = house.admit("Fern"), house.browser()
    number = {"system": LORENZO_MRN, "value": "77-77"}
    for id_ in ("twin-a", "twin-b"):
        house.put({"resourceType": "Patient", "id": id_, "identifier": [number]})
    answer = opened(browser, made(house, mrn, patient="77-77", visit=""))
    must_be_closed(browser, answer, "More than one patient", 409)


def test_a_registration_out_of_use_opens_nothing(house: Opened) -> None:
    """One that was put out of use and merged into nobody is nobody's."""
    browser = house.browser()
    number = {"system": LORENZO_MRN, "value": "88-88"}
    house.put({"resourceType": "Patient", "id": "past", "active": False, "identifier": [number]})
    answer = opened(browser, made(house, house.admit("Fern"), patient="88-88", visit=""))
    must_be_closed(browser, answer, "not in use here", 409)


def test_a_patient_merged_into_another_opens_as_the_survivor_with_a_word(house: Opened) -> None:
    """Opened by the number that is gone: the registration that is in use opens, and that is said first."""
    known = house.admit("Fern")
    house.ehr.discharge(known)
    double = house.ehr.double_of(known)
    house.ehr.admit("Fern", person=double)
    house.settle()
    visit = house.visit(double.mrn)
    house.ehr.merge(known, double.mrn)
    house.settle()
    first = opened(house.browser(), made(house, known, visit=visit))
    patient = first.headers["location"].removeprefix("/patients/")
    browser = house.browser()
    answer = opened(browser, made(house, double.mrn, visit=visit))
    assert answer.status_code == 200
    assert "merged into this one" in answer.text
    assert f'href="/patients/{patient}"' in answer.text


def test_a_visit_of_somebody_else_opens_nothing(house: Opened) -> None:
    """Patient and visit must be one patient's; an unknown visit, and one of two, is none."""
    mrn, other, browser = house.admit("Fern"), house.admit("Fern"), house.browser()
    answer = opened(browser, made(house, mrn, visit=house.visit(other)))
    must_be_closed(browser, answer, "is another patient&#39;s here", 409)
    (who,) = house.ids("Practitioner", CONSULTANT, "C9999103")
    assert house.audited("context-address")[-1] == ("refused", who, "visit_of_another", None)
    must_be_closed(browser, opened(browser, made(house, mrn, visit="0000000")), "does not know the visit", 404)
    (patient,) = house.ids("Patient", LORENZO_MRN, mrn)
    for id_ in ("visit-a", "visit-b"):
        number = {"system": VISITID, "value": "55-55"}
        subject = {"reference": f"Patient/{patient}"}
        house.put({"resourceType": "Encounter", "id": id_, "identifier": [number], "subject": subject})
    must_be_closed(browser, opened(browser, made(house, mrn, visit="55-55")), "More than one visit", 409)


def test_a_patient_about_whom_messages_wait_opens_nothing(tmp_path: Path) -> None:
    """It is in doubt whose they are; the page says where to look."""
    with by_lorenzo(tmp_path / "elsewhere") as house:
        mrn, browser = house.admit("Fern"), house.browser()
        hold_messages_about(house, house.ids("Patient", LORENZO_MRN, mrn)[0])
        must_be_closed(browser, opened(browser, made(house, mrn)), "Messages about this patient wait", 409)


def test_another_person_who_was_signed_in_is_signed_out_and_that_is_said(house: Opened) -> None:
    """A shared workstation: the session before is over, and is not made wider."""
    mrn, browser = house.admit("Fern"), house.browser()
    browser.sign_in("nurse", PASSWORD)
    before = house.browser()
    before.cookies = dict(browser.cookies)
    answer = opened(browser, made(house, mrn))
    assert "Nia Nurse was signed in here, and has been signed out" in answer.text
    assert before.get("/wards").status_code == 303
    assert browser.get("/wards").status_code == 200


def test_asking_with_head_uses_nothing_up(house: Opened) -> None:
    """Whatever looks at links before people do, nothing is spent by it."""
    address, browser = made(house, house.admit("Fern")), house.browser()
    assert browser.ask("HEAD", address).status_code == 405
    assert opened(browser, address).status_code == 303


def test_nothing_of_a_patient_stands_in_the_audit_but_ids(house: Opened) -> None:
    """Refused or granted: neither number nor name."""
    mrn, browser = house.admit("Fern"), house.browser()
    opened(browser, made(house, mrn))
    opened(browser, made(house, mrn, visit="0000000"))
    written = b"".join(path.read_bytes() for path in (house.folder / "audit").rglob("*") if path.is_file())
    assert b"context-address" in written
    assert mrn.encode() not in written
    assert house.ehr.census.person(mrn).family.encode() not in written
