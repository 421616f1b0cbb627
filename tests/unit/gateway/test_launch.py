"""The launch: from the portal's handle to tokens, and every way in which it must fail."""

import pytest

from tabard.gateway import EncounterContext, PatientContext, Refused, WardContext
from unit.gateway.world import (
    ALL_SCOPES,
    BASE,
    BOARD,
    CLERK,
    CLINICIAN,
    OTHER,
    REDIRECT,
    VERIFIER,
    World,
    is_outcome,
    sent_back,
)


def test_a_product_is_launched_and_told_its_ward(world: World) -> None:
    """A whole launch gives a bearer token, the granted scopes, a number of seconds and the ward."""
    told = world.open_product(
        WardContext("w1"), "launch online_access openid fhirUser user/Encounter.rs user/Patient.cruds"
    )
    assert told["token_type"].lower() == "bearer"
    assert isinstance(told["expires_in"], int)
    assert told["scope"] == "launch online_access user/Encounter.rs user/Patient.rs"
    assert told["fhirContext"] == [{"reference": "Location/w1"}]
    assert told["need_patient_banner"] is False
    assert "patient" not in told
    assert "id_token" not in told


def test_a_product_is_told_its_patient_and_visit(world: World) -> None:
    """Patient and encounter of the launch, and that it must show whose page this is."""
    told = world.open_product(EncounterContext("e-ann", "ann"))
    assert (told["patient"], told["encounter"], told["need_patient_banner"]) == ("ann", "e-ann", True)
    assert "encounter" not in world.open_product(PatientContext("ann"))


def test_the_launch_address_is_the_product_s_with_iss_and_launch(world: World) -> None:
    """The browser reaches the registered launch page with `iss` (the base) and `launch`."""
    url = world.gateway.launch(CLINICIAN, "board", WardContext("w1"))
    assert url.startswith(f"{BOARD}/launch.html?")
    assert world.launched()["iss"] == BASE


def test_the_state_comes_back_untouched(world: World) -> None:
    """Whatever the product sent as state, it gets."""
    assert sent_back(world.authorize(world.wishes(state="a b&c=d/é")))["state"] == "a b&c=d/é"


def test_token_answers_are_kept_by_nobody_and_read_by_the_product_alone(world: World) -> None:
    """no-store, no-cache, and the registered origin in CORS."""
    headers = world.exchange(world.code()).headers
    assert (headers["cache-control"], headers["pragma"]) == ("no-store", "no-cache")
    assert headers["access-control-allow-origin"] == BOARD
    assert headers["content-type"].startswith("application/json")


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"state": None}, "invalid_request"),
        ({"aud": "http://evil.example/fhir"}, "invalid_request"),
        ({"aud": None}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"launch": None}, "invalid_request"),
        ({"launch": "guessed"}, "access_denied"),
        ({"scope": None}, "invalid_request"),
        ({"scope": "user/Encounter.rs"}, "invalid_scope"),
        ({"scope": "launch"}, "invalid_scope"),
        ({"scope": "launch user/Observation.rs?colour=laboratory"}, "invalid_scope"),
        ({"scope": "launch system/Patient.rs"}, "invalid_scope"),
    ],
)
def test_a_wrong_request_gives_the_product_an_error_and_no_code(
    world: World, changed: dict[str, str | None], error: str
) -> None:
    """Wrong aud, no or plain PKCE, no state, no or unknown launch, unsupported scopes: an error and never a code."""
    back = sent_back(world.authorize(world.wishes(None, **changed)))
    assert back["error"] == error
    assert "code" not in back
    assert world.audited(action="authorize", outcome="refused")


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "nobody"},
        {"client_id": None},
        {"redirect_uri": f"{REDIRECT}/"},
        {"redirect_uri": f"{REDIRECT}?x=1"},
        {"redirect_uri": "http://rival.localhost/"},
        {"redirect_uri": None},
    ],
)
def test_an_unknown_client_or_redirect_is_never_redirected_to(world: World, changed: dict[str, str | None]) -> None:
    """The error stays here: 400, and no Location."""
    response = world.authorize(world.wishes(None, **changed))
    assert response.status_code == 400
    assert "location" not in response.headers


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "state", "scope", "aud", "launch", "code_challenge"])
def test_a_parameter_that_comes_twice_is_refused(world: World, name: str) -> None:
    """No parameter may be said twice: two readers might each take another."""
    wishes = world.wishes()
    pairs = [*wishes.items(), (name, wishes[name])]
    response = world.ask("GET", "/auth/authorize", params=pairs, headers={"Cookie": f"session={CLINICIAN.id}"})
    assert "code=" not in response.headers.get("location", "")


