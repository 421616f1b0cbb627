"""Whom an answer and a context are about: told to the audit when it is written, for the record may say otherwise later. Pure."""

import re
from collections.abc import Iterable

from tabard.gateway.model import Context, EncounterContext, WholeHospital
from tabard.gateway.policy.types import SURROUNDINGS
from tabard.gateway.ports import Stored

_REFERENCE = re.compile(rb'"reference":\s*"Patient/([A-Za-z0-9\-.]{1,64})["/]')
_NAMES_NOBODY = SURROUNDINGS | {"Patient"}
"""Types that are about no patient, and the one whose own reference says whom it is about."""


def subjects_of(found: Iterable[Stored]) -> tuple[str, ...]:
    """The ids of the patients whom resources name, each once; of a Patient none, since its own reference says it."""
    bodies = (stored.body for stored in found if stored.type not in _NAMES_NOBODY)
    return tuple(dict.fromkeys(name.decode() for body in bodies for name in _REFERENCE.findall(body)))


def subject_of(context: Context | WholeHospital) -> tuple[str, ...]:
    """The id of the patient whom a context is about where its reference, as the audit has it, does not say it."""
    return (context.patient,) if isinstance(context, EncounterContext) else ()
