"""What products keep: made, changed and deleted within the context, marked, accounted for, and never what came by a link."""

from typing import Any

import pytest

from tabard.audit import AuditUnavailable
from tabard.gateway import EncounterContext, WardContext
from unit.gateway.api.keeping_world import BEN, KeepingWorld, text, weight
from unit.gateway.world import BASE, BOARD, ids, is_outcome

VISIT = EncounterContext("e-ann", "ann")
PATCH = "application/json-patch+json"


def test_what_is_kept_says_that_it_is_not_in_the_record_system(world: KeepingWorld) -> None:
    """201, address, version; the tag on it and in a search, with a notice; whoever did it stands in a Provenance and the audit."""
    token = world.writer_token()
    response = world.send("POST", "Observation", token, weight())
    told = response.json()
    assert response.status_code == 201
    assert response.headers["location"] == f"{BASE}/Observation/{told['id']}/_history/1"
    assert [(one["system"], one["code"]) for one in told["meta"]["tag"]] == [("urn:tabard:kept", "not-in-ehr")]
    assert told["meta"]["source"] == "urn:tabard:kept:board"
    found = world.get("Observation?code=29463-7", token)
    assert ids(found) == {f"Observation/{told['id']}"}
    notices = [one["resource"] for one in found.json()["entry"] if one["search"]["mode"] == "outcome"]
    assert any("not in the record system" in one["issue"][0]["details"]["text"] for one in notices)
    before, after = world.audited(action="create")
    assert (before["purpose"], before["resource"]) == ("before it is kept", f"Observation/{told['id']}")
    assert (after["status"], after["client"], after["person"]) == (201, "board", "p-sister")
    with world.keep() as writing:
        provenances = writing.find("Provenance", "_lastUpdated", "ge2000")
        (one,) = [writing.get("Provenance", each) for each in provenances]
    assert one["target"] == [{"reference": f"Observation/{told['id']}/_history/1"}]
    assert [each["who"]["identifier"]["value"] for each in one["agent"]] == ["p-sister", "board"]


def test_a_change_is_made_on_the_version_that_was_read(world: KeepingWorld) -> None:
    """200 with the next version; 412 on another; the same again is no new version."""
    token = world.writer_token()
    made = world.kept(token)
    path = f"Observation/{made['id']}"
    changed = made | {"valueQuantity": {"value": 81, "unit": "kg"}}
    response = world.send("PUT", path, token, changed, if_match='W/"1"')
    assert (response.status_code, response.headers["etag"]) == (200, 'W/"2"')
    assert is_outcome(world.send("PUT", path, token, made, if_match='W/"1"'), 412, "conflict")
    assert is_outcome(world.send("PUT", path, token, made, if_match="x"), 412, "conflict")
    same = world.send("PUT", path, token, changed)
    assert (same.status_code, same.headers["etag"]) == (200, 'W/"2"')
    assert world.get(f"{path}/_history/1", token).json()["valueQuantity"]["value"] == 80


def test_what_was_deleted_is_gone_and_its_history_stays(world: KeepingWorld) -> None:
    """204, then 410, also for a change; the history tells the tombstone, and a version of it is 410; nobody else is told."""
    token = world.writer_token()
    path = f"Observation/{world.kept(token)['id']}"
    assert is_outcome(world.send("DELETE", path, token, if_match='W/"9"'), 412)
    assert world.send("DELETE", path, token, if_match='W/"1"').status_code == 204
    assert is_outcome(world.get(path, token), 410, "deleted")
    assert is_outcome(world.send("DELETE", path, token), 410, "deleted")
    assert is_outcome(world.send("PUT", path, token, weight(id=path.partition("/")[2])), 410, "deleted")
    assert ids(world.get("Observation?code=29463-7", token)) == set()
    entries = world.get(f"{path}/_history", token).json()["entry"]
    assert [one["request"]["method"] for one in entries] == ["DELETE", "PUT"]
    assert "resource" not in entries[0]
    assert is_outcome(world.get(f"{path}/_history/2", token), 410, "deleted")
    assert world.get(f"{path}/_history/1", token).status_code == 200
    assert is_outcome(world.get(path, world.access(BEN)), 403, "forbidden")


