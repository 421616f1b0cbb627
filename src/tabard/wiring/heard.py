"""What the links wrote, told to whoever listens: those who listen are made after the links, so that they come in later."""

from collections.abc import Callable, Sequence

from tabard.link.applier import Change

Hears = Callable[[Sequence[Change], bool], None]
"""Is called in the applying thread, once for what came live and once for what was replayed or loaded; must not wait."""


class Heard:
    """Passes on to all that have been added."""

    def __init__(self) -> None:
        self._hearers: tuple[Hears, ...] = ()

    def add(self, hears: Hears) -> None:
        """Tell `hears` from now on."""
        self._hearers = (*self._hearers, hears)

    def __call__(self, changes: Sequence[Change], is_replay: bool) -> None:  # noqa: FBT001  as the links call it
        """Tell all of them."""
        for hears in self._hearers:
            hears(changes, is_replay)
