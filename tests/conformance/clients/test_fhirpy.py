"""PyPI `fhirpy`, as it is installed, over TLS, by requests and by aiohttp. It has no launch of its own: it is given a token."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import closing

import pytest
from fhirclient.client import FHIRClient  # type: ignore[import-untyped]  # it tells no types
from fhirpy import AsyncFHIRClient, SyncFHIRClient
from fhirpy.base.exceptions import AuthorizationError, ForbiddenError, OperationOutcome, ResourceNotFound

from conformance.clients.asked import REGISTERED, SCOPE
from conformance.clients.learnt import A_PAGE, NOT_IN_EHR
from conformance.clients.person import Doctor
from conformance.clients.served import Served

BACK = "http://127.0.0.1:9/back"


@pytest.fixture(scope="module")
def smart(hospital: Served) -> Iterator[FHIRClient]:
    """What launches for it: another public client, of the same machine."""
    hospital.register("fhirpy", BACK, REGISTERED)
    person = Doctor(hospital)
    launching = FHIRClient({"app_id": "fhirpy", "api_base": hospital.base, "redirect_uri": BACK, "scope": SCOPE})
    with closing(person), closing(launching.server.session), pytest.MonkeyPatch.context() as patch:  # before `trust`
        patch.setenv("REQUESTS_CA_BUNDLE", str(hospital.certified.authority))
        patch.setenv("NO_PROXY", "*")
        launching.handle_callback(person.goes(launching.authorize_url, BACK))
        yield launching


def bearer(smart: FHIRClient) -> str:
    return f"Bearer {smart.server.auth.access_token}"


def test_it_reads_searches_and_keeps(hospital: Served, smart: FHIRClient) -> None:
    """Read, search to the last page, sorted and included; create, update, delete of what is kept; nobody else's."""
    client = SyncFHIRClient(hospital.base, authorization=bearer(smart))
    patient = client.reference("Patient", hospital.patient).to_resource()
    assert patient["name"][0]["family"] == hospital.family
    observations = client.resources("Observation").search(patient=hospital.patient)
    found = [one["id"] for one in observations.limit(A_PAGE).fetch_all()]
    assert len(found) == len(hospital.observations)
    assert set(found) == hospital.observations
    newest = observations.sort("-date").first()
    assert newest is not None
    assert newest["id"] in hospital.observations
    including = observations.include("Observation", "patient").limit(1)
    if "Observation:patient" in hospital.declared("Observation").get("searchInclude", ()):
        assert {entry["search"]["mode"] for entry in including.fetch_raw()["entry"]} == {"match", "include"}
    else:  # what is asked of a record system brings nothing along, as the CapabilityStatement says
        with pytest.raises(OperationOutcome, match="_include"):
            including.fetch_raw()
    kept = client.resource("Condition", subject=patient.to_reference(), code={"text": "Felt dizzy"})
    kept.save()
    assert [f"{tag['system']}|{tag['code']}" for tag in kept["meta"]["tag"]] == [NOT_IN_EHR]
    kept["code"]["text"] = "Felt dizzy on standing"
    kept.save()
    kept.refresh()
    assert kept["code"]["text"] == "Felt dizzy on standing"
    kept.delete()  # type: ignore[no-untyped-call]  # it tells no types here
    with pytest.raises(ResourceNotFound):
        client.reference("Condition", kept["id"]).to_resource()
    with pytest.raises(ForbiddenError):
        client.reference("Patient", hospital.other).to_resource()


def test_what_it_does_outside_the_standard_is_refused_in_words(hospital: Served, smart: FHIRClient) -> None:
    """Its count() asks by _totalMethod, and its patch() sends a merge patch: neither is FHIR R4, and each is told."""
    client = SyncFHIRClient(hospital.base, authorization=bearer(smart))
    with pytest.raises(OperationOutcome, match="_totalMethod"):
        client.resources("Observation").search(patient=hospital.patient).count()
    with pytest.raises(OperationOutcome, match="json-patch"):
        client.reference("Condition", "any").patch(code={"text": "x"})


def test_a_refreshed_token_is_as_good_and_a_made_up_one_is_none(hospital: Served, smart: FHIRClient) -> None:
    """What is given to it after a refresh is taken; anything else is told to be no token."""
    assert smart.reauthorize()
    SyncFHIRClient(hospital.base, authorization=bearer(smart)).reference("Patient", hospital.patient).to_resource()
    with pytest.raises(AuthorizationError):
        SyncFHIRClient(hospital.base, authorization="Bearer made-up").resources("Observation").fetch()


def test_the_asynchronous_one_reads_every_page(hospital: Served, smart: FHIRClient) -> None:
    """By aiohttp, which is told whom to trust by a setting of the client."""
    trust = ssl.create_default_context(cafile=str(hospital.certified.authority))
    client = AsyncFHIRClient(hospital.base, authorization=bearer(smart), aiohttp_config={"ssl": trust})

    async def read() -> list[str]:
        search = client.resources("Observation").search(patient=hospital.patient).limit(A_PAGE)
        return [one["id"] async for one in search]

    assert set(asyncio.run(read())) == hospital.observations
