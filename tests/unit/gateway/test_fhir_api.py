"""The FHIR API within the rights of a token: what is shown, what is not, and how it is said."""

from datetime import timedelta
from urllib.parse import quote

import pytest

from tabard.fhir import decode
from tabard.gateway import EncounterContext, PatientContext, WardContext
from unit.gateway.world import (
    BOARD,
    START,
    Feed,
    World,
    encounter,
    ids,
    is_outcome,
    observation,
    patient,
)

WARD = WardContext("w1")
ANN = PatientContext("ann")
VISIT = EncounterContext("e-ann", "ann")


def test_a_patient_is_read_as_stored(world: World) -> None:
    """The stored bytes, with version, time, freshness and the product's origin beside them."""
    response = world.get("Patient/ann", world.access(ANN))
    stored = world.reader.read("Patient", "ann")
    assert stored is not None
    assert response.content == stored.body
    assert response.headers["content-type"] == "application/fhir+json;charset=UTF-8"
    assert response.headers["etag"] == 'W/"1"'
    assert response.headers["last-modified"] == "Sun, 01 Mar 2026 08:30:00 GMT"
    assert response.headers["tabard-feed"] == '"lorenzo";state=live;last="2026-03-01T08:30:00.000Z"'
    assert response.headers["access-control-allow-origin"] == BOARD
    assert "Tabard-Feed" in response.headers["access-control-expose-headers"]
    assert response.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize("tag", ['W/"1"', '"1"', 'W/"7", W/"1"', "*"])
def test_what_the_product_already_holds_is_not_sent_again(world: World, tag: str) -> None:
    """If-None-Match of this version: 304 without a body, audited all the same."""
    response = world.get("Patient/ann", world.access(ANN), If_None_Match=tag)
    assert (response.status_code, response.content, response.headers["etag"]) == (304, b"", 'W/"1"')
    assert world.audited(action="read")[-1]["status"] == 304
    assert world.get("Patient/ann", world.access(ANN), If_None_Match='W/"2"').status_code == 200


@pytest.mark.parametrize("authorization", [None, "Bearer ", "Bearer guessed", "Basic YTpi", "guessed"])
def test_without_a_good_token_exactly_401(world: World, authorization: str | None) -> None:
    """No token, a wrong one, another scheme: 401 with a challenge and an OperationOutcome, readable by any origin."""
    headers = {} if authorization is None else {"Authorization": authorization}
    response = world.ask("GET", "/fhir/Patient/ann", headers=headers)
    assert is_outcome(response, 401, "login")
    assert response.headers["www-authenticate"].startswith('Bearer realm="tabard"')
    assert world.audited(action="read")[-1]["outcome"] == "refused"


def test_a_token_of_another_patient_reads_nothing(world: World) -> None:
    """With Ann's token Ben is refused in every way, whatever the scopes say, and whether he exists is not told."""
    token = world.access(ANN)
    for path in (
        "Patient/ben",
        "Encounter/e-ben",
        "Observation/o-ben",
        "Patient/ben/_history",
        "Patient/ben/_history/1",
        "Patient/none",
    ):
        assert is_outcome(world.get(path, token), 403, "forbidden"), path
    for path in (
        "Patient?_id=ben",
        "Patient?name=Bell",
        "Encounter?patient=ben",
        "Observation?subject=Patient/ben",
        "Encounter?_id=e-ben",
    ):
        assert ids(world.get(path, token)) == set(), path


