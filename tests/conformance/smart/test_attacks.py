"""What an attacker tries at the OAuth endpoints, each refused: redirects, mix-up, replay, fixation, forged requests, injection.

Source: RFC 9700 (OAuth 2.0 Security Best Current Practice), 4; RFC 6819.
"""

import pytest

from conformance.smart.smart_world import APP, BACK, DOCTOR, FOR_EHR, SECRET, STANDALONE, SmartWorld, basic
from tabard.gateway import EncounterContext, PatientContext, Refused
from unit.gateway.world import BASE, CLINICIAN, OTHER, VERIFIER


@pytest.mark.parametrize(
    "redirect",
    [
        "https://evil.example/back",
        f"{BACK}/",
        f"{BACK}/../evil",
        f"{BACK}?next=https://evil.example",
        f"{BACK}#",
        f"{APP}.evil.example/back",
        "https://app.example@evil.example/back",
        "https://APP.example/back",
        "http://app.example/back",
        "//app.example/back",
        "javascript:alert(1)",
        "https://app.example:444/back",
        f" {BACK}",
        f"{BACK}%00",
    ],
)
def test_open_redirect__nothing_but_the_registered_address_whole(smart: SmartWorld, redirect: str) -> None:
    """No redirect of any kind leaves for another address: 400, shown here."""
    answer = smart.authorize(smart.ask_for(redirect_uri=redirect), DOCTOR)
    assert answer.status_code == 400
    assert "location" not in answer.headers


def test_open_redirect__loopback_ports_are_not_wild(smart: SmartWorld) -> None:
    """An app on http://own.localhost/ gets nothing sent to another port of the same name."""
    answer = smart.authorize(
        smart.ask_for("launch/patient patient/*.rs", "own", redirect_uri="http://own.localhost:1/")
    )
    assert answer.status_code == 400


def test_mix_up__every_answer_says_in_whose_name(smart: SmartWorld) -> None:
    """Code and error alike carry iss, which is the issuer that discovery names. Source: RFC 9207."""
    discovered = smart.ask("GET", "/fhir/.well-known/smart-configuration").json()
    assert discovered["authorization_response_iss_parameter_supported"] is True
    assert smart.sent(smart.ask_for())["iss"] == discovered["issuer"] == BASE
    refused = smart.authorize(smart.ask_for(scope="user/*.rs"), DOCTOR).headers["location"]
    assert "iss=http%3A%2F%2Flocalhost%3A8000%2Ffhir" in refused


def test_mix_up__a_code_is_of_one_client_and_one_redirect(smart: SmartWorld) -> None:
    """A code brought by another client, also one with a secret, gives nothing, and is used up."""
    for other in ("clinic", "keyed"):
        code = smart.sent(smart.ask_for())["code"]
        assert smart.exchanged(code, other).status_code == 400
        assert smart.exchanged(code, "growth").status_code == 400


def test_code_replay__ends_what_the_first_use_gave(smart: SmartWorld) -> None:
    """The second use gives nothing, and the first one's tokens are dead."""
    code = smart.sent(smart.ask_for())["code"]
    told = smart.exchanged(code).json()
    assert smart.exchanged(code).status_code == 400
    assert smart.get("Patient/ann", told["access_token"]).status_code == 401


@pytest.mark.at_both_hospitals
def test_token_replay__a_token_is_of_its_patient_alone(smart: SmartWorld) -> None:
    """A token bound to one patient reads no other, by id or by search."""
    token = smart.opened()["access_token"]
    assert smart.get("Patient/ben", token).status_code == 403
    assert smart.get("Observation/o-ben", token).status_code in {403, 404}
    assert smart.get("Observation?patient=Patient/ben", token).json().get("total", 0) == 0


@pytest.mark.at_both_hospitals
def test_launch_fixation__a_launch_of_mine_opens_nothing_for_you(smart: SmartWorld) -> None:
    """A handle that somebody else was lured to opens nothing, and is burnt."""
    launch = smart.launched_app(PatientContext("ben"))["launch"]
    for person in (OTHER, DOCTOR):
        location = smart.authorize(smart.ask_for(FOR_EHR, launch=launch), person).headers["location"]
        assert "error=access_denied" in location


@pytest.mark.at_both_hospitals
def test_launch_fixation__a_launch_for_anybody_names_the_patient_before_anything_is_given(smart: SmartWorld) -> None:
    """What the machine's ruler printed opens once, never without the consent page; a product that asks nobody has none."""
    launching = smart.gateway._launching
    launch = launching.launch_for_anybody("growth", EncounterContext("e-ann", "ann")).partition("launch=")[2]
    wishes = smart.ask_for(FOR_EHR, launch=launch)
    assert smart.authorize(wishes, DOCTOR).headers["location"].startswith("/consent?")
    assert "error=access_denied" in smart.authorize(wishes, DOCTOR).headers["location"]
    with pytest.raises(Refused):
        launching.launch_for_anybody("board", PatientContext("ann"))


def test_launch_fixation__of_another_app_opens_nothing(smart: SmartWorld) -> None:
    """A handle for one app is worth nothing to another."""
    launch = smart.launched_app(PatientContext("ann"), "keyed")["launch"]
    assert "error=access_denied" in smart.authorize(smart.ask_for(FOR_EHR, launch=launch), DOCTOR).headers["location"]


