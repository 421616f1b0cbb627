"""`_include` and `_revinclude`: what is to come along with the matches. Source: FHIR R4 3.1.1.5.4."""

from collections.abc import Sequence
from typing import NamedTuple

from tabard.fhir import limits
from tabard.fhir.asking import Asker
from tabard.fhir.criteria import Criterion
from tabard.fhir.search_parameters import Parameter, parameters_of, searchable_types
from tabard.record.errors import BadSearch


class Include(NamedTuple):
    """What the references `parameter` of a resource point at, or with `is_reverse` what points at it by them.

    Only of `target`, when told; with `is_iterate` of what came along too, and not of the matches alone. `limits` tells,
    for each type that can come along, what must hold of it; where it is empty, all may come.
    """

    parameter: Parameter
    target: str | None
    is_reverse: bool
    is_iterate: bool
    limits: dict[str, Criterion]


def read_includes(resource_type: str, asked: Sequence[tuple[str, str]], asker: Asker) -> tuple[Include, ...]:
    """What the pairs of name and value ask to bring along. Raises BadSearch."""
    limits.require(len(asked), limits.MAX_INCLUDES, "includes")
    return tuple(_include(resource_type, name, value, asker) for name, value in asked)


def _include(resource_type: str, name: str, value: str, asker: Asker) -> Include:
    bare, _, modifier = name.partition(":")
    is_reverse, is_iterate = bare == "_revinclude", bool(modifier)
    source, _, rest = value.partition(":")
    parameter_name, colon, target = rest.partition(":")
    parameter = parameters_of(source).get(parameter_name)
    if parameter is None or parameter.kind != "reference" or (colon and target not in parameter.targets):
        raise _refused(resource_type, name, value)
    targets = {target} if target else set(_targets(parameter))
    if not is_iterate and resource_type not in (targets if is_reverse else {source}):
        raise _refused(resource_type, name, value)
    include = Include(parameter, target or None, is_reverse, is_iterate, {})
    return include._replace(limits=_limits(include, targets, asker, name))


def _limits(include: Include, targets: set[str], asker: Asker, name: str) -> dict[str, Criterion]:
    """What must hold of what comes along; types that may not be reached are left out, and refused where all are."""
    if not asker.is_limited and not include.is_reverse and not include.is_iterate:
        return {}  # whoever asks looks at each that comes along
    if include.is_reverse:
        return {include.parameter.type: asker.reach(include.parameter.type, name)}
    found: dict[str, Criterion] = {}
    for kind in sorted(targets & set(searchable_types())):
        limit = asker.reach_if_allowed(kind)
        if limit is not None:
            found[kind] = limit
    if not found:
        asker.reach(include.target or next(iter(sorted(targets)), include.parameter.type), name)
    return found


def _targets(parameter: Parameter) -> tuple[str, ...]:
    return (parameter.only,) if parameter.only else parameter.targets


def _refused(resource_type: str, name: str, value: str) -> BadSearch:
    known = [
        f"{resource_type}:{each.name}" for each in parameters_of(resource_type).values() if each.kind == "reference"
    ]
    return BadSearch(
        "This cannot be included.",
        where=name,
        expected=", ".join(known) if name == "_include" else "Type:reference, or Type:reference:Type",
        got=value[:64],
    )
