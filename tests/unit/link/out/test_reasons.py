"""Each reason is told in words: what happened, and what to do."""

import pytest

from tabard.link.out import OutReason
from tabard.link.out.model import TOLD


@pytest.mark.parametrize("reason", OutReason)
def test_every_reason_has_its_sentence(reason: OutReason) -> None:
    """And a remedy, but for what a person just decided."""
    sentence, remedy = TOLD[reason]
    assert sentence.endswith(".")
    assert remedy.endswith(".") or reason in {OutReason.decided, OutReason.send_again}
