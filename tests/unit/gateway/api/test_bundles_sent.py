"""Bundles sent to the base: a batch's entries stand each for itself, a transaction's all or none, each checked as if alone."""

from typing import Any

import httpx
import pytest

from unit.gateway.api.keeping_world import BEN, KeepingWorld, weight
from unit.gateway.world import BASE, is_outcome

NAME = "urn:uuid:00000000-0000-4000-8000-00000000000{}"
SOME = "launch patient/Observation.cruds"


def entry(method: str, url: str, resource: Any = None, name: str | None = None, **more: str) -> dict[str, Any]:
    """One entry."""
    told: dict[str, Any] = {"request": {"method": method, "url": url, **more}}
    if resource is not None:
        told["resource"] = resource
    if name is not None:
        told["fullUrl"] = name
    return told


def send(world: KeepingWorld, kind: str, token: str, *entries: dict[str, Any], **headers: str) -> httpx.Response:
    """A Bundle sent to the base."""
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": kind}
    if entries:
        bundle["entry"] = list(entries)
    return world.send("POST", "", token, bundle, **headers)


def statuses(response: httpx.Response) -> list[str]:
    """The status of each entry's answer."""
    assert response.status_code == 200, response.text
    return [one["response"]["status"] for one in response.json()["entry"]]


def test_entries_of_a_batch_stand_each_for_itself(world: KeepingWorld) -> None:
    """One is kept, one refused, one found, one not; each is in the audit."""
    token = world.writer_token()
    response = send(
        world, "batch", token,
        entry("POST", "Observation", weight()),
        entry("POST", "Observation", weight("ben")),
        entry("GET", "Patient/ann"),
        entry("GET", "Patient/ben"),
        entry("GET", "Observation?code=8310-5&_count=1"),
        entry("GET", "nonsense/../x"),
        entry("GET", "/metadata/x/y/z"),
    )  # fmt: skip
    assert statuses(response) == ["201", "422", "200", "403", "200", "404", "404"]
    told = response.json()
    assert told["type"] == "batch-response"
    assert told["entry"][0]["response"]["location"].startswith(f"{BASE}/Observation/")
    assert told["entry"][1]["response"]["outcome"]["resourceType"] == "OperationOutcome"
    assert told["entry"][2]["resource"]["id"] == "ann"
    assert "resource" not in told["entry"][3]
    events = world.audited()
    assert [one["status"] for one in events[-8:]] == [201, 422, 200, 403, 200, 404, 404, 200]
    assert events[-1]["action"] == "bundle"


def test_a_transaction_refers_within_itself(world: KeepingWorld) -> None:
    """urn:uuid references become the ids that were given, whatever the order of the entries."""
    token = world.writer_token()
    report = {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "code": {"text": "Weights"},
        "subject": {"reference": "Patient/ann"},
        "result": [{"reference": NAME.format(1)}],
    }
    response = send(
        world, "transaction", token,
        entry("GET", "Patient/ann"),
        entry("POST", "DiagnosticReport", report, NAME.format(2)),
        entry("POST", "Observation", weight(), NAME.format(1)),
    )  # fmt: skip
    assert statuses(response) == ["200", "201", "201"]
    read, kept, measured = (one["resource"] for one in response.json()["entry"])
    assert read["id"] == "ann"
    assert kept["result"] == [{"reference": f"Observation/{measured['id']}"}]
    with world.keep() as writing:
        (only,) = writing.find("Provenance", "_lastUpdated", "ge2000")
        assert len((writing.get("Provenance", only) or {})["target"]) == 2


@pytest.mark.parametrize(
    "bad",
    [
        entry("POST", "Observation", weight("ben")),
        entry("POST", "Observation", weight(derivedFrom=[{"reference": NAME.format(9)}])),
        entry("POST", "Observation", weight(derivedFrom=[{"reference": "Observation?code=8310-5"}])),
        entry("POST", "Observation", weight(derivedFrom=[{"reference": "Observation?_id=o-ben"}])),
        entry("POST", "Encounter", {"resourceType": "Encounter"}),
        entry("PUT", "Observation/o-ann", weight(id="o-ann")),
        entry("DELETE", "Observation/none"),
        entry("GET", "Patient/ben"),
        entry("GET", "Observation?nonsense=1"),
        entry("GET", "Nonsense"),
        entry("POST", "Observation", {"resourceType": "Patient"}),
        entry("PATCH", "Observation/o-ann", {"resourceType": "Binary"}),
    ],
)
def test_a_transaction_is_all_or_nothing(world: KeepingWorld, bad: dict[str, Any]) -> None:
    """One entry that is refused refuses all: nothing is kept, and the try is in the audit."""
    token, before = world.writer_token(), world.reader.last_change()
    response = send(world, "transaction", token, entry("POST", "Observation", weight()), bad)
    assert 400 <= response.status_code < 500, response.text
    assert response.json()["resourceType"] == "OperationOutcome"
    assert world.reader.last_change() == before
    assert world.audited(outcome="refused")[-1]["action"] == "bundle"


def test_a_transaction_is_carried_out_in_fhirs_order(world: KeepingWorld) -> None:
    """Deleted first, then made, then changed, then read: by then the version is the second."""
    token = world.writer_token()
    old, held = world.kept(token), world.kept(token)
    response = send(
        world, "transaction", token,
        entry("GET", f"Observation/{held['id']}"),
        entry("PUT", f"Observation/{held['id']}", held | {"status": "amended"}, ifMatch='W/"1"'),
        entry("POST", "Observation", weight()),
        entry("DELETE", f"Observation/{old['id']}"),
    )  # fmt: skip
    assert statuses(response) == ["200", "200", "201", "204"]
    assert response.json()["entry"][0]["resource"]["meta"]["versionId"] == "2"
    assert [event["action"] for event in world.audited(purpose="before it is kept")[-3:]] == [
        "delete",
        "create",
        "update",
    ]