def test_a_launch_handle_is_good_once(world: World) -> None:
    """A second use of the same handle gives no code."""
    wishes = world.wishes()
    assert "code" in sent_back(world.authorize(wishes))
    assert sent_back(world.authorize(wishes))["error"] == "access_denied"


def test_a_launch_handle_is_good_for_five_minutes(world: World) -> None:
    """At five minutes it is over."""
    wishes = world.wishes()
    world.clock.pass_(minutes=5)
    assert sent_back(world.authorize(wishes))["error"] == "access_denied"


@pytest.mark.parametrize("person", [OTHER, CLERK, None])
def test_a_launch_handle_of_another_person_is_refused_and_burnt(world: World, person: object) -> None:
    """Only the person who launched may go on; after another has tried, nobody may."""
    wishes = world.wishes()
    assert sent_back(world.authorize(wishes, person))["error"] == "access_denied"  # type: ignore[arg-type]  # a person or nobody
    assert sent_back(world.authorize(wishes))["error"] == "access_denied"


def test_a_launch_handle_of_another_product_is_refused(world: World) -> None:
    """A handle given for one product opens no other."""
    handle = world.launched(client="rival")["launch"]
    assert sent_back(world.authorize(world.wishes(None, launch=handle)))["error"] == "access_denied"


def test_authorize_by_post_works_with_and_without_the_cookie(world: World) -> None:
    """A form with the portal's cookie is answered; one without is sent round as a GET, which brings the cookie."""
    wishes = world.wishes()
    round_ = world.ask("POST", "/auth/authorize", data=wishes)
    assert round_.status_code == 303
    cookie = {"Cookie": f"session={CLINICIAN.id}"}
    assert "code" in sent_back(world.ask("GET", round_.headers["location"], headers=cookie))
    assert "code" in sent_back(world.ask("POST", "/auth/authorize", data=world.wishes(), headers=cookie))


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"code_verifier": None}, 400, "invalid_request"),
        ({"code_verifier": ""}, 400, "invalid_request"),
        ({"code_verifier": "w" * 43}, 400, "invalid_grant"),
        ({"code_verifier": "v" * 42}, 400, "invalid_request"),
        ({"redirect_uri": f"{REDIRECT}#"}, 400, "invalid_grant"),
        ({"redirect_uri": None}, 400, "invalid_request"),
        ({"client_id": "rival"}, 400, "invalid_grant"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_id": None}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": None}, 400, "invalid_request"),
        ({"code": None}, 400, "invalid_request"),
        ({"code": "guessed"}, 400, "invalid_grant"),
    ],
)
def test_a_wrong_exchange_gives_no_token(world: World, changed: dict[str, str | None], status: int, error: str) -> None:
    """Missing, blank or wrong verifier, another redirect, another client, a guessed code: refused with the standard's word."""
    response = world.exchange(world.code(), **changed)
    assert (response.status_code, response.json()["error"]) == (status, error)
    assert response.headers["cache-control"] == "no-store"


