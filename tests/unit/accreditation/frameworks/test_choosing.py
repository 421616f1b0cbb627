"""Which criteria are asked of which product."""

from datetime import date

from tabard.accreditation.frameworks import (
    Bearer,
    Classed,
    Level,
    ProductClass,
    Trait,
    criteria_for,
    frameworks,
    product_class,
    set_aside,
)
from unit.accreditation.frameworks.test_classes import PLAIN
from unit.product import made

TODAY = date(2026, 11, 22)
PLAIN_CLASS = product_class(made.manifest(PLAIN))


def ids(classed: Classed, of: Bearer = Bearer.maker) -> set[str]:
    return {one.id for one in criteria_for(classed, TODAY, of)}


def test_every_criterion_is_asked_or_set_aside_with_a_reason() -> None:
    """None is lost: together they are all that is judged of the maker."""
    judged = {
        one.id
        for each in frameworks(TODAY)
        for one in each.criteria
        if one.owner is Bearer.maker and one.level is not Level.context
    }
    aside = {one.id: why for one, why in set_aside(PLAIN_CLASS, TODAY)}
    assert ids(PLAIN_CLASS) | aside.keys() == judged
    assert not ids(PLAIN_CLASS) & aside.keys()
    assert all(aside.values())


def test_a_higher_class_is_asked_more() -> None:
    """Level 2 of ASVS from class 2 on."""
    graver = Classed(ProductClass.acts, (), PLAIN_CLASS.traits)
    assert ids(PLAIN_CLASS) < ids(graver)
    assert "asvs-5.0/1.1.1" in ids(graver) - ids(PLAIN_CLASS)
    assert "asvs-5.0/1.2.1" in ids(PLAIN_CLASS)


def test_a_product_is_not_asked_about_what_it_has_not() -> None:
    """No page, no WCAG; no part of others, no word about them."""
    bare = Classed(PLAIN_CLASS.value, (), PLAIN_CLASS.traits - {Trait.pages, Trait.components})
    gone = {one.partition("/")[0] for one in ids(PLAIN_CLASS) - ids(bare)}
    assert {"wcag-2.2", "dcb0129-4.2"} <= gone
    assert not [one for one in ids(bare) if one.startswith("wcag-2.2")]
    why = {one.id: why for one, why in set_aside(bare, TODAY)}["wcag-2.2/1.4.3"]
    assert why == "asked of a product that has pages; this one does not"


def test_the_hospital_s_and_the_platform_s_are_asked_of_them() -> None:
    """And never of a maker."""
    assert "dcb0160-3.2/2.5.1" in ids(PLAIN_CLASS, Bearer.site)
    assert "asvs-5.0/6.2.1" in ids(PLAIN_CLASS, Bearer.platform)
    assert not ids(PLAIN_CLASS) & (ids(PLAIN_CLASS, Bearer.site) | ids(PLAIN_CLASS, Bearer.platform))


def test_before_a_framework_s_day_nothing_of_it_is_asked() -> None:
    """A case is judged by what is in force on its day."""
    before = {one.id.partition("/")[0] for one in criteria_for(PLAIN_CLASS, date(2026, 4, 5))}
    assert "dtac-2.0" not in before
