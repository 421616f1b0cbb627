"""A dialect that contradicts itself, or cannot be used, is refused before it is live."""

import pytest

from tabard.dialect import BadDialect
from tabard.dialect.table.loader import read_dialect


def faults(text: str, base: str = "itk-2.4") -> dict[str, str]:
    with pytest.raises(BadDialect) as refusal:
        read_dialect(f'base = "{base}"\n{text}'.encode(), "site.toml")
    return {fault.key: fault.got for fault in refusal.value.faults}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[ignored]\n"ADT^A01" = "no"', "ignored.ADT^A01"),
        ('[ignored]\n"ADT^A99" = "no"', "ignored.ADT^A99"),
        ('[events]\n"ADT^A20" = "ignored"', "ignored.ADT^A20"),
        ('[events]\n"ADT-A20" = "admit"', "events.ADT-A20"),
        ("versions = []", "versions"),
        ('[identifiers]\nnhs_number = [{ field = "PID-3" }]', "identifiers.nhs_number.1"),
        ('[identifiers]\nnhs_number = [{ field = "PID-19" }]', "identifiers.nhs_number.1.field"),
        ('[identifiers]\nnhs_number = [{ type = "NH" }, { type = "NH" }]', "identifiers.nhs_number.2"),
        ('[identifiers]\nlocal_system = "urn:mrn"', "identifiers.local_system"),
        ('[identifiers.status]\nNSTS99 = "99"', "identifiers.status.NSTS99"),
        ('[visits]\nsystem = "urn:visit"', "visits.system"),
        ('[visits]\nothers = [{ field = "PV1-19", type = "AN" }]', "visits.others.1.field"),
        ("[locations]\nward = 3", "locations"),
        ("[addresses]\ncity = 1", "addresses"),
        ('[person]\nno = ["N", "Y"]', "person.no"),
        (
            '[person.marital_status]\nsystem = "urn:x"\nknown = ["A"]\ndisplay = { A = "a" }',
            "person.marital_status.known",
        ),
        (
            '[person.marital_status]\nsystem = "urn:x"\nknown = ["A"]\ncodes = { B = "C" }',
            "person.marital_status.codes.B",
        ),
        (
            '[person.marital_status]\nsystem = "urn:x"\ncodes = { B = "C" }\nunmapped = ["B"]',
            "person.marital_status.codes.B",
        ),
        (
            '[person.marital_status]\nsystem = "urn:x"\nknown = ["A"]\nunmapped = ["A"]',
            "person.marital_status.unmapped",
        ),
        (
            '[practitioners]\nidentifiers = [{ type = "X", system = "urn:a" }, { type = "X", system = "urn:b" }]',
            "practitioners.identifiers.2",
        ),
        ('[sender.kept_out.other]\nplace = "PV1-39"\npattern = "(N+)+"\nreason = "r"', "sender.kept_out.other.pattern"),
        ('[sender.kept_out.other]\nplace = "PV1.39"\npattern = "N"\nreason = "r"', "sender.kept_out.other.place"),
        ('unresolved = "CD:.*.*"', "unresolved"),
    ],
)
def test_what_contradicts_itself_is_refused_at_its_key(text: str, key: str) -> None:
    """Two rules for one thing, a rule that fits all or nothing, a code of no system, a slow pattern: each names its key."""
    assert list(faults(text)) == [key]


def test_case_makes_no_other_word_where_words_are_for_people() -> None:
    """In a dialect told by display, one word in two cases with two codes is a contradiction."""
    told = faults('[person.marital_status.codes]\nHUSBAND = "M"\nHusband = "W"', base="millennium-uk")
    assert list(told) == ["person.marital_status.codes.Husband"]
