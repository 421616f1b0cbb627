"""Apps in a real Chromium, lived with for a day: a good one, and one that means harm."""

import pytest

from edge.trial.bad_products import bad_app
from tabard.accreditation import CouldNot, Fared, PartTried, Trial
from tabard.accreditation.probing import finding
from tabard.demo.products import product_folder
from tabard.product import build
from tabard.trial import APP_SCENES, check_product, try_product

_CLICKS = """
title = "It has a button"
steps = [{ open = "first" }, { click = "There is no such button" }]
"""
_UNREADABLE = 'title = "It says two things"\nsteps = [{ open = "first", expect = "x" }]'


@pytest.fixture(scope="module")
def bad() -> PartTried:
    """What was recorded of the bad app."""
    told = try_product(bad_app({"clicks": _CLICKS, "unreadable": _UNREADABLE}))
    assert isinstance(told, Trial), told
    (part,) = told.parts
    assert [one.name for one in part.scenes] == list(APP_SCENES)
    return part


def did(part: PartTried, name: str) -> Fared:
    scene = part.scene(name)
    assert scene is not None
    return scene.did


def test_hosts_that_its_pages_reached_for_are_seen(bad: PartTried) -> None:
    """Whether its policy stopped them or we did; nothing got out."""
    assert bad.hosts == ("pixel.example", "tracker.example")


def test_another_patient_that_it_asked_for_is_seen(bad: PartTried) -> None:
    """What the gateway refused stands there without an id."""
    assert any(one.startswith("read Patient") for one in bad.refused)


def test_the_old_patient_under_the_new_banner_is_seen(bad: PartTried) -> None:
    """In another tab, and in the same."""
    assert (did(bad, "other-tab"), did(bad, "same-tab")) == (Fared.old, Fared.old)


def test_a_script_that_it_let_into_its_page_is_seen(bad: PartTried) -> None:
    """Though its policy kept the script from running."""
    assert did(bad, "hostile") is Fared.ran


def test_that_it_hammers_is_seen(bad: PartTried) -> None:
    """A gateway that is away is asked again at once, for ever."""
    assert did(bad, "away") is Fared.hammered


def test_an_invalid_resource_that_it_wrote_is_seen(bad: PartTried) -> None:
    """Its type, and that it is none."""
    assert ("Observation", False) in {(one.type, one.is_valid) for one in bad.wrote}
    assert not any(one.was_taken for one in bad.wrote)


def test_what_goes_on_being_shown_is_seen(bad: PartTried) -> None:
    """It asks once and says nothing: when all is taken back it shows what it had."""
    assert (did(bad, "opened"), did(bad, "revoked")) == (Fared.worked, Fared.old)


def test_a_scope_that_was_never_used_is_told(bad: PartTried) -> None:
    """What was asked for and not needed, with its letters."""
    assert bad.unused == ("patient/Patient.s", "patient/Observation.cs", "patient/Condition.rs")


def test_a_scenario_that_does_not_go_as_it_says_is_told(bad: PartTried) -> None:
    """With the step, and what was there instead; one that cannot be read is told as that."""
    clicks, unreadable = bad.scenarios
    assert (clicks.step, clicks.got) == ("steps[1]", "no such control, or it could not be used")
    assert (unreadable.step, unreadable.has_passed) == ("read", False)


def test_a_good_app_does_right_in_every_scene_and_always_alike() -> None:
    """Two days give the same facts to the byte: it works, or says plainly what is wrong; its scenarios pass."""
    package = build(product_folder("observations"))
    one, other = try_product(package), try_product(package)
    assert isinstance(one, Trial), one
    assert isinstance(other, Trial), other
    assert one.to_bytes() == other.to_bytes()
    (part,) = one.parts
    assert [scene for scene in part.scenes if scene.did not in (Fared.worked, Fared.told)] == []
    assert [played for played in part.scenarios if not played.has_passed] == []
    assert "online_access" in part.used
    assert (part.hosts, part.refused, part.wrote) == ((), (), ())
    assert one.measured != ()


def test_without_a_browser_nothing_is_tried_and_a_person_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason and what a person must then do, and no fact."""
    monkeypatch.setenv("TABARD_CHROMIUM", "/nowhere/chromium")
    assert isinstance(finding.find_chromium(), CouldNot)
    told = try_product(bad_app())
    assert isinstance(told, CouldNot)
    assert "person" in told.remedy


def test_a_machine_may_leave_trials_out_of_its_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is then told that nothing was tried, never that all was well."""
    monkeypatch.setenv("TABARD_TRIAL", "off")
    told = check_product(bad_app())
    assert isinstance(told, CouldNot)
    assert "TABARD_TRIAL" in told.reason
