"""Habits: how one site's system words the same events otherwise than the next. Each is an option of a pretend hospital.

Source: public messages and readers of English sites' feeds, as the dialects of this project have them; no site's whole manner.
"""

from dataclasses import dataclass
from enum import StrEnum


class Merge(StrEnum):
    """The trigger by which a site says that two numbers were one person."""

    a34 = "A34"
    a40 = "A40"


@dataclass(frozen=True, slots=True)
class Habits:
    """Options; the plain ones are those of the voice itself.

    `has_nulls` fills every field that holds nothing with `""`; `is_nhs_in_pid_19` sends the NHS number bare in PID-19;
    `is_in_words` sends display text for sex, class, methods and destinations, and `&` as it is escaped; `nulls_acknowledgement`
    sends `""` in MSH-15 and MSH-16; `background` names the segments of NK1, PV2, AL1 and DG1 that come with admissions and
    updates. `merge` None keeps the voice's own.
    """

    merge: Merge | None = None
    has_nulls: bool = False
    is_nhs_in_pid_19: bool = False
    is_in_words: bool = False
    nulls_acknowledgement: bool = False
    background: frozenset[str] = frozenset()


BACKGROUND = frozenset({"NK1", "PV2", "AL1", "DG1"})
"""All the segments that tell of what stands behind a stay."""

ITK = Habits()
"""As the ITK pack has it."""

LORENZO = Habits(background=BACKGROUND)
"""The ITK pack with next of kin, allergies and diagnoses. An inference: no public Lorenzo message is known."""

CAMIS = Habits(nulls_acknowledgement=True)
"""The ITK pack with `""` in MSH-15 and MSH-16, as CaMIS has it."""

MILLPOND = Habits()
"""As the pretend Millennium speaks by itself: A34, codes, the NHS number in PID-3."""

HOMERTON = Habits(
    has_nulls=True, is_nhs_in_pid_19=True, is_in_words=True, background=frozenset({"NK1", "PV2"}), merge=Merge.a34
)
"""Words, nulls and PID-19, as Homerton's public message has them."""

NAMED = {"itk": ITK, "lorenzo": LORENZO, "camis": CAMIS, "millpond": MILLPOND, "homerton": HOMERTON}
"""The sets by the names that `tabard sandbox serve --habits` knows."""
