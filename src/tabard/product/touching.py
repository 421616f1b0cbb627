"""What a product may touch, in words for a nurse and an assessor: which information, of whom."""

from dataclasses import dataclass

from tabard.fhir.scopes import ANY_TYPE, Level, ResourceScope, parse
from tabard.product.model import Context, Manifest, Outside

_OF_PATIENTS = {
    "Patient": "names, birth dates, addresses and numbers",
    "Encounter": "hospital visits: where, since when and under whom",
    "Observation": "measurements and test results, such as blood pressure or a blood count",
    "DiagnosticReport": "reports, such as those of a laboratory",
    "Condition": "diagnoses and problems",
    "AllergyIntolerance": "allergies",
    "MedicationRequest": "prescribed medicines",
    "MedicationStatement": "medicines taken",
    "Procedure": "operations and other procedures",
    "Immunization": "vaccinations",
    "Appointment": "appointments",
    "DocumentReference": "letters and other documents",
    "Consent": "consents",
    "RelatedPerson": "relatives and carers",
    ANY_TYPE: "everything that is recorded",
}
_OF_STAFF = {"Practitioner": "names and numbers of staff", "PractitionerRole": "roles of staff"}
_OF_PLACES = {"Location": "wards, bays and beds", "Organization": "hospitals and practices"}
_WHOM = {
    Context.patient: "the one patient it was opened for",
    Context.encounter: "the one visit it was opened for, and its patient",
    Context.ward: "the patients who are now on the ward it was opened for",
    Context.none: "every patient whom the person signed in may see",
}
_WHERE = {
    Context.patient: "those that the patient's record names",
    Context.encounter: "those that the visit names",
    Context.ward: "those of the ward it was opened for",
    Context.none: "those of the whole hospital",
}
_VERBS = (("rs", "reads"), ("c", "adds"), ("u", "changes"), ("d", "deletes"))
_WORDS = {
    "launch": "is told for whom or where it was opened",
    "openid": "is told who is signed in",
    "profile": "is told who is signed in",
    "fhirUser": "is told who is signed in",
    "online_access": "goes on reading while it is open, until the person signs out",
    "offline_access": "goes on reading after the person has signed out",
}
_TELLS_WHO = frozenset({"openid", "profile", "fhirUser"})


@dataclass(frozen=True, slots=True)
class Touch:
    """One scope in words; `is_personal` where it is information about people who can be known by it, staff included."""

    scope: str
    words: str
    is_personal: bool


def touches(manifest: Manifest) -> tuple[Touch, ...]:
    """What the product may touch, a Touch for each scope of each part, in the manifest's order and none twice."""
    told = (_touch(scope, part.context) for part in manifest.parts for scope in part.scopes)
    return tuple(dict.fromkeys((*told, *map(_sent_out, manifest.outside))))


def touched(manifest: Manifest) -> dict[str, str]:
    """The same by scope: where two parts ask for one scope, what both let the product do."""
    told: dict[str, str] = {}
    for one in touches(manifest):
        told[one.scope] = f"{told[one.scope]} {one.words}" if one.scope in told else one.words
    return told


def touch(scope: str, context: Context) -> Touch:
    """What one scope lets an app touch, in a context."""
    return _touch(scope, context)


def _sent_out(outside: Outside) -> Touch:
    """A host that the product wishes to call; whatever is sent counts as personal."""
    told = f"Sends {', '.join(outside.data)} to {outside.host}, outside the hospital: {outside.purpose}"
    return Touch(f"outside {outside.host}", told if told.endswith(".") else f"{told}.", is_personal=True)


def _touch(scope: str, context: Context) -> Touch:
    resources = parse(scope).resources
    if not resources:
        return Touch(scope, _sentence(_WORDS.get(scope, f"asks for “{scope}”")), scope in _TELLS_WHO)
    (asked,) = resources
    return Touch(scope, _sentence(f"{_verbs(asked.letters)} {_what(asked, context)}"), asked.type not in _OF_PLACES)


def _what(asked: ResourceScope, context: Context) -> str:
    if asked.type in _OF_PLACES:
        return f"{_OF_PLACES[asked.type]}: {_whole(asked, context, _WHERE)}"
    if asked.type in _OF_STAFF:
        return f"{_OF_STAFF[asked.type]}: {_whole(asked, context, _WHERE)}"
    kind = _OF_PATIENTS.get(asked.type, f"information of the kind “{asked.type}”")
    return f"{kind}, of {_whole(asked, context, _WHOM)}"


def _whole(asked: ResourceScope, context: Context, by_context: dict[Context, str]) -> str:
    """A scope at the level of one patient never reaches further, whatever the context; at the system's, always everywhere."""
    if asked.level is Level.system:
        return by_context[Context.none].replace("the person signed in", "the hospital")
    if asked.level is Level.patient and context is not Context.encounter:
        return by_context[Context.patient]
    return by_context[context]


def _verbs(letters: str) -> str:
    verbs = [verb for any_of, verb in _VERBS if set(any_of) & set(letters)]
    return verbs[0] if len(verbs) == 1 else f"{', '.join(verbs[:-1])} and {verbs[-1]}"


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
