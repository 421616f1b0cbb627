"""Refresh, offline and online access, revocation and introspection. A test's name carries the requirement.

Source: SMART App Launch 2.2; RFC 6749 6; RFC 7009; RFC 7662; the checks of the ONC (g)(10) test kit, in our own words.
"""

import pytest

from conformance.smart.smart_world import DOCTOR, SmartWorld
from tabard.gateway import EncounterContext
from unit.gateway.world import BASE

CLIENTS = ["growth", "clinic", "keyed"]


def refreshed(smart: SmartWorld, token: str, client: str = "growth", **more: str) -> "tuple[int, dict[str, object]]":
    response = smart.prove(client, {"grant_type": "refresh_token", "refresh_token": token, **more})
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["pragma"] == "no-cache"
    return response.status_code, response.json()


@pytest.mark.parametrize("client", CLIENTS)
def test_refresh__without_scope(smart: SmartWorld, client: str) -> None:
    """200 with all that is required and the same scopes, for each kind of client; the context is told again."""
    told = smart.opened(client=client)
    status, fresh = refreshed(smart, told["refresh_token"], client)
    assert status == 200
    assert {"access_token", "token_type", "expires_in", "scope", "refresh_token"} <= fresh.keys()
    assert (fresh["scope"], fresh["patient"]) == (told["scope"], told["patient"])
    assert smart.get("Patient/ann", str(fresh["access_token"])).status_code == 200


@pytest.mark.at_both_hospitals
@pytest.mark.parametrize("client", CLIENTS)
def test_refresh__with_scope_is_a_part_of_the_original(smart: SmartWorld, client: str) -> None:
    """What is asked is narrowed, and enforced; what was never granted is not given."""
    told = smart.opened(client=client)
    wanted = "launch/patient offline_access patient/Encounter.rs user/Observation.rs"
    status, fresh = refreshed(smart, told["refresh_token"], client, scope=wanted)
    assert status == 200
    assert fresh["scope"] == "launch/patient offline_access patient/Encounter.rs"
    assert smart.get("Patient/ann", str(fresh["access_token"])).status_code == 403


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("token", ["", "guessed"])
def test_refresh__bad_token_is_400(smart: SmartWorld, client: str, token: str) -> None:
    """A made-up or blank refresh token gives nothing."""
    assert refreshed(smart, token, client)[0] == 400


def test_refresh__a_confidential_client_s_token_alone_is_worth_nothing(smart: SmartWorld) -> None:
    """Whoever found it cannot use it, by no name, by a public client's, or without the secret; its owner still can."""
    told = smart.opened(client="clinic")
    form = {"grant_type": "refresh_token", "refresh_token": told["refresh_token"]}
    assert smart.token(form).status_code == 400
    assert smart.token({**form, "client_id": "clinic"}).status_code == 401
    assert refreshed(smart, told["refresh_token"], "clinic")[0] == 200


def test_refresh__reuse_ends_the_grant(smart: SmartWorld) -> None:
    """A refresh token that comes twice ends everything that came of its grant."""
    told = smart.opened()
    _, fresh = refreshed(smart, told["refresh_token"])
    assert refreshed(smart, told["refresh_token"])[0] == 400
    assert smart.get("Patient/ann", str(fresh["access_token"])).status_code == 401
    assert refreshed(smart, str(fresh["refresh_token"]))[0] == 400


def test_online_access__ends_with_the_session_and_offline_does_not(smart: SmartWorld) -> None:
    """Signing out ends the app with online_access at once; the one with offline_access goes on."""
    online = smart.opened("launch/patient online_access patient/*.rs")
    offline = smart.opened("launch/patient offline_access patient/*.rs")
    smart.gateway.signed_out(person_id=DOCTOR.id)
    assert smart.get("Patient/ann", online["access_token"]).status_code == 401
    assert refreshed(smart, online["refresh_token"])[0] == 400
    assert smart.get("Patient/ann", offline["access_token"]).status_code == 200
    assert refreshed(smart, offline["refresh_token"])[0] == 200


def test_offline_access__lives_three_months_and_no_longer(smart: SmartWorld) -> None:
    """A refresh token is good after 89 days, and the whole grant over after 90."""
    told = smart.opened()
    smart.clock.pass_(days=89)
    status, fresh = refreshed(smart, told["refresh_token"])
    assert status == 200
    smart.clock.pass_(days=1)
    assert refreshed(smart, str(fresh["refresh_token"]))[0] == 400


