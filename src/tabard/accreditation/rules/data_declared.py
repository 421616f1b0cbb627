"""Each kind of data that the scopes open is declared in `data.toml`, with what it is used for; nothing is declared that is not asked for.

Source: UK GDPR, article 5(1)(b) and (c) (purpose, no more than is needed); DTAC 2.0, B4 and C2.2.2.
"""

from collections.abc import Iterator
from typing import Any

from tabard.accreditation.found import failed, not_applicable, passed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.fhir.scopes import ANY_TYPE, parse
from tabard.ground.toml import read_toml
from tabard.product import FILE_NAME, Manifest

FAMILY = Family.data
CRITERIA = ("dtac-2.0/B4", "dtac-2.0/C2.2.2", "asvs-5.0/14.1.1")

DATA = "data.toml"
_LARGEST_BYTES = 64 * 1024
_FEWEST_WORDS = 4
_MOST = 200
_KEYS = frozenset({"type", "purpose"})
_REMEDY = 'say for each type: [[data]] type = "Observation", purpose = "..."'
_Wrong = tuple[str, str, str]


def check(subject: Subject) -> Iterator[Found]:
    """Hold what is declared against the scopes of all parts."""
    files, manifest = subject.package.files, subject.package.manifest
    asked = _asked(manifest)
    if asked is None:
        yield not_applicable(FILE_NAME, "a scope for every type, which another rule tells", sha256(files[FILE_NAME]))
        return
    if not asked and DATA not in files:
        yield not_applicable(FILE_NAME, "no part asks for anything of a record", sha256(files[FILE_NAME]))
        return
    raw = files.get(DATA)
    if raw is None:
        yield failed(DATA, "what data are used, and for what", "no such file", _REMEDY, sha256(files[FILE_NAME]))
        return
    looked_at = (sha256(raw), sha256(files[FILE_NAME]))
    wrong = [*_wrong_with(raw, asked)]
    for key, expected, got in wrong:
        yield failed(f"{DATA} {key}".strip(), expected, got, _REMEDY, *looked_at)
    if not wrong:
        yield passed(DATA, f"{', '.join(sorted(asked)) or 'nothing'}: each with its purpose", *looked_at)


def _asked(manifest: Manifest) -> frozenset[str] | None:
    """The types that the scopes open; None where one opens all."""
    scopes = parse(" ".join(scope for part in manifest.parts for scope in part.scopes)).resources
    types = frozenset(one.type for one in scopes)
    return None if ANY_TYPE in types else types


def _wrong_with(raw: bytes, asked: frozenset[str]) -> Iterator[_Wrong]:
    try:
        told = read_toml(raw, _LARGEST_BYTES)
    except ValueError as fault:
        yield "", "TOML in UTF-8", str(fault)
        return
    rows = told.pop("data", [])
    for key in told:
        yield str(key), "tables [[data]] alone", "a key that is not known"
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows) or len(rows) > _MOST:
        yield "data", f"at most {_MOST} tables [[data]]", "something else"
        return
    for at, row in enumerate(rows):
        yield from _wrong_row(f"data[{at}]", row, asked)
    named = [str(row.get("type")) for row in rows]
    for missing in sorted(asked - set(named)):
        yield "data", f"a purpose of {missing}, which the scopes open", "none"
    for twice in sorted({one for one in named if named.count(one) > 1}):
        yield "data", f"{twice} once", f"{named.count(twice)} times"


def _wrong_row(key: str, row: dict[str, Any], asked: frozenset[str]) -> Iterator[_Wrong]:
    kind, purpose = row.get("type"), row.get("purpose")
    if kind not in asked:
        yield f"{key}.type", f"a type that the scopes open ({', '.join(sorted(asked)) or 'none'})", str(kind)
    if not isinstance(purpose, str) or len(purpose.split()) < _FEWEST_WORDS:
        yield f"{key}.purpose", "what it is used for, in a few words", str(purpose or "nothing")
    for more in sorted(row.keys() - _KEYS):
        yield f"{key}.{more}", "`type` and `purpose` alone", "a key that is not known"
