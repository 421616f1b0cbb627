"""What an answer, or none, means for a message on its way. Pure.

| what came | a try is left | none is left |
|---|---|---|
| AA | accepted | accepted |
| CA, the application is not waited for | accepted | accepted |
| CA, the application is waited for | sent, safe; then AA accepted, AE or AR rejected, nothing in time unclear | the same |
| CE, AE | queued, after a pause | rejected; unclear when an earlier try got no answer |
| CR, AR | rejected; unclear when an earlier try got no answer | the same |
| no answer, or the connection broke | queued, after a pause | unclear |

Who said CA has the message: it is never sent again by itself.
Source: HL7 v2.5.1, 2.9.2, 2.9.3, table 0008.
"""

import re

from msgspec import Struct

from tabard.hl7v2 import AckCode, Acknowledgement, Header, is_enhanced, must_answer
from tabard.link.out.destination import Destination
from tabard.link.out.model import OutReason, OutState

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,12}")
_PLACE = re.compile(r"[A-Z][A-Z0-9]{2}(?:-[0-9]{1,3})?")
_MOST_FAULTS = 5


class Verdict(Struct, frozen=True):
    """What becomes of the message. `is_doubt`: the try ended without an answer. A queued one is sent again after a pause."""

    state: OutState
    reason: OutReason | None = None
    detail: str = ""
    is_doubt: bool = False
    is_safe: bool = False


class Asked(Struct, frozen=True):
    """Which answers a message asks for.

    `is_accept`: one that says whether it is safe (or, in the original mode, the only one). `is_application`: the
    application's own, after it; `is_silence_success`: only should it fail.
    """

    is_accept: bool
    is_application: bool
    is_silence_success: bool = False


def asked(header: Header, destination: Destination) -> Asked:
    """What the message with `header` asks of `destination`."""
    if not is_enhanced(header):
        return Asked(is_accept=True, is_application=destination.waits_for_application)
    told = header.application_condition
    wanted, only_errors = must_answer(told, AckCode.AA), must_answer(told, AckCode.AE)
    return Asked(
        must_answer(header.accept_condition, AckCode.CA),
        wanted or only_errors or destination.waits_for_application,
        is_silence_success=only_errors and not wanted,
    )


def judge(answer: Acknowledgement, question: Asked, *, tries_left: int, doubts: int) -> Verdict:
    """What the first answer to a try means; `tries_left` after it, `doubts` before it."""
    detail = codes_of(answer)
    if answer.is_taken:
        if answer.is_accept_level and question.is_application:
            return Verdict(OutState.sent, OutReason.awaiting_application, is_safe=True)
        return Verdict(OutState.accepted)
    if not answer.code.is_terminal and tries_left > 0:
        return Verdict(OutState.queued, OutReason.told_to_try_again, detail)
    if doubts:
        return Verdict(OutState.unclear, OutReason.refused_after_doubt, detail)
    reason = OutReason.refused if answer.code.is_terminal else OutReason.refused_each_time
    return Verdict(OutState.rejected, reason, detail)


def judge_silence(reason: OutReason, *, tries_left: int) -> Verdict:
    """What it means that a try was not answered, for `reason`."""
    return Verdict(OutState.queued if tries_left > 0 else OutState.unclear, reason, is_doubt=True)


def judge_application(answer: Acknowledgement) -> Verdict:
    """What the application's answer means for a message that the receiver has safe."""
    if answer.is_taken:
        return Verdict(OutState.accepted)
    return Verdict(OutState.rejected, OutReason.refused_by_application, codes_of(answer))


def judge_application_silence(question: Asked) -> Verdict:
    """What it means that the application never spoke."""
    if question.is_silence_success:
        return Verdict(OutState.accepted)
    return Verdict(OutState.unclear, OutReason.no_application_answer)


def codes_of(answer: Acknowledgement) -> str:
    """The codes and places that a refusal names, as in `AE 204 at PID-3`; nothing of it that could be a sentence."""
    told: list[str] = [answer.code.value]
    for fault in answer.faults[:_MOST_FAULTS]:
        code = fault.code if _CODE.fullmatch(fault.code) else ""
        place = f"at {fault.place}" if _PLACE.fullmatch(fault.place) else ""
        told += [f"{code} {place}".strip()] if code or place else []
    return ", ".join([" ".join(told[:2]), *told[2:]])


def pause_s(destination: Destination, attempts: int, chance: float) -> float:
    """How long to wait after the `attempts`-th failure: doubling, at most the longest, and by `chance` (0 to 1) up to half less."""
    doubled = destination.first_pause_s * 2.0 ** min(attempts - 1, 40)
    return min(doubled, destination.longest_pause_s) * (1 - chance / 2)
