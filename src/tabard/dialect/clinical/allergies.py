"""AllergyIntolerance: what the patient does not bear. Source: HL7 v2.4, 3.4.6 "AL1"; UK Core, AllergyIntolerance."""

from collections.abc import Sequence

from tabard.dialect.clinical.codes import key_of_code
from tabard.dialect.codes import coded
from tabard.dialect.extensions import absent, source_text
from tabard.dialect.parts import first_of, repetitions_of
from tabard.dialect.reading import Drafting, Reading
from tabard.fhir.json import Resource
from tabard.hl7v2 import Field, Segment

_CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"


def put_allergies(reading: Reading, segments: Sequence[Segment], subject: Resource) -> bool:
    """Draft each allergy of the message. Whether they are the patient's whole list: each could be read, or `""` empties it."""
    code = reading.dialect.clinical.allergies.code
    told = [_put(reading, segment, subject) for segment in segments]
    return all(told) or all(reading.clears(segment.field(code)) for segment in segments)


def _put(reading: Reading, segment: Segment, subject: Resource) -> bool:
    rules = reading.dialect.clinical.allergies
    code = coded(reading, first_of(segment.field(rules.code)))
    if code is None:
        return False
    draft = Drafting(
        "AllergyIntolerance", reading.ids.other("AllergyIntolerance", subject["reference"], *key_of_code(code))
    )
    draft.put("clinicalStatus", {"coding": [{"system": _CLINICAL, "code": "active"}]})
    _kind(reading, draft, segment)
    draft.put("code", code)
    draft.put("patient", subject)
    if rules.since is not None:
        reading.put_moment(draft, "onsetDateTime", segment.field(rules.since), f"{segment.name}-{rules.since}")
    draft.put("reaction", _reaction(reading, segment))
    reading.add(draft.done())
    return True


def _kind(reading: Reading, draft: Drafting, segment: Segment) -> None:
    rules = reading.dialect.clinical.allergies
    sent = first_of(segment.field(rules.kind)).part(1)
    category = rules.categories.get(sent)
    if category:
        draft.put("category", [category])
    elif sent:
        reading.flag("unknown-code", f"{segment.name}-{rules.kind}", "a kind of allergy that the dialect knows")
        draft.put("_category", [source_text(sent)])


def _reaction(reading: Reading, segment: Segment) -> list[Resource]:
    """What happened and how bad it was; where only that is known, what happened is told as unknown."""
    rules = reading.dialect.clinical.allergies
    happened = [
        said for one in repetitions_of(_field(segment, rules.reaction)) if (said := coded(reading, one) or None)
    ]
    told: Resource = {}
    sent = first_of(_field(segment, rules.severity)).part(1)
    if severity := rules.severities.get(sent):
        told["severity"] = severity
    elif sent:
        reading.flag("unknown-code", f"{segment.name}-{rules.severity}", "a severity that the dialect knows")
        told["_severity"] = source_text(sent)
    if not happened and not told:
        return []
    words = [_as_words(one) for one in happened]
    return [{"manifestation": words or [absent()], **told}]


def _as_words(said: Resource) -> Resource:
    """A reaction without a coding system is words: AL1-5 is a text."""
    codings = [one for one in said.get("coding", ()) if "system" in one]
    if codings:
        return said
    text = said.get("text") or said["coding"][0]["code"]
    return {"text": text}


def _field(segment: Segment, n: int | None) -> Field:
    return segment.field(n if n is not None else 99)
