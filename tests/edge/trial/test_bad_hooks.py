"""Servers of products that mean harm, confined and asked: what each does is seen in the recording."""

import pytest

from edge.trial.bad_products import bad_hook
from tabard.accreditation import CouldNot, Fared, PartTried, Trial
from tabard.runner import Unconfinable, this_host
from tabard.trial import HOOK_SCENES, serving, try_product


@pytest.fixture(autouse=True)
def _confinable() -> None:
    this_host()  # where bubblewrap is missing every test here fails, with the remedy


def tried(does: str, scenarios: dict[str, str] | None = None) -> PartTried:
    """What was recorded of that server."""
    told = try_product(bad_hook(does, scenarios))
    assert isinstance(told, Trial), told
    (part,) = told.parts
    assert not part.untried, part.untried
    return part


def did(part: PartTried, name: str) -> Fared:
    scene = part.scene(name)
    assert scene is not None, part.scenes
    return scene.did


def test_a_quiet_service_is_found_good_and_always_alike() -> None:
    """Two runs give the same facts to the byte; what it never used is told, and its scenarios count."""
    scenario = {"quiet": 'title = "It says little"\nsteps = [{open = "first"}, {expect = "nothing to say"}]'}
    one, other = (try_product(bad_hook("says-nothing", scenario)) for _ in range(2))
    assert isinstance(one, Trial)
    assert isinstance(other, Trial)
    assert one.to_bytes() == other.to_bytes()
    (part,) = one.parts
    assert {scene.did for scene in part.scenes} == {Fared.worked, Fared.told}
    assert {scene.name for scene in part.scenes} <= set(HOOK_SCENES)
    assert part.used == ("patient/Patient.r",)
    assert part.unused == ("patient/Observation.cs",)
    assert [played.has_passed for played in part.scenarios] == [True]
    assert (part.hosts, part.refused, part.wrote) == ((), (), ())


def test_one_that_asks_for_another_patient_is_seen() -> None:
    """The gateway turned it down, and that it asked stands in the recording."""
    assert any(one.startswith("read Patient") for one in tried("asks-another").refused)


def test_one_that_keeps_the_old_patient_is_seen() -> None:
    """Asked about somebody else, it still speaks of the first."""
    part = tried("keeps-old", {"old": 'title = "Nobody else"\nsteps = [{open = "second"}, {hides = "first"}]'})
    assert did(part, "opened") is Fared.worked
    assert did(part, "switched") is Fared.old
    (played,) = part.scenarios
    assert (played.step, played.got) == ("steps[1]", "that person's data are on a card")


def test_one_that_hammers_is_seen() -> None:
    """More than any call has reason for is told as hammering."""
    assert did(tried("hammers"), "opened") is Fared.hammered


def test_one_that_never_answers_is_seen() -> None:
    """Every scene is one in which it failed, and the trial ends."""
    assert {scene.did for scene in tried("never-answers").scenes} == {Fared.failed}


def test_one_that_writes_what_is_no_resource_is_seen() -> None:
    """The type, that it was not taken, and what is wrong with it; no id and no value."""
    wrote = tried("writes-nonsense").wrote
    assert ("Observation", False, False) in {(one.type, one.was_taken, one.is_valid) for one in wrote}
    assert not any(one.was_taken for one in wrote)


def test_one_that_calls_out_is_seen() -> None:
    """The host stands in the recording, though nothing was let out."""
    assert tried("calls-out").hosts == ("elsewhere.example:443",)


def test_without_bubblewrap_nothing_is_tried_and_a_person_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason and what a person must then do, and no fact."""

    def none(*_: object, **__: object) -> object:
        raise Unconfinable("a product's process cannot be kept apart", remedy="install bubblewrap")

    monkeypatch.setattr(serving, "Runner", none)
    told = try_product(bad_hook("says-nothing"))
    assert isinstance(told, CouldNot)
    assert "kept apart" in told.reason
    assert "install bubblewrap" in told.remedy
    assert "person" in told.remedy
