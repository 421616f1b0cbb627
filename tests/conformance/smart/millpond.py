"""The same pretend hospital where it stands before a Millennium: its people are in the record, their results asked of the chart."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from conformance.smart.smart_world import SmartWorld
from edge.ehr.millpond import KEY, MRN, NHS, SYSTEMS
from edge.out.receivers import receiver
from engines import record_in
from tabard.fhir import Resource
from tabard.gateway import Gateway
from tabard.ground.ids import KeyedIds
from tabard.ground.time import system_clock
from tabard.link import Ehr, FhirSettings, LinkSettings, add_link, link_key, load_link, make_link_key
from tabard.record import RecordReader, RecordWriter
from tabard.sandbox import FULL_BLOOD_COUNT, VITAL_SIGNS, PretendMillennium
from unit.gateway.world import patient

_LINK = "millennium"
_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Chart:
    """A Millennium in which Ann has vital signs and a blood count, and Ben vital signs; `people` are their hospital numbers."""

    millennium: PretendMillennium
    people: dict[str, str]

    def known_to(self, folder: Path) -> FhirSettings:
        """The way to it from a hospital in `folder`, with a key of its own."""
        settings = FhirSettings(
            self.millennium.fhir_base, "tabard", SYSTEMS, key=make_link_key(folder, _LINK), patience_s=_PATIENCE_S
        )
        add_link(folder, LinkSettings(name=_LINK, dialect="millennium-uk", port=0, fhir=settings))
        self.millennium.register_client("tabard", link_key(folder, load_link(folder, _LINK)).pem)
        return settings

    def told(self, name: str, family: str) -> Resource:
        """Somebody of the pretend hospital as its feed tells them: by their numbers, and born when the chart says."""
        person = self.millennium.census.person(self.people[name])
        numbers = [{"system": MRN, "value": person.mrn}]
        numbers += [{"system": NHS, "value": person.nhs_number}] if person.nhs_number else []
        names = [{"family": family}, {"family": person.family, "given": [person.given]}]
        return {
            **patient(name, family),
            "name": names,
            "birthDate": person.born.isoformat(),
            "identifier": numbers,
            "active": True,
        }


@contextmanager
def a_chart() -> Iterator[Chart]:
    """One for as many hospitals as like; its feed is heard by nobody in particular."""
    with receiver() as feed:
        millennium = PretendMillennium("127.0.0.1", feed.port, seed=3)
        try:
            millennium.start()
            people = {name: millennium.admit("Teal").event.person.mrn for name in ("ann", "ben")}
            for name, panel in (("ann", VITAL_SIGNS), ("ann", FULL_BLOOD_COUNT), ("ben", VITAL_SIGNS)):
                millennium.result(people[name], panel)
            yield Chart(millennium, people)
        finally:
            millennium.close()


class AtMillpond(SmartWorld):
    """The hospital of the SMART tests, whose results are in that chart."""

    def __init__(self, folder: Path, chart: Chart) -> None:
        RecordWriter(record_in(folder)).close()
        self._beside = RecordReader(record_in(folder))
        self.ehr = Ehr(folder, _LINK, chart.known_to(folder), self._beside, KeyedIds(KEY), system_clock)
        super().__init__(folder, self.ehr.record)
        self.put(chart.told("ann", "Archer"), chart.told("ben", "Bell"))

    def open(self) -> Gateway:
        """The gateway, which knows what is asked of the chart."""
        self.elsewhere = self.ehr.record.elsewhere
        return super().open()

    def results(self, patient_id: str, category: str) -> set[str]:
        """The ids of what the chart has of a kind."""
        asked = [("patient", patient_id), ("category", category)]
        return {one.id for one in self.record.search("Observation", asked).matches}

    def close(self) -> None:
        """Give everything back."""
        super().close()
        self.ehr.stop()
        self._beside.close()
