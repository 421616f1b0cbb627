"""A general practitioner with the practice packed behind: PD1-4 as some senders fill it, in an order of their own.

The code, family and given name come first, as in XCN; what follows are the practice's phone, code, name and address.
Source: messages of Cerner Millennium at one English hospital.
"""

from tabard.dialect.parts import Parts, repetitions_of
from tabard.dialect.people.human_names import name_parts
from tabard.dialect.people.organizations import organization
from tabard.dialect.people.practitioners import by_number
from tabard.dialect.reading import Reading
from tabard.dialect.schema import PackedPractice
from tabard.fhir.json import Resource
from tabard.hl7v2 import Field

_TOWN, _POSTAL_CODE = 1, 2


def packed_practices(reading: Reading, field: Field, packing: PackedPractice) -> list[Resource]:
    """References to the practices and practitioners in the field; those that have a code are drafted."""
    mark = field.syntax.delimiters.subcomponent
    found: list[Resource] = []
    for parts in repetitions_of(field):
        code, family, given = parts.upto(3)
        at = organization(reading, parts.part(packing.code), parts.part(packing.name), _told(parts, packing, mark))
        doctor = by_number(reading, code, name_parts(family, given, "", "", ""))
        found += [one for one in (at, doctor) if one and one not in found]
    return found


def _told(parts: Parts, packing: PackedPractice, mark: str) -> Resource:
    """The practice's phone and address."""
    phone, line = parts.part(packing.phone), parts.part(packing.line)
    texts = [text.strip() for text in parts.part(packing.town).split(mark)] + [""] * _POSTAL_CODE
    address: Resource = {"line": [line]} if line else {}
    address |= {"city": texts[_TOWN]} if texts[_TOWN] else {}
    address |= {"postalCode": texts[_POSTAL_CODE]} if texts[_POSTAL_CODE] else {}
    told: Resource = {"telecom": [{"system": "phone", "value": phone}]} if phone else {}
    return told | ({"address": [address]} if address else {})