def test_a_patch_is_all_or_nothing_and_its_tests_hold(world: KeepingWorld) -> None:
    """A test that fails changes nothing (409); a good one is a new version."""
    token = world.writer_token()
    path = f"Observation/{world.kept(token)['id']}"
    replace = {"op": "replace", "path": "/valueQuantity/value", "value": 82}
    bad = [replace, {"op": "test", "path": "/status", "value": "preliminary"}]
    assert is_outcome(world.send("PATCH", path, token, bad, content_type=PATCH), 409, "conflict")
    assert world.get(path, token).json()["valueQuantity"]["value"] == 80
    good = [{"op": "test", "path": "/status", "value": "final"}, replace]
    response = world.send("PATCH", path, token, good, content_type=PATCH, if_match='W/"1"')
    assert response.json()["valueQuantity"]["value"] == 82
    assert response.headers["etag"] == 'W/"2"'
    assert is_outcome(world.send("PATCH", path, token, good, content_type=PATCH, if_match='W/"1"'), 412)


@pytest.mark.parametrize(
    ("patch", "status"),
    [
        ({}, 400),
        ([], 400),
        ([{"op": "test", "path": "/status", "value": "final"}] * 201, 400),
        ([{"op": "copy", "from": "/code", "path": f"/code{number}"} for number in range(21)], 422),
        ([{"op": "spin", "path": "/status"}], 422),
        ([{"op": "remove", "path": "/nothing"}], 422),
        ([{"op": "add", "path": "/x/y/z", "value": 1}], 422),
        ([{"op": "replace", "path": "/status"}], 422),
        ([{"op": "replace", "path": "", "value": []}], 422),
        ([{"op": "replace", "path": "/id", "value": "another"}], 400),
        ([{"op": "replace", "path": "/resourceType", "value": "Patient"}], 422),
        ([{"op": "replace", "path": "/subject/reference", "value": "Patient/ben"}], 422),
        ([{"op": "add", "path": f"/{'x' * 1001}", "value": 1}], 422),
        (["x"], 422),
    ],
)
def test_a_patch_beyond_its_bounds_is_refused(world: KeepingWorld, patch: object, status: int) -> None:
    """Not a list, too many, another operation, no such place, another id, type or patient: refused, and nothing changes."""
    token = world.writer_token()
    path = f"Observation/{world.kept(token)['id']}"
    before = world.reader.last_change()
    assert is_outcome(world.send("PATCH", path, token, patch, content_type=PATCH), status)
    assert world.reader.last_change() == before


def test_what_came_by_a_link_is_never_changed(world: KeepingWorld) -> None:
    """PUT, PATCH and DELETE of a link's resource: 403 read-only, by any condition too."""
    token, before = world.writer_token(), world.reader.last_change()
    patch = [{"op": "replace", "path": "/status", "value": "amended"}]
    for response in (
        world.send("PUT", "Observation/o-ann", token, weight(id="o-ann")),
        world.send("PATCH", "Observation/o-ann", token, patch, content_type=PATCH),
        world.send("DELETE", "Observation/o-ann", token),
        world.send("PUT", "Observation?_id=o-ann", token, weight()),
    ):
        assert is_outcome(response, 403, "forbidden"), response.text
        assert "read-only" in text(response)
    assert world.reader.last_change() == before


def test_another_product_does_not_change_it(world: KeepingWorld) -> None:
    """It may read it, where its scope allows; to change it is refused."""
    path = f"Observation/{world.kept(world.writer_token())['id']}"
    client = world.clients.known["board"]
    world.clients.known["board"] = client
    world.put({**weight(), "id": "theirs"})
    with world.keep() as writing:
        writing.put({**weight(), "id": "rivals"}, "urn:tabard:kept:rival")
    token = world.writer_token()
    assert world.get("Observation/rivals", token).status_code == 200
    assert is_outcome(world.send("DELETE", "Observation/rivals", token), 403, "forbidden")
    assert world.send("DELETE", path, token).status_code == 204


@pytest.mark.parametrize("kind", ["Patient", "Encounter", "Location", "Provenance", "AuditEvent", "Nonsense"])
def test_who_is_who_and_where_is_never_kept(world: KeepingWorld, kind: str) -> None:
    """Types that links alone bring, or that the gateway writes itself, are refused."""
    response = world.send("POST", kind, world.writer_token(), {"resourceType": kind})
    assert is_outcome(response, 403, "forbidden")
    assert "read-only" in text(response)