def test_a_patient_context_limits_to_that_patient(world: World) -> None:
    """Visits and results of Ann, and only the places and people that those name."""
    token = world.access(ANN)
    assert ids(world.get("Patient", token)) == {"Patient/ann"}
    assert ids(world.get("Encounter", token)) == {"Encounter/e-ann", "Encounter/e-ann-old"}
    assert ids(world.get("Observation", token)) == {"Observation/o-ann", "Observation/o-ann-old"}
    assert ids(world.get("Practitioner", token)) == {
        "Practitioner/gp",
        "Practitioner/dr-e-ann",
        "Practitioner/dr-e-ann-old",
    }
    assert ids(world.get("Location", token)) == {"Location/w1", "Location/w1-b1", "Location/w2"}
    assert ids(world.get("Organization", token)) == {"Organization/practice"}
    assert world.get("Organization/elsewhere", token).status_code == 403
    assert world.get("Practitioner/dr-e-ben", token).status_code == 403


def test_an_encounter_context_limits_to_that_visit(world: World) -> None:
    """Of the patient's visits and results, this visit's alone."""
    token = world.access(VISIT)
    assert ids(world.get("Encounter", token)) == {"Encounter/e-ann"}
    assert world.get("Encounter/e-ann-old", token).status_code == 403
    assert ids(world.get("Observation", token)) == {"Observation/o-ann"}
    assert world.get("Observation/o-ann-old", token).status_code == 403
    assert world.get("Observation/o-ann", token).status_code == 200
    assert ids(world.get("Patient", token)) == {"Patient/ann"}
    assert "Practitioner/dr-e-ann-old" not in ids(world.get("Practitioner", token))


def test_a_visit_moved_to_another_patient_is_no_longer_in_context(world: World) -> None:
    """After a merge re-pointed the visit, the old context sees neither it nor its new patient."""
    token = world.access(VISIT)
    world.put(encounter("e-ann", "ben", ("w1", "active")))
    assert world.get("Encounter/e-ann", token).status_code == 403
    assert ids(world.get("Encounter", token)) == set()


def test_a_ward_context_shows_who_is_there_now(world: World) -> None:
    """Visits with an active place on the ward, and their patients, practitioners and places: nobody who left or is elsewhere."""
    token = world.access(WARD)
    assert ids(world.get("Encounter", token)) == {"Encounter/e-ann"}
    assert ids(world.get("Patient", token)) == {"Patient/ann"}
    assert ids(world.get("Practitioner", token)) == {"Practitioner/dr-e-ann"}
    assert ids(world.get("Location", token)) == {"Location/w1", "Location/w1-b1"}
    assert world.get("Patient/ann", token).status_code == 200
    assert world.get("Location/w1", token).status_code == 200
    for path in (
        "Patient/ben",
        "Patient/cat",
        "Encounter/e-cat",
        "Encounter/e-ben",
        "Encounter/e-ann-old",
        "Practitioner/gp",
        "Location/w2",
    ):
        assert is_outcome(world.get(path, token), 403, "forbidden"), path


@pytest.mark.parametrize("path", ["Observation", "Observation/o-ann", "DiagnosticReport", "Organization/practice"])
def test_a_ward_context_holds_no_results(world: World, path: str) -> None:
    """Everything but the ward's visits and who is reached from them is refused."""
    response = world.get(path, world.access(WARD))
    assert response.status_code == 403 or ids(response) == set()
    assert path.startswith("Organization") or is_outcome(response, 403, "forbidden")


def test_a_ward_follows_the_day(world: World) -> None:
    """Whoever comes is seen at once, whoever leaves is gone at once, with the same token."""
    token = world.access(WARD)
    assert ids(world.get("Patient", token)) == {"Patient/ann"}
    world.put(encounter("e-ben", "ben", ("w2", "completed"), ("w1-b1", "active")))
    assert ids(world.get("Patient", token)) == {"Patient/ann", "Patient/ben"}
    world.put(encounter("e-ann", "ann", ("w1", "completed"), ("w2", "active")))
    assert ids(world.get("Patient", token)) == {"Patient/ben"}
    assert world.get("Patient/ann", token).status_code == 403
    world.put(encounter("e-ben", "ben", ("w1-b1", "active"), status="finished"))
    assert ids(world.get("Encounter", token)) == set()
    assert ids(world.get("Patient", token)) == set()