def test_the_challenge_itself_is_no_verifier(world: World) -> None:
    """Whoever saw the authorize request cannot use the code."""
    wishes = world.wishes()
    code = sent_back(world.authorize(wishes))["code"]
    assert world.exchange(code, code_verifier=wishes["code_challenge"]).json()["error"] == "invalid_grant"


def test_a_code_used_twice_is_refused_and_ends_what_it_gave(world: World) -> None:
    """The second use gives nothing and revokes access and refresh tokens of the first."""
    code = world.code()
    told = world.exchange(code).json()
    assert world.get("Encounter", told["access_token"]).status_code == 200
    assert world.exchange(code).json()["error"] == "invalid_grant"
    assert world.get("Encounter", told["access_token"]).status_code == 401
    assert world.refresh(told["refresh_token"]).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("replayed", ["code", "refresh_token"])
def test_a_replay_is_told_apart_in_the_audit_and_names_what_it_ended(world: World, replayed: str) -> None:
    """Whoever reads the audit sees a stolen code or refresh token for what it is, not as any bad grant."""
    code = world.code()
    told = world.exchange(code).json()
    (issued,) = world.audited(action="token")
    if replayed == "refresh_token":
        world.refresh(told["refresh_token"])
        world.refresh(told["refresh_token"])
    else:
        world.exchange(code)
    (refused,) = world.audited(outcome="refused")
    assert (refused["reason"], refused["grant"]) == ("replayed", issued["grant"])


def test_a_code_after_a_wrong_verifier_is_used_up(world: World) -> None:
    """A code that was shown with a wrong verifier is good for nobody any more."""
    code = world.code()
    world.exchange(code, code_verifier="w" * 43)
    assert world.exchange(code).json()["error"] == "invalid_grant"


def test_a_code_is_good_for_a_minute(world: World) -> None:
    """After its time a code gives nothing."""
    code = world.code()
    world.clock.pass_(seconds=60)
    assert world.exchange(code).json()["error"] == "invalid_grant"


def test_an_access_token_ends_with_its_time(world: World) -> None:
    """Expired is told as such, with 401."""
    told = world.open_product()
    world.clock.pass_(seconds=told["expires_in"])
    response = world.get("Encounter", told["access_token"])
    assert is_outcome(response, 401, "expired")
    assert 'error="invalid_token"' in response.headers["www-authenticate"]


