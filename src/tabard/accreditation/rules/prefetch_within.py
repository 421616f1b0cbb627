"""What a service has read beforehand lies within its scopes, is of the one patient, and is asked in words that FHIR and CDS Hooks have.

Source: CDS Hooks 2.0, "Prefetch Template" and "Prefetch tokens"; SMART App Launch 2.2, scopes.
"""

import re
from collections.abc import Iterator

from tabard.accreditation.found import failed, not_applicable, passed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.rules.fhir_named_exists import is_type, wrong_search
from tabard.fhir.scopes import ANY_TYPE, parse
from tabard.product import FILE_NAME, Hook, Part, Service

FAMILY = Family.interoperability
CRITERIA = ("tabard/least-privilege", "tabard/patient-kept", "dtac-2.0/C4.1.1")

_TOKEN = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_READ = re.compile(r"([A-Z][A-Za-z]{1,63})/([^?]+)")
_SEARCH = re.compile(r"([A-Z][A-Za-z]{1,63})\?(.+)")
_PATIENT, _ENCOUNTER = "context.patientId", "context.encounterId"
_ALWAYS = frozenset(
    {_PATIENT, "context.userId", "userPractitionerId", "userPractitionerRoleId", "userPatientId", "userRelatedPersonId"}
)
_WITH_VISIT = frozenset(
    {
        Hook.encounter_start,
        Hook.encounter_discharge,
        Hook.order_select,
        Hook.order_sign,
        Hook.appointment_book,
        Hook.patient_view,
    }
)
_Wrong = tuple[str, str, str]


def check(subject: Subject) -> Iterator[Found]:
    """Judge each template of each service."""
    manifest = subject.package.manifest
    looked_at = sha256(subject.package.files[FILE_NAME])
    told = [
        (at, part, part.service) for at, part in enumerate(manifest.parts) if part.service and part.service.prefetch
    ]
    if not told:
        yield not_applicable(FILE_NAME, "nothing is read beforehand", looked_at)
    for at, part, service in told:
        place = f"{FILE_NAME} part[{at}].prefetch"
        wrong = [(key, *one) for key, template in service.prefetch for one in _wrong_with(part, service, template)]
        for key, expected, got, remedy in wrong:
            yield failed(f"{place}.{key}", expected, got, remedy, looked_at)
        if not wrong:
            yield passed(place, f"{len(service.prefetch)} templates of {service.id}", looked_at)


def _wrong_with(part: Part, service: Service, template: str) -> Iterator[_Wrong]:
    search, read = _SEARCH.fullmatch(template), _READ.fullmatch(template)
    found, letter = (search, "s") if search else (read, "r")
    if found is None or not is_type(found[1]):
        yield "a read or a search of a resource type of R4", template, "write it as TYPE/{{...}} or TYPE?..."
        return
    if not _is_open(part, found[1], letter):
        yield (
            f"a scope that lets {found[1]} be {'searched' if search else 'read'}",
            "none",
            "ask for the scope, or leave it out",
        )
    tokens = frozenset(_TOKEN.findall(template))
    known = _ALWAYS | ({_ENCOUNTER} if service.hook in _WITH_VISIT else frozenset())
    for token in sorted(tokens - known):
        yield "a token that this hook has", token, f"one of {', '.join(sorted(known))}"
    if not tokens & {_PATIENT, _ENCOUNTER}:
        yield "the patient or the visit that was opened", template, "ask by {{context.patientId}}"
    if search:
        yield from ((*one, "look it up in FHIR R4") for one in wrong_search(search[1], search[2]))


def _is_open(part: Part, kind: str, letter: str) -> bool:
    return any(one.type in (kind, ANY_TYPE) and letter in one.letters for one in parse(" ".join(part.scopes)).resources)
