"""Bulk export: a backend service fetches all that it may see, and nobody else anything."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tabard.fhir.scopes import parse
from tabard.gateway.export.jobs import KEPT
from tabard.gateway.model import SYSTEM, ClientKind, PatientContext, Rights, WholeHospital
from unit.gateway.test_shielding import hidden
from unit.gateway.world import BASE, World, a_world, is_outcome, patient

ASYNC = {"Prefer": "respond-async", "Accept": "application/fhir+json"}
ALL = "system/*.rs"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


def service(world: World, scopes: str = ALL, client: str = "service") -> str:
    """An access token of a backend service."""
    rights = Rights(
        f"system/{client}", frozenset({SYSTEM}), parse(scopes), WholeHospital(), client, f"g-{client}",
        client_kind=ClientKind.backend,
    )  # fmt: skip
    return world.gateway._grants.lend(rights, timedelta(hours=1))


def ask(world: World, url: str, token: str, method: str = "GET", **headers: str) -> httpx.Response:
    whole = url if url.startswith("http") else f"{BASE}/{url}"
    return world.ask(method, whole, headers={"Authorization": f"Bearer {token}", **ASYNC, **headers})


def exported(world: World, url: str, token: str) -> dict[str, Any]:
    """The manifest, once it is there."""
    begun = ask(world, url, token)
    assert begun.status_code == 202, begun.text
    status = begun
    for _ in range(6000):
        status = ask(world, begun.headers["content-location"], token)
        if status.status_code != 202:
            break
    assert status.status_code == 200, status.text
    told: dict[str, Any] = status.json()
    return told


def resources(world: World, manifest: dict[str, Any], token: str) -> dict[str, list[dict[str, Any]]]:
    """What the files hold, by type."""
    found = {}
    for one in manifest["output"]:
        answer = ask(world, one["url"], token)
        assert answer.headers["content-type"] == "application/fhir+ndjson"
        found[one["type"]] = [json.loads(line) for line in answer.text.splitlines()]
        assert len(found[one["type"]]) == one["count"]
    return found


def test_everything_is_exported_once(world: World) -> None:
    """Each type a file, each resource a line; the manifest says as of when, and that a token is needed."""
    token = service(world)
    manifest = exported(world, "$export", token)
    assert (manifest["request"], manifest["requiresAccessToken"], manifest["error"]) == (f"{BASE}/$export", True, [])
    found = resources(world, manifest, token)
    assert {one["id"] for one in found["Patient"]} == {"ann", "ben", "cat"}
    assert {one["id"] for one in found["Observation"]} == {"o-ann", "o-ann-old", "o-ben"}
    assert len(found["Practitioner"]) == 5


def test_of_patients_alone_no_ward_is_exported(world: World) -> None:
    """`Patient/$export` is the compartments of all patients."""
    token = service(world)
    found = resources(world, exported(world, "Patient/$export", token), token)
    assert {"Patient", "Encounter", "Observation"} <= found.keys()
    assert not {"Location", "Practitioner", "Organization"} & found.keys()


def test_types_and_changes_alone(world: World) -> None:
    """`_type` and `_since` leave what was asked."""
    world.clock.pass_(hours=1)
    token = service(world)
    world.put({**patient("ann", "Archer"), "gender": "female"})
    since = world.clock().isoformat()
    url = f"$export?_type=Patient,Encounter&_since={since.replace('+', '%2B')}"
    found = resources(world, exported(world, url, token), token)
    assert {kind: [one["id"] for one in held] for kind, held in found.items()} == {"Patient": ["ann"]}


def test_what_is_hidden_or_restricted_is_not_exported(world: World) -> None:
    """The policy of reading is the policy of exporting."""
    token = service(world)
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
    world.put(
        hidden(),
        {
            "resourceType": "Observation",
            "id": "o-secret",
            "status": "final",
            "meta": {"security": [label]},
            "subject": {"reference": "Patient/ben"},
        },
    )
    found = resources(world, exported(world, "$export", token), token)
    told = json.dumps(found)
    assert "LS1" not in told
    assert "0113" not in told
    assert "o-secret" not in told
    assert "ann" in {one["id"] for one in found["Patient"]}


def test_the_audit_knows_whom_was_exported(world: World) -> None:
    """Who looked at me is answered by an export too; the secret of its address is not in the audit."""
    token = service(world)
    manifest = exported(world, "$export?_type=Observation", token)
    resources(world, manifest, token)
    (event,) = world.audited(action="export")
    assert set(event["patients"]) == {"ann", "ben"}
    assert world.audited(action="export-file")[0]["resource"] == "Observation"
    kept = b"".join(path.read_bytes() for path in (world.folder / "audit").glob("*.ndjson"))
    assert manifest["output"][0]["url"].split("/")[-2].encode() not in kept


@pytest.mark.parametrize(
    ("url", "scopes", "status"),
    [
        ("$export?_type=Patient", "system/Observation.rs", 403),
        ("$export?_type=Nothing", ALL, 400),
        ("$export?_type=AuditEvent", ALL, 400),
        ("$export?_typeFilter=Patient%3Fname%3Dx", ALL, 400),
        ("$export?_outputFormat=text/csv", ALL, 400),
        ("$export?_since=yesterday", ALL, 400),
        ("$export?_type=Patient&_type=Encounter", ALL, 400),
        ("$export", "", 403),
        ("Group/g/$export", ALL, 404),
    ],
)
def test_what_is_not_understood_or_not_within_the_scopes_begins_nothing(
    world: World, url: str, scopes: str, status: int
) -> None:
    """Refused in words, and written down."""
    answer = ask(world, url, service(world, scopes))
    assert is_outcome(answer, status), answer.text
    assert not list((world.folder / "exports").glob("*"))


def test_a_scope_leaves_its_types(world: World) -> None:
    """Without `_type` everything that the scopes allow."""
    token = service(world, "system/Observation.rs")
    assert resources(world, exported(world, "$export", token), token).keys() == {"Observation"}


def test_an_export_must_be_asked_for_as_one(world: World) -> None:
    """Nobody waits for a whole hospital by mistake."""
    assert is_outcome(ask(world, "$export", service(world), Prefer=""), 400)


def test_a_person_exports_nothing(world: World) -> None:
    """A token of a launch, whatever its scopes; and no token."""
    assert is_outcome(ask(world, "$export", world.access(PatientContext("ann"))), 403)
    assert is_outcome(ask(world, "$export", "guessed"), 401)


def test_an_export_is_its_clients_alone(world: World) -> None:
    """Another service finds neither its status nor its files; whoever lost the scopes finds nothing either."""
    token, other = service(world), service(world, client="other")
    begun = ask(world, "$export?_type=Patient", token)
    place = begun.headers["content-location"]
    manifest = exported(world, "$export?_type=Patient", token)
    url = manifest["output"][0]["url"]
    for where in (
        place,
        url,
        f"{url}x",
        url.replace("Patient.ndjson", "job.json"),
        url.replace("Patient.ndjson", "../x"),
    ):
        assert ask(world, where, other).status_code == 404
    assert ask(world, url.replace("Patient.ndjson", "job.json"), token).status_code == 404


def test_a_narrower_token_fetches_no_more_than_it_may(world: World) -> None:
    """A token of the same service without the scope does not get the file."""
    url = exported(world, "$export?_type=Patient", service(world))["output"][0]["url"]
    assert is_outcome(ask(world, url, service(world, "system/Observation.rs")), 403)


def test_an_export_can_be_taken_away_and_goes_in_time(world: World) -> None:
    """By its client at once, else after a day; then nothing of it is on the disk."""
    token = service(world)
    manifest = exported(world, "$export?_type=Patient", token)
    place = manifest["output"][0]["url"].replace("$export-file", "$export-status").rpartition("/")[0]
    assert ask(world, place, token, "DELETE").status_code == 202
    assert ask(world, place, token).status_code == 404
    assert not list((world.folder / "exports").glob("*"))
    kept = exported(world, "$export?_type=Patient", token)["output"][0]["url"]
    world.clock.now += KEPT
    assert ask(world, kept, service(world)).status_code == 404
    assert not list((world.folder / "exports").glob("*"))


def test_finished_exports_outlive_a_restart_and_unfinished_ones_do_not(world: World) -> None:
    """Files are for their owner alone on the disk too."""
    token = service(world)
    url = exported(world, "$export?_type=Patient", token)["output"][0]["url"]
    files = [path for path in (world.folder / "exports").rglob("*") if path.is_file()]
    assert {oct(path.stat().st_mode & 0o777) for path in files} == {"0o600"}
    world.restart()
    assert ask(world, url, service(world)).status_code == 200
