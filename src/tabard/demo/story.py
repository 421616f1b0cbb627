"""The story: its steps in their order."""

from tabard.demo import beginning, ward_day
from tabard.demo.model import Step

_STEPS = (
    Step("set up", beginning.set_up),
    Step("start", beginning.start),
    Step("link live", beginning.link_live),
    Step("admissions", ward_day.admissions),
    Step("sign in", ward_day.sign_in),
    Step("patients seen", ward_day.seen_in_portal),
    Step("launch ward-board", ward_day.launch_board),
    Step("board answered", ward_day.board_answers),
    Step("move", ward_day.move),
    Step("discharge", ward_day.discharge),
    Step("cancel discharge", ward_day.cancel_discharge),
    Step("merge", ward_day.merge),
    Step("result", ward_day.result),
    Step("unknown patient parked", ward_day.stranger),
)


def once() -> tuple[Step, ...]:
    """The whole story, which ends with silence and a stop."""
    return (*_STEPS, Step("silent feed", ward_day.silence), Step("stop", ward_day.stop))


def staying() -> tuple[Step, ...]:
    """The story without its end: the hospital goes on."""
    return _STEPS
