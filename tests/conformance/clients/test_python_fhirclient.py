"""PyPI `fhirclient`, as it is installed, over TLS: its models are strict, and it asks the CapabilityStatement where to go."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
from fhirclient.client import FHIRClient  # type: ignore[import-untyped]  # it tells no types
from fhirclient.models.condition import Condition  # type: ignore[import-untyped]  # it tells no types
from fhirclient.models.observation import Observation  # type: ignore[import-untyped]  # it tells no types
from fhirclient.models.patient import Patient  # type: ignore[import-untyped]  # it tells no types
from fhirclient.server import FHIRPermissionDeniedException, FHIRUnauthorizedException  # type: ignore[import-untyped]  # it tells no types
from requests.exceptions import SSLError

from conformance.clients.asked import REGISTERED, SCOPE
from conformance.clients.learnt import A_PAGE, NOT_IN_EHR, must_be_paged
from conformance.clients.person import Doctor
from conformance.clients.served import Served

BACK = "http://127.0.0.1:9/back"
LAUNCH = "http://127.0.0.1:9/launch"


@contextmanager
def client(hospital: Served, id_: str, **more: str) -> Iterator[FHIRClient]:
    """The client, registered and not launched yet; its connections are given back."""
    told = hospital.register(id_, BACK, REGISTERED, "--launch", LAUNCH, *(["--secret"] if "secret" in id_ else []))
    if "client_secret" in told:
        more["app_secret"] = told["client_secret"]
    smart = FHIRClient({"app_id": id_, "api_base": hospital.base, "redirect_uri": BACK, "scope": SCOPE, **more})
    with closing(smart.server.session):
        yield smart


def must_work(hospital: Served, smart: FHIRClient) -> None:
    """Read, search to the last page, refresh, create; and nobody else's."""
    assert smart.patient_id == hospital.patient
    assert smart.patient.name[0].family == hospital.family
    search = Observation.where({"patient": hospital.patient, "_count": str(A_PAGE)})
    pages = search.perform_iter(smart.server)
    must_be_paged(hospital, [[entry.resource.id for entry in page.entry] for page in pages])
    before = smart.server.auth.access_token
    assert smart.reauthorize()
    assert smart.server.auth.access_token != before
    about = {"reference": f"Patient/{hospital.patient}"}
    told = Condition({"subject": about, "code": {"text": "Felt dizzy"}}).create(smart.server)
    kept = Condition.read(told["id"], smart.server)
    assert [f"{tag.system}|{tag.code}" for tag in kept.meta.tag] == [NOT_IN_EHR]
    kept.code.text = "Felt dizzy on standing"
    kept.update(smart.server)
    assert Condition.read(told["id"], smart.server).code.text == "Felt dizzy on standing"
    kept.delete(smart.server)
    with pytest.raises(FHIRPermissionDeniedException):
        Patient.read(hospital.other, smart.server)
    smart.server.auth.access_token = "made-up"
    with pytest.raises(FHIRUnauthorizedException):
        Patient.read(hospital.patient, smart.server)


@pytest.mark.parametrize("id_", ["python-public", "python-secret"])
def test_standalone(hospital: Served, doctor: Doctor, id_: str) -> None:
    """Launched by itself, public or with a secret: sent where the CapabilityStatement says, patient chosen, consent given."""
    with client(hospital, id_) as smart:
        smart.handle_callback(doctor.goes(smart.authorize_url, BACK))
        assert doctor.pages == ["/sign-in", "/choose-patient", "/consent"]
        must_work(hospital, smart)


def test_launched_from_the_ehr(hospital: Served, doctor: Doctor) -> None:
    """With the launch of the address that `tabard hospital launch` prints no patient is asked for."""
    with client(hospital, "python-ehr") as registered:
        del registered
    told = parse_qs(urlsplit(hospital.launch("python-ehr", "--for", "doctor")).query)
    more = {"app_id": "python-ehr", "redirect_uri": BACK, "scope": SCOPE}
    smart = FHIRClient({**more, "api_base": told["iss"][0], "launch_token": told["launch"][0]})
    with closing(smart.server.session):
        smart.handle_callback(doctor.goes(smart.authorize_url, BACK))
        assert doctor.pages == ["/sign-in", "/consent"]
        must_work(hospital, smart)


def test_without_the_authority_it_asks_nothing(hospital: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the others find is found by verified TLS."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with client(hospital, "python-stranger") as smart, pytest.raises(SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        smart.prepare()