@pytest.mark.parametrize(
    "scope",
    [
        "launch user/*.cruds",
        "launch patient/*.rs",
        "launch patient/Observation.ruds",
        "launch patient/DiagnosticReport.c",
    ],
)
def test_without_the_scope_nothing_is_kept(world: KeepingWorld, scope: str) -> None:
    """Each verb needs its own letter, at the level of a patient."""
    response = world.send("POST", "Observation", world.writer_token(scope=scope), weight())
    assert is_outcome(response, 403, "forbidden")
    assert 'error="insufficient_scope"' in response.headers["www-authenticate"]


def test_nothing_is_kept_from_a_ward(world: KeepingWorld) -> None:
    """Without a bound patient whose it is would be the product's word."""
    assert is_outcome(world.send("POST", "Observation", world.writer_token(WardContext("w1")), weight()), 403)


@pytest.mark.parametrize(
    "more",
    [
        {"subject": {"reference": "Patient/ben"}},
        {"subject": {"display": "Ann"}},
        {"subject": {}},
        {"encounter": {"reference": "Encounter/e-ben"}},
        {"performer": [{"reference": "Patient/ben"}]},
        {"performer": [{"reference": "Practitioner/dr-e-ben"}]},
        {"performer": [{"reference": "Practitioner/nobody"}]},
        {"performer": [{"reference": "http://elsewhere.example/Practitioner/1"}]},
        {"performer": [{"reference": "urn:uuid:00000000-0000-4000-8000-000000000000"}]},
        {"performer": [{"reference": "#nothing"}]},
        {"performer": [{"reference": 7}]},
        {"derivedFrom": [{"reference": "Observation/o-ben"}]},
        {"extension": [{"url": "http://example.org/x", "valueReference": {"reference": "Patient/ben/_history/1"}}]},
    ],
)
def test_what_is_kept_refers_to_nothing_out_of_reach(world: KeepingWorld, more: dict[str, Any]) -> None:
    """Another patient, their visits and staff, what is not there or elsewhere: 422, which of these is not told."""
    before = world.reader.last_change()
    response = world.send("POST", "Observation", world.writer_token(), weight(**more))
    assert is_outcome(response, 422, "invalid"), response.text
    assert "ben" not in response.text
    assert world.reader.last_change() == before


def test_what_may_be_reached_may_be_referred_to(world: KeepingWorld) -> None:
    """The patient's visit, staff, and another result; our own address is told relative."""
    more = {
        "encounter": {"reference": f"{BASE}/Encounter/e-ann"},
        "performer": [{"reference": "Practitioner/dr-e-ann"}, {"reference": "#me"}],
        "derivedFrom": [{"reference": "Observation/o-ann/_history/1"}],
        "contained": [{"resourceType": "Practitioner", "id": "me"}],
    }
    made = world.kept(world.writer_token(), **more)
    assert made["encounter"] == {"reference": "Encounter/e-ann"}


def test_in_a_visit_only_that_visits_are_kept(world: KeepingWorld) -> None:
    """Without the visit, or with another one of the patient's: refused, before and after a change."""
    token = world.writer_token(VISIT)
    for bad in (weight(), weight(encounter={"reference": "Encounter/e-ann-old"})):
        assert is_outcome(world.send("POST", "Observation", token, bad), 422)
    good = weight(encounter={"reference": "Encounter/e-ann"})
    made = world.send("POST", "Observation", token, good)
    assert made.status_code == 201, made.text
    path = f"Observation/{made.json()['id']}"
    assert is_outcome(world.send("PUT", path, token, weight(id=path.partition("/")[2])), 422)
    other = world.kept(world.writer_token())
    assert is_outcome(world.send("DELETE", f"Observation/{other['id']}", token), 403)


