"""A resource of the EHR as products may see it: every id the record's, nothing that leads back. Pure.

What refers to the one patient whose chart it is refers to the record's patient; what refers to any other patient is
withheld whole. Visits and staff that are joined are named by the record's ids, other results by ids that the map makes;
all else is told by its words alone. Narratives, element ids, attachments' addresses, and identifiers of systems that the
record does not know are left out. Source: FHIR R4 2.3.0 (Reference), 2.1.28.0.2 (contained), 2.24.0.4 (Attachment).
"""

import re
from typing import Any

from tabard.fhir import Resource, nhs_number
from tabard.link.ehr.chart import Chart, Number, Rewritten
from tabard.link.ehr.id_map import Row
from tabard.link.ehr.references import target_of
from tabard.link.ehr.shaping import extensions, profiles

_GONE: Any = object()
_LEFT_OUT = frozenset({"id", "div"})
_ADDRESS = _LEFT_OUT | {"url"}
_OF_A_REFERENCE = _LEFT_OUT | {"reference", "identifier", "type"}
_OF_AN_IDENTIFIER = _LEFT_OUT | {"system", "value", "_value", "assigner"}
_ATTACHMENTS = frozenset({"presentedForm", "valueAttachment"})
_TELLING = frozenset({"reference", "identifier", "type", "contentType", "resourceType"})
"""Names that make an element more than its parts."""

_PEOPLE = frozenset({"Patient", "Person"})
_NAMED = _PEOPLE | {"Encounter", "Practitioner", "Observation", "DiagnosticReport"}
_OF_META = frozenset({"lastUpdated", "profile", "security", "tag"})
_MEANS_PEOPLE = re.compile(r"(?<![a-z])(?:patient|person)(?![a-z])", re.IGNORECASE)
_CODE_SET = re.compile(r"https?://[^/\s]+/(?:[^\s]*/)?(?P<tenant>[^/\s]+)/codeSet/(?P<set>[0-9]+)")
_WHOSE = ("subject", "patient")
_UNTOLD = "not known here"


class _OfAnother(Exception):  # noqa: N818  never leaves this file
    """A reference to a patient other than the one asked for."""


def rewrite(resource: Resource, chart: Chart) -> Rewritten | None:
    """The resource as it may be shown; None where it must be withheld: it is not, or not only, about this patient."""
    subject = resource.get("subject")
    told = subject.get("reference") if isinstance(subject, dict) else None
    if not isinstance(told, str) or target_of(chart.base, told) != ("Patient", chart.theirs):
        return None
    try:
        return _Rewriting(chart, resource).done()
    except (_OfAnother, RecursionError):
        return None


