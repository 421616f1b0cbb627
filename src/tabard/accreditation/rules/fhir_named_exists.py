"""Every FHIR resource type and search parameter that the scopes and the code name exists in R4.

Source: HL7 FHIR R4 4.0.1, resource types and search parameters; what a server does not know it may pass over without a word.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from tabard.accreditation.contents.kinds import SCRIPTS, SERVERS, own_texts
from tabard.accreditation.contents.literals import literals
from tabard.accreditation.found import failed, passed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.fhir.scopes import ANY_TYPE, parse
from tabard.fhir.search_parameters import parameters_of, refused_of, searchable_types
from tabard.product import FILE_NAME, Manifest

FAMILY = Family.interoperability
CRITERIA = ("tabard/standard-interfaces", "dtac-2.0/C4.1.1")

_SEARCH = re.compile(r"(?:^|/)([A-Z][A-Za-z]{2,63})\?([A-Za-z_][^\s#]{0,2000})")
_READ = re.compile(r"(?:^|/)([A-Z][A-Za-z]{2,63})/(?:\{\}|[A-Za-z0-9.-]{1,64}$)")
_TYPE = re.compile(
    r"""["']?\bresourceType\b["']?\]?\s{0,9}(?::|={1,3}|!={1,2})\s{0,9}["'`]([A-Z][A-Za-z]{0,63})["'`]"""
)
_COMMON = frozenset(
    {
        "_id",
        "_lastUpdated",
        "_tag",
        "_profile",
        "_security",
        "_text",
        "_content",
        "_list",
        "_has",
        "_type",
        "_query",
        "_filter",
        "_sort",
        "_count",
        "_include",
        "_revinclude",
        "_summary",
        "_total",
        "_elements",
        "_contained",
        "_containedType",
        "_format",
        "_pretty",
        "_since",
        "_source",
    }
)
_RESULT = "a search parameter of R4"
_REMEDY = "look it up in FHIR R4 and write it as it stands there"
_Wrong = tuple[str, str, str]


def check(subject: Subject) -> Iterator[Found]:
    """Look at the scopes, and at reads, searches and types in the maker's own code."""
    package = subject.package
    code = own_texts(package, SERVERS | SCRIPTS)
    looked_at = (sha256(package.files[FILE_NAME]), *(sha256(package.files[name]) for name in code))
    wrong = [*_scopes(package.manifest)]
    wrong += [(f"{name}:{line}", *one) for name, text in code.items() for line, one in _in_code(name, text)]
    for place, expected, got in dict.fromkeys(wrong):
        yield failed(place, expected, got, _REMEDY, *looked_at)
    if not wrong:
        yield passed("package", f"scopes and {len(code)} files of code", *looked_at)


def wrong_search(kind: str, query: str) -> Iterator[tuple[str, str]]:
    """What of a search's parameters R4 does not have, as (expected, got). The type is known."""
    known = {*parameters_of(kind), *refused_of(kind), *_COMMON}
    for pair in query.split("&"):
        name = re.split(r"[:.]", unquote(pair.partition("=")[0]), maxsplit=1)[0]
        if name and "{" not in name and name not in known:
            yield f"{_RESULT} for {kind}", name


def is_type(kind: str) -> bool:
    """Whether R4 has that resource type."""
    return kind in searchable_types()


def _scopes(manifest: Manifest) -> Iterator[_Wrong]:
    for at, part in enumerate(manifest.parts):
        for scope in parse(" ".join(part.scopes)).resources:
            if scope.type != ANY_TYPE and not is_type(scope.type):
                yield f"{FILE_NAME} part[{at}].scopes {scope}", "a resource type of R4", scope.type


def _in_code(name: str, text: str) -> Iterator[tuple[int, tuple[str, str]]]:
    for line, said in literals(name, text):
        for found in _SEARCH.finditer(said):
            if not is_type(found[1]):
                yield line, ("a resource type of R4", found[1])
            else:
                yield from ((line, one) for one in wrong_search(found[1], found[2]))
    for found in _TYPE.finditer(text):
        if not is_type(found[1]):
            yield text.count("\n", 0, found.start()) + 1, ("a resource type of R4", found[1])
