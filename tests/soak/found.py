"""What the house holds in the end, read from its record as any reader of FHIR would, in the words of the clerk's census."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from soak.truth import Census
from tabard.record import RecordReader

_PAGE = 200
_STATUS = {
    "in-progress": "inside",
    "onleave": "away",
    "finished": "gone",
    "cancelled": "never",
    "entered-in-error": "deleted",
}
_HERE = {"active", "reserved"}
_REPORTED = {"preliminary": "P", "final": "F", "corrected": "C"}
_AUTHORITY = "urn:tabard:authority:RXX"


class Found:
    """The record of a folder, read once."""

    def __init__(self, record: Path) -> None:
        self._reader = RecordReader(record)
        self._patients = {one["id"]: one for one in self._all("Patient")}
        self._visits = list(self._all("Encounter"))
        self._numbers = {visit["id"]: _visit_number(visit) for visit in self._visits}
        self._holders: dict[str, set[str]] = {}
        for id_, patient in self._patients.items():
            for number in _numbers(patient, old=True):
                self._holders.setdefault(number, set()).add(self._survivor(id_))

    def census(self, given_up: frozenset[str]) -> Census:
        """The census by the record; `given_up` are the numbers of which is told whom they lead to."""
        return Census(
            houses={
                _name(patient): patient.get("address", [{}])[0].get("line", ["nowhere"])[0]
                for patient in self._patients.values()
                if patient["active"]
            },
            merges={number: self._led_to(number) for number in given_up},
            visits=_once((_visit_number(visit), self._visit(visit)) for visit in self._visits),
            values=self._values(),
        )

    def close(self) -> None:
        """Let go of the record."""
        self._reader.close()

    def _led_to(self, number: str) -> str:
        return " and ".join(sorted(_name(self._patients[id_]) for id_ in self._holders.get(number, ()))) or "nobody"

    def _visit(self, visit: dict[str, Any]) -> tuple[str, str, tuple[str, ...]]:
        here = tuple(one["location"]["display"] for one in visit.get("location", []) if one["status"] in _HERE)
        status = _STATUS.get(visit["status"], visit["status"])
        if "partOf" in visit:
            status = f"part of {self._numbers[visit['partOf']['reference'].removeprefix('Encounter/')]}"
        return self._subject(visit), status, here

    def _subject(self, resource: dict[str, Any]) -> str:
        return _name(self._patients[resource["subject"]["reference"].removeprefix("Patient/")])

    def _values(self) -> dict[str, tuple[str, str, str]]:
        seen = {one["id"]: one for one in self._all("Observation")}
        told = []
        for report in self._all("DiagnosticReport"):
            (number,) = [one["value"] for one in report["identifier"] if one["value"].startswith("F")]
            (value,) = [seen.pop(one["reference"].removeprefix("Observation/")) for one in report["result"]]
            status = _REPORTED.get(report["status"], report["status"])
            is_one = value["status"] == report["status"] and value["subject"] == report["subject"]
            told.append(
                (number, (self._subject(report), str(value["valueQuantity"]["value"]), status if is_one else "?"))
            )
        return _once(told) | dict.fromkeys(seen, ("", "", "of no report"))

    def _survivor(self, id_: str) -> str:
        while links := [one for one in self._patients[id_].get("link", []) if one["type"] == "replaced-by"]:
            id_ = links[0]["other"]["reference"].removeprefix("Patient/")
        return id_

    def _all(self, kind: str) -> Iterator[dict[str, Any]]:
        cursor: str | None = None
        while True:
            page = self._reader.search(kind, [], count=_PAGE, cursor=cursor)
            yield from (one.resource() for one in page.matches)
            if (cursor := page.next) is None:
                return


def differences(truth: Census, found: Census) -> tuple[str, ...]:
    """Each place where the two do not agree, as a sentence."""
    return tuple(
        f"{what} {key}: {there.get(key)} in truth, {here.get(key)} in the record"
        for what, there, here in (
            ("house of", truth.houses, found.houses),
            ("given-up number", truth.merges, found.merges),
            ("visit", truth.visits, found.visits),
            ("result", truth.values, found.values),
        )
        for key in sorted(there.keys() | here.keys())
        if there.get(key) != here.get(key)
    )


def _numbers(patient: dict[str, Any], *, old: bool) -> list[str]:
    return [
        one["value"]
        for one in patient.get("identifier", [])
        if one.get("system") == _AUTHORITY and (old or one.get("use") != "old")
    ]


def _visit_number(visit: dict[str, Any]) -> str:
    return " and ".join(one["value"] for one in visit["identifier"] if one.get("use") != "old")


def _name(patient: dict[str, Any]) -> str:
    """The number in use, and where it is not just one of somebody active, what is wrong."""
    in_use = _numbers(patient, old=False)
    return in_use[0] if len(in_use) == 1 and patient["active"] else f"{'+'.join(in_use)} active={patient['active']}"


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    told = list(pairs)
    twice = [key for key, number in Counter(key for key, _ in told).items() if number > 1]
    return dict(told) | dict.fromkeys(twice, ("", "there more than once", ()))