def test_a_place_without_a_status_is_not_now(world: World) -> None:
    """What is not known to be active is not shown as being there."""
    visit = encounter("e-ben", "ben", ("w1", "active"))
    del visit["location"][0]["status"]
    world.put(visit)
    assert ids(world.get("Encounter", world.access(WARD))) == {"Encounter/e-ann"}


def test_a_mention_of_another_patient_in_a_visit_reaches_nobody(world: World) -> None:
    """On a ward a patient is reached as the subject of a visit only."""
    visit = encounter("e-ann", "ann", ("w1", "active"))
    visit["extension"] = [{"url": "http://example.org/mother", "valueReference": {"reference": "Patient/cat"}}]
    world.put(visit)
    assert ids(world.get("Patient", world.access(WARD))) == {"Patient/ann"}


def test_a_scope_that_was_not_granted_is_refused(world: World) -> None:
    """Read is not search, one type is not another; 403 says insufficient_scope."""
    token = world.access(ANN, "launch user/Patient.r user/Encounter.s")
    assert world.get("Patient/ann", token).status_code == 200
    for path in ("Patient", "Encounter/e-ann", "Observation", "MedicationRequest", "Condition/1"):
        response = world.get(path, token)
        assert is_outcome(response, 403, "forbidden"), path
        assert 'error="insufficient_scope"' in response.headers["www-authenticate"]


def test_patient_scopes_count_only_where_a_patient_is_bound(world: World) -> None:
    """A ward is not a patient: patient scopes give nothing there."""
    scope = "launch patient/Encounter.rs"
    assert world.get("Encounter", world.access(ANN, scope)).status_code == 200
    assert is_outcome(world.get("Encounter", world.access(WARD, scope)), 403, "forbidden")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "Patient"),
        ("PUT", "Patient/ann"),
        ("PATCH", "Patient/ann"),
        ("DELETE", "Patient/ann"),
        ("POST", "Patient/$merge"),
        ("DELETE", "Observation?subject=ann"),
    ],
)
def test_writing_is_refused_and_told_why(world: World, method: str, path: str) -> None:
    """What came by a link is read-only to products, and nothing changes."""
    before = world.reader.last_change()
    response = world.ask(
        method,
        f"/fhir/{path}",
        headers={"Authorization": f"Bearer {world.access(ANN)}"},
        content=b'{"resourceType":"Patient"}',
    )
    assert is_outcome(response, 403, "forbidden")
    assert "read-only" in response.json()["issue"][0]["details"]["text"]
    assert world.reader.last_change() == before
    assert {"create", "update", "patch", "delete", "write"} & {
        event["action"] for event in world.audited(outcome="refused")
    }


def test_includes_bring_along_what_may_be_seen_and_nothing_else(world: World) -> None:
    """The board's own search: visits with patients, places and consultants of the ward; without the scope they stay away."""
    asked = "Encounter?_include=Encounter:patient&_include=Encounter:location&_include=Encounter:practitioner"
    response = world.get(asked.replace("&_include=Encounter:practitioner", ""), world.access(WARD))
    assert ids(response, "include") == {"Patient/ann", "Location/w1", "Location/w1-b1"}
    narrow = world.access(WARD, "launch user/Encounter.rs user/Location.r")
    included = ids(world.get("Encounter?_include=Encounter:patient&_include=Encounter:location", narrow), "include")
    assert included == {"Location/w1", "Location/w1-b1"}


def test_an_include_does_not_leak_another_patient(world: World) -> None:
    """A result of Ann that wrongly names Ben's visit brings neither the visit nor Ben."""
    world.put(observation("o-odd", "ann", "e-ben"))
    token = world.access(ANN)
    response = world.get("Observation?_id=o-odd&_include=Observation:encounter&_include=Observation:subject", token)
    if response.status_code == 400:  # the record may not know the parameter: then there is nothing to leak
        response = world.get("Observation?_id=o-odd&_include=Observation:subject", token)
    assert ids(response) == {"Observation/o-odd"}
    assert ids(response, "include") == {"Patient/ann"}