def test_a_conditional_create_makes_it_once(world: KeepingWorld) -> None:
    """By any search: 201, then 200 with the same; several are 412; what is out of reach does not count; none is 400."""
    token = world.writer_token()
    mine = weight(identifier=[{"system": "https://vendor.example", "value": "1"}])
    asked = "identifier=https://vendor.example|1&status=final"
    first = world.send("POST", "Observation", token, mine, if_none_exist=asked)
    again = world.send("POST", "Observation", token, mine, if_none_exist=f"?{asked}")
    assert [first.status_code, again.status_code] == [201, 200]
    assert first.json() == again.json()
    world.kept(token)
    assert is_outcome(
        world.send("POST", "Observation", token, mine, if_none_exist="code=29463-7"), 412, "multiple-matches"
    )
    assert world.send("POST", "Observation", token, weight(), if_none_exist="_id=o-ben").status_code == 201
    for bad in ("", "nonsense=1", "_count=1", "_include=Observation:subject"):
        assert is_outcome(world.send("POST", "Observation", token, mine, if_none_exist=bad), 400), bad


def test_a_conditional_create_needs_the_scope_to_search(world: KeepingWorld) -> None:
    """Whether something is there would else be told to who may not ask."""
    token = world.writer_token(scope="launch patient/Observation.cr")
    assert is_outcome(world.send("POST", "Observation", token, weight(), if_none_exist="status=final"), 403)


def test_a_conditional_update_makes_or_changes_it(world: KeepingWorld) -> None:
    """None: made, without an id of one's own; one: changed; several: 412."""
    token = world.writer_token()
    mine = weight(identifier=[{"system": "https://vendor.example", "value": "1"}])
    path = "Observation?identifier=https://vendor.example|1"
    assert is_outcome(world.send("PUT", path, token, {**mine, "id": "my-own"}), 400)
    first = world.send("PUT", path, token, mine)
    assert first.status_code == 201
    second = world.send("PUT", path, token, {**mine, "status": "amended"})
    assert (second.status_code, second.json()["id"], second.headers["etag"]) == (200, first.json()["id"], 'W/"2"')
    assert is_outcome(world.send("PUT", path, token, {**mine, "id": "another"}), 400)
    world.kept(token, identifier=mine["identifier"])
    assert is_outcome(world.send("PUT", path, token, mine), 412, "multiple-matches")
    assert is_outcome(world.send("PUT", "Observation", token, mine), 400)


def test_an_id_of_ones_own_is_not_taken(world: KeepingWorld) -> None:
    """PUT to an id that was never given here is 404; POST gives its own."""
    token = world.writer_token()
    assert is_outcome(world.send("PUT", "Observation/mine", token, weight(id="mine")), 404, "not-found")
    assert world.kept(token, id="mine")["id"] != "mine"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"\xff{}", 400),
        (b'{"resourceType":"Observation","x":"\\ud800"}', 400),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, 400),
        (b'{"resourceType":"Observation","a":' + b'{"a":' * 60 + b"1" + b"}" * 61, 422),
        (b'{"resourceType":"Patient"}', 422),
        (b'{"resourceType":["Observation"]}', 422),
        (b"{}", 422),
        (b'{"resourceType":"Observation","meta":"x"}', 422),
        (b'{"resourceType":"Observation","meta":{"tag":{}}}', 422),
        (b'{"resourceType":"Observation","valueInteger":' + b"9" * 400 + b"}", 422),
        (b'{"resourceType":"Observation","valueDecimal":1e999999999}', 422),
        (b'{"resourceType":"Observation","valueDecimal":1e-999999999}', 422),
        (b'{"resourceType":"Observation","note":[]}', 422),
        (b'{"resourceType":"Observation","note":null}', 422),
        (b'{"resourceType":"Observation","valueString":"a\\u0000b"}', 422),
        (b'{"resourceType":"Observation","valueString":" "}', 422),
        (b'{"resourceType":"Observation","bad name":1}', 422),
        (b'{"resourceType":"Observation","implicitRules":"http://x"}', 422),
        (b'{"resourceType":"Observation","contained":{"a":1}}', 422),
        (b'{"resourceType":"Observation","contained":[{"a":1}]}', 422),
        (b'{"resourceType":"Observation","meta":{"tag":[{"system":"urn:tabard:write-back","code":"accepted"}]}}', 422),
        (b'{"resourceType":"Observation","text":{"status":"generated","div":"<script>1</script>"}}', 422),
        (b'{"resourceType":"Observation","text":{"div":"<div><script>1</script></div>"}}', 422),
        (b'{"resourceType":"Observation","text":{"div":"<div onclick=1>1</div>"}}', 422),
        (b'{"resourceType":"Observation","text":{"div":"<div><img src=\'http://x/y\'/></div>"}}', 422),
        (b'{"resourceType":"Observation","text":"x"}', 422),
        (b'{"resourceType":"Observation","note":[' + b'{"text":"x"},' * 2001 + b'{"text":"x"}]}', 422),
        (b'{"resourceType":"Observation","valueString":"' + b"x" * 1_100_000 + b'"}', 413),
    ],
)
def test_what_is_no_resource_is_refused_with_its_place(world: KeepingWorld, body: bytes, status: int) -> None:
    """Not JSON, of another type, too deep, too large, bad numbers and text, words of our own: 4xx with place and remedy."""
    before = world.reader.last_change()
    of_ann = (
        b'{"resourceType":"Observation","subject":{"reference":"Patient/ann"},'  # so that this is no reason to refuse
    )
    body = body.replace(b'{"resourceType":"Observation",', of_ann, 1)
    response = world.send("POST", "Observation", world.writer_token(), body)
    assert is_outcome(response, status), response.text
    assert world.reader.last_change() == before


