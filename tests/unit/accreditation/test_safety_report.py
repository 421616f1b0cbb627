"""The clinical safety report: a value, a page that needs no colour and no network, and a print."""

import re
from importlib.util import find_spec

import pytest

from tabard.accreditation.safety.rendering import html_of, pdf_of
from tabard.accreditation.safety.reporting import report_of
from tabard.ground.errors import CallerError
from unit.accreditation.safe import case_text, papers_of
from unit.accreditation.tiny import HAZARDS, tiny

HOSTILE = '<script>alert(1)</script> #panic("x") $x$ {{ 7 * 7 }}'


def test_the_matrix_holds_every_hazard_before_and_after_its_controls() -> None:
    """Twenty-five cells with the table's ratings; the one hazard stands in two of them, in words."""
    told = report_of(tiny())
    cells = {(row.likelihood, told.severities[at][0]): one for row in told.rows for at, one in enumerate(row.cells)}
    assert len(cells) == 25
    assert [row.likelihood for row in told.rows] == ["very high", "high", "medium", "low", "very low"]
    assert [one.rating for one in told.rows[0].cells] == [3, 4, 4, 5, 5]
    assert {where: one.words for where, one in cells.items() if one.words} == {
        ("medium", "major"): "before: H1",
        ("very low", "major"): "after: H1",
    }


def test_it_says_who_approved_it_and_what_each_hospital_takes_on() -> None:
    """The officer by name, register and number; tasks by the control's id."""
    told = report_of(tiny())
    assert told.is_approved
    assert "Dr Ada Pretend, GMC 9999001" in told.standing
    assert told.tasks == (("H1.2", "Choose when a feed counts as silent."),)


@pytest.mark.parametrize("lost", ["safety/approval.json", "safety/case.toml"])
def test_a_report_of_what_nobody_signed_says_so_first(lost: str) -> None:
    """Without the approval, or with one of another report, it is not for use with real patients."""
    told = report_of(
        tiny({"safety/case.toml": tiny().files["safety/case.toml"], "safety/approval.json": None, lost: None})
    )
    assert not told.is_approved
    assert "not for use with real patients" in told.standing
    assert "not for use with real patients" in html_of(told)


def test_the_page_is_whole_and_fetches_nothing() -> None:
    """One language, one title, one main heading, tables with headings, and no address in it."""
    page = html_of(report_of(tiny()))
    assert '<html lang="en-GB">' in page
    assert page.count("<h1>") == 1
    assert page.count('<th scope="col">') >= 6
    assert page.count('<th scope="row">') >= 6
    assert not re.findall(r"(?:src|href)=|https?:|url\(|@import", page)
    assert "before: H1" in page


def hostile() -> dict[str, str]:
    return {"hazards.toml": HAZARDS.replace("Old list, or none", HOSTILE.replace('"', "'"))}


def test_what_a_maker_writes_is_text_in_the_page() -> None:
    """Neither markup nor a template's code."""
    page = html_of(report_of(tiny(hostile())))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "{{ 7 * 7 }}" in page


def test_the_report_of_a_case_tells_remaining_risks_and_components() -> None:
    """All that the officer put their name under."""
    package = tiny()
    more = '\n[[remaining]]\nhazard = "H1"\nwords = "Nobody can make a feed surer."\n[[change]]\nversion = "1.0.0"\nwords = "First."\n'
    told = report_of(papers_of(package, case_text(package.manifest, package.files) + more))
    page = html_of(told)
    for words in ("Nobody can make a feed surer.", "pkg:npm/small@2.0.0", "1.0.0: First.", "By the plan of the tests."):
        assert words in page


@pytest.mark.skipif(find_spec("typst") is not None, reason="typst is here")
def test_without_typst_the_print_says_what_to_do() -> None:
    """It is an optional part."""
    with pytest.raises(CallerError, match="a PDF needs typst") as caught:
        pdf_of(report_of(tiny()))
    assert "tabard[pdf]" in (caught.value.remedy or "")


@pytest.mark.skipif(find_spec("typst") is None, reason="typst is not installed: `tabard[pdf]`")
def test_the_print_is_a_pdf_whatever_a_maker_writes() -> None:
    """Words are data to it, and never markup or code."""
    assert pdf_of(report_of(tiny(hostile()))).startswith(b"%PDF-")
