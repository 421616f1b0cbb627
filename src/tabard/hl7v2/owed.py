"""Which acknowledgements a sender asks for: MSH-15 (is it safe?) and MSH-16 (what did the application say?).

Source: HL7 v2.5.1, 2.9.2 and 2.9.3 (original and enhanced mode), table 0155.
"""

from tabard.hl7v2.ack import AckCode
from tabard.hl7v2.escapes import NULL
from tabard.hl7v2.header import Header

_NOTHING = ("", NULL)


def is_enhanced(header: Header) -> bool:
    """Whether the sender speaks the enhanced mode: MSH-15 or MSH-16 holds something. Else one answer, AA AE or AR, is owed."""
    return header.accept_condition not in _NOTHING or header.application_condition not in _NOTHING


def must_answer(condition: str, code: AckCode) -> bool:
    """Whether `condition` (MSH-15 for CA CE CR, MSH-16 for AA AE AR) asks for an answer of `code`.

    AL always, NE never, ER only for errors and rejections, SU only for success. Nothing is as NE: in the enhanced mode what
    is not asked for is not owed. What the table lacks is answered always, since a sender may wait for it.
    """
    told = condition.strip().upper()
    if told == "ER":
        return not code.is_taken
    if told == "SU":
        return code.is_taken
    return told not in {"NE", *_NOTHING}
