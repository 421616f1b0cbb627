"""What the EHR says that it can do, read from its CapabilityStatement. Pure. Source: FHIR R4 3.1.0.12, CapabilityStatement.rest."""

from dataclasses import dataclass

from tabard.fhir import Resource


@dataclass(frozen=True, slots=True)
class Capability:
    """By type: its interactions (`create`, `update` ...), and the names that it can be searched by."""

    interactions: dict[str, frozenset[str]]
    parameters: dict[str, frozenset[str]]

    def can(self, resource_type: str, interaction: str) -> bool:
        """Whether the type has the interaction."""
        return interaction in self.interactions.get(resource_type, frozenset())

    def has(self, resource_type: str, parameter: str) -> bool:
        """Whether the type can be searched by the name."""
        return parameter in self.parameters.get(resource_type, frozenset())


def capability_of(statement: Resource) -> Capability:
    """What a statement says; what is not shaped as one says nothing."""
    told = [one for rest in _objects(statement, "rest") for one in _objects(rest, "resource")]
    types = [(one["type"], one) for one in told if isinstance(one.get("type"), str)]
    return Capability(
        {type_: _words(one, "interaction", "code") for type_, one in types},
        {type_: _words(one, "searchParam", "name") for type_, one in types},
    )


def _words(resource: Resource, name: str, word: str) -> frozenset[str]:
    return frozenset(one[word] for one in _objects(resource, name) if isinstance(one.get(word), str))


def _objects(resource: Resource, name: str) -> list[Resource]:
    told = resource.get(name)
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
