"""Standalone and EHR launch, as a conformance kit does them: what comes back, and what the token response holds.

Source: SMART App Launch 2.2; the checks of the ONC (g)(10) test kit, in our own words. A test's name carries the requirement.
"""

from urllib.parse import parse_qsl, urlsplit

import pytest

from conformance.smart.smart_world import (
    APP,
    BACK,
    DOCTOR,
    FOR_EHR,
    STANDALONE,
    SmartWorld,
    handle_in,
)
from tabard.gateway import EncounterContext, PatientContext, Refused
from unit.gateway.world import BASE, CLINICIAN, OTHER

pytestmark = pytest.mark.at_both_hospitals


def test_standalone_launch__redirects_back_with_code_and_no_error(smart: SmartWorld) -> None:
    """The browser comes back with a code, the state untouched, in whose name (RFC 9207), and no error."""
    told = smart.sent(smart.ask_for(state="a b&c=é"))
    assert told["state"] == "a b&c=é"
    assert told["iss"] == BASE
    assert "code" in told
    assert "error" not in told


@pytest.mark.parametrize("client", ["growth", "clinic", "keyed"])
def test_standalone_launch__token_response_fields(smart: SmartWorld, client: str) -> None:
    """Public, symmetric and asymmetric clients: what is required is there, in the types that are required."""
    response = smart.exchanged(smart.sent(smart.ask_for(client=client))["code"], client)
    told = response.json()
    assert response.status_code == 200
    assert {type(told[name]) for name in ("access_token", "token_type", "scope", "refresh_token", "patient")} == {str}
    assert type(told["expires_in"]) is int
    assert told["token_type"].lower() == "bearer"
    assert set(told["scope"].split()) == set(STANDALONE.split())
    assert told["patient"] == "ann"
    assert told["need_patient_banner"] is True


def test_standalone_launch__token_headers_no_store_no_cache_and_cors(smart: SmartWorld) -> None:
    """Kept by nobody, and readable to the pages of the registered origin alone."""
    response = smart.exchanged(smart.sent(smart.ask_for())["code"])
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["pragma"] == "no-cache"
    assert response.headers["access-control-allow-origin"] == APP


def test_standalone_launch__authorize_by_post(smart: SmartWorld) -> None:
    """A form posted to the authorize endpoint does what the query does."""
    cookie = {"Cookie": f"session={DOCTOR.id}"}
    answer = smart.ask("POST", "/auth/authorize", data=smart.ask_for(), headers=cookie)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/choose-patient?asking=")


def test_standalone_launch__launch_encounter_gives_both(smart: SmartWorld) -> None:
    """launch/encounter: the token names the visit that was chosen and its patient, and both are readable."""
    told = smart.opened("launch/encounter patient/*.rs", context=EncounterContext("e-ann", "ann"))
    assert (told["patient"], told["encounter"]) == ("ann", "e-ann")
    assert smart.get("Encounter/e-ann", told["access_token"]).status_code == 200
    assert smart.get("Patient/ann", told["access_token"]).status_code == 200


def test_standalone_launch__only_within_a_patient(smart: SmartWorld) -> None:
    """An app that asks for information and for no patient gets none: there is no context in which it could be read."""
    back = smart.authorize(smart.ask_for("user/*.rs"), DOCTOR).headers["location"]
    assert dict(parse_qsl(urlsplit(back).query))["error"] == "invalid_scope"


def test_standalone_launch__an_approved_product_is_asked_for_the_patient_and_not_for_consent(
    smart: SmartWorld,
) -> None:
    """A product that the hospital installed chooses its patient, and no consent page stands between."""
    location = smart.authorize(smart.ask_for("launch/patient patient/*.rs", "own"), DOCTOR).headers["location"]
    back = smart.gateway.consenting.choose(DOCTOR, handle_in(location), PatientContext("ann"))
    assert "code=" in back


def test_standalone_launch__signed_out_goes_to_sign_in_and_back(smart: SmartWorld) -> None:
    """Who is not signed in signs in first; the request comes back whole."""
    wishes = smart.ask_for()
    location = smart.authorize(wishes, None).headers["location"]
    url = urlsplit(dict(parse_qsl(urlsplit(location).query))["next"])
    assert (urlsplit(location).path, url.path) == ("/sign-in", "/auth/authorize")
    assert dict(parse_qsl(url.query)) == wishes


def test_choosing_a_patient__merged_or_unknown_or_another_s_visit_is_refused(smart: SmartWorld) -> None:
    """Nobody is opened who is not one person in the record, and no visit of somebody else."""
    merged = {
        "resourceType": "Patient",
        "id": "old",
        "link": [{"other": {"reference": "Patient/ann"}, "type": "replaced-by"}],
    }
    smart.put(merged)
    location = smart.authorize(smart.ask_for("launch/encounter patient/*.rs"), DOCTOR).headers["location"]
    handle, choose = handle_in(location), smart.gateway.consenting.choose
    for context, status in (
        (EncounterContext("e-ann", "old"), 403),
        (EncounterContext("e-ben", "ann"), 403),
        (EncounterContext("nowhere", "ann"), 404),
        (PatientContext("ann"), 400),
    ):
        with pytest.raises(Refused) as refused:
            choose(DOCTOR, handle, context)
        assert refused.value.status == status
    plain = handle_in(smart.authorize(smart.ask_for(), DOCTOR).headers["location"])
    with pytest.raises(Refused):
        choose(DOCTOR, plain, PatientContext("old"))