def test_conditional_references_and_creates_in_a_transaction(world: KeepingWorld) -> None:
    """A reference by search becomes the one that it finds; what is there already is referred to, and not made again."""
    token = world.writer_token()
    mine = weight(identifier=[{"system": "https://vendor.example", "value": "1"}])
    held = world.kept(token, identifier=mine["identifier"])
    response = send(
        world, "transaction", token,
        entry("POST", "Observation", mine, NAME.format(1), ifNoneExist="identifier=https://vendor.example|1"),
        entry("POST", "Observation", weight(
            derivedFrom=[{"reference": NAME.format(1)}, {"reference": "Observation?_id=o-ann"}]
        )),
    )  # fmt: skip
    assert statuses(response) == ["200", "201"]
    referred = [one["reference"] for one in response.json()["entry"][1]["resource"]["derivedFrom"]]
    assert referred == [f"Observation/{held['id']}", "Observation/o-ann"]


def test_a_patch_in_a_bundle_is_a_binary(world: KeepingWorld) -> None:
    """Source: FHIR R4 3.1.0.11.1."""
    token = world.writer_token()
    held = world.kept(token)
    data = "W3sib3AiOiJyZXBsYWNlIiwicGF0aCI6Ii9zdGF0dXMiLCJ2YWx1ZSI6ImFtZW5kZWQifV0="
    binary = {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": data}
    response = send(world, "transaction", token, entry("PATCH", f"Observation/{held['id']}", binary))
    assert statuses(response) == ["200"]
    assert response.json()["entry"][0]["resource"]["status"] == "amended"


def test_a_resource_stands_once_in_a_transaction(world: KeepingWorld) -> None:
    """Two entries about one resource, or two of one name, are refused."""
    token = world.writer_token()
    held = world.kept(token)
    path = f"Observation/{held['id']}"
    assert is_outcome(send(world, "transaction", token, entry("PUT", path, held), entry("DELETE", path)), 400)
    twice = [entry("POST", "Observation", weight(), NAME.format(1))] * 2
    assert is_outcome(send(world, "transaction", token, *twice), 400)


def test_what_is_deleted_beside_it_is_not_referred_to(world: KeepingWorld) -> None:
    """A reference to what the same transaction deletes is refused."""
    token = world.writer_token()
    path = f"Observation/{world.kept(token)['id']}"
    made = entry("POST", "Observation", weight(derivedFrom=[{"reference": path}]))
    assert is_outcome(send(world, "transaction", token, made, entry("DELETE", path)), 422)


def test_each_entry_needs_its_own_scope_and_context(world: KeepingWorld) -> None:
    """What alone would be refused is refused in a Bundle: another type, another patient."""
    token = world.writer_token(scope=SOME)
    response = send(
        world, "batch", token,
        entry("GET", "Patient/ann"),
        entry("GET", "Encounter"),
        entry("POST", "DiagnosticReport", {"resourceType": "DiagnosticReport"}),
        entry("GET", "Observation/o-ann"),
        entry("GET", "Observation/o-ben"),
        entry("GET", "Patient/ben/Observation"),
    )  # fmt: skip
    assert statuses(response) == ["403", "403", "403", "200", "403", "403"]
    assert statuses(send(world, "batch", world.writer_token(BEN), entry("GET", "Observation/o-ann"))) == ["403"]


@pytest.mark.parametrize(
    ("bundle", "status"),
    [
        ({"resourceType": "Patient"}, 400),
        ({"resourceType": "Bundle"}, 400),
        ({"resourceType": "Bundle", "type": "searchset"}, 400),
        ({"resourceType": "Bundle", "type": "batch", "entry": {}}, 400),
        ({"resourceType": "Bundle", "type": "batch", "entry": ["x"]}, 400),
        ({"resourceType": "Bundle", "type": "batch", "entry": [{"request": {"method": "TRACE", "url": "x"}}]}, 400),
        ({"resourceType": "Bundle", "type": "batch", "entry": [{"request": {"method": "GET", "url": "a\r\nb"}}]}, 400),
        ({"resourceType": "Bundle", "type": "batch", "entry": [{"request": {"method": "GET", "url": 7}}]}, 400),
        ({"resourceType": "Bundle", "type": "batch", "entry": [{"request": {"method": "POST", "url": "x"}}]}, 400),
        ({"resourceType": "Bundle", "type": "batch", "entry": [entry("GET", "Patient/ann")] * 101}, 413),
        ([], 400),
    ],
)
def test_a_bundle_that_is_none_is_refused(world: KeepingWorld, bundle: object, status: int) -> None:
    """Another resource or type, odd entries, too many: refused as a whole, with the place."""
    assert is_outcome(world.send("POST", "", world.writer_token(), bundle), status)


def test_a_bundle_in_a_bundle_is_not_carried_out(world: KeepingWorld) -> None:
    """A batch within a batch is no interaction."""
    inner = {"resourceType": "Bundle", "type": "batch", "entry": [entry("GET", "Patient/ann")]}
    assert statuses(send(world, "batch", world.writer_token(), entry("POST", "", inner))) == ["404"]


def test_an_empty_bundle_is_answered_empty(world: KeepingWorld) -> None:
    """Nothing asked, nothing done."""
    response = send(world, "transaction", world.writer_token())
    assert (response.status_code, response.json().get("entry")) == (200, None)


def test_without_a_token_nothing_of_it_is_read(world: KeepingWorld) -> None:
    """401 before the body is looked at."""
    assert is_outcome(world.send("POST", "", None, {"resourceType": "Bundle", "type": "batch"}), 401)
