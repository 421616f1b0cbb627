"""Two people on one number: what comes under it is parked, a person says whose it is, and what waited behind it goes on."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from story.linked_hospital import LinkedHospital, linked_hospital, looked_at
from tabard.record import RecordReader
from tabard.sandbox import Person

MOBILES = "07700 900111", "07700 900222"


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LinkedHospital]:
    with linked_hospital(tmp_path_factory.mktemp("identity") / "h") as linked:
        yield linked


def two_on_one_number(hospital: LinkedHospital) -> tuple[Person, Person]:
    """Two people who are registered with one NHS number, by somebody's slip."""
    people = hospital.lorenzo.people
    first, other = (
        one for one, _ in zip(filter(lambda p: p.nhs_number, iter(people.draw, None)), range(2), strict=False)
    )
    for person in (first, slipped := replace(other, nhs_number=first.nhs_number)):
        hospital.lorenzo.register(person)
    return first, slipped


def tell_without_hospital_number(hospital: LinkedHospital, person: Person, phone: str) -> None:
    """Somebody writes a new telephone number down, and whose it is by the NHS number alone."""
    event = hospital.lorenzo.census.update(replace(person, mobile=phone), hospital.clock())
    hospital.lorenzo.tell(replace(event, person=replace(event.person, mrn="")))


def phones(hospital: LinkedHospital, person: Person) -> set[str]:
    """The telephone numbers that the record has for a person."""
    record = RecordReader(hospital.folder / "record.db")
    (found,) = record.search("Patient", [("identifier", person.mrn)]).matches
    record.close()
    return {one["value"] for one in found.resource()["telecom"]}


def test_a_person_settles_whom_it_is_about(hospital: LinkedHospital, browser: Browser) -> None:
    """The second registration is somebody new; what names both is parked, and both are offered; the choice files it and what waited.

    A wrong choice is put right.
    """
    first, other = two_on_one_number(hospital)
    hospital.settled()
    lead = hospital.signed_in(browser, "integration")
    lead.goto(f"{hospital.url}/messages/2")
    lead.get_by_label("Why you look").fill("parked, to settle whose it is")
    lead.get_by_role("button", name="Look inside").click()
    lead.get_by_label("Somebody who is not known here yet").check()
    lead.get_by_label("How do you know?").fill("both were on the ward")
    lead.get_by_role("button", name="Settle it").click()
    expect(lead.get_by_text("It is written down whom the message is about.")).to_be_visible()
    hospital.settled()
    for phone in MOBILES:
        tell_without_hospital_number(hospital, first, phone)
    hospital.settled()
    lead.goto(f"{hospital.url}/parked")
    expect(lead.locator("main")).to_contain_text("Patient not certain")
    expect(lead.locator("main")).to_contain_text("Besides these, some messages are held")
    looked_at(lead, "parked-identity")

    lead.get_by_role("link", name="Say whom message 3 is about").click()
    expect(lead.locator("main")).not_to_contain_text(first.family)
    lead.get_by_label("Why you look").fill("parked, to settle whose it is")
    lead.get_by_role("button", name="Look inside").click()
    for one in (first, other):
        expect(lead.get_by_label(f"{one.family.upper()}, {one.given}")).to_be_visible()
    looked_at(lead, "identity-inside")

    lead.get_by_label(f"{first.family.upper()}, {first.given}").check()
    lead.get_by_label("How do you know?").fill("asked the clerk who wrote it")
    lead.get_by_role("button", name="Settle it").click()
    expect(lead.get_by_text("It is written down whom the message is about.")).to_be_visible()
    hospital.settled()
    lead.reload()
    expect(lead.get_by_role("heading", level=1)).to_contain_text("Applied")
    expect(lead.locator("main")).to_contain_text("asked the clerk who wrote it")
    lead.goto(f"{hospital.url}/messages/4")
    expect(lead.get_by_role("heading", level=1)).to_contain_text("Applied")
    counts = hospital.journal.counts()
    assert (counts.states["applied"], counts.received) == (4, 4)
    assert MOBILES[1] in phones(hospital, first)
    assert not {*MOBILES} & phones(hospital, other)
    put_right(hospital, lead, first, other)


def put_right(hospital: LinkedHospital, lead: Page, first: Person, other: Person) -> None:
    """The word given for message 3 was wrong: it is changed, and the message goes to the other."""
    lead.goto(f"{hospital.url}/messages/3")
    expect(lead.get_by_text("It is about a patient who was known: decided by")).to_be_visible()
    looked_at(lead, "identity-decided")
    lead.get_by_label("Why you look").fill("the clerk was wrong")
    lead.get_by_role("button", name="Look inside").click()
    expect(lead.get_by_label(f"{first.family.upper()}, {first.given}")).to_be_checked()
    looked_at(lead, "identity-changed")
    lead.get_by_label(f"{other.family.upper()}, {other.given}").check()
    lead.get_by_label("How do you know?").fill("the clerk looked again")
    lead.get_by_role("button", name="Settle it").click()
    expect(lead.get_by_text("the clerk looked again")).to_be_visible()
    hospital.settled()
    assert MOBILES[0] in phones(hospital, other)
