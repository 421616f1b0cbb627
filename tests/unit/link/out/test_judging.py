"""What an answer means: E may be tried again, R may not, C is not the last word, and silence is never success."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from tabard.hl7v2 import AckCode, acknowledge, read_acknowledgement, read_header
from tabard.link.out import Destination, OutReason, OutState
from tabard.link.out.judging import (
    Asked,
    Verdict,
    asked,
    codes_of,
    judge,
    judge_application,
    judge_application_silence,
    judge_silence,
    pause_s,
)

_AT = datetime(2026, 3, 1, tzinfo=UTC)
_HEADER = read_header(b"MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|P|2.4")
_THERE = Destination("tie", "127.0.0.1", 2575)
_ONE = Asked(is_accept=True, is_application=False)
_BOTH = Asked(is_accept=True, is_application=True)


def _answer(code: AckCode, rest: bytes = b""):  # type: ignore[no-untyped-def]  # noqa: ANN202  read_acknowledgement says it
    return read_acknowledgement(acknowledge(_HEADER, code, control_id="9", at=_AT) + rest)


@pytest.mark.parametrize(
    ("code", "question", "tries_left", "doubts", "state", "reason"),
    [
        ("AA", _ONE, 3, 0, "accepted", None),
        ("AA", _BOTH, 0, 2, "accepted", None),
        ("CA", _ONE, 3, 0, "accepted", None),
        ("CA", _BOTH, 3, 0, "sent", "awaiting_application"),
        ("AE", _ONE, 3, 0, "queued", "told_to_try_again"),
        ("CE", _BOTH, 1, 1, "queued", "told_to_try_again"),
        ("AE", _ONE, 0, 0, "rejected", "refused_each_time"),
        ("CE", _BOTH, 0, 0, "rejected", "refused_each_time"),
        ("AE", _ONE, 0, 1, "unclear", "refused_after_doubt"),
        ("AR", _ONE, 3, 0, "rejected", "refused"),
        ("CR", _BOTH, 3, 0, "rejected", "refused"),
        ("AR", _ONE, 3, 1, "unclear", "refused_after_doubt"),
    ],
)
def test_each_answer_has_one_meaning(
    code: str, question: Asked, tries_left: int, doubts: int, state: str, reason: str | None
) -> None:
    """As the table of the room has it. Who may have had it and refuses it now may refuse it as a repetition."""
    told = judge(_answer(AckCode(code)), question, tries_left=tries_left, doubts=doubts)
    assert (told.state, told.reason) == (state, reason)
    assert told.is_safe is (state == "sent")
    assert not told.is_doubt


@pytest.mark.parametrize(("tries_left", "state"), [(2, OutState.queued), (0, OutState.unclear)])
def test_silence_is_a_doubt(tries_left: int, state: OutState) -> None:
    """It is sent again, and at the end a person must look: it may have been taken."""
    told = judge_silence(OutReason.no_answer, tries_left=tries_left)
    assert told == Verdict(state, OutReason.no_answer, is_doubt=True)


@pytest.mark.parametrize(
    ("code", "state"), [("AA", OutState.accepted), ("AE", OutState.rejected), ("AR", OutState.rejected)]
)
def test_the_applications_word_is_the_last(code: str, state: OutState) -> None:
    """What the receiver has safe is not sent again by itself."""
    assert judge_application(_answer(AckCode(code))).state is state


def test_an_application_that_never_speaks_leaves_it_unclear() -> None:
    """Unless it was asked to speak of errors only."""
    assert judge_application_silence(_BOTH).state is OutState.unclear
    only_errors = Asked(is_accept=True, is_application=True, is_silence_success=True)
    assert judge_application_silence(only_errors).state is OutState.accepted


@pytest.mark.parametrize(
    ("tail", "waits", "question"),
    [
        (b"", False, _ONE),
        (b"", True, _BOTH),
        (b"|||AL|NE", False, _ONE),
        (b"|||AL|AL", False, _BOTH),
        (b"|||AL", False, _ONE),
        (b"|||AL|ER", False, Asked(is_accept=True, is_application=True, is_silence_success=True)),
        (b"|||NE|AL", False, Asked(is_accept=False, is_application=True)),
        (b"|||SU|SU", False, _BOTH),
    ],
)
def test_a_message_says_which_answers_it_asks_for(tail: bytes, waits: bool, question: Asked) -> None:  # noqa: FBT001  a table
    """By MSH-15 and MSH-16; where the destination says so, the application is waited for always."""
    header = read_header(b"MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|P|2.4" + tail)
    there = Destination("tie", "127.0.0.1", 2575, waits_for_application=waits)
    assert asked(header, there) == question


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        (b"", "AE"),
        (b"ERR||PID^1^3|204^Unknown key|E\r", "AE 204 at PID-3"),
        (b"ERR||PID^1^3|204|E\rERR|||207|E\r", "AE 204 at PID-3, 207"),
        (b"ERR||ZEBEDEE IS DEAD|ZEBEDEE IS DEAD|E|||ZEBEDEE|ZEBEDEE\r", "AE"),
    ],
)
def test_a_refusal_is_told_by_codes_only(rest: bytes, told: str) -> None:
    """A receiver's sentence may name the patient; its codes may be shown and logged."""
    assert codes_of(_answer(AckCode.AE, rest)) == told


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_pauses_grow_and_end_growing(attempts: int, chance: float) -> None:
    """Each is between half of itself and itself, never beyond the longest, never nothing."""
    assert 0 < pause_s(_THERE, attempts, chance) <= _THERE.longest_pause_s
    assert pause_s(_THERE, attempts, chance) <= pause_s(_THERE, attempts + 1, 0)
    assert pause_s(_THERE, attempts, 1) == pause_s(_THERE, attempts, 0) / 2