def test_csrf__an_address_that_a_victim_opens_gives_no_code(smart: SmartWorld) -> None:
    """A link to authorize, followed by somebody signed in, gives a third party nothing without a press of a button."""
    for scope in (STANDALONE, "launch/patient patient/*.rs"):
        assert "code=" not in smart.authorize(smart.ask_for(scope), DOCTOR).headers["location"]
    assert (
        "code=" not in smart.authorize(smart.ask_for("launch/patient patient/*.rs", "own"), DOCTOR).headers["location"]
    )


def test_csrf__another_person_s_request_cannot_be_answered(smart: SmartWorld) -> None:
    """A handle of a waiting request is good in its own person's hands alone."""
    location = smart.authorize(smart.ask_for(), DOCTOR).headers["location"]
    handle, consenting = location.partition("asking=")[2], smart.gateway.consenting
    for act in (
        lambda: consenting.find(CLINICIAN, handle),
        lambda: consenting.decline(CLINICIAN, handle),
        lambda: consenting.choose(CLINICIAN, handle, PatientContext("ann")),
    ):
        with pytest.raises(Refused):
            act()
    assert consenting.find(DOCTOR, handle).client.id == "growth"


@pytest.mark.parametrize(
    "evil", ["s\r\nSet-Cookie: a=b", "s\nLocation: https://evil.example", "s\x00", "é\u2028", "%0d%0a"]
)
def test_header_injection__state_comes_back_encoded(smart: SmartWorld, evil: str) -> None:
    """Whatever stands in state leaves as one parameter of one header."""
    answer = smart.authorize(smart.ask_for(scope="user/*.rs", state=evil), DOCTOR)
    assert answer.status_code == 302
    assert "set-cookie" not in answer.headers
    assert answer.headers["location"].isprintable()
    assert answer.headers["location"].isascii()
    assert answer.headers["location"].startswith(f"{BACK}?")


@pytest.mark.parametrize("name", ["scope", "aud", "launch", "code_challenge", "nonce", "prompt", "max_age"])
def test_header_injection__other_parameters(smart: SmartWorld, name: str) -> None:
    """Nothing that is sent stands in an answer's headers as it came."""
    answer = smart.authorize(smart.ask_for(**{name: "x\r\nX-Evil: 1"}), DOCTOR)
    assert answer.status_code in {302, 303, 400}
    assert "x-evil" not in answer.headers


@pytest.mark.parametrize(
    ("headers", "form"),
    [
        ({"Authorization": basic("clinic", "wrong")}, {}),
        ({"Authorization": basic("clinic", "")}, {}),
        ({"Authorization": basic("nobody", SECRET)}, {}),
        ({"Authorization": basic("growth", "")}, {}),
        ({"Authorization": basic("server", SECRET + "x")}, {}),
        ({"Authorization": "Basic !!!"}, {}),
        ({"Authorization": "Basic"}, {}),
        ({"Authorization": "Bearer x"}, {}),
        ({}, {"client_id": "clinic"}),
        ({}, {"client_id": "clinic", "client_secret": SECRET}),
        ({}, {"client_id": "growth", "client_secret": SECRET}),
        ({}, {"client_id": "keyed"}),
        ({"Authorization": basic("clinic", SECRET)}, {"client_id": "growth"}),
    ],
)
def test_client_authentication__nobody_gets_by_without(
    smart: SmartWorld, headers: dict[str, str], form: dict[str, str]
) -> None:
    """Wrong, blank or misplaced secrets, and confidential clients by name alone: invalid_client, 401."""
    code = smart.sent(smart.ask_for(client="clinic"))["code"]
    sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER, **form}
    answer = smart.ask("POST", "/auth/token", data=sent, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    if "Authorization" in headers:
        assert answer.headers["www-authenticate"].startswith("Basic")
    assert smart.exchanged(code, "clinic").status_code == 200  # who did not prove themselves used nothing up


def test_client_authentication__one_way_at_a_time(smart: SmartWorld) -> None:
    """Two proofs in one request are one too many."""
    sent = {"grant_type": "refresh_token", "refresh_token": "x", "client_secret": SECRET}
    answer = smart.ask("POST", "/auth/token", data=sent, headers={"Authorization": basic("clinic", SECRET)})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.at_both_hospitals
def test_removed_client__gets_nothing_more(smart: SmartWorld) -> None:
    """Once an app is not registered any more: no code is exchanged, no token refreshed, no consent given."""
    told, code = smart.opened(), smart.sent(smart.ask_for())["code"]
    handle = smart.authorize(smart.ask_for(), DOCTOR).headers["location"].partition("asking=")[2]
    gone = smart.clients.known.pop("growth")
    form = {"grant_type": "refresh_token", "refresh_token": told["refresh_token"], "client_id": "growth"}
    assert smart.token(form).status_code == 401
    with pytest.raises(Refused):
        smart.gateway.consenting.choose(DOCTOR, handle, PatientContext("ann"))
    smart.clients.known["growth"] = gone
    assert smart.exchanged(code).status_code == 200


def test_secrets__none_is_in_the_file(smart: SmartWorld) -> None:
    """Whoever reads gateway.db has no token, code, handle or secret."""
    told = smart.opened(client="clinic")
    handle = smart.authorize(smart.ask_for(), DOCTOR).headers["location"].partition("asking=")[2]
    raw = (smart.folder / "gateway.db").read_bytes()
    for secret in (told["access_token"], told["refresh_token"], handle, SECRET, VERIFIER):
        assert secret.encode() not in raw
