"""Whatever stands in a field, the message is translated or refused: nothing else ever comes out."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

import pytest
from hypothesis import given, settings, strategies as st

from tabard.dialect import Dialect, Untranslatable, bundle, load, names, translate
from tabard.fhir import json
from tabard.hl7v2 import Unreadable, parse
from unit.dialect.documents import test_document as documents
from unit.dialect.messages import (
    EVENT,
    HEADER,
    ITK,
    ORDER,
    PERSON,
    PRACTICE,
    RESULT,
    SIMHOSPITAL,
    VISIT,
    ReadableIds,
    with_field,
)
from unit.dialect.orders import test_order as orders
from unit.dialect.results import test_report_parts as report_parts
from unit.dialect.scheduling import test_appointments as appointments

FULL_ORDER = with_field(with_field(ORDER, 15, "BLD&Blood^^from the line"), 32, "C9999992&ITO&KEN&&&Dr^20260301")
FULL_RESULT = with_field(with_field(RESULT, 15, "CHEM^Chemistry^PATH"), 16, "C9999991^MBEKI^THOMAS^^^Mr")
CERNER_PERSON = 'PID|1||77^^^Weir MRN^MRN^CD:529~500^^^Person ID^Person ID~9990000018^^^NHSNBR^NHSNMBR||HOLT^Miriam^^^Mrs^^Current~~^MIM^^^^^Alternate||19710604|Female|Vane^Miriam^^^Miss^^Previous||4 Quay^^Elmford^""^ZZ99 1AA^GBR^home^Upper||01632960041^Home^Tel~(000)000-0000^CD:407|^Business|Welsh|""||5501^^^Weir FIN^FINNBR^""|9990000026|||Other White||||||||No||Trace in Progress'
CERNER_PRACTICE = "PD1|||NETHERBY PRACTICE^^Y00002|G9999982^ADEYEMI^FOLAKE^^01632960033^Y00002^NETHERBY PRACTICE^2 HIGH STREET^&NETHERBY&CA7 0YY"
CERNER_VISIT = 'PV1|1|Inpatient|Heron^Bay A^A4^HOMERTON UNIVER^^Bed(s)^WEI|Emergency-A\\T\\E/Dental|||223^Ito^Ken^^^^^^POOL^Personnel^^^OTHER^""~C9999101^Ito^Ken^^^^^^""^Personnel^^^COMMUNITY DR NBR|C9999102^Rossi^Lucia^^^^^^NHSCSLTNBR||Cardiology||||19||||Inpatient|8101^0^""^^VISITID|||||||||||||||||Admitted as Inpatient|""||||Active|||20260301082500|20260301092500'
SHAPES = {
    "ADT^A01": (EVENT, PERSON, PRACTICE, VISIT),
    "ADT^A03": (EVENT, PERSON, PRACTICE, VISIT),
    "ADT^A08": (EVENT, PERSON, PRACTICE, VISIT),
    "ADT^A13": (EVENT, PERSON, VISIT),
    "ADT^A31": (EVENT, PERSON, PRACTICE),
    "ADT^A40": (EVENT, PERSON, "MRG|M41^^^RXX"),
    "ORU^R01": (PERSON, VISIT, ORDER, "NTE|1||note", RESULT, "NTE|1||note"),
}
OTHERS = {
    "ORU^R01": (PERSON, report_parts.CONTROL, FULL_ORDER, "OBX|1|ED|RPT^Report^PATH||LOR^application^pdf^Base64^JVBERi0=||||||F", FULL_RESULT, "SPM|1|S1&LOR^S2&PATH||UR^Urine||||BLAD^Bladder"),
    "ORM^O01": (PERSON, VISIT, orders.CONTROL, orders.ASKED, "TQ1|1||||||20260302||R", "NTE|1||note"),
    "SIU^S12": (appointments.SCHEDULE, "NTE|1||note", PERSON, VISIT, "RGS|1", appointments.SERVICE, appointments.PLACE, appointments.PERSONNEL, appointments.THING),
    "SIU^S15": (appointments.without_times(), PERSON, appointments.SERVICE, appointments.PLACE),
    "MDM^T02": (EVENT, PERSON, VISIT, documents.ABOUT, documents.LINES, documents.PDF, "OBX|3|RP|||https://x.example/d^A^application^pdf"),
    "MDM^T10": (EVENT, PERSON, documents.ABOUT, documents.LINES),
}  # fmt: skip
CERNER = {
    "ADT^A01": (EVENT, CERNER_PERSON, CERNER_PRACTICE, CERNER_VISIT, "OBX|1|CD|PASOVERSEAS||8", "ZAL|SNAPSHOT"),
    "ADT^A06": (EVENT, CERNER_PERSON, CERNER_VISIT, "MRG|76^^^Weir MRN||||8101^^^VISITID"),
    "ADT^A08": (EVENT, CERNER_PERSON, CERNER_VISIT),
    "ADT^A31": (EVENT, CERNER_PERSON, CERNER_PRACTICE),
    "ADT^A34": (EVENT, CERNER_PERSON, "MRG|76^^^Weir MRN^MRN^CD:529"),
}
MILLENNIUMS = [load(name) for name in names() if name.startswith("millennium-")]
DIALECTS = [(ITK, SHAPES), (ITK, OTHERS), (SIMHOSPITAL, SHAPES), *[(dialect, CERNER) for dialect in MILLENNIUMS]]
NEARLY = (
    "20261301",
    "20260230",
    "202603290130",
    "999912312359-1400",
    "ABC^^^NHS",
    "9990000019^^^NHS",
    "<5",
    "1e5",
    "C9999991",
    "^^BED",
    "CD:529",
    "^^^^CD:529~CD:1",
    "C9999991^A^B^^^^^^X~2^A^B^^^^^^Y~2^A^^^^^^^Y",
    "&&",
)
PIECES = (
    "",
    '""',
    "^",
    "&",
    "~",
    "\\",
    "\\T\\",
    "\\X41\\",
    "^^^",
    "-",
    "1.5",
    "é",
    "\x00",
    " ",
    "SN",
    "ED",
    "TM",
    "TS",
)
pieces = st.sampled_from(PIECES)
words = st.text(st.characters(blacklist_characters="\r\n\x0b\x1c|", codec="utf-8"), max_size=8)
texts = st.sampled_from(NEARLY) | pieces | st.lists(pieces | words, max_size=6).map("".join)


@st.composite
def mutated(draw: st.DrawFn) -> tuple[Dialect, bytes]:
    dialect, shapes = draw(st.sampled_from(DIALECTS))
    event = draw(st.sampled_from(sorted(shapes)))
    segments = list(shapes[event])
    places = [(at, n) for at, one in enumerate(segments) for n, text in enumerate(one.split("|")) if n and text]
    for at, n in draw(st.lists(st.sampled_from(places), min_size=1, max_size=8)):
        segments[at] = with_field(segments[at], n, draw(texts))
    at = draw(st.integers(0, len(segments) - 1))
    segments[at] = with_field(segments[at], draw(st.integers(1, 46)), draw(texts))
    if draw(st.booleans()):
        segments.insert(draw(st.integers(0, len(segments))), draw(st.sampled_from(segments)))
    return dialect, written(dialect, event, segments)


def written(dialect: Dialect, event: str, segments: Iterable[str]) -> bytes:
    header = HEADER.format(event=event).replace("|2.4|", f"|{dialect.versions[0]}|")
    return "\r".join((header, *segments)).encode()


HOMERTON = load("millennium-homerton")
CASES = [(ITK, shapes, event) for shapes in (SHAPES, OTHERS) for event in shapes] + [
    (HOMERTON, CERNER, event) for event in CERNER
]


@pytest.mark.parametrize(("dialect", "shapes", "event"), CASES)
def test_every_field_with_every_nearly_right_value(
    dialect: Dialect, shapes: Mapping[str, Sequence[str]], event: str
) -> None:
    """Each field that is filled holds in turn each value that is nearly right, or not at all."""
    shape = shapes[event]
    for at, segment in enumerate(shape):
        for n in (n for n, text in enumerate(segment.split("|")) if n and text):
            for value in (*NEARLY, *PIECES):
                segments = [*shape[:at], with_field(segment, n, value), *shape[at + 1 :]]
                check(dialect, written(dialect, event, segments))


@settings(max_examples=300, derandomize=True, deadline=None)
@given(mutated())
def test_a_mutated_message_is_translated_or_refused(case: tuple[Dialect, bytes]) -> None:
    """Field-level damage gives Untranslatable or a translation whose Bundle is sound JSON, never another exception."""
    check(*case)


def check(dialect: Dialect, raw: bytes) -> None:
    with suppress(Untranslatable, Unreadable):
        ids = ReadableIds()
        translation = translate(parse(raw), dialect, ids)
        told = bundle(translation)
        assert json.decode(json.encode(told)) == told
        assert not ids.key.is_empty
        assert_nothing_empty(told)


def assert_nothing_empty(value: object) -> None:
    """FHIR knows no empty strings, lists and objects. Source: FHIR R4, 2.6.2."""
    assert value not in ("", [], {}, None)
    if isinstance(value, dict):
        for one in value.values():
            assert_nothing_empty(one)
    elif isinstance(value, list):
        for one in value:
            assert_nothing_empty(one)
