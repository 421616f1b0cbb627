"""The directory: the trust, its places and its doctors in the chart, each entered when first spoken of."""

from datetime import datetime

from tabard.sandbox.layout import Clinician, Layout, Place
from tabard.sandbox.millennium import place_resources as places
from tabard.sandbox.millennium.adt import bay_of
from tabard.sandbox.millennium.chart import Chart
from tabard.sandbox.millennium.coding import Codes
from tabard.sandbox.millennium.numbers import Numbers
from tabard.sandbox.millennium.visit_resources import Lain

_KINDS = (places.SITE, places.WARD, places.BAY, places.BED)


class Directory:
    """Knows under which ids the chart has places and doctors."""

    def __init__(self, chart: Chart, layout: Layout, codes: Codes, numbers: Numbers) -> None:
        self._chart = chart
        self._layout = layout
        self._codes = codes
        self._numbers = numbers
        self._doctors: dict[str, str] = {}
        self._locations: dict[tuple[str, ...], str] = {}
        self._organization: str | None = None

    def bed(self, place: Place, since: datetime) -> Lain:
        """The bed's Location, with those of its bay, its ward and the site above it."""
        path = (self._layout.site, place.ward, bay_of(place.bed), place.bed)
        above: str | None = None
        for depth, kind in enumerate(_KINDS, start=1):
            above = self._location(path[:depth], kind, above, since)
        return Lain(str(above), ", ".join((self._layout.name, *path[1:])), since)

    def doctor(self, doctor: Clinician, at: datetime) -> str:
        """The Practitioner's id."""
        if doctor.code not in self._doctors:
            id_ = self._doctors[doctor.code] = self._numbers.next("Practitioner")
            self._chart.put(places.practitioner(self._codes, id_, doctor), at)
        return self._doctors[doctor.code]

    def _location(self, path: tuple[str, ...], kind: tuple[str, str, str], above: str | None, at: datetime) -> str:
        if path not in self._locations:
            id_ = self._locations[path] = self._numbers.next("Location")
            name = self._layout.name if above is None else path[-1]
            told = places.location(self._codes, id_, name, kind, self._trust(at))
            if above is not None:
                told["partOf"] = {"reference": f"Location/{above}"}
            self._chart.put(told, at)
        return self._locations[path]

    def _trust(self, at: datetime) -> str:
        if self._organization is None:
            self._organization = self._numbers.next("Organization")
            self._chart.put(places.organization(self._codes, self._organization, self._layout), at)
        return self._organization
