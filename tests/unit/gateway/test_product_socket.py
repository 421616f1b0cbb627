"""On a product's own socket its server is served the FHIR API alone, and by tokens that are its own."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from tabard.fhir.scopes import parse
from tabard.gateway import PatientContext
from tabard.gateway.model import Rights
from unit.gateway.world import BASE, World

SCOPES = parse("patient/Patient.r patient/Observation.rs")


class Inside:
    """What a process in a product's sandbox can ask."""

    def __init__(self, world: World, product: str) -> None:
        self.world = world
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(world.gateway.socket_of(product)), base_url=BASE)

    def get(self, path: str, token: str | None = None, method: str = "GET") -> httpx.Response:
        """The answer."""
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        return self.world.runner.run(self.http.request(method, f"http://localhost:8000{path}", headers=headers))


@pytest.fixture
def inside(world: World) -> Iterator[Inside]:
    product = Inside(world, "board")
    yield product
    world.runner.run(product.http.aclose())


def lent(world: World, product: str = "board", patient: str = "ann") -> str:
    rights = Rights("p-sister", frozenset({"clinician"}), SCOPES, PatientContext(patient), product, "call-1")
    return world.gateway._grants.lend(rights, timedelta(seconds=5))


def test_a_lent_token_reads_its_one_patient(world: World, inside: Inside) -> None:
    """The patient whom the call is about, and nobody else."""
    token = lent(world)
    assert inside.get("/fhir/Patient/ann", token).json()["id"] == "ann"
    found = inside.get("/fhir/Observation?patient=Patient/ann", token).json()["entry"]
    assert {entry["resource"]["id"] for entry in found} == {"o-ann", "o-ann-old"}
    assert inside.get("/fhir/Patient/ben", token).status_code in (403, 404)
    assert inside.get("/fhir/Encounter/e-ann", token).status_code == 403


def test_a_token_of_another_product_is_worth_nothing(world: World, inside: Inside) -> None:
    """However it was come by; the same token is good on its own product's socket."""
    stolen = lent(world, "rival")
    assert inside.get("/fhir/Patient/ann", stolen).status_code == 401
    rival = Inside(world, "rival")
    assert rival.get("/fhir/Patient/ann", stolen).status_code == 200
    world.runner.run(rival.http.aclose())


def test_without_a_call_nothing_is_seen(world: World, inside: Inside) -> None:
    """The socket says which product asks, not for whom: without a lent token, or after its time, nothing is answered."""
    assert inside.get("/fhir/Patient/ann").status_code == 401
    token = lent(world)
    world.clock.pass_(seconds=6)
    assert inside.get("/fhir/Patient/ann", token).status_code == 401
    token = lent(world)
    world.gateway._grants.take_back("call-1")
    assert inside.get("/fhir/Patient/ann", token).status_code == 401


@pytest.mark.parametrize(
    "path", ["/auth/token", "/auth/authorize", "/", "/fhirs/Patient/ann", "/portal", "/fhir/../auth/token"]
)
def test_nothing_but_the_fhir_api_is_there(inside: Inside, path: str) -> None:
    """What gives tokens, and the portal, cannot be asked from a sandbox."""
    assert inside.get(path).status_code in (401, 404)
    assert inside.get(path, method="POST").status_code in (401, 404, 405)


def test_what_the_server_can_do_may_be_asked_by_anybody(inside: Inside) -> None:
    """Its statement holds nothing about patients."""
    assert inside.get("/fhir/metadata").json()["resourceType"] == "CapabilityStatement"


def test_each_question_is_in_the_audit(world: World, inside: Inside) -> None:
    """By product and patient, under the grant of the call."""
    inside.get("/fhir/Patient/ann", lent(world))
    event = [one for one in world.audited() if one["action"] == "read"][-1]
    assert (event["client"], event["grant"], event["person"]) == ("board", "call-1", "p-sister")
