"""pages-accessible: what axe-core finds fails, what it leaves open is a person's, what was not looked at is no pass."""

from dataclasses import replace

from tabard.accreditation import CouldNot, PageSeen, PagesSeen, Subject, Verdict
from tabard.accreditation.probing.ports import Hit
from tabard.accreditation.rules import pages_accessible
from unit.accreditation.tiny import Saw, failing, got_of, report_of, tiny

LABEL = Hit("label", "Form elements must have labels", ("#who",), 2)
CONTRAST = Hit("color-contrast", "Elements must meet minimum contrast", (".pale",), 1)


def test_a_page_that_keeps_every_rule_passes_at_both_widths() -> None:
    """The pass says which widths, and that it is the page as it opens."""
    assert "pages-accessible" not in failing(tiny(), Saw())
    assert "at 1280 px and 400 px, as it opens" in got_of(tiny(), "pages-accessible")


def test_a_violation_fails_this_rule_alone() -> None:
    """Named by page and rule, with the elements."""
    told = Saw(PageSeen("", 0, violations=(LABEL,)))
    assert failing(tiny(), told) == {"pages-accessible": ["fail index.html label"]}
    assert "2 elements at 400 px and 1280 px, such as #who" in got_of(tiny(), "pages-accessible", told)


def test_what_the_machine_cannot_tell_is_left_to_a_person() -> None:
    """One finding a page and rule, so that one review stands in the place of one."""
    told = failing(tiny(), Saw(PageSeen("", 0, incomplete=(CONTRAST,))))
    assert told == {"pages-accessible": ["not_assessed index.html color-contrast"]}


def test_a_page_that_was_not_looked_at_is_no_pass() -> None:
    """A probe that forgot a page, or a width, is found out by the package's own list."""
    package = tiny()
    seen = Saw().pages(package)
    assert isinstance(seen, PagesSeen)
    for some in (replace(seen, pages=()), replace(seen, pages=seen.pages[:1])):
        found = tuple(pages_accessible.check(Subject(package, some)))
        assert [one.verdict for one in found] == [Verdict.not_assessed]


def test_without_a_browser_it_is_not_assessed() -> None:
    """The reason and what to do stand in the finding."""
    told = Saw(could_not=CouldNot("there is no Chromium here", "install one"))
    assert failing(tiny(), told)["pages-accessible"] == ["not_assessed the pages in a browser"]


def test_a_product_without_pages_has_nothing_to_look_at() -> None:
    """Not applicable, with its reason, holds nothing up."""
    drawing = '<svg xmlns="http://www.w3.org/2000/svg"/>'
    pages = {'launch = "index.html"': 'launch = "a.svg"', 'start = "index.html"': 'start = "a.svg"'}
    log = {"hazards.toml": tiny().files["hazards.toml"].replace(b', "index.html"]', b"]"), "index.html": None}
    package = tiny({"a.svg": drawing, **log}, pages)
    assert failing(package) == {}
    (found,) = [one for one in report_of(package).findings if one.rule == "pages-accessible"]
    assert found.verdict is Verdict.not_applicable