@pytest.mark.at_both_hospitals
def test_offline_access__ends_with_the_person_s_role_or_account(smart: SmartWorld) -> None:
    """Who is no clinician any more, or is not here any more, gives no app anything, however long ago they consented."""
    first, second = smart.opened(), smart.opened()
    smart.directory.roles[DOCTOR.id] = frozenset({"integration"})
    assert refreshed(smart, first["refresh_token"])[0] == 400
    del smart.directory.roles[DOCTOR.id]
    assert refreshed(smart, second["refresh_token"])[0] == 400


def test_offline_access__is_not_granted_where_nobody_can_say_what_the_person_is(smart: SmartWorld) -> None:
    """For a person of whom the hospital itself cannot say, there is no offline access, and the app is told so."""
    del smart.directory.roles[DOCTOR.id]
    told = smart.opened("launch/patient offline_access patient/*.rs")
    assert "offline_access" not in told["scope"].split()
    assert "refresh_token" not in told


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_revocation__access_and_refresh_both_end(smart: SmartWorld, client: str, kind: str) -> None:
    """After either is revoked, a read of the Patient is 401 and a refresh 400."""
    told = smart.opened(client=client)
    assert smart.prove(client, {"token": told[kind]}, "/auth/revoke").status_code == 200
    assert smart.get("Patient/ann", told["access_token"]).status_code == 401
    assert refreshed(smart, told["refresh_token"], client)[0] == 400


def test_revocation__by_the_client_itself_alone(smart: SmartWorld) -> None:
    """Another client's token is left alone; a confidential client without its proof ends nothing."""
    told = smart.opened(client="clinic")
    assert smart.prove("keyed", {"token": told["access_token"]}, "/auth/revoke").status_code == 200
    form = {"token": told["access_token"], "client_id": "clinic"}
    assert smart.ask("POST", "/auth/revoke", data=form).status_code == 401
    assert smart.get("Patient/ann", told["access_token"]).status_code == 200


def test_introspection__active_with_the_same_facts(smart: SmartWorld) -> None:
    """active, client, the same scopes, an exp of now, patient and visit of the launch, and who the person is as the id_token says."""
    context = EncounterContext("e-ann", "ann")
    told = smart.opened("launch/encounter openid fhirUser patient/*.rs", "clinic", context)
    response = smart.introspected(told["access_token"])
    said, now = response.json(), int(smart.clock().timestamp())
    assert response.status_code == 200
    assert said["active"] is True
    assert said["client_id"] == "clinic"
    assert sorted(said["scope"].split()) == sorted(told["scope"].split())
    assert now - 600 <= now < said["exp"]
    assert (said["patient"], said["encounter"]) == ("ann", "e-ann")
    assert (said["iss"], said["sub"], said["fhirUser"]) == (BASE, DOCTOR.id, f"{BASE}/Practitioner/dr-e-ann")


@pytest.mark.parametrize("token", ["guessed", "of another", "expired", "revoked", "refresh"])
def test_introspection__inactive_tells_nothing_more(smart: SmartWorld, token: str) -> None:
    """200 with active false and no other member: for a made-up token, another client's, one too old, revoked, or not of that kind."""
    told = smart.opened(client="clinic")
    asked = {"guessed": "guessed", "refresh": told["refresh_token"]}.get(token, told["access_token"])
    if token == "of another":
        asked = smart.opened(client="keyed")["access_token"]
    if token == "expired":
        smart.clock.pass_(minutes=15)
    if token == "revoked":
        smart.prove("clinic", {"token": asked}, "/auth/revoke")
    response = smart.introspected(asked)
    assert (response.status_code, response.json()) == (200, {"active": False})


def test_introspection__authorised(smart: SmartWorld) -> None:
    """401 for nobody, for a public client's name, for a wrong secret; a resource server sees every token; a bearer its own client's."""
    told = smart.opened()
    token = {"token": told["access_token"]}
    assert smart.ask("POST", "/auth/introspect", data=token).status_code == 401
    assert smart.ask("POST", "/auth/introspect", data={**token, "client_id": "growth"}).status_code == 401
    assert smart.introspected(told["access_token"], "server").json()["active"] is True
    bearer = {"Authorization": f"Bearer {told['access_token']}"}
    assert smart.ask("POST", "/auth/introspect", data=token, headers=bearer).json()["active"] is True
    other = {"token": smart.opened(client="clinic")["access_token"]}
    assert smart.ask("POST", "/auth/introspect", data=other, headers=bearer).json() == {"active": False}
