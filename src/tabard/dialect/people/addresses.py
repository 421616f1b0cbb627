"""Addresses: XAD to Address, by the dialect's order of components. Source: HL7 v2.4, 2.9.48 "XAD"."""

from tabard.dialect.extensions import source_text
from tabard.dialect.parts import MOST, Parts, repetitions_of
from tabard.dialect.reading import Reading
from tabard.fhir.json import Resource
from tabard.hl7v2 import Field


def read_addresses(reading: Reading, field: Field, place: str) -> list[Resource]:
    """All addresses; one whose kind is not known has no use, and is flagged."""
    reading.note_signs(field, place)
    return [address for parts in repetitions_of(field) if (address := _address(reading, parts, place))]


def _address(reading: Reading, parts: Parts, place: str) -> Resource | None:
    order = reading.dialect.addresses
    sent = ("", *parts.upto(MOST))
    told: Resource = {}
    if line := [text for n in order.line if (text := sent[n])]:
        told["line"] = line
    if city := sent[order.city]:
        told["city"] = city
    if district := sent[order.district]:
        told["district"] = district
    if postal_code := sent[order.postal_code]:
        told["postalCode"] = postal_code
    if country := sent[order.country]:
        told["country"] = country
    return {**_kind(reading, sent[order.kind], place), **told} if told else None


def _kind(reading: Reading, sent: str, place: str) -> Resource:
    """Use and type."""
    order = reading.dialect.addresses
    word = reading.word(sent)
    use, type_ = order.uses.get(word), order.types.get(word)
    told: Resource = {"use": use} if use else {}
    if type_:
        told["type"] = type_
    elif sent and use is None:
        reading.flag("unknown-code", place, "a kind of address that the dialect knows")
        told["_use"] = source_text(sent)
    return told