class _Rewriting:
    """One resource on its way."""

    def __init__(self, chart: Chart, resource: Resource) -> None:
        self._chart = chart
        self._base = chart.base.lower()
        self._systems_of_patients = {nhs_number.SYSTEM, *(system for system, _ in chart.numbers)}
        self._resource = resource
        self._rows: dict[str, Row] = {}
        self._seen = {chart.theirs, str(resource["id"])}
        contained = resource.get("contained")
        held = [one for one in contained if isinstance(one, dict)] if isinstance(contained, list) else []
        self._contained = {str(one.get("id")): f"c{number}" for number, one in enumerate(held, 1)}

    def done(self) -> Rewritten:
        """All of it."""
        kind, found = self._resource["resourceType"], str(self._resource["id"])
        told = self._within(self._resource)
        subject = {
            "reference": f"Patient/{self._chart.ours}"
        }  # and no name: the record says what the patient is called
        told |= {"resourceType": kind, "id": self._passed(kind, found), "subject": subject}
        head = {name: told[name] for name in ("resourceType", "id", "meta") if name in told}
        return Rewritten(head | told, tuple(self._rows.values()), frozenset(self._seen))

    def _within(self, resource: Resource) -> Resource:
        """The elements of a resource, the narrative left out."""
        told: Resource = {}
        for name, value in resource.items():
            if name == "text":
                continue
            if name == "meta":
                walked = self._value(name, _of_meta(value))
            elif name == "contained":
                walked = self._all_contained(value)
            else:
                walked = self._value(name, value)
            if walked is not _GONE and name not in _LEFT_OUT:
                told[name] = walked
        return told

    def _all_contained(self, value: Any) -> Any:
        told = []
        for one in value if isinstance(value, list) else ():
            if not isinstance(one, dict) or _word(one.get("resourceType")) in _PEOPLE or "contained" in one:
                raise _OfAnother  # whoever that is cannot be told
            inner = self._within(one)
            if any(name in one and not self._is_own(inner.get(name)) for name in _WHOSE):
                raise _OfAnother
            told.append({**inner, "id": self._contained[str(one.get("id"))]})
        return told or _GONE

    def _is_own(self, subject: Any) -> bool:
        """Whether a subject, as rewritten, is the patient."""
        return isinstance(subject, dict) and subject.get("reference") == f"Patient/{self._chart.ours}"

    def _value(self, name: str, value: Any) -> Any:
        kind = type(value)  # JSON has no subclasses
        if kind is str:
            return self._text(value) if "/" in value else value
        if kind is dict:
            return self._object(name, value)
        return self._list(name, value) if kind is list else value

    def _list(self, name: str, values: list[Any]) -> Any:
        told = []
        for each in extensions(values) if name == "extension" else values:
            walked = self._object(name, each) if type(each) is dict else self._value(name, each)
            if walked is not _GONE:
                told.append(walked)
        return told or _GONE

    def _object(self, name: str, value: dict[str, Any]) -> Any:
        if name.endswith("dentifier"):
            return self._identifier(value)
        is_attachment = name in _ATTACHMENTS
        if not _TELLING.isdisjoint(value):
            if isinstance(value.get("reference"), str) or isinstance(value.get("identifier"), dict):
                return self._reference(value)
            is_person = _word(value.get("type")) in _PEOPLE and "display" in value  # somebody told by name alone
            if is_person or "resourceType" in value:  # or a resource where none may stand
                raise _OfAnother
            is_attachment = is_attachment or "contentType" in value
        told = self._elements(value, _ADDRESS if is_attachment else _LEFT_OUT)
        return _GONE if not told or (told.keys() == {"url"} and len(value) > 1) else told

    def _elements(self, value: dict[str, Any], without: frozenset[str]) -> dict[str, Any]:
        """The elements but those `without`. What most of them are is looked at here: a call for each would cost more."""
        told = {}
        for name, each in value.items():
            if name in without:
                continue
            kind, walked = type(each), each
            if kind is str:
                if "/" in each:
                    walked = self._text(each)
            elif kind is dict:
                walked = self._object(name, each)
            elif kind is list:
                walked = self._list(name, each)
            if walked is not _GONE:
                told[name] = walked
        return told

    def _identifier(self, value: dict[str, Any]) -> Any:
        """Kept where it is one of the patient's own numbers; another person's number in the same system is a doubt."""
        number = self._own_number(value)
        if number is None:
            return _GONE
        return {
            **self._elements(value, _OF_AN_IDENTIFIER),
            "system": number[0],
            "value": number[1],
        }

    def _own_number(self, identifier: Any) -> Number | None:
        """The identifier as a number of the patient's; None where it numbers no patients at all."""
        number = self._number(identifier)
        if number is None or number[0] not in self._systems_of_patients:
            return None
        if number not in self._chart.numbers:
            raise _OfAnother
        return number

    def _number(self, identifier: Any) -> Number | None:
        if not isinstance(identifier, dict):
            return None
        system, value = identifier.get("system"), identifier.get("value")
        known = self._chart.systems.get(system) if isinstance(system, str) else None
        return (known, value) if known is not None and isinstance(value, str) else None

    def _reference(self, value: dict[str, Any]) -> Any:
        rest = self._elements(value, _OF_A_REFERENCE)
        literal, number = value.get("reference"), self._own_number(value.get("identifier"))
        if not isinstance(literal, str):
            return self._logical(value, number, rest)
        if literal.startswith("#"):
            inner = self._contained.get(literal[1:])
            return rest | {"reference": f"#{inner}"} if inner or literal == "#" else self._by_words(None, rest)
        kind, found = target_of(self._chart.base, literal)
        kind = kind or _word(value.get("type"))
        if kind is None and _MEANS_PEOPLE.search(literal):
            raise _OfAnother
        if found is not None:
            self._seen.add(found)
        ours = self._named(kind, found)
        return self._by_words(kind, rest) if ours is None else {"reference": f"{kind}/{ours}", **rest}

    def _named(self, kind: str | None, found: str | None) -> str | None:
        """The record's id of what is referred to, None where it has none there."""
        if kind in _PEOPLE:
            if (kind, found) != ("Patient", self._chart.theirs):
                raise _OfAnother
            return self._chart.ours
        if kind is None or found is None:
            return None
        return self._passed(kind, found) if kind in self._chart.passed else self._chart.known(kind, found)

    def _logical(self, value: dict[str, Any], number: Number | None, rest: dict[str, Any]) -> Any:
        """A reference by a number alone: only the patient's own number says who is meant."""
        if number is not None:
            return {"reference": f"Patient/{self._chart.ours}", **rest}
        kind = _word(value.get("type"))
        if kind in _PEOPLE:
            raise _OfAnother
        return self._by_words(kind, rest)

    def _by_words(self, kind: str | None, rest: dict[str, Any]) -> dict[str, Any]:
        words = rest if "display" in rest else {**rest, "display": _UNTOLD}
        return {"type": kind, **words} if kind and kind.isalpha() else words

    def _passed(self, kind: str, found: str) -> str:
        ours = self._chart.id_of(kind, found)
        self._rows[ours] = Row(kind, ours, found, self._chart.ours)
        return ours

    def _code_set(self, text: str) -> str:
        """One of the tenant's own code sets under a name that does not tell the tenant; any other address as it is."""
        found = _CODE_SET.fullmatch(text)
        is_own = found is not None and self._base.endswith(f"/{found['tenant'].lower()}")
        return f"{self._chart.code_sets}{found['set']}" if found is not None and is_own else text

    def _text(self, text: str) -> Any:
        """A text; one that names a resource, or an address below the tenant, becomes the record's or is left out."""
        if (known := self._chart.texts.get(text)) is not None:
            return known
        start, slash, _ = text.partition("/")
        is_below = text.lower().startswith(f"{self._base}/")
        if not slash or (start not in _NAMED and not is_below):
            return self._chart.texts.setdefault(text, self._code_set(text))
        kind, id_ = target_of(self._chart.base, text)
        if not is_below and id_ is None:
            return text
        ours = self._named(kind, id_)
        return _GONE if ours is None else f"{kind}/{ours}"


def _of_meta(value: Any) -> dict[str, Any]:
    """What is kept of `meta`: not the version, which is the EHR's, nor the claims of a shape that was not meant for here."""
    kept = {key: each for key, each in value.items() if key in _OF_META} if isinstance(value, dict) else {}
    return kept if "profile" not in kept else {**kept, "profile": profiles(kept["profile"])}


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) else None
