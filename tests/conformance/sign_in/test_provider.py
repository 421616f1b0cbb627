"""Signing in at a hospital by a certified OpenID provider: the right person, and each way in which it must not be.

Source: OpenID Connect Core 1.0, 3.1.3.7; RFC 6749; RFC 7636; RFC 9207; OpenID Connect RP-Initiated Logout 1.0.
"""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import ECKey

from conformance.sign_in.a_house import ADA, BASE, CLIENT, House, a_house, back, begun, cookie_of, must_not_be_in
from conformance.sign_in.a_provider import RunningProvider, a_provider
from tabard.ground.private_files import write_private
from unit.web.browsing import token_in


def test_the_right_person_is_signed_in(provider: RunningProvider, house: House) -> None:
    """By code, PKCE, state and nonce; the person is their Practitioner, the roles those of the table, the way goes on."""
    provider.who("ada", ADA)
    browser = house.browser()
    asked = parse_qs(urlsplit(begun(browser)).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    answer = back(browser, provider)
    assert (answer.status_code, answer.headers["location"]) == (303, "/wards")
    session = house.portal.hospital.sessions.find({"cookie": f"{cookie_of(house)}={browser.cookies[cookie_of(house)]}"})
    assert session is not None
    assert (session.account.id, session.account.name) == ("okonjo", "Dr Adaeze Okonjo")
    assert session.account.roles == {"clinician"}
    assert "Dr Adaeze Okonjo" in browser.get("/wards").text
    assert house.audited() == [("granted", "okonjo", None)]


def test_a_role_may_stand_in_a_list_of_roles_with_the_organisation_beside_it(
    provider: RunningProvider, house: House
) -> None:
    """The national provider's way: a role counts at this hospital's organisation alone."""
    role = {"role_code": "S8000:G8000:R8000", "org_code": "RXX"}
    claims = {**ADA, "groups": [], "nhsid_nrbac_roles": [{**role, "org_code": "RYY"}]}
    provider.who("ada", claims)
    browser = house.browser()
    # the claim stands at userinfo alone, so the hospital asks there too
    wide = house.turned(userinfo=True)
    must_not_be_in(browser, back(browser, provider), "None of the roles")
    provider.who("ada", {**claims, "nhsid_nrbac_roles": [role]})
    other = wide.browser()
    assert back(other, provider).status_code == 303


@pytest.mark.parametrize(
    ("claims", "words", "reason"),
    [
        ({**ADA, "gmc_number": "9999999"}, "nobody in it has your number", "unknown_person"),
        ({**ADA, "gmc_number": None}, "nobody in it has your number", "unknown_person"),
        ({**ADA, "gmc_number": "1111111"}, "more than one person", "several_practitioners"),
        ({**ADA, "sds_user_id": "555002"}, "more than one person", "several_practitioners"),
        ({**ADA, "gmc_number": "2222222"}, "not in use", "practitioner_inactive"),
        ({**ADA, "groups": ["Porters"]}, "None of the roles", "no_role"),
        ({**ADA, "groups": None}, "None of the roles", "no_role"),
        ({**ADA, "org": "RYY"}, "as one of this hospital", "organisation"),
        ({**ADA, "org": None}, "as one of this hospital", "organisation"),
    ],
)
def test_who_is_not_exactly_one_person_with_a_role_here_is_turned_away(
    provider: RunningProvider, house: House, claims: dict[str, Any], words: str, reason: str
) -> None:
    """Unknown, two of one number, numbers of two, out of use, without a role, of another organisation: each is told why."""
    provider.who("ada", {name: value for name, value in claims.items() if value is not None})
    browser = house.browser()
    must_not_be_in(browser, back(browser, provider), words)
    ((outcome, who, why),) = house.audited()
    assert (outcome, why) == ("refused", reason)
    assert who == house.sign_in.ids.make("person", provider.issuer, "ada")


def test_who_needs_no_patient_needs_no_number(provider: RunningProvider, house: House) -> None:
    """An integration lead is no Practitioner of the record, and is let in under an id of their own."""
    provider.who("ivo", {"name": "Ivo Integration", "org": "RXX", "groups": ["Integration"]})
    browser = house.browser()
    assert back(browser, provider, "/links").status_code == 303
    assert browser.get("/links").status_code == 200
    assert browser.get("/wards").status_code == 403


@pytest.mark.parametrize(
    ("acr", "amr"), [("aal2", ["pwd"]), (None, ["pwd", "mfa"]), ("aal1", ["pwd", "mfa"]), (None, [])]
)
def test_a_password_alone_is_not_enough(
    provider: RunningProvider, house: House, acr: str | None, amr: list[str]
) -> None:
    """Without one of the required acr, or without all of the required amr, nobody is signed in."""
    provider.who("ada", ADA, acr=acr, amr=amr)
    browser = house.browser()
    must_not_be_in(browser, back(browser, provider), "less than this hospital asks for")
    assert [(outcome, why) for outcome, _, why in house.audited()] == [("refused", "mfa")]


def test_signing_out_leads_on_to_the_provider(provider: RunningProvider, house: House) -> None:
    """The session ends here at once; the provider's is ended by going there, and it leads back."""
    provider.who("ada", ADA)
    browser = house.browser()
    back(browser, provider)
    answer = browser.post("/sign-out", {"token": token_in(browser.get("/wards").text)})
    assert browser.get("/wards").status_code == 303
    assert "You are signed out" in answer.text
    address = answer.headers["refresh"].removeprefix("0; url=")
    asked = parse_qs(urlsplit(address).query)
    assert address.startswith(provider.issuer)
    assert asked["post_logout_redirect_uri"] == [f"{BASE}/signed-out"]
    assert asked["id_token_hint"][0].count(".") == 2
    with httpx.Client(trust_env=False) as there:
        told = there.get(address)
    assert told.status_code == 200
    assert "logout" in told.text.lower()
    assert browser.get("/signed-out").status_code == 200


def test_a_provider_that_is_away_is_told(tmp_path: Path) -> None:
    """Before the first step and at the last: a page that says that it is the provider, and what to do."""
    with a_provider([CLIENT]) as provider, a_house(tmp_path, provider.issuer) as house:
        provider.who("ada", ADA)
        waiting = house.browser()
        address = provider.through(begun(waiting), BASE)
        provider.stop()
        must_not_be_in(waiting, waiting.get(address), "provider cannot be reached", 503)
    with a_house(tmp_path / "another", provider.issuer) as house:
        browser = house.browser()
        must_not_be_in(browser, browser.get("/sign-in/with"), "provider cannot be reached", 503)
        assert house.audited() == [("failed", None, "away")]


def test_a_hospital_may_prove_itself_by_a_key(tmp_path: Path) -> None:
    """private_key_jwt: the provider knows the public half, and no secret is shared."""
    key = ECKey.generate_key("P-256")
    jwk = {**key.as_dict(private=False), "kid": key.thumbprint(), "alg": "ES256", "use": "sig"}
    client = {name: value for name, value in CLIENT.items() if name != "client_secret"} | {
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "jwks": {"keys": [jwk]},
    }
    (tmp_path / "house").mkdir()
    with a_provider([client]) as provider:
        (tmp_path / "house/keys").mkdir(mode=0o700)
        write_private(tmp_path / "house/keys/sign-in.pem", key.as_pem(private=True))
        with a_house(tmp_path / "house", provider.issuer, secret="", key="sign-in.pem") as house:
            provider.who("ada", ADA)
            assert back(house.browser(), provider).status_code == 303
