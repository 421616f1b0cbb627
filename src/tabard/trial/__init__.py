"""Trial: a product run in the pretend hospital and watched; what it did is recorded, and judged elsewhere."""

from tabard.trial.recorder import Tell
from tabard.trial.scenarios import Scenario, Step, scenarios_in
from tabard.trial.trying import try_product

__all__ = ["Scenario", "Step", "Tell", "scenarios_in", "try_product"]
