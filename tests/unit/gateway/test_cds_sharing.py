"""One firing reads once what several services ask for, and only where policy would give each the very same answer."""

from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Any, cast

import pytest

from tabard.fhir.scopes import parse
from tabard.gateway import PatientContext
from tabard.gateway.api.found import Found
from tabard.gateway.api.reading import Reading
from tabard.gateway.cds import Advice, Hook, Occasion, Service
from tabard.gateway.cds.prefetching import Prefetched, prefetched
from tabard.gateway.cds.sharing import Sharing
from tabard.gateway.model import Rights
from tabard.ground.errors import PeerError
from unit.gateway.test_cds import Place, Servers
from unit.gateway.world import World, a_world

ROLES = frozenset({"clinician"})
ANN = Occasion(Hook.patient_view, PatientContext("ann"), "p-sister", ROLES, "Practitioner/sister")
PATIENT = ("patient", "Patient/{{context.patientId}}")
RESULTS = ("results", "Observation?patient={{context.patientId}}")
BOTH = "patient/Patient.r patient/Observation.rs"


class Counted:
    """A reading that counts, or that fails as it is told to."""

    def __init__(self, reading: Reading, fault: Exception | None = None) -> None:
        self.reading, self.fault = reading, fault
        self.asked: list[str] = []
        self._lock = Lock()

    def read(self, rights: Rights, kind: str, id_: str) -> Found:
        """One resource."""
        self._count(f"{kind}/{id_}")
        return self.reading.read(rights, kind, id_)

    def search(self, rights: Rights, kind: str, pairs: Any) -> Found:
        """A page."""
        self._count(kind)
        return self.reading.search(rights, kind, pairs)

    def _count(self, asked: str) -> None:
        with self._lock:
            self.asked.append(asked)
        if self.fault is not None:
            raise self.fault


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


@pytest.fixture
def counted(world: World) -> Counted:
    return Counted(world.gateway.door.reading)


def rights(scopes: str = BOTH, grant: str = "one", context: PatientContext | None = None) -> Rights:
    """Those of a service, lent for a call."""
    return Rights("p-sister", ROLES, parse(scopes), context or PatientContext("ann"), f"product-{grant}", grant)


def had(counted: Counted, sharing: Sharing, asked: Rights, *templates: tuple[str, str]) -> Prefetched:
    """What one service is given."""
    return prefetched(cast("Reading", counted), asked, ANN, templates, sharing)


def test_services_that_may_see_the_same_share_one_read(counted: Counted) -> None:
    """Two products with the same scopes: two reads in all, and both are given both."""
    sharing = Sharing()
    told = [had(counted, sharing, rights(grant=grant), PATIENT, RESULTS) for grant in ("one", "two")]
    assert counted.asked == ["Patient/ann", "Observation"]
    assert told[0] == told[1]
    assert set(told[0].values) == {"patient", "results"}


def test_scopes_over_other_types_do_not_part_them(counted: Counted) -> None:
    """Whoever may see more besides is given the same of what both ask for."""
    sharing = Sharing()
    had(counted, sharing, rights(), RESULTS)
    had(counted, sharing, rights(f"{BOTH} patient/Condition.rs", "two"), RESULTS)
    assert counted.asked == ["Observation"]


@pytest.mark.parametrize(
    "scopes",
    [
        "patient/Patient.r patient/Observation.rs?category=laboratory",
        "patient/Patient.r patient/Observation.r",
        "patient/Patient.r user/Observation.rs",
        "patient/Patient.r",
    ],
)
def test_other_scopes_over_what_is_asked_never_share(counted: Counted, scopes: str) -> None:
    """What a narrower service is given is what it would have been given alone, whoever was asked before."""
    alone = had(counted, Sharing(), rights(scopes, "two"), RESULTS)
    counted.asked.clear()
    sharing = Sharing()
    had(counted, sharing, rights(), RESULTS)
    assert had(counted, sharing, rights(scopes, "two"), RESULTS) == alone
    assert counted.asked == ["Observation", "Observation"]


@pytest.mark.parametrize(
    "query",
    ["Observation?patient=ann&_include=Observation:patient", "Observation?patient.name=x", "Practitioner?_id=gp"],
)
def test_what_looks_at_other_types_is_shared_by_all_scopes_alone(counted: Counted, query: str) -> None:
    """Where scopes over other types decide too, any that differs parts them."""
    sharing = Sharing()
    had(counted, sharing, rights(), ("it", query))
    had(counted, sharing, rights(f"{BOTH} patient/Condition.rs", "two"), ("it", query))
    assert len(counted.asked) == 2


def test_another_patients_read_is_another(counted: Counted) -> None:
    """The same query in another context is never answered by the first one's answer."""
    sharing = Sharing()
    had(counted, sharing, rights(), ("it", "Patient/ann"))
    other = had(counted, sharing, rights(context=PatientContext("ben")), ("it", "Patient/ann"))
    assert other.missing == ("it",)


def test_a_link_onward_is_each_services_own(counted: Counted) -> None:
    """A page with another behind it is read for each: its link is good for one grant."""
    sharing = Sharing()
    template = ("results", "Observation?patient={{context.patientId}}&_count=1")
    had(counted, sharing, rights(), template)
    had(counted, sharing, rights(grant="two"), template)
    assert counted.asked == ["Observation", "Observation"]


def test_what_fails_is_missing_for_all_and_holds_up_nobody(world: World) -> None:
    """A record system that does not answer is asked once, and each service is told what it lacks."""
    counted, sharing = Counted(world.gateway.door.reading, PeerError("It does not answer.")), Sharing()
    told = [had(counted, sharing, rights(grant=grant), PATIENT) for grant in ("one", "two")]
    assert [one.missing for one in told] == [("patient",), ("patient",)]
    assert counted.asked == ["Patient/ann"]


def test_a_firing_reads_once_and_the_audit_has_each_by_itself(world: World) -> None:
    """Three services, one read; each event says what its own product was given."""
    services = [
        Service("board", "Board", f"s{number}", Hook.patient_view, "S", "S", (PATIENT,), BOTH, 5.0)
        for number in range(3)
    ]
    place = Place(world, Servers(*services))
    counted = Counted(place.asking.reading)
    object.__setattr__(place.asking, "reading", counted)
    told: tuple[Advice, ...] = place.advise(ANN)
    again = place.advise(ANN)
    place.advising.close()
    assert [one.fault for one in (*told, *again)] == [""] * 6
    assert counted.asked == ["Patient/ann"] * 2
    assert [one["seen"] for one in world.audited(action="hook")] == [["Patient/ann"]] * 6