def test_choosing_a_patient__once_by_the_same_person_within_ten_minutes(smart: SmartWorld) -> None:
    """Another person's request is not there for me; a choice is made once; after its time it is gone."""
    consenting = smart.gateway.consenting
    handle = handle_in(smart.authorize(smart.ask_for(), DOCTOR).headers["location"])
    with pytest.raises(Refused):
        consenting.choose(CLINICIAN, handle, PatientContext("ann"))
    consenting.choose(DOCTOR, handle, PatientContext("ann"))
    with pytest.raises(Refused):
        consenting.choose(DOCTOR, handle, PatientContext("ben"))
    smart.clock.pass_(minutes=10)
    with pytest.raises(Refused):
        consenting.find(DOCTOR, handle)


def test_choosing_a_patient__two_choices_at_one_moment_are_one(smart: SmartWorld) -> None:
    """Two windows that send their choice at once: the first counts, the second is told that there is nothing to choose."""
    handle = handle_in(smart.authorize(smart.ask_for(), DOCTOR).headers["location"])
    askings = smart.gateway.consenting.askings
    assert askings.place(DOCTOR.id, handle, PatientContext("ann"))
    assert not askings.place(DOCTOR.id, handle, PatientContext("ben"))
    assert smart.gateway.consenting.find(DOCTOR, handle).context == PatientContext("ann")


def test_ehr_launch__arrives_with_iss_and_launch(smart: SmartWorld) -> None:
    """The browser arrives at the launch address with the FHIR base as iss, and a launch."""
    told = smart.launched_app(PatientContext("ann"))
    assert told["iss"] == BASE
    assert told["launch"]


@pytest.mark.parametrize("client", ["growth", "clinic", "keyed"])
def test_ehr_launch__context_and_scopes(smart: SmartWorld, client: str) -> None:
    """The launch passed on gives patient and encounter of the launch, after consent of whoever uses a third party's app."""
    launch = smart.launched_app(EncounterContext("e-ann", "ann"), client)["launch"]
    told = smart.exchanged(smart.sent(smart.ask_for(FOR_EHR, client, launch=launch))["code"], client).json()
    assert (told["patient"], told["encounter"]) == ("ann", "e-ann")
    assert set(told["scope"].split()) == set(FOR_EHR.split())


def test_ehr_launch__single_use_and_of_one_person(smart: SmartWorld) -> None:
    """A launch opens once, for the person who launched; it is gone when it was shown in another session."""
    launch = smart.launched_app(PatientContext("ann"))["launch"]
    wishes = smart.ask_for(FOR_EHR, launch=launch)
    assert _error(smart.authorize(wishes, OTHER).headers["location"]) == "access_denied"
    assert _error(smart.authorize(wishes, DOCTOR).headers["location"]) == "access_denied"
    launch = smart.launched_app(PatientContext("ann"))["launch"]
    assert "code" in smart.sent(smart.ask_for(FOR_EHR, launch=launch))
    assert _error(smart.authorize(smart.ask_for(FOR_EHR, launch=launch), DOCTOR).headers["location"]) == "access_denied"


def test_consent__nothing_is_given_without_it(smart: SmartWorld) -> None:
    """However the app asks, its code comes of the consent page: authorize itself gives none."""
    for scope, more in (
        (STANDALONE, {}),
        (FOR_EHR, {"launch": smart.launched_app(PatientContext("ann"))["launch"]}),
        (FOR_EHR, {"launch": smart.launched_app(PatientContext("ann"))["launch"], "prompt": "none"}),
    ):
        location = smart.authorize(smart.ask_for(scope, **more), DOCTOR).headers["location"]
        assert "code=" not in location


def test_consent__declined_is_access_denied_with_state(smart: SmartWorld) -> None:
    """The app is told, with its state, and the request is used up."""
    location = smart.authorize(smart.ask_for(), DOCTOR).headers["location"]
    handle = handle_in(location)
    back = smart.gateway.consenting.decline(DOCTOR, handle)
    assert back.startswith(f"{BACK}?")
    told = dict(parse_qsl(urlsplit(back).query))
    assert (told["error"], told["state"], told["iss"]) == ("access_denied", "s1", BASE)
    with pytest.raises(Refused):
        smart.gateway.consenting.find(DOCTOR, handle)


def test_consent__is_given_once(smart: SmartWorld) -> None:
    """A second press of the button gives no second code."""
    consenting = smart.gateway.consenting
    handle = handle_in(smart.authorize(smart.ask_for(), DOCTOR).headers["location"])
    consenting.choose(DOCTOR, handle, PatientContext("ann"))
    asking = consenting.find(DOCTOR, handle)
    consenting.approve(DOCTOR, handle, asking.scopes)
    with pytest.raises(Refused):
        consenting.approve(DOCTOR, handle, asking.scopes)


def test_prompt_none__says_what_is_missing(smart: SmartWorld) -> None:
    """prompt=none: login_required where nobody is signed in, interaction_required where somebody has to choose."""
    wishes = smart.ask_for(prompt="none")
    assert _error(smart.authorize(wishes, None).headers["location"]) == "login_required"
    assert _error(smart.authorize(wishes, DOCTOR).headers["location"]) == "interaction_required"


def _error(location: str) -> str:
    return dict(parse_qsl(urlsplit(location).query)).get("error", "")
