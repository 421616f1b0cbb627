"""Trial: a product run in the pretend hospital and watched; what it did is recorded, and judged elsewhere."""

from tabard.trial.recorder import Tell
from tabard.trial.scenarios import Scenario, Step, scenarios_in
from tabard.trial.scenes import APP_SCENES, HOOK_SCENES
from tabard.trial.trying import SWITCH, check_product, try_product

__all__ = [
    "APP_SCENES",
    "HOOK_SCENES",
    "SWITCH",
    "Scenario",
    "Step",
    "Tell",
    "check_product",
    "scenarios_in",
    "try_product",
]
