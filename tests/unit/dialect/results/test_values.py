"""Values: whatever stands in OBX-5, it is told by its type, or kept as it was sent and flagged; nothing is lost in silence."""

import re
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from hypothesis import example, given, settings, strategies as st

from tabard.dialect import Translation
from tabard.fhir import json
from tabard.hl7v2 import STANDARD, escape
from unit.dialect.messages import ORDER, PERSON, message, read, resource, with_field

TYPES = [
    *(
        "",
        "NM",
        "SN",
        "NR",
        "CQ",
        "ST",
        "TX",
        "FT",
        "IS",
        "ID",
        "SI",
        "CE",
        "CWE",
        "CNE",
        "CF",
        "CD",
        "DT",
        "TS",
        "DTM",
    ),
    *("DR", "TM", "ED", "RP", "XPN", "XCN", "XAD", "CX", "EI", "MO", "CP", "QQ"),
]
WORDS = st.sampled_from(
    ["5", "<5", ">", "90.0", "-", ":", "+", "abc", "Positive", "LN", "X", "20260301", "20261301", "0815", "Base64",
     "JVBERi0=", "application", "pdf", "https://x.example/y", "\\T\\", "\\.br\\", '""', "", " ", "&", "é", "\\X0041\\"]
)  # fmt: skip
VALUES = st.lists(st.tuples(WORDS, st.sampled_from(["", "^", "~", "&", "^^", " "])), max_size=8).map(
    lambda parts: "".join(word + mark for word, mark in parts)
)


def translated(kind: str, value: str) -> Translation:
    obx = f"OBX|1|{kind}|NA^Sodium^PATH||{value}|mmol/L||||F"
    return read(message("ORU^R01", PERSON, ORDER, obx))


def held(translation: Translation) -> str:
    """All text that the result and its report hold."""
    report, observation = (resource(translation, kind) for kind in ("DiagnosticReport", "Observation"))
    told = json.encode({"form": report.get("presentedForm"), **value_of(observation)}).decode()
    return unquote(told).casefold()


def value_of(observation: dict[str, Any]) -> dict[str, Any]:
    return {name: told for name, told in observation.items() if "value" in name or name == "dataAbsentReason"}


@settings(max_examples=1500)
@given(st.sampled_from(TYPES), VALUES)
@example("CE", "^Alpha^L^^Beta^M")
@example("SN", "^5^^^abc")
@example("ED", "abc^application^pdf^Base64^JVBERi0=")
@example("ED", "^abc^pdf^Base64^JVBERi0=")
@example("ED", "^pdf^abc^Base64^JVBERi0=")
@example("ED", "^application^pdf^Base64^JVBERi0=^abc")
@example("RP", "https://x.example/y^abc^application^pdf")
@example("TS", "20260301&abc")
@example("CWE", "A^Alpha^L^^^^^^^more")
def test_no_value_is_lost_in_silence(kind: str, value: str) -> None:
    """Every word that was sent stands in the result, whatever its type and shape, and a value is always told or said to be absent."""
    translation = translated(kind, value)
    told = held(translation)
    assert value_of(resource(translation, "Observation"))
    for word in ("abc", "Positive", "é"):
        if word in value:
            assert word.casefold() in told, (kind, value)


@settings(max_examples=300)
@given(st.sampled_from(TYPES), st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_text_is_told_or_flagged(kind: str, text: str) -> None:
    """Any text at all, rightly escaped, comes out as a resource that can be written as JSON; nothing else ever does."""
    translation = translated(kind, escape(text, STANDARD))
    json.encode(resource(translation, "Observation"))
    if kind == "ST" and text.strip():
        assert resource(translation, "Observation")["valueString"] == text


@given(
    st.sampled_from(["", "<", "<=", ">", ">="]),
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12),
)
def test_a_number_keeps_its_digits(comparator: str, number: Decimal) -> None:
    """NM and SN tell every digit and the comparator."""
    for kind, sent in (("NM", f"{comparator}{number}"), ("SN", f"{comparator}^{number}")):
        quantity = resource(translated(kind, sent), "Observation")["valueQuantity"]
        assert (str(quantity["value"]), quantity.get("comparator", "")) == (str(number), comparator)


@given(
    st.sampled_from(["NM", "SN", "NR", "CQ"]),
    st.from_regex(re.compile(r"[0-9a-z<>.,+ -]{1,12}", re.ASCII), fullmatch=True),
)
def test_a_number_is_whole_or_none(kind: str, sent: str) -> None:
    """What is not wholly a number stays the text that was sent, and is flagged."""
    translation = translated(kind, sent)
    observation = resource(translation, "Observation")
    if "valueString" in observation:
        assert observation["valueString"] == sent
        assert any(flag.place == "OBX-5" for flag in translation.flags)


def test_text_is_no_number_whatever_it_looks_like() -> None:
    """ST is never read as a number; its unit stays beside it."""
    observation = resource(translated("ST", "<5"), "Observation")
    assert observation["valueString"] == "<5"
    assert observation["_valueString"]["extension"][0]["valueString"] == "mmol/L"


def test_units_are_ucum_only_by_the_table_or_by_their_sender() -> None:
    """A unit that is not in the dialect's table has no code, unless its sender names UCUM."""
    for unit, code in (
        ("mmol/L", "mmol/L"),
        ("MMOL/L", None),
        ("mg/dl", None),
        ("mg/dL^^UCUM", "mg/dL"),
        ("x^y^L^%^percent^L", "%"),
    ):
        obx = with_field("OBX|1|NM|NA^Sodium^PATH||5|u||||F", 6, unit)
        quantity = resource(read(message("ORU^R01", PERSON, ORDER, obx)), "Observation")["valueQuantity"]
        assert quantity.get("code") == code, unit
        assert ("system" in quantity) == (code is not None)
