"""What is wrong with what came."""


class BadCall(ValueError):  # noqa: N818  says what came
    """What was sent is no call and no notification; its words hold nothing of what was sent but the name of a hook."""


class Busy(Exception):  # noqa: N818  says how it is
    """What was told before for the same subscription is still in hand: to be told again, so that the order stays."""


class NobodyListens(Exception):  # noqa: N818  says how it is
    """No function of the product hears of that topic."""


class NotTaken(Exception):  # noqa: N818  says how it is
    """The function that was told did not return; its cause says why."""
