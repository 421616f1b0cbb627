"""Living on after the story: both pretend hospitals' days, sped up, until they are stopped."""

from collections.abc import Callable
from threading import Thread

from tabard.demo.stage import Stage
from tabard.sandbox import Charted, PretendLorenzo, PretendMillennium, Sent


def live_on(stage: Stage, speed: float, tell: Callable[[Sent | Charted], None]) -> None:
    """Tell each event of both days until `stop_living`. Raises Undelivered when St Elsewhere is gone."""
    beside = Thread(target=_live, args=(stage.millennium, speed, tell), name="millpond-day", daemon=True)
    beside.start()
    try:
        _live(stage.lorenzo, speed, tell)
    finally:
        stage.millennium.stop()
        beside.join()


def stop_living(stage: Stage) -> None:
    """End both days, from any thread."""
    stage.lorenzo.stop()
    stage.millennium.stop()


def _live(ehr: PretendLorenzo | PretendMillennium, speed: float, tell: Callable[[Sent | Charted], None]) -> None:
    for told in ehr.until_stopped(ehr.play(speed=speed)):
        tell(told)
