"""Numbers written: those by which the record system is to know what it is sent."""

from tabard.dialect.writing.errors import Unsayable
from tabard.dialect.writing.reverse import owner_of
from tabard.dialect.writing.values import number
from tabard.fhir.json import Resource


def own_number(resource: Resource, template: str, kind: str, application: str) -> tuple[str, str] | None:
    """The resource's number of that kind (PLAC, FILL), as an EI.

    Where it has none it is known by its id, which then is `application`'s number for it; without an application, by nothing.
    Raises Unsayable where it has neither.
    """
    for identifier in resource.get("identifier", ()):
        codes = [coding.get("code") for coding in identifier.get("type", {}).get("coding", ())]
        if kind in codes and owner_of(template, identifier.get("system", "")) is not None:
            return number(template, identifier, kind)
    if not application:
        return None
    if "id" not in resource:
        raise Unsayable(
            "identifier",
            "A resource without a number or an id cannot be told apart.",
            expected="an id",
            remedy="Save it first.",
        )
    return resource["id"], application