@pytest.mark.parametrize("kind", ["text/plain", "application/fhir+xml", "application/json-patch+json", ""])
def test_another_kind_of_body_is_415(world: KeepingWorld, kind: str) -> None:
    """Only FHIR's JSON is taken."""
    assert is_outcome(world.send("POST", "Observation", world.writer_token(), weight(), content_type=kind), 415)


def test_nothing_is_kept_that_cannot_be_audited(world: KeepingWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the audit fails there is no new version, and the answer is 503."""
    token = world.writer_token()

    def fail(_self: object, _event: object) -> None:
        raise AuditUnavailable("the disk is full")

    before = world.reader.last_change()
    monkeypatch.setattr(type(world.audit), "write", fail)
    assert is_outcome(world.send("POST", "Observation", token, weight()), 503, "transient")
    assert world.reader.last_change() == before


def test_how_much_is_answered_is_as_preferred(world: KeepingWorld) -> None:
    """minimal: no body; OperationOutcome: that; lenient handling is refused as strict, and said so."""
    token = world.writer_token()
    minimal = world.send("POST", "Observation", token, weight(), prefer="return=minimal")
    assert (minimal.status_code, minimal.content) == (201, b"")
    assert minimal.headers["preference-applied"] == "return=minimal"
    assert minimal.headers["location"]
    told = world.send("POST", "Observation", token, weight(), prefer="handling=lenient, return=OperationOutcome")
    assert is_outcome(told, 201, "informational")
    assert told.headers["preference-applied"] == "handling=strict, return=OperationOutcome"
    assert is_outcome(world.get("Observation?nonsense=1", token, prefer="handling=lenient"), 400)


def test_the_tag_is_not_the_products_to_take_off(world: KeepingWorld) -> None:
    """A change without the tag has it all the same, once."""
    token = world.writer_token()
    made = world.kept(token)
    bare = {name: value for name, value in made.items() if name != "meta"} | {"status": "amended"}
    for body in (bare, made | {"status": "corrected"}):
        told = world.send("PUT", f"Observation/{made['id']}", token, body).json()
        assert [one["code"] for one in told["meta"]["tag"]] == ["not-in-ehr"]
        assert told["meta"]["source"] == "urn:tabard:kept:board"


def test_a_part_of_a_resource_is_not_kept_as_the_whole(world: KeepingWorld) -> None:
    """What was read with _elements cannot be sent back: the rest would be lost."""
    token = world.writer_token()
    path = f"Observation/{world.kept(token)['id']}"
    part = world.get(f"{path}?_elements=status,subject,code", token).json()
    assert is_outcome(world.send("PUT", path, token, part), 422)


def test_a_page_may_ask_for_every_verb(world: KeepingWorld) -> None:
    """The preflight allows PATCH and DELETE and the conditions."""
    answer = world.ask("OPTIONS", "/fhir/Observation", headers={"Origin": BOARD}).headers
    assert {"PATCH", "DELETE", "HEAD"} <= set(answer["access-control-allow-methods"].split(", "))
    assert "If-Modified-Since" in answer["access-control-allow-headers"]
