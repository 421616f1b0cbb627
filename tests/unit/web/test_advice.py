"""What a product says is laid out, and never becomes markup of the page."""

from typing import Literal

import pytest

from tabard.gateway.cds import Advice, Card, Hook, Link, Service, Source
from tabard.web.hospital.views.advice import shown


def service(id_: str = "s") -> Service:
    return Service("p", "Product", id_, Hook.patient_view, "Title", "", (), "patient/Patient.r", 1.0)


def card(detail: str = "", indicator: Literal["info", "warning", "critical"] = "info") -> Card:
    return Card("Summary", indicator, Source("Source"), detail=detail)


def told(detail: str) -> str:
    (one,) = shown([Advice(service(), (card(detail),))], (), ())
    return str(one.detail)


def test_lists_and_emphasis_are_laid_out() -> None:
    """The standard says that a detail is Markdown; a score with its parts is a list."""
    assert told("Parts:\n\n- pulse: 2\n- air: **not recorded**") == (
        "<p>Parts:</p>\n<ul>\n<li>pulse: 2</li>\n<li>air: <strong>not recorded</strong></li>\n</ul>\n"
    )


@pytest.mark.parametrize(
    "detail",
    ["<script>alert(1)</script>", "[x](javascript:alert(1))", "![x](https://example.org/x.png)", "<b>x</b>", "# x"],
)
def test_everything_else_is_text(detail: str) -> None:
    """Neither HTML nor links nor pictures nor headings: the page is the hospital's."""
    html = told(detail)
    assert html.startswith("<p>")
    assert html.count("<") == 2


@pytest.mark.parametrize("marks", ["**", "*_", "_a*b", "*a "])
def test_a_thicket_of_emphasis_is_text(marks: str) -> None:
    """Marks beyond number are paired with nothing: no product makes the page wait for its layout."""
    thicket = (marks * 20_000)[:20_000]
    assert "<em>" not in told(thicket)
    assert "<strong>" not in told(thicket)
    assert "<em>" in told("*few* " * 200)


def test_the_most_urgent_stands_first() -> None:
    """Whoever said it."""
    calm, urgent = Advice(service("a"), (card(indicator="info"),)), Advice(service("b"), (card(indicator="critical"),))
    assert [one.urgency for one in shown([calm, urgent], (), ())] == ["Critical", "For information"]


def linked(*links: Link) -> tuple[tuple[str, str], ...]:
    """The apps that a card with these links opens at a hospital with one such app."""
    apps = {
        "https://observations.example/launch.html": "observations",
        "urn:tabard:product:observations": "observations",
    }
    told = Advice(service(), (Card("Summary", "info", Source("Source"), links=links),))
    ((one),) = shown([told], (), (), apps)
    return one.apps


@pytest.mark.parametrize("url", ["https://observations.example/launch.html", "urn:tabard:product:observations"])
def test_a_link_opens_an_app_that_is_installed_here(url: str) -> None:
    """Named by its launch address, or as the product that it is."""
    assert linked(Link("See the observations", url, "smart")) == (("See the observations", "observations"),)


@pytest.mark.parametrize(
    "link",
    [
        Link("Elsewhere", "https://elsewhere.example/launch.html", "smart"),
        Link("Not one", "urn:tabard:product:ward-board", "smart"),
        Link("A page", "https://observations.example/launch.html", "absolute"),
        Link("With more", "urn:tabard:product:observations", "smart", app_context="42"),
    ],
)
def test_no_other_link_opens_an_app(link: Link) -> None:
    """Neither an app that is not here, nor a plain address, nor one whose own context would be lost."""
    assert linked(link) == ()
