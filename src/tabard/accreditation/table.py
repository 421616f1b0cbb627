"""The rules, flat: which there are, in which order they speak, and whose review may stand where one could not assess."""

from types import ModuleType

from tabard.accreditation.model import Rule
from tabard.accreditation.rules import (
    files_accounted,
    hazard_log_sound,
    least_scopes,
    licence_allowed,
    manifest_sound,
    no_secrets,
    pages_accessible,
    pages_self_contained,
    publisher_named,
    safety_officer_named,
    sbom_present,
)
from tabard.decision import Role

_SAFETY = (Role.clinical_safety,)
_SECURITY = (Role.security,)
_EITHER = (Role.clinical_safety, Role.security)


def _rule(module: ModuleType, judges: tuple[Role, ...]) -> Rule:
    """The rule of a file: its id is the file's name, its sentence and source stand in the file's docstring.

    `FAMILY` says what it is about, `CRITERIA` the frameworks' criteria that it helps to judge.
    """
    told, _, source = (module.__doc__ or "").partition("Source:")
    name = module.__name__.rpartition(".")[2].replace("_", "-")
    words = (" ".join(told.split()), " ".join(source.split()))
    return Rule(name, *words, judges, module.check, module.FAMILY, module.CRITERIA)


RULES: tuple[Rule, ...] = (
    _rule(manifest_sound, _EITHER),
    _rule(publisher_named, _EITHER),
    _rule(safety_officer_named, _SAFETY),
    _rule(hazard_log_sound, _SAFETY),
    _rule(licence_allowed, _EITHER),
    _rule(least_scopes, _SECURITY),
    _rule(files_accounted, _SECURITY),
    _rule(sbom_present, _SECURITY),
    _rule(no_secrets, _SECURITY),
    _rule(pages_self_contained, _SECURITY),
    _rule(pages_accessible, _SAFETY),
)