@pytest.mark.parametrize(
    "query",
    [
        "patient.address-city=Leeds",
        "subject:Patient.general-practitioner=gp",
        "_has:Observation:encounter:code=8310-5",
        "_has:Observation:encounter:nonsense=1",
        "_revinclude=Observation:encounter",
        "_revinclude=Patient:general-practitioner",
        "_sort=participant",
        "_revinclude=*",
        "_include=*",
        "_include=Encounter:*",
        "_include:iterate=Patient:general-practitioner",
        "_include:recurse=Encounter:patient",
        "_filter=name",
        "unheard-of=1",
        "_count=-1",
        "_count=many",
        "_count=1&_count=2",
        "status=%ff",
        "&".join(f"status=s{number}" for number in range(65)),
    ],
)
def test_what_the_search_does_not_do_is_refused(world: World, query: str) -> None:
    """Chains, reverse chains, reverse and wild includes, unknown parameters, odd counts, too many: 400, never ignored."""
    response = world.get(f"Encounter?{query}", world.access(WARD))
    assert response.status_code == 400
    assert response.json()["resourceType"] == "OperationOutcome"


def test_a_query_or_form_that_is_too_long_is_refused(world: World) -> None:
    """414 and 413, before anything is looked up."""
    token = world.access(WARD)
    assert is_outcome(world.get(f"Encounter?status={'x' * 9000}", token), 414, "too-long")
    assert is_outcome(world.post("Encounter/_search", token, {"status": "x" * 70000}), 413, "too-long")


def test_search_by_form_is_search_by_query(world: World) -> None:
    """POST _search answers as GET does, and takes nothing but a form."""
    token = world.access(ANN)
    assert ids(world.post("Encounter/_search", token, {"status": "finished"})) == {"Encounter/e-ann-old"}
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    assert is_outcome(world.ask("POST", "/fhir/Encounter/_search", headers=headers, content=b"{}"), 415)


def test_pages_are_followed_by_their_links_and_come_once_each(world: World) -> None:
    """Every match once, however small the page; the link tells nothing."""
    world.put(*(observation(f"o-{number}", "ann") for number in range(7)))
    token = world.access(ANN)
    response, seen = world.get("Observation?_count=4&code=8310-5", token), []
    while True:
        seen += sorted(ids(response))
        links = {link["relation"]: link["url"] for link in response.json()["link"]}
        if "next" not in links:
            break
        assert "8310-5" not in links["next"]
        response = world.get(links["next"], token)
    assert len(seen) == len(set(seen)) == 9
    assert response.json()["total"] == 9


def next_link(world: World, token: str) -> str:
    links = world.get("Observation?_count=1", token).json()["link"]
    return str(next(link["url"] for link in links if link["relation"] == "next"))


def test_a_paging_link_under_another_token_is_refused(world: World) -> None:
    """A cursor belongs to the grant it was made for: not to another patient's, nor to the same product launched again."""
    mine = world.access(ANN)
    link = next_link(world, mine)
    assert world.get(link, mine).status_code == 200
    for other in (world.access(ANN), world.access(PatientContext("ben"))):
        assert is_outcome(world.get(link, other), 403, "forbidden")


@pytest.mark.parametrize(
    "change",
    [
        lambda link: link[:-10] + ("A" if link[-10] != "A" else "B") + link[-9:],
        lambda link: link + "&status=final",
        lambda link: link + "&_count=0",
        lambda link: link + "&_count=2&_count=2",
        lambda link: link + "&_count=many",
        lambda link: link + link[link.index("?") :].replace("?", "&"),
        lambda link: link.replace("Observation", "Encounter"),
    ],
)
def test_a_changed_paging_link_is_refused(world: World, change: object) -> None:
    """Neither a changed cursor, nor a cursor with more, nor one of another type is followed."""
    token = world.access(ANN)
    assert world.get(change(next_link(world, token)), token).status_code in {400, 403}  # type: ignore[operator]  # a function from the table


