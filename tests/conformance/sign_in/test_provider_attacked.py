"""Signing in by a provider, attacked: tokens, answers and sessions of others, and addresses that lead elsewhere."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from conformance.sign_in.a_house import ADA, BASE, House, altered, back, begun, cookie_of, must_not_be_in
from conformance.sign_in.a_provider import RunningProvider


def test_a_token_with_another_nonce_is_not_believed(provider: RunningProvider, house: House) -> None:
    """An id_token that was not made for this very attempt is somebody else's."""
    provider.who("ada", ADA)
    browser = house.browser()
    answer = browser.get(provider.through(altered(begun(browser), nonce="another"), BASE))
    must_not_be_in(browser, answer, "cannot be believed (nonce)")


def test_a_token_for_another_client_is_not_believed(provider: RunningProvider, house: House) -> None:
    """The aud must be this hospital's client_id."""
    provider.who("ada", ADA)
    elsewhere = house.turned(client_id="another-hospital")
    browser = elsewhere.browser()
    answer = browser.get(provider.through(altered(begun(browser), client_id="tabard"), BASE))
    must_not_be_in(browser, answer, "cannot be believed (aud)")


def test_a_token_that_is_over_is_not_believed(provider: RunningProvider, house: House) -> None:
    """The exp is held against the hospital's own clock, here two hours ahead."""
    provider.who("ada", ADA)
    house.ahead = timedelta(hours=2)
    browser = house.browser()
    must_not_be_in(browser, back(browser, provider), "cannot be believed (exp)")


def test_what_came_back_once_comes_back_no_more(provider: RunningProvider, house: House) -> None:
    """The same address again, and the same code in a new attempt, sign in nobody."""
    provider.who("ada", ADA)
    browser = house.browser()
    address = provider.through(begun(browser), BASE)
    cookies = dict(browser.cookies)
    assert browser.get(address).status_code == 303
    again = house.browser()
    again.cookies = dict(cookies)
    must_not_be_in(again, again.get(address), "open for too long, was used before")
    code = parse_qs(urlsplit(address).query)["code"][0]
    third = house.browser()
    fresh = provider.through(begun(third), BASE)
    must_not_be_in(third, third.get(altered(fresh, code=code)), "the code was used before")
    assert [reason for _, _, reason in house.audited()] == [None, "state", "code_refused"]


def test_an_answer_to_somebody_elses_attempt_signs_in_nobody(provider: RunningProvider, house: House) -> None:
    """Login CSRF: an attacker's own address, good in the attacker's browser, does nothing in another."""
    provider.who("ada", ADA)
    attacker, victim = house.browser(), house.browser()
    address = provider.through(begun(attacker), BASE)
    must_not_be_in(victim, victim.get(address), "was not begun in this browser")
    begun(victim)
    must_not_be_in(victim, victim.get(address), "was not begun in this browser")
    assert attacker.get(address).status_code == 303


def test_every_letter_of_the_state_counts(provider: RunningProvider, house: House) -> None:
    """The cookie is found by the first letters of the state; the attempt is believed by all of them."""
    provider.who("ada", ADA)
    browser = house.browser()
    address = provider.through(begun(browser), BASE)
    state = parse_qs(urlsplit(address).query)["state"][0]
    other = state[:-1] + ("A" if state[-1] != "A" else "B")
    must_not_be_in(browser, browser.get(altered(address, state=other)), "was not begun in this browser")


def test_a_session_put_into_the_browser_beforehand_is_not_the_one_that_is_signed_in(
    provider: RunningProvider, house: House
) -> None:
    """Session fixation: whoever knew this browser's cookie before knows nothing afterwards, and that session is over."""
    provider.who("ada", ADA)
    attacker, victim = house.browser(), house.browser()
    provider.who("ivo", {"name": "Ivo Integration", "org": "RXX", "groups": ["Integration"]})
    back(attacker, provider)
    victim.cookies = dict(attacker.cookies)
    provider.who("ada", ADA)
    away = str(victim.get("/sign-in/with?next=/wards").headers["location"])
    answer = victim.get(provider.through(away, BASE))
    assert answer.status_code == 200
    assert "Ivo Integration was signed in here" in answer.text
    assert "Dr Adaeze Okonjo" in answer.text
    assert victim.cookies[cookie_of(house)] != attacker.cookies[cookie_of(house)]
    assert attacker.get("/links").status_code == 303
    assert victim.get("/wards").status_code == 200


@pytest.mark.parametrize("iss", ["", "http://localhost:1/another"])
def test_an_answer_must_say_whose_it_is(provider: RunningProvider, house: House, iss: str) -> None:
    """RFC 9207: without iss, or with another's, the code is not even exchanged."""
    provider.who("ada", ADA)
    browser = house.browser()
    answer = browser.get(altered(provider.through(begun(browser), BASE), iss=iss))
    must_not_be_in(browser, answer, "is not the provider's that was asked")


def test_the_providers_own_no_is_told(provider: RunningProvider, house: House) -> None:
    """Who turned back, or was not let in there, is told so here."""
    provider.turns_away()
    browser = house.browser()
    must_not_be_in(browser, back(browser, provider), "did not let you in")


def test_nobody_is_sent_elsewhere_afterwards(provider: RunningProvider, house: House) -> None:
    """An open redirect: a way that leads out of the hospital leads home."""
    provider.who("ada", ADA)
    for wanted in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        browser = house.browser()
        assert back(browser, provider, wanted).headers["location"] == "/"


def test_no_password_of_tabards_own_opens_such_a_hospital(house: House) -> None:
    """The embedded accounts are closed: neither the form is taken nor an account of the list signed in."""
    browser = house.browser()
    answer = browser.post("/sign-in", {"username": "admin", "password": "correct horse", "token": "x", "next": "/"})
    assert answer.status_code == 405
    assert browser.get("/").status_code == 303
