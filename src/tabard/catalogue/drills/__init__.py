"""Drills: what a centre does on a bad day, done for real on a copy of its catalogue with stand-ins for its keys."""

from tabard.catalogue.drills.bad_days import BAD_DAYS
from tabard.catalogue.drills.ground import Done, Ground
from tabard.catalogue.drills.running import Outcome, drill

__all__ = ["BAD_DAYS", "Done", "Ground", "Outcome", "drill"]
