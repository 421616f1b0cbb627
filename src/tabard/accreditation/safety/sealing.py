"""Sealing a safety case: the digests of log and configuration are put into the report's text, before the officer signs it."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime

from tabard.accreditation.errors import BadHazardLog, BadSafetyCase
from tabard.accreditation.hazards.reading import read_hazard_log
from tabard.accreditation.safety.approving import approve
from tabard.accreditation.safety.model import APPROVAL, CASE
from tabard.accreditation.safety.reading import read_safety_case
from tabard.ground.canonical import canonical
from tabard.ground.faults import Fault
from tabard.ground.keys import SigningKey
from tabard.product import SBOM_NAME, Manifest

_PAPERS = ("safety/", "evidence/", "claims.toml")
"""What is said of the product and is no part of what runs; log and bill of materials as well."""

_KEYS = ("version", "hazard_log_sha256", "configuration_sha256")


def configuration(manifest: Manifest, files: Mapping[str, bytes]) -> str:
    """The digest of all that a product is but the papers about it. Source: DCB0129 4.2, 7.1 (configuration recorded)."""
    told = {
        name: hashlib.sha256(raw).hexdigest()
        for name, raw in files.items()
        if name not in (SBOM_NAME, manifest.hazards) and not name.startswith(_PAPERS)
    }
    return hashlib.sha256(canonical(told)).hexdigest()


def sealed(text: str, manifest: Manifest, files: Mapping[str, bytes]) -> str:
    """The report's text with this version and these digests, each in its own line, and nothing else changed.

    Raises BadSafetyCase where a line such as `hazard_log_sha256 = ""` is missing above the first table.
    """
    values = (
        manifest.version,
        hashlib.sha256(files.get(manifest.hazards, b"")).hexdigest(),
        configuration(manifest, files),
    )
    top, mark, rest = _parted(text)
    faults = []
    for key, value in zip(_KEYS, values, strict=True):
        line = re.compile(rf'^{key}[ \t]*=[ \t]*"[^"\n]*"', re.MULTILINE)
        if len(line.findall(top)) != 1:
            faults.append(Fault(key, f'one line `{key} = ""` above the first table', "none, or several"))
        top = line.sub(f'{key} = "{value}"', top)
    if faults:
        raise BadSafetyCase.of(tuple(faults))
    return top + mark + rest


def signed_papers(manifest: Manifest, files: Mapping[str, bytes], key: SigningKey, at: datetime) -> dict[str, bytes]:
    """The report, sealed, and the officer's signed word on it and on the log: two files for the package.

    Raises BadHazardLog or BadSafetyCase where one of them cannot be read, the report names no officer, or the log says that another approved it.
    """
    log_raw = files.get(manifest.hazards, b"")
    log = read_hazard_log(log_raw)
    case_raw = sealed(_text(files.get(CASE, b"")), manifest, files).encode()
    case = read_safety_case(case_raw)
    if case.officer is None:
        raise BadSafetyCase.of(
            (Fault(f"{CASE} [officer]", "whose word it is: name, register, number and the rest", "nothing"),)
        )
    if log.approved_by != case.officer.name:
        expected = f'approved_by = "{case.officer.name}", who signs it'
        raise BadHazardLog.of((Fault(f"{manifest.hazards} approved_by", expected, log.approved_by),))
    word = approve(log, ((manifest.hazards, log_raw), (CASE, case_raw)), case.officer, key, at)
    return {CASE: case_raw, APPROVAL: word}


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as fault:
        raise BadSafetyCase.of((Fault("", "TOML in UTF-8", str(fault)),)) from fault


def _parted(text: str) -> tuple[str, str, str]:
    """The text above the first table, and from there on."""
    found = re.search(r"^\[", text, re.MULTILINE)
    return (text, "", "") if found is None else (text[: found.start()], "[", text[found.end() :])
