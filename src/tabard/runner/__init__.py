"""Runner: a product's own processes. Environment from its locked wheels, isolation, limits, health; one socket each way."""

from tabard.runner.errors import BadAnswer, NoEnvironment, PartDown, PartTooSlow, Unconfinable
from tabard.runner.host import Host, this_host
from tabard.runner.model import Answer, Deployment, Health, Rhythm, State
from tabard.runner.runner import AppOf, Runner
from tabard.runner.state import told_in

__all__ = [
    "Answer",
    "AppOf",
    "BadAnswer",
    "Deployment",
    "Health",
    "Host",
    "NoEnvironment",
    "PartDown",
    "PartTooSlow",
    "Rhythm",
    "Runner",
    "State",
    "Unconfinable",
    "this_host",
    "told_in",
]
