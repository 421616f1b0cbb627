"""The story: its steps in their order."""

from collections.abc import Callable
from functools import partial

from tabard.demo import beginning, installing, judging, linking, making, measuring, ward_day
from tabard.demo.house import House
from tabard.demo.making import PRODUCTS
from tabard.demo.model import Step
from tabard.demo.stage import Stage

_NAMES = {"elsewhere": "St Elsewhere", "millpond": "Millpond"}


def once() -> tuple[Step, ...]:
    """The whole story, which ends with a recall, silence and a stop."""
    return (
        *staying(),
        Step("recall", installing.recall),
        *_at_both("recall obeyed", installing.recall_obeyed),
        _at("elsewhere", "silent feed", ward_day.silence),
        *_at_both("stop", ward_day.stop),
        Step("store stops", ward_day.store_stops),
    )


def staying() -> tuple[Step, ...]:
    """The story without its end: both hospitals and the store go on."""
    return (*opening(), *_lives())


def opening() -> tuple[Step, ...]:
    """Up to where both products stand installed at both hospitals, their wards filled."""
    return (*_beginning(), *_road(), *_at_both("admissions", ward_day.admissions))


def _beginning() -> tuple[Step, ...]:
    return (
        Step("centre begins", beginning.centre_begins),
        Step("centre serves", beginning.centre_serves),
        Step("St Elsewhere: begins", lambda stage: beginning.hospital_begins(stage, stage.elsewhere)),
        Step("Millpond: begins", lambda stage: beginning.hospital_begins(stage, stage.millpond)),
        Step("St Elsewhere: Lorenzo linked", beginning.lorenzo_linked),
        Step("Millpond: Millennium linked", beginning.millennium_linked),
        *_at_both("serves", beginning.hospital_serves),
        *_at_both("link live", beginning.link_live),
    )


def _road() -> tuple[Step, ...]:
    """Each product's way from its folder to both hospitals."""
    acts: tuple[tuple[str, Callable[[Stage, str], str]], ...] = (
        ("checked", making.check),
        ("built", making.build),
        ("signed", making.sign),
        ("submitted", making.submit),
        ("accredited", judging.accredit),
        ("published", judging.published),
    )
    made = tuple(_of(product, what, act) for product in PRODUCTS for what, act in acts)
    installed = tuple(
        _at(which, f"{product} installed", partial(installing.install, product))
        for which in _NAMES
        for product in PRODUCTS
    )
    return (*made, *installed)


def _lives() -> tuple[Step, ...]:
    day = (
        ("sign in", ward_day.sign_in),
        ("who accredited is told", installing.told_on_the_page),
        ("patients seen", ward_day.seen_in_portal),
        ("launch ward-board", ward_day.launch_board),
        ("board answered", ward_day.board_answers),
        ("move", ward_day.move),
        ("discharge", ward_day.discharge),
        ("cancel discharge", ward_day.cancel_discharge),
        ("merge", ward_day.merge),
    )
    return (
        *(_at(which, what, act) for which in _NAMES for what, act in day),
        Step("St Elsewhere: observations", measuring.at_elsewhere),
        Step("Millpond: observations", measuring.at_millpond),
        Step("St Elsewhere: result in portal", ward_day.result),
        Step("St Elsewhere: unknown held", ward_day.stranger),
        _at("elsewhere", "links told", linking.links_told),
    )


def _at(which: str, what: str, act: Callable[[House], str]) -> Step:
    return Step(f"{_NAMES[which]}: {what}", lambda stage: act(_house(stage, which)))


def _at_both(what: str, act: Callable[[House], str]) -> tuple[Step, ...]:
    return tuple(_at(which, what, act) for which in _NAMES)


def _of(product: str, what: str, act: Callable[[Stage, str], str]) -> Step:
    return Step(f"{product} {what}", lambda stage: act(stage, product))


def _house(stage: Stage, which: str) -> House:
    return stage.elsewhere if which == "elsewhere" else stage.millpond