def test_a_wish_for_longer_pages_on_a_paging_link_changes_nothing(world: World) -> None:
    """Some clients add a _count to each link: a page is as long as the first was; a shorter one is not cut, but refused."""
    token = world.access(ANN)
    world.put(*(observation(f"more-{number}", "ann") for number in range(5)))
    links = world.get("Observation?_count=2", token).json()["link"]
    link = next(link["url"] for link in links if link["relation"] == "next")
    plain, wished = world.get(link, token), world.get(f"{link}&_count=1000", token)
    assert ids(wished) == ids(plain)
    assert len(wished.json()["entry"]) == 2
    assert is_outcome(world.get(f"{link}&_count=1", token), 400)


def test_a_count_of_nothing_is_told_as_a_number_alone(world: World) -> None:
    """_count=0 is the same as _summary=count. Source: FHIR R4, 3.1.1.5.8."""
    token = world.access(ANN)
    none, summary = (world.get(f"Observation?{asked}", token).json() for asked in ("_count=0", "_summary=count"))
    assert none["total"] == summary["total"] > 0
    assert "entry" not in none
    assert [link["relation"] for link in none["link"]] == ["self"]


def test_a_paging_link_survives_a_refresh(world: World) -> None:
    """The same grant with a fresh token goes on reading."""
    told = world.open_product(ANN)
    link = next_link(world, told["access_token"])
    fresh = world.refresh(told["refresh_token"]).json()["access_token"]
    assert world.get(link, fresh).status_code == 200


def test_a_later_page_obeys_the_rights_of_now(world: World) -> None:
    """Who left the ward between two pages is not on the second."""
    world.put(*(encounter(f"e-{number}", "ben", ("w1", "active")) for number in range(3)))
    token = world.access(WARD)
    first = world.get("Encounter?_count=2", token).json()
    world.put(*(encounter(f"e-{number}", "ben", ("w1", "completed")) for number in range(3)))
    link = next(link["url"] for link in first["link"] if link["relation"] == "next")
    assert ids(world.get(link, token)) == set()


def test_versions_are_read_within_the_same_limits(world: World) -> None:
    """Vread and history show only versions that the rights would show now."""
    world.put(encounter("e-cat", "cat", ("w1", "active")))
    token = world.access(WARD)
    assert world.get("Encounter/e-cat/_history/2", token).json()["location"][0]["status"] == "active"
    assert is_outcome(world.get("Encounter/e-cat/_history/1", token), 403)
    assert is_outcome(world.get("Encounter/e-cat/_history/9", token), 404, "not-found")
    told = decode(world.get("Encounter/e-cat/_history", token).content)
    assert [entry["resource"]["meta"]["versionId"] for entry in told["entry"]] == ["2"]
    assert told["entry"][0]["request"] == {"method": "PUT", "url": "Encounter/e-cat"}
    assert told["entry"][0]["response"]["etag"] == 'W/"2"'


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("Observation/none", 404),
        ("Patient/ann/$merge", 404),
        ("Patient/ann/_history/x", 404),
        ("Patient/" + quote("Ann Archer"), 404),
        ("", 404),
        ("unknown", 404),
        ("Bundle/1", 404),
        ("Group/1", 404),
    ],
)
def test_what_is_not_here_is_404_with_an_outcome(world: World, path: str, status: int) -> None:
    """An unknown id, operation or type."""
    assert is_outcome(world.get(path, world.access(ANN)), status)


def test_other_methods_are_405(world: World) -> None:
    """TRACE and friends."""
    response = world.ask("TRACE", "/fhir/Patient/ann", headers={"Authorization": f"Bearer {world.access(ANN)}"})
    assert is_outcome(response, 405, "not-supported")


