"""Demo: the story as code. Steps that are named, timed and can fail, played on one machine."""

from tabard.demo.living import live_on
from tabard.demo.model import Failed, Outcome, Step
from tabard.demo.playing import Play, play
from tabard.demo.stage import Stage
from tabard.demo.story import once, staying

__all__ = ["Failed", "Outcome", "Play", "Stage", "Step", "live_on", "once", "play", "staying"]