def test_refresh_rotates_and_lives_through_a_shift(world: World) -> None:
    """Each refresh gives a new pair, for thirteen hours and no longer."""
    told = world.open_product()
    for _ in range(51):
        world.clock.pass_(minutes=15)
        fresh = world.refresh(told["refresh_token"], client_id="board").json()
        assert fresh["refresh_token"] != told["refresh_token"]
        assert fresh["scope"] == told["scope"]
        assert fresh["fhirContext"] == told["fhirContext"]
        told = fresh
    assert world.get("Encounter", told["access_token"]).status_code == 200
    world.clock.pass_(minutes=15)
    assert world.refresh(told["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_refresh_token_used_twice_ends_the_whole_family(world: World) -> None:
    """Reuse means theft: all tokens of the grant are dead, the newest too."""
    told = world.open_product()
    fresh = world.refresh(told["refresh_token"]).json()
    assert world.refresh(told["refresh_token"]).json()["error"] == "invalid_grant"
    assert world.get("Encounter", fresh["access_token"]).status_code == 401
    assert world.refresh(fresh["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_refresh_token_in_another_product_s_hands_is_refused(world: World) -> None:
    """The rival gets nothing, and the token is dead."""
    told = world.open_product()
    assert world.refresh(told["refresh_token"], client_id="rival").json()["error"] == "invalid_grant"
    assert world.refresh(told["refresh_token"]).json()["error"] == "invalid_grant"


def test_refresh_may_narrow_scopes_and_never_widen_them(world: World) -> None:
    """What is asked beyond the grant is not given; a later refresh has the whole grant again."""
    told = world.open_product(scope="launch online_access user/Encounter.rs user/Patient.rs")
    narrow = world.refresh(told["refresh_token"], scope="online_access user/Encounter.r user/Observation.rs").json()
    assert narrow["scope"] == "online_access user/Encounter.r"
    assert is_outcome(world.get("Patient/ann", narrow["access_token"]), 403)


def test_no_refresh_token_without_online_access(world: World) -> None:
    """A product that did not ask for it is not given one."""
    assert "refresh_token" not in world.open_product(scope="launch user/Encounter.rs")


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_revoking_either_token_ends_both(world: World, kind: str) -> None:
    """After revocation reads are 401 and refreshes refused; an unknown token is answered 200 all the same."""
    told = world.open_product()
    form = {"token": told[kind], "client_id": "board"}
    assert world.ask("POST", "/auth/revoke", data={**form, "client_id": "rival"}).status_code == 200
    assert world.get("Encounter", told["access_token"]).status_code == 200
    assert world.ask("POST", "/auth/revoke", data=form).status_code == 200
    assert world.get("Encounter", told["access_token"]).status_code == 401
    assert world.refresh(told["refresh_token"]).json()["error"] == "invalid_grant"
    assert world.ask("POST", "/auth/revoke", data=form).status_code == 200


def test_the_hospital_ends_a_product_s_tokens(world: World) -> None:
    """Pausing a product, or a person's leaving, takes effect at once."""
    first, second = world.access(), world.access()
    world.gateway.revoke(person_id=OTHER.id)
    assert world.get("Encounter", first).status_code == 200
    world.gateway.revoke(client_id="board")
    assert {world.get("Encounter", token).status_code for token in (first, second)} == {401}


def test_a_product_no_longer_installed_gets_no_fresh_token(world: World) -> None:
    """Refresh asks the registry again."""
    told = world.open_product()
    del world.clients.known["board"]
    assert world.refresh(told["refresh_token"]).status_code == 400


def test_tokens_outlive_a_restart_and_revocations_too(world: World) -> None:
    """The hospital restarts: good tokens are good, revoked ones are not, and none is in the file in plain."""
    kept, revoked = world.open_product(), world.open_product()
    world.ask("POST", "/auth/revoke", data={"token": revoked["access_token"], "client_id": "board"})
    world.restart()
    assert world.get("Encounter", kept["access_token"]).status_code == 200
    assert world.get("Encounter", revoked["access_token"]).status_code == 401
    raw = (world.folder / "gateway.db").read_bytes()
    assert not [name for name in ("access_token", "refresh_token") if kept[name].encode() in raw]
    assert VERIFIER.encode() not in raw


@pytest.mark.parametrize(
    ("person", "client", "context", "status"),
    [
        (CLERK, "board", WardContext("w1"), 403),
        (CLINICIAN, "nobody", WardContext("w1"), 404),
        (CLINICIAN, "board", WardContext("nowhere"), 404),
        (CLINICIAN, "board", PatientContext("nobody"), 404),
        (CLINICIAN, "board", EncounterContext("e-ben", "ann"), 403),
    ],
)
def test_a_launch_that_makes_no_sense_is_refused(
    world: World, person: object, client: str, context: object, status: int
) -> None:
    """No role, no such product, no such ward or patient, or a visit of somebody else: refused and audited."""
    with pytest.raises(Refused) as refused:
        world.gateway.launch(person, client, context)  # type: ignore[arg-type]  # from the table above
    assert refused.value.status == status
    assert world.audited(action="launch", outcome="refused")


def test_granted_is_no_more_than_accredited(world: World) -> None:
    """A product accredited for little gets little, whatever it asks."""
    board = world.clients.known["board"]
    world.clients.known["board"] = type(board)(
        board.id, board.name, board.launch_uri, board.redirect_uris, board.origin, "launch user/Encounter.rs"
    )
    assert world.open_product(scope=ALL_SCOPES)["scope"] == "launch user/Encounter.rs"
