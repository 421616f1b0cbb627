"""The ward board as the story sees it: its ward, and who lies where by its own question."""

from collections.abc import Mapping
from urllib.parse import urlencode

from tabard.demo.launching import App
from tabard.fhir import Resource


class Board:
    """A launched ward board."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.ward = str(app.token["fhirContext"][0]["reference"]).removeprefix("Location/")

    def feed(self) -> str:
        """The Tabard-Feed header of an answer."""
        return str(self.app.get(f"/Location?_id={self.ward}").headers.get("Tabard-Feed", ""))

    def beds(self) -> dict[str, str]:
        """Who lies where on the ward now: the bed's name by each of the patient's identifiers."""
        asked = [("location", f"Location/{self.ward}"), ("status", "in-progress"), ("_count", "100")]
        included = [("_include", f"Encounter:{name}") for name in ("patient", "practitioner", "location")]
        found = self.app.search(f"/Encounter?{urlencode(asked + included)}")
        by = {f"{one['resourceType']}/{one['id']}": one for one in found}
        return {
            identifier["value"]: bed
            for visit in found
            if visit["resourceType"] == "Encounter" and (bed := _bed(visit, by)) is not None
            for identifier in by.get(visit["subject"]["reference"], {}).get("identifier", ())
        }


def _bed(visit: Resource, by: Mapping[str, Resource]) -> str | None:
    """The bed in which the patient of a visit lies now, without its bay; None where what was asked for does not tell."""
    places = (by.get(at["location"]["reference"], {}) for at in visit["location"] if at["status"] == "active")
    return next((str(place["name"]).rpartition(", ")[2] for place in places if "partOf" in place), None)
