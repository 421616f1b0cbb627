"""Each code system and identifier that the code names is one that the world knows, spelt as the world spells it.

Source: HL7 FHIR R4, 4.3 (terminologies) and 2.24.0.7 (identifiers); a system that is spelt otherwise finds nothing, and says nothing.
"""

import re
from collections.abc import Iterator

from tabard.accreditation.contents.kinds import SCRIPTS, SERVERS, own_texts
from tabard.accreditation.contents.literals import literals
from tabard.accreditation.contents.systems import is_known, is_misspelt
from tabard.accreditation.found import failed, not_applicable, passed, sha256
from tabard.accreditation.model import Family, Found, Subject

FAMILY = Family.interoperability
CRITERIA = ("tabard/standard-interfaces", "dtac-2.0/C4.1.1")

_ADDRESS = re.compile(r"https?://[^\s\"'`<>]{1,300}")
_SYSTEM = re.compile(
    r"""["']?\b(?:system|codeSystem|code_system)\b["']?\s{0,9}[:=]\s{0,9}["'`]([^"'`\n]{1,300})["'`]"""
)
_REMEDY = "write it as the FHIR specification does, such as http://loinc.org or http://snomed.info/sct"


def check(subject: Subject) -> Iterator[Found]:
    """Look at every address in the maker's own code that is, or was meant to be, a system's."""
    code = own_texts(subject.package, SERVERS | SCRIPTS)
    if not code:
        yield not_applicable("package", "the product has no code of its own", subject.package.sha256)
        return
    looked_at = tuple(sha256(subject.package.files[name]) for name in code)
    wrong = [(name, *one) for name, text in code.items() for one in _unknown(name, text)]
    for name, line, system in wrong:
        yield failed(f"{name}:{line}", "a system that is known", system, _REMEDY, *looked_at)
    if not wrong:
        yield passed("package", f"{len(code)} files of code", *looked_at)


def _unknown(name: str, text: str) -> list[tuple[int, str]]:
    told = {
        (line, found[0])
        for line, said in literals(name, text)
        for found in _ADDRESS.finditer(said)
        if is_misspelt(found[0])
    }
    for found in _SYSTEM.finditer(text):
        if _looks_like_one(found[1]) and not is_known(found[1]):
            told.add((text.count("\n", 0, found.start()) + 1, found[1]))
    return sorted(told)


def _looks_like_one(system: str) -> bool:
    return system.startswith(("http://", "https://", "urn:"))
