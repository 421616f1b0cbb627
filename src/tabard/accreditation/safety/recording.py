"""Recording a run of tests for a safety case: from the XML that test runners write to `safety/tested.json`."""

from collections.abc import Iterator
from datetime import date
from xml.etree import ElementTree as ET

from tabard.accreditation.safety.evidence import TESTED
from tabard.ground.canonical import canonical
from tabard.ground.errors import CallerError

_LARGEST_BYTES = 16 * 1024 * 1024
_MOST_TESTS = 10_000
_LONGEST_NAME = 200
_WORST = ("failed", "skipped", "passed")


def recorded(reports: tuple[bytes, ...], configuration_sha256: str, made: date) -> dict[str, bytes]:
    """The file that tells how tests came out on this configuration, made of JUnit XML reports.

    A test with several cases is passed where all of them are; what was skipped is not. Raises CallerError for what is none,
    or holds no test at all: nothing that ran is no evidence.
    """
    results: dict[str, str] = {}
    for raw in reports:
        for name, result in _cases(raw):
            results[name] = min(result, results.get(name, "passed"), key=_WORST.index)
    if not results or len(results) > _MOST_TESTS:
        raise CallerError("this is no record of tests", expected=f"1 to {_MOST_TESTS} tests", got=str(len(results)))
    tests = [{"name": name, "result": results[name]} for name in sorted(results)]
    told = {"configuration_sha256": configuration_sha256, "made": made.isoformat(), "tests": tests}
    return {TESTED: canonical(told) + b"\n"}


def _cases(raw: bytes) -> Iterator[tuple[str, str]]:
    try:
        if len(raw) > _LARGEST_BYTES or b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
            raise CallerError("this is no JUnit report", expected=f"{_LARGEST_BYTES} bytes at most, without entities")
        top = ET.fromstring(raw)  # noqa: S314  the maker's own runner wrote it, and it declares no entity
    except ET.ParseError as fault:
        raise CallerError("this is no JUnit report", got=str(fault)) from fault
    for one in top.iter("testcase"):
        kinds = {each.tag for each in one}
        result = "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"
        yield one.get("name", "").partition("[")[0][:_LONGEST_NAME], result
