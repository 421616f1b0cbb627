"""Demo: the story as code. Steps that are named, timed and can fail, played on one machine."""

from tabard.demo.errors import Failed
from tabard.demo.living import live_on, stop_living
from tabard.demo.model import Outcome, Step
from tabard.demo.playing import Play, play
from tabard.demo.ports import Ports, free_ports
from tabard.demo.stage import Stage, stage_in
from tabard.demo.story import once, opening, staying

__all__ = [
    "Failed",
    "Outcome",
    "Play",
    "Ports",
    "Stage",
    "Step",
    "free_ports",
    "live_on",
    "once",
    "opening",
    "play",
    "stage_in",
    "staying",
    "stop_living",
]
