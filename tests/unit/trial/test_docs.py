"""The page about trials tells what there is."""

from pathlib import Path

from tabard.accreditation import Fared
from tabard.trial import APP_SCENES, HOOK_SCENES, Step

PAGE = Path(__file__).parents[3] / "docs/look-up/trial.md"


def test_every_scene_word_and_step_is_on_the_page() -> None:
    """Scenes of apps and services, what a product may have done, and the steps of a scenario, each by its name."""
    text = PAGE.read_text()
    names = {*APP_SCENES, *HOOK_SCENES, *(one.value for one in Fared), *Step.__struct_fields__}
    assert [name for name in sorted(names) if f"`{name}`" not in text] == []