@pytest.mark.parametrize(
    ("accept", "query", "status"),
    [
        ("application/fhir+json", "", 200),
        ("application/json;q=0.9, text/html", "", 200),
        ("text/html, */*;q=0.1", "", 200),
        ("application/fhir+xml", "", 406),
        ("text/html", "", 406),
        ("application/json;q=0", "", 406),
        ("application/fhir+xml", "?_format=json", 200),
        ("application/fhir+json", "?_format=xml", 406),
        ("*/*", "?_format=application/fhir%2Bjson", 200),
        ("*/*", "?_format=application/fhir+json", 200),
    ],
)
def test_only_json_is_spoken(world: World, accept: str, query: str, status: int) -> None:
    """Accept and _format, the second outweighing the first; anything but JSON is 406."""
    assert world.get(f"Patient/ann{query}", world.access(ANN), Accept=accept).status_code == status


@pytest.mark.parametrize(
    ("state", "last"), [("silent", START - timedelta(hours=1)), ("behind", START), ("never", None)]
)
def test_a_feed_that_is_not_live_is_told_on_every_answer(world: World, state: str, last: object) -> None:
    """In the header always, and as a warning in a search, even an empty one."""
    world.feeds[:] = [Feed("lorenzo", state, last), Feed("pathology")]  # type: ignore[arg-type]  # a moment or None
    response = world.get("Encounter", world.access(WARD))
    header = response.headers["tabard-feed"]
    assert header.startswith(f'"lorenzo";state={state}')
    assert '"pathology";state=live' in header
    outcomes = [each["resource"] for each in response.json()["entry"] if each["search"]["mode"] == "outcome"]
    assert [each["issue"][0]["severity"] for each in outcomes] == ["warning"]
    assert f"lorenzo is {state}" in outcomes[0]["issue"][0]["details"]["text"]
    assert world.get("Patient/none", None).headers["tabard-feed"] == header


def test_a_live_feed_needs_no_warning(world: World) -> None:
    """A search while all is well holds matches only."""
    assert {each["search"]["mode"] for each in world.get("Encounter", world.access(WARD)).json()["entry"]} == {"match"}


def test_a_preflight_lets_the_product_ask(world: World) -> None:
    """OPTIONS needs no token and allows the Authorization header."""
    headers = {
        "Origin": BOARD,
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }
    response = world.ask("OPTIONS", "/fhir/Patient/ann", headers=headers)
    assert response.status_code == 204
    assert "authorization" in response.headers["access-control-allow-headers"].lower()


def test_a_failure_inside_shows_nothing_and_is_audited(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """500 with an outcome that tells no detail."""
    token = world.access(ANN)

    def broken(*_: object) -> None:
        raise RuntimeError("Ann Archer's row is broken")

    monkeypatch.setattr(type(world.reader), "read", broken)
    response = world.get("Patient/ann", token)
    assert is_outcome(response, 500, "exception")
    assert "Archer" not in response.text
    assert world.audited(outcome="failed")[-1]["reason"] == "RuntimeError"


def test_a_patient_is_found_by_name_on_the_ward_only(world: World) -> None:
    """A name searched from a ward finds those who are there."""
    world.put(patient("ann-2", "Archer"))
    assert ids(world.get("Patient?name=archer", world.access(WARD))) == {"Patient/ann"}


def test_only_a_page_is_told_who_may_read(world: World) -> None:
    """With an Origin the registered one is allowed, whoever asks; without one there is nothing to allow."""
    token = world.access(ANN)
    evil = world.get("Patient/ann", token, Origin="http://evil.example")
    assert evil.headers["access-control-allow-origin"] == BOARD
    plain = world.ask("GET", "/fhir/Patient/ann", headers={"Authorization": f"Bearer {token}"})
    assert "access-control-allow-origin" not in plain.headers
    assert plain.headers["vary"] == "Origin"
