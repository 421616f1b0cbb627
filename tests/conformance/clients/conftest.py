"""Two hospitals served over TLS, for every client the one and the other, and a doctor who uses their pages."""

from collections.abc import Iterator

import pytest

from conformance.clients.certified import certified
from conformance.clients.ehrs import lorenzo, millennium
from conformance.clients.person import Doctor
from conformance.clients.served import Served, served


@pytest.fixture(scope="session", params=[lorenzo, millennium], ids=["elsewhere", "millpond"])
def hospital(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The hospital, served until the last test there is over."""
    folder = tmp_path_factory.mktemp("clients")
    with served(folder / "hospital", certified(folder / "tls"), request.param) as running:
        yield running


@pytest.fixture
def doctor(hospital: Served) -> Iterator[Doctor]:
    """Somebody signed in nowhere yet."""
    person = Doctor(hospital)
    yield person
    person.close()


@pytest.fixture(autouse=True)
def trust(hospital: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `requests`, by which the Python clients ask, reads of the environment: whom to trust, and no proxy."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(hospital.certified.authority))
    monkeypatch.setenv("NO_PROXY", "*")
