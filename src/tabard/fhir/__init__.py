"""FHIR R4 as values: JSON, outcomes, search parameters and what they find in a resource. No storage, no HTTP."""

from tabard.fhir.json import NotJson, Resource, canonical, decode, encode
from tabard.fhir.outcome import operation_outcome

__all__ = ["NotJson", "Resource", "canonical", "decode", "encode", "operation_outcome"]
