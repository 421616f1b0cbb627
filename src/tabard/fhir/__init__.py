"""FHIR R4 as values: JSON, outcomes, NHS numbers, scopes, search parameters."""
