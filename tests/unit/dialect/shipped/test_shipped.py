"""What the shipped dialects say of their sites: whose messages are let in, what is kept out, and what cannot be filed."""

import pytest

from tabard.dialect import Event, gate, load, names, translate
from tabard.dialect.explaining.readable_ids import ReadableIds
from tabard.hl7v2 import parse
from unit.dialect.messages import with_field

PERSON = {
    "homerton": r"PID|1|77^^^Case Note Number^MRN|77^^^Case Note Number^CNN~99^^^Person ID^Person ID||Holt^Miriam^^^Mrs^^Current||19710604|Female||||||||||5501^^^Homerton FIN^Encounter No.|9990000018",
    "barts": r"PID|1||77^^^2.16.840.1.113883.3.2540.1~9990000018^^^NHSNBR^NHSNMBR||Holt^Miriam^^^Mrs^^Current||19710604|Female||||||||||5501^^^FIN",
}
VISIT = r"PV1|1|Inpatient|Heron^Bay A^A4^MAIN|Emergency-GP|||C9999101^Ito^Ken^^^^^^NHSPRSNLID~8950^Ito^Ken^^^^^^DRNBR||||||||||||8101^^^VISITID||||||||||||||||||||MAIN||Active|||20260301082500"
FROM = {"homerton": "HOMERTON", "barts": "2.16.840.1.113883.3.2540"}
GIVEN_UP = {"A34": ("78", "8102"), "A35": ("77", "8102"), "A44": ("78", "8101")}
"""What MRG names, by event: another patient; another visit of this one; this very visit, of another patient until now."""


def sent(site: str, event: str, *segments: str) -> bytes:
    header = rf"MSH|^~\&|APP|{FROM[site]}|TIE|X|20260301083000||ADT^{event}|1||2.3"
    return "\r".join((header, f"EVN|{event}|20260301083000", *segments, "")).encode()


def person(site: str, n: int = 1, value: str = "1") -> str:
    return with_field(PERSON[site], n, value)


def visit(n: int = 1, value: str = "1") -> str:
    return with_field(VISIT, n, value)


@pytest.mark.parametrize("site", FROM)
@pytest.mark.parametrize("event", ["A01", "A08", "A31", "A34", "A35", "A44"])
def test_a_sound_message_of_the_site_is_let_in(site: str, event: str) -> None:
    """No rule keeps out what belongs; each message is translated in its site's dialect."""
    authority = "Case Note Number^CNN" if site == "homerton" else "2.16.840.1.113883.3.2540.1"
    numbers = GIVEN_UP.get(event)
    merge = [f"MRG|{numbers[0]}^^^{authority}||||{numbers[1]}^^^VISITID"] if numbers else []
    read, dialect = parse(sent(site, event, person(site), visit(), *merge)), load(f"millennium-{site}")
    assert gate(read, dialect) is None
    assert translate(read, dialect, ReadableIds()).drafts


@pytest.mark.parametrize(
    ("site", "event", "segments", "rule"),
    [
        ("homerton", "A44", (person("homerton"), visit(), "MRG|78^^^X||||8102^^^NEWHAM FIN"), "newham-merges"),
        ("homerton", "A01", (person("homerton", 18, "1^^^Newham FIN"), visit()), "newham-encounters"),
        ("homerton", "A01", (person("homerton"), visit(39, "NEWHAM GENERAL")), "newham-general"),
        ("homerton", "A44", (person("homerton"), visit(), "MRG|||||8102^^^VISITID"), "merge-of-nobody"),
        ("homerton", "A44", (person("homerton"), visit(), "MRG|78^^^X"), "move-of-no-visit"),
        ("homerton", "A34", (person("homerton"), visit()), "merge-of-nobody"),
        ("homerton", "A01", (person("homerton", 18, "1"), visit(19, "")), "encounter-of-nobody"),
        ("homerton", "A31", (person("homerton", 3, "77^^^X^MRN"), visit()), "no-case-note-number"),
        ("homerton", "A31", (person("homerton", 3, "^^^X^CNN"), visit()), "no-case-note-number"),
        ("homerton", "A31", (person("homerton"), "PD1||||G9999981^HOLT^M^^1^^SURGERY"), "practice-without-a-code"),
        ("homerton", "A31", (person("homerton"), "PD1||||G9999981^HOLT^M^^1^12345^SURGERY"), "practice-without-a-code"),
        ("barts", "A31", (person("barts"), "PD1||||G9999981^HOLT^M~G9999982^ITO^K"), "several-gps"),
        ("barts", "A35", (person("barts"), visit()), "merge-of-nobody"),
        ("barts", "A44", (person("barts"), visit(), "MRG|78^^^X"), "move-of-no-visit"),
    ],
)
def test_what_sites_stop_at_is_stopped_by_its_rule(site: str, event: str, segments: tuple[str, ...], rule: str) -> None:
    """Each rule that readers of these feeds needed holds, and says its name."""
    told = gate(parse(sent(site, event, *segments)), load(f"millennium-{site}"))
    assert told is not None
    assert f"({rule})" in told.message


@pytest.mark.parametrize("site", FROM)
def test_another_trust_s_facility_is_foreign(site: str) -> None:
    """A site's dialect lets in its own MSH-4 alone."""
    raw = sent(site, "A31", person(site)).replace(f"|{FROM[site]}|".encode(), b"|RZY|")
    told = gate(parse(raw), load(f"millennium-{site}"))
    assert told is not None
    assert told.reason == "foreign_sender"


def test_test_messages_are_for_trials_alone() -> None:
    """Only the dialects of trials, and the one made from a message marked T, let MSH-11 of T in."""
    assert {name for name in names() if load(name).sender.allows_test} == {"simhospital", "millennium-royal-free"}


@pytest.mark.parametrize("name", names())
def test_merges_mean_in_every_shipped_dialect_what_they_mean_in_the_standard(name: str) -> None:
    """A17, A34, A35, A40 and A44 are a swap, merges and a move; a site that means something else says so in its own file."""
    events = load(name).events
    assert [events[f"ADT^A{n}"] for n in (17, 34, 35, 40, 44)] == [
        *(Event.swap, Event.merge, Event.merge_visits, Event.merge, Event.move_visits)
    ]


def test_lorenzo_says_that_it_is_inference() -> None:
    """Nobody takes the dialect for a specification of Lorenzo's: it is the NHS pack under another name."""
    lorenzo = load("lorenzo")
    assert "Inference" in lorenzo.source
    assert lorenzo.events == load("itk-2.4").events
