"""The rules, flat: which there are, in which order they speak, and whose review may stand where one could not assess."""

from types import ModuleType

from tabard.accreditation.model import Rule
from tabard.accreditation.rules import (
    manifest_sound,
)
from tabard.decision import Role

_SAFETY = (Role.clinical_safety,)
_SECURITY = (Role.security,)
_EITHER = (Role.clinical_safety, Role.security)


def _rule(module: ModuleType, judges: tuple[Role, ...]) -> Rule:
    """The rule of a file: its id is the file's name, its sentence and source stand in the file's docstring."""
    told, _, source = (module.__doc__ or "").partition("Source:")
    name = module.__name__.rpartition(".")[2].replace("_", "-")
    return Rule(name, " ".join(told.split()), " ".join(source.split()), judges, module.check)


RULES: tuple[Rule, ...] = (_rule(manifest_sound, _EITHER),)
