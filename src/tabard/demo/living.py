"""Living on after the story: the pretend Lorenzo's day, sped up, until it is stopped."""

from collections.abc import Callable

from tabard.demo.stage import Stage
from tabard.sandbox import Sent


def live_on(stage: Stage, speed: float, tell: Callable[[Sent], None]) -> None:
    """Tell each event of the day until `stage.lorenzo.stop()`. Raises Undelivered when the hospital is gone."""
    for sent in stage.lorenzo.until_stopped(stage.lorenzo.play(speed=speed)):
        tell(sent)
